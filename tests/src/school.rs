//! A server with a school and its people, in one line.

use std::ops::Deref;
use std::panic::Location;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use backend::app::{App, Options};
use backend::clock::Clock;
use backend::database::Connection;
use backend::live::Bursts;
use common::AccountId;
use diesel::sql_types::Bool;
use diesel::{QueryableByName, sql_query};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use futures_util::future::join_all;
use tokio::sync::MutexGuard;

use crate::actor::{Actor, Browser};
use crate::database::Database;
use crate::place;
use crate::server::Server;
use crate::statements::Statements;

/// The school of [`place`], with everybody's browser open.
pub struct TestSchool {
    world: Arc<World>,
    pub admin: Actor,
    /// Leads 7А.
    pub class_teacher: Actor,
    /// Teaches 7А.
    pub teacher: Actor,
    /// Leads 7Б, has nothing to do with 7А.
    pub other_teacher: Actor,
    /// In 7А.
    pub student: Actor,
    /// In 7А.
    pub classmate: Actor,
    /// In 7Б.
    pub other_student: Actor,
    /// Of the student.
    pub parent: Actor,
    /// Of the classmate.
    pub fellow_parent: Actor,
    /// Of the student in 7Б.
    pub other_parent: Actor,
    /// Of the other school, as the three below.
    pub outside_admin: Actor,
    pub outside_teacher: Actor,
    pub outside_student: Actor,
    pub outside_parent: Actor,
    /// Runs the installation, belongs to no school.
    pub operator: Actor,
}

/// What a test may want different.
pub struct Setup {
    pub bursts: Bursts,
    /// Everybody's socket is open.
    pub online: bool,
    pub behind_proxy: bool,
    /// By which a program sees the metrics.
    pub metrics_token: Option<&'static str>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            bursts: Bursts {
                account: 10_000,
                address: 10_000,
                stranger: 10_000,
            },
            online: true,
            behind_proxy: false,
            metrics_token: Some(METRICS_TOKEN),
        }
    }
}

/// What all actors share. Ends the server and drops the database with the last of them.
pub struct World {
    pub(crate) server: Server,
    /// Every browser that ever was online.
    pub(crate) browsers: Mutex<Vec<Weak<Browser>>>,
    pub(crate) markers: AtomicI64,
    clock: Arc<AtomicI64>,
    conn: tokio::sync::Mutex<Connection>,
    /// Last: dropped after the server has let go of it.
    _database: Database,
}

/// Without it each program on this machine would see the metrics, whoever is signed in there.
const METRICS_TOKEN: &str = "the-secret-of-the-tests-monitor-1";

/// Who waits so long for a lock waits for something that never comes.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(QueryableByName)]
struct Waits {
    #[diesel(sql_type = Bool)]
    waits: bool,
}

impl TestSchool {
    /// Everybody is online.
    pub async fn open() -> Self {
        Self::with(Setup::default()).await
    }

    /// Nobody is online: for tests in which events don't matter.
    pub async fn offline() -> Self {
        let online = false;
        Self::with(Setup {
            online,
            ..Setup::default()
        })
        .await
    }

    pub async fn with(setup: Setup) -> Self {
        let database = Database::with_school().await;
        let clock = Arc::new(AtomicI64::new(place::MORNING.0));
        let options = Options {
            clock: Clock::Set(Arc::clone(&clock)),
            bursts: setup.bursts,
            passwords: place::passwords(),
            public_url: "https://school.test".into(),
            behind_proxy: setup.behind_proxy,
            metrics_token: setup.metrics_token.map(str::to_owned),
        };
        let world = Arc::new(World {
            server: Server::start(&database.url, options),
            browsers: Mutex::default(),
            markers: AtomicI64::new(0),
            clock,
            conn: tokio::sync::Mutex::new(database.connect().await),
            _database: database,
        });
        let actor = |number: i64, name: &str| {
            let account = AccountId(number);
            Actor::new(&world, name, Some((account, place::cookie(account))))
        };
        let school = Self {
            admin: actor(1, "the administrator"),
            class_teacher: actor(2, "the class teacher"),
            teacher: actor(3, "the teacher"),
            other_teacher: actor(4, "the other teacher"),
            student: actor(5, "the student"),
            classmate: actor(6, "the classmate"),
            other_student: actor(7, "the other student"),
            parent: actor(8, "the parent"),
            fellow_parent: actor(9, "the fellow parent"),
            other_parent: actor(10, "the other parent"),
            outside_admin: actor(11, "the outside administrator"),
            outside_teacher: actor(12, "the outside teacher"),
            outside_student: actor(13, "the outside student"),
            outside_parent: actor(14, "the outside parent"),
            operator: actor(15, "the operator"),
            world,
        };
        if setup.online {
            join_all(school.everybody().map(Actor::go_online)).await;
            // Those who came first were told of those who came later.
            school.check().await;
        }
        school
    }

