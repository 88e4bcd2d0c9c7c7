//! One PostgreSQL for all tests of a process, one database for each test.
//!
//! The server is a throw-away cluster that stops with the process, or the one that
//! `ZVONOK_TEST_DATABASE_URL` names (for runners that give each test a process of its own).
//! A template is migrated and filled once; each test clones it and drops the clone.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use backend::database::{self, Connection};
use backend::postgres::Cluster;
use diesel::QueryableByName;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use tokio::sync::OnceCell;

use crate::place;

/// The server, started by the first test that asks.
static HOME: OnceCell<Home> = OnceCell::const_new();

/// One for all that make templates on this server. Arbitrary.
const LOCK: i64 = 0x7465_7374;

struct Home {
    /// Connects to the server's own database.
    url: String,
    /// The name of the template.
    template: String,
    /// Stops when the process ends, however it ends.
    _cluster: Option<Cluster>,
}

/// A database of one test; dropped with it.
pub struct Database {
    pub url: String,
    name: String,
}

impl Database {
    /// Migrated, with the school of [`place`] in it.
    pub async fn with_school() -> Self {
        let home = home().await;
        Self::create(home, &format!("TEMPLATE \"{}\"", home.template)).await
    }

    /// Nothing in it.
    pub async fn empty() -> Self {
        Self::create(home().await, "TEMPLATE template0").await
    }

    pub async fn connect(&self) -> Connection {
        database::open(&self.url).await.unwrap()
    }

    async fn create(home: &Home, template: &str) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("zvonok_test_{}_{number}", process::id());
        let create = format!("CREATE DATABASE \"{name}\" {template}");
        let mut server = database::open(&home.url).await.unwrap();
        server.batch_execute(&create).await.unwrap();
        Self {
            url: named(&home.url, &name),
            name,
        }
    }
}

impl Drop for Database {
    /// In a thread of its own: the test's runtime may be ending.
    fn drop(&mut self) {
        let Some(home) = HOME.get() else { return };
        let drop = format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", self.name);
        let done = std::thread::spawn(move || {
            runtime().block_on(async {
                let mut server = database::open(&home.url).await.unwrap();
                server.batch_execute(&drop).await
            })
        });
        if !matches!(done.join(), Ok(Ok(()))) {
            eprintln!("the database {} stays behind", self.name);
        }
    }
}

/// A runtime for one thread, as each test has one.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

async fn home() -> &'static Home {
    HOME.get_or_init(async || {
        // In a thread of its own, whose runtime outlives no connection.
        tokio::task::spawn_blocking(|| {
            let (url, cluster) = match std::env::var("ZVONOK_TEST_DATABASE_URL") {
                Ok(url) => (url, None),
                Err(_) => {
                    let cluster = Cluster::throw_away().unwrap();
                    (cluster.url("postgres"), Some(cluster))
                }
            };
            let template = format!("zvonok_template_{:016x}", fingerprint());
            runtime().block_on(make_template(&url, &template));
            Home {
                url,
                template,
                _cluster: cluster,
            }
        })
        .await
        .unwrap()
    })
    .await
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

/// Under a lock, because other processes may want the same one; marked as a template when it's
/// whole, so that one left half-made is made again.
async fn make_template(url: &str, name: &str) {
    let mut server = database::open(url).await.unwrap();
    sql_query("SELECT pg_advisory_lock($1)")
        .bind::<BigInt, _>(LOCK)
        .execute(&mut server)
        .await
        .unwrap();
    let ready: Found = sql_query(
        "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate) AS found",
    )
    .bind::<Text, _>(name)
    .get_result(&mut server)
    .await
    .unwrap();
    if ready.found {
        return;
    }
    for statement in [
        format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"),
        format!("CREATE DATABASE \"{name}\" TEMPLATE template0"),
    ] {
        server.batch_execute(&statement).await.unwrap();
    }
    let own = named(url, name);
    database::migrate(&own).await.unwrap();
    place::fill(&mut database::open(&own).await.unwrap()).await;
    let finish = format!("ALTER DATABASE \"{name}\" WITH IS_TEMPLATE true");
    server.batch_execute(&finish).await.unwrap();
}

/// Of everything that the template is made from.
fn fingerprint() -> u64 {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../backend/migrations");
    let mut files = Vec::new();
    gather(&migrations, &mut files);
    files.sort();
    let mut hasher = DefaultHasher::new();
    place::SQL.hash(&mut hasher);
    for file in files {
        file.hash(&mut hasher);
        std::fs::read(&file).unwrap().hash(&mut hasher);
    }
    hasher.finish()
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// The same server, another database. Both notations: `postgres://…/name?…` and `host=… dbname=…`.
fn named(url: &str, name: &str) -> String {
    let Some(scheme) = url.find("://") else {
        // Of two, the last one counts.
        return format!("{url} dbname='{name}'");
    };
    let (start, query) = url
        .split_once('?')
        .map_or((url, None), |(a, b)| (a, Some(b)));
    let host = start[scheme + 3..]
        .find('/')
        .map_or(start, |slash| &start[..scheme + 3 + slash]);
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    format!("{host}/{name}{query}")
}
