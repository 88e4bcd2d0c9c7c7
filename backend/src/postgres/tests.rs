//! The cluster's whole life, with the real PostgreSQL of this machine.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::sql_query;
use diesel::sql_types::Text;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use super::{Cluster, ClusterError, directory};
use crate::database::{self, Connection, DatabaseError, Purpose};

/// Set for the child process that [`a_child_holds_a_cluster`] becomes.
const HELD: &str = "TEST_HELD_DATA_DIR";

struct DataDir(PathBuf);

impl DataDir {
    fn new() -> Self {
        Self(directory::temporary().unwrap())
    }

    fn start(&self) -> Cluster {
        Cluster::start(&self.0, Purpose::ThrowAway).unwrap()
    }

    fn postmaster(&self) -> String {
        let text = fs::read_to_string(self.0.join("postgres/postmaster.pid")).unwrap();
        text.lines().next().unwrap().trim().to_owned()
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        // After a failed test more than this may be wrong: the next run sweeps.
        fs::remove_dir_all(&self.0).ok();
    }
}

/// A process that holds a cluster; killed at the latest when the test fails.
struct Holder(Child);

impl Holder {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[derive(diesel::QueryableByName)]
struct Value {
    #[diesel(sql_type = Text)]
    value: String,
}

async fn ask(connection: &mut Connection, query: &str) -> String {
    let row: Value = sql_query(query).get_result(connection).await.unwrap();
    row.value
}

async fn until<T>(what: &str, attempt: impl AsyncFn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(it) = attempt().await {
            return it;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn kill(signal: &str, pid: &str) {
    let status = Command::new("kill").args([signal, pid]).status().unwrap();
    assert!(status.success());
}

fn lives(pid: &str) -> bool {
    // A zombie has ended, even if nobody has asked for its status yet.
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|it| !it.contains(") Z "))
}

#[tokio::test]
async fn keeps_data_over_a_restart_in_russian() {
    let data = DataDir::new();
    let cluster = data.start();
    database::create_if_absent(&cluster.url("postgres"), "школа №1")
        .await
        .unwrap();
    database::create_if_absent(&cluster.url("postgres"), "школа №1")
        .await
        .unwrap();
    let mut first = database::open(&cluster.url("школа №1")).await.unwrap();
    database::check(&mut first, Purpose::ThrowAway)
        .await
        .unwrap();
    first
        .batch_execute("CREATE TABLE it (value text); INSERT INTO it VALUES ('Ёлка')")
        .await
        .unwrap();
    assert_eq!(
        ask(
            &mut first,
            "SELECT current_setting('data_checksums') AS value"
        )
        .await,
        "on"
    );
    assert_eq!(
        ask(
            &mut first,
            "SELECT current_setting('listen_addresses') AS value"
        )
        .await,
        ""
    );
    let collation =
        "SELECT daticulocale AS value FROM pg_database WHERE datname = current_database()";
    assert_eq!(ask(&mut first, collation).await, "ru-RU");
    cluster.stop();

    let cluster = data.start();
    let mut again = database::open(&cluster.url("школа №1")).await.unwrap();
    let found = ask(&mut again, "SELECT value FROM it WHERE value ILIKE 'ёЛКА'").await;
    assert_eq!(found, "Ёлка");
}

#[tokio::test]
async fn a_database_that_is_not_durable_is_refused() {
    let cluster = Cluster::throw_away().unwrap();
    let mut connection = database::open(&cluster.url("postgres")).await.unwrap();
    let error = database::check(&mut connection, Purpose::Keep)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, DatabaseError::Unfit(faults) if faults.len() == 3),
        "{error}"
    );
}

#[tokio::test]
async fn a_durable_cluster_passes_its_own_check_and_migrates_both_ways() {
    let data = DataDir::new();
    let cluster = Cluster::start(&data.0, Purpose::Keep).unwrap();
    let url = cluster.url("zvonok");
    database::create_if_absent(&cluster.url("postgres"), "zvonok")
        .await
        .unwrap();
    let mut connection = database::open(&url).await.unwrap();
    database::check(&mut connection, Purpose::Keep)
        .await
        .unwrap();

    // Two servers that start together take turns: one does it all, the other nothing.
    let (one, other) = tokio::join!(database::migrate(&url), database::migrate(&url));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert!(one.is_empty() || other.is_empty());
    let up = one.len() + other.len();
    assert_eq!(database::revert_all(&url).await.unwrap().len(), up);
    let left = "SELECT count(*)::text AS value FROM pg_class \
                WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S') \
                AND relname <> '__diesel_schema_migrations'";
    assert_eq!(ask(&mut connection, left).await, "0");
    assert_eq!(database::migrate(&url).await.unwrap().len(), up);

    connection
        .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99999999')")
        .await
        .unwrap();
    let error = database::migrate(&url).await.unwrap_err().to_string();
    assert!(error.contains("newer"), "{error}");
}