    pub fn everybody(&self) -> impl Iterator<Item = &Actor> {
        [
            &self.admin,
            &self.class_teacher,
            &self.teacher,
            &self.other_teacher,
            &self.student,
            &self.classmate,
            &self.other_student,
            &self.parent,
            &self.fellow_parent,
            &self.other_parent,
            &self.outside_admin,
            &self.outside_teacher,
            &self.outside_student,
            &self.outside_parent,
            &self.operator,
        ]
        .into_iter()
    }

    /// Someone with a browser and no account.
    #[must_use]
    pub fn stranger(&self) -> Actor {
        Actor::new(&self.world, "a stranger", None)
    }

    /// No person: the program that watches over the server.
    #[must_use]
    pub fn monitor(&self) -> Actor {
        Actor::program(&self.world, "the monitor", METRICS_TOKEN)
    }

    /// After something that wasn't done by [`Actor::does`]: state + events = fresh state for
    /// everybody online, and nobody heard what isn't theirs.
    #[track_caller]
    pub fn check(&self) -> impl Future<Output = ()> {
        let at = Location::caller();
        async move { self.world.check(at).await }
    }
}

impl Deref for TestSchool {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl World {
    #[must_use]
    pub fn app(&self) -> &Arc<App> {
        &self.server.app
    }

    /// `127.0.0.1:port`
    #[must_use]
    pub fn address(&self) -> std::net::SocketAddr {
        self.server.address
    }

    /// Lets time pass. In milliseconds.
    pub fn wait_ms(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::Relaxed);
    }

    pub fn wait_days(&self, days: i64) {
        self.wait_ms(days * common::Timestamp::DAY);
    }

    /// For what no endpoint tells: straight to the test's database.
    pub async fn conn(&self) -> MutexGuard<'_, Connection> {
        self.conn.lock().await
    }

    /// What the server asks its database from now on.
    pub async fn count_statements(&self) -> Statements {
        Statements::listen(&self.app().pool).await
    }

    /// Runs statements.
    pub async fn sql(&self, statements: &str) {
        self.conn().await.batch_execute(statements).await.unwrap();
    }

    /// Until somebody waits for a lock.
    pub async fn until_somebody_waits(&self) {
        self.until_so_many_wait(1).await;
    }

    /// Until so many, at least, wait for locks.
    pub async fn until_so_many_wait(&self, count: usize) {
        let waiting = async {
            loop {
                let found: Waits = sql_query(format!(
                    "SELECT count(*) >= {count} AS waits FROM pg_stat_activity
                     WHERE datname = current_database() AND wait_event_type = 'Lock'",
                ))
                .get_result(&mut *self.conn().await)
                .await
                .unwrap();
                if found.waits {
                    break;
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .expect("nobody waits");
    }

    /// The classmate becomes a second child of the parent.
    pub async fn has_two_children_of_one_parent(&self) {
        self.sql(
            "INSERT INTO guardian_links (school_id, class_id, parent_id, child_id, child_name,
                                         asked_at, state, registration_confirmed_at)
             VALUES (1, 1, 8, 6, 'Смирнова Мария', now(), 'confirmed', now());
             INSERT INTO class_members (school_id, class_id, account_id, role, child_id, started_at)
             VALUES (1, 1, 8, 'parent', 6, now())",
        )
        .await;
    }
}
