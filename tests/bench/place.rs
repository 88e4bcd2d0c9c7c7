//! The school of the bench: 2,000 people with sessions, 50 classes of 20, a class of 30, a channel of
//! 1,000, chats with 10,000 messages among others that have many.

use std::path::{Path, PathBuf};

use backend::database::{self, Connection, Purpose};
use backend::postgres::Cluster;
use common::ChatId;
use diesel_async::SimpleAsyncConnection as _;

/// People with sessions; account `n` has [`token`]`(n)`.
pub const PEOPLE: usize = 2000;
pub const CLASSES: usize = 50;
pub const CLASS_SIZE: usize = 20;
/// Account 1 administers, and writes in the channel.
pub const ADMINISTRATOR: usize = 1;
pub const ONLINE: usize = 1000;
pub const CLASS_A_SIZE: usize = 30;

pub struct Place {
    pub data_dir: PathBuf,
    pub chats: Chats,
}

pub struct Chats {
    pub class_a: ChatId,
    pub channel: ChatId,
    /// Of 10,000 messages by 30 and by 4 authors.
    pub history_of_30: ChatId,
    pub history_of_4: ChatId,
    pub classes: Vec<ChatId>,
}

/// The session cookie of an account.
pub fn token(account: usize) -> String {
    format!("bench-{account}")
}

/// Members of the `class`th of the 50 classes.
pub fn members(class: usize) -> std::ops::Range<usize> {
    class * CLASS_SIZE + 1..(class + 1) * CLASS_SIZE + 1
}

pub async fn prepare() -> Place {
    let data_dir = std::env::temp_dir().join(format!("zvonok-bench-{}", std::process::id()));
    fill(&data_dir, async |mut conn, _| {
        conn.batch_execute(include_str!("place.sql")).await.unwrap();
    })
    .await;
    Place {
        data_dir,
        chats: Chats {
            channel: ChatId(1),
            class_a: ChatId(2),
            history_of_30: ChatId(3),
            history_of_4: ChatId(4),
            classes: (0..CLASSES)
                .map(|class| ChatId(10 + class as i64))
                .collect(),
        },
    }
}

/// A cluster with a fresh database, by its address, in a new data directory; stopped again when it is filled.
pub async fn fill<T>(data_dir: &Path, fill: impl AsyncFnOnce(Connection, &str) -> T) -> T {
    let cluster = Cluster::start(data_dir, Purpose::Keep).unwrap();
    let url = cluster.url(database::NAME);
    database::create_if_absent(&cluster.url("postgres"), database::NAME)
        .await
        .unwrap();
    database::migrate(&url).await.unwrap();
    let filled = fill(database::open(&url).await.unwrap(), &url).await;
    cluster.stop();
    filled
}

impl Place {
    pub fn remove(self) {
        std::fs::remove_dir_all(&self.data_dir).unwrap();
    }
}