#[test]
fn a_directory_that_is_held_is_refused() {
    let data = DataDir::new();
    let _cluster = data.start();
    let error = Cluster::start(&data.0, Purpose::ThrowAway).unwrap_err();
    let pid = std::process::id().to_string();
    assert!(
        matches!(&error, ClusterError::Held { pid: held, .. } if *held == pid),
        "{error}"
    );
}

#[tokio::test]
async fn a_database_that_dies_is_restarted() {
    let data = DataDir::new();
    let cluster = data.start();
    let pool = database::connect(&cluster.url("postgres"), 2).unwrap();
    drop(pool.get().await.unwrap());
    let old = data.postmaster();
    kill("-KILL", &old);
    let new = until("restart", async || {
        let mut connection = pool.get().await.ok()?;
        let row: Value = sql_query("SELECT 'yes' AS value")
            .get_result(&mut connection)
            .await
            .ok()?;
        (row.value == "yes" && data.postmaster() != old).then(|| data.postmaster())
    })
    .await;
    drop(cluster);
    assert!(!lives(&new), "the new one stops too");
}

#[test]
fn root_is_left_behind() {
    let data = DataDir::new();
    let _cluster = data.start();
    let status = fs::read_to_string(format!("/proc/{}/status", data.postmaster())).unwrap();
    let uids = status
        .lines()
        .find_map(|it| it.strip_prefix("Uid:"))
        .unwrap();
    assert!(uids.split_whitespace().all(|uid| uid != "0"), "{uids}");
    let groups = status
        .lines()
        .find_map(|it| it.strip_prefix("Groups:"))
        .unwrap();
    assert!(groups.split_whitespace().all(|gid| gid != "0"), "{groups}");
}

#[tokio::test]
async fn the_database_ends_with_a_process_that_is_killed() {
    let data = DataDir::new();
    let mut child = hold(&data.0).await;
    let postmaster = data.postmaster();
    child.kill();
    until("the end", async || (!lives(&postmaster)).then_some(())).await;
    assert!(
        !data.0.join("postgres/postmaster.pid").exists(),
        "a clean stop"
    );
}

#[tokio::test]
async fn takes_over_a_database_that_outlived_its_process() {
    let data = DataDir::new();
    let mut child = hold(&data.0).await;
    let old = data.postmaster();
    // Without its watcher the database survives us.
    let watchers = Command::new("pgrep")
        .args(["-x", "sh", "-g", &old])
        .output()
        .unwrap();
    kill("-KILL", String::from_utf8(watchers.stdout).unwrap().trim());
    child.kill();
    assert!(lives(&old));

    let cluster = data.start();
    assert!(!lives(&old));
    assert_ne!(data.postmaster(), old);
    let mut connection = database::open(&cluster.url("postgres")).await.unwrap();
    assert_eq!(ask(&mut connection, "SELECT value FROM kept").await, "yes");
}

#[tokio::test]
async fn starts_after_everything_was_killed_at_once() {
    let data = DataDir::new();
    let mut child = hold(&data.0).await;
    kill("-KILL", &data.postmaster());
    child.kill();

    let cluster = data.start();
    let mut connection = database::open(&cluster.url("postgres")).await.unwrap();
    assert_eq!(ask(&mut connection, "SELECT value FROM kept").await, "yes");
}

#[test]
fn says_which_directory_the_database_may_not_enter() {
    let data = DataDir::new();
    let closed = data.0.join("closed");
    fs::create_dir(&closed).unwrap();
    std::os::unix::fs::chown(&closed, Some(0), Some(0)).ok();
    fs::set_permissions(&closed, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let outcome = Cluster::start(&closed.join("data"), Purpose::ThrowAway);
    // Only root hands the database to somebody else, who may have no way in.
    let am_root =
        fs::metadata("/proc/self").is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0);
    match outcome {
        Err(ClusterError::Account(text)) => {
            assert!(am_root && text.contains(closed.to_str().unwrap()), "{text}");
        }
        other => assert!(!am_root && other.is_ok(), "{other:?}"),
    }
}

/// Starts this test program again as a process that holds a cluster, and waits until it does.
async fn hold(data_dir: &Path) -> Holder {
    let child = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "postgres::tests::a_child_holds_a_cluster",
            "--ignored",
        ])
        .env(HELD, data_dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let child = Holder(child);
    until("the child's cluster", async || {
        data_dir.join("held").exists().then_some(())
    })
    .await;
    child
}

#[tokio::test]
#[ignore = "the body of the process that other tests start and kill"]
async fn a_child_holds_a_cluster() {
    let Some(data_dir) = env::var_os(HELD).map(PathBuf::from) else {
        return;
    };
    // Durable, for what is written here must survive a kill.
    let cluster = Cluster::start(&data_dir, Purpose::Keep).unwrap();
    let mut connection = database::open(&cluster.url("postgres")).await.unwrap();
    connection
        .batch_execute("CREATE TABLE kept AS SELECT 'yes'::text AS value")
        .await
        .unwrap();
    fs::write(data_dir.join("held"), "").unwrap();
    std::future::pending::<()>().await;
}
