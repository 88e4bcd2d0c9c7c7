//! Who is connected, and who is told what.
//!
//! An event goes to an [`Audience`], never to a list of ids. The hub knows each connection's
//! subscriptions: filled from the database when it connects (the same rule as `ReadChat`), changed by
//! the very events that tell a person of joining and leaving. A frame is serialised once.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytestring::ByteString;
use common::chats::ChatEvent;
use common::permissions::ChatKind;
use common::realtime::{Event, ServerFrame};
use common::schools::SchoolEvent;
use common::{AccountId, ChatId, SchoolId, SessionId};
use tokio::sync::Notify;

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Account(AccountId),
    /// Who reads the chat.
    Chat(ChatId),
    /// All members.
    School(SchoolId),
    /// Its staff.
    Staff(SchoolId),
}

/// Frames that wait for a slow client, at most; then it's closed and starts up again.
const QUEUE_FRAMES: usize = 1024;
/// Bytes that wait for a slow client, at most.
const QUEUE_BYTES: usize = 512 * 1024;

/// One open socket.
pub struct Connection {
    pub account: AccountId,
    pub session: SessionId,
    queue: Mutex<Queue>,
    wake: Notify,
    /// Counts changes of the subscriptions that events made while they were being loaded.
    changes: AtomicU64,
    subscriptions: Mutex<Subscriptions>,
}

#[derive(Default)]
struct Queue {
    frames: VecDeque<ByteString>,
    bytes: usize,
    close: Option<Close>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// Too slow.
    Resync,
    SessionEnded,
    Restart,
}

/// What a connection is told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscriptions {
    pub chats: HashMap<ChatId, ChatKind>,
    /// With true where the person is staff.
    pub schools: HashMap<SchoolId, bool>,
}

impl Connection {
    /// What is to be sent now; waits until there is something.
    pub async fn next(&self, into: &mut Vec<ByteString>) -> Option<Close> {
        loop {
            {
                let mut queue = lock(&self.queue);
                if !queue.frames.is_empty() || queue.close.is_some() {
                    into.extend(queue.frames.drain(..));
                    queue.bytes = 0;
                    return queue.close;
                }
            }
            self.wake.notified().await;
        }
    }

    pub fn push(&self, frame: ByteString) {
        let mut queue = lock(&self.queue);
        if queue.close.is_some() {
            return;
        }
        queue.bytes += frame.len();
        queue.frames.push_back(frame);
        if queue.frames.len() > QUEUE_FRAMES || queue.bytes > QUEUE_BYTES {
            queue.frames.clear();
            queue.close = Some(Close::Resync);
        }
        drop(queue);
        self.wake.notify_one();
    }

    fn close(&self, why: Close) {
        lock(&self.queue).close.get_or_insert(why);
        self.wake.notify_one();
    }

    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }
}

#[derive(Default)]
pub struct Hub {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    accounts: HashMap<AccountId, Vec<Arc<Connection>>>,
    chats: HashMap<ChatId, Vec<Arc<Connection>>>,
    schools: HashMap<SchoolId, Vec<Arc<Connection>>>,
    stopping: bool,
}

impl Hub {
    /// Registers a connection; it's told of its own account from now on, of the rest after
    /// [`Hub::subscribe`].
    #[must_use]
    pub fn connect(&self, account: AccountId, session: SessionId) -> Arc<Connection> {
        let connection = Arc::new(Connection {
            account,
            session,
            queue: Mutex::default(),
            wake: Notify::new(),
            changes: AtomicU64::new(0),
            subscriptions: Mutex::default(),
        });
        let mut inner = lock(&self.inner);
        if inner.stopping {
            connection.close(Close::Restart);
        }
        inner
            .accounts
            .entry(account)
            .or_default()
            .push(Arc::clone(&connection));
        connection
    }

    /// Sets what the connection is told of, unless an event changed it since `changes` was read:
    /// then false, and the caller loads again. The first subscription of an account's first
    /// connection tells the staff of its schools that the person is online.
    pub fn subscribe(
        &self,
        connection: &Arc<Connection>,
        all: Subscriptions,
        changes: u64,
    ) -> bool {
        let mut inner = lock(&self.inner);
        if connection.changes() != changes {
            return false;
        }
        for chat in all.chats.keys() {
            inner
                .chats
                .entry(*chat)
                .or_default()
                .push(Arc::clone(connection));
        }
        for school in all.schools.keys() {
            inner
                .schools
                .entry(*school)
                .or_default()
                .push(Arc::clone(connection));
        }
        let schools: Vec<SchoolId> = all.schools.keys().copied().collect();
        *lock(&connection.subscriptions) = all;
        let told = |other: &Arc<Connection>| {
            !Arc::ptr_eq(other, connection) && !lock(&other.subscriptions).schools.is_empty()
        };
        let first = inner
            .accounts
            .get(&connection.account)
            .is_some_and(|all| !all.iter().any(told));
        if first {
            inner.presence(connection.account, &schools, true);
        }
        true
    }

    /// Forgets a connection; the last one of an account tells the staff that the person is gone.
    pub fn disconnect(&self, connection: &Arc<Connection>) {
        let mut inner = lock(&self.inner);
        let subscriptions = std::mem::take(&mut *lock(&connection.subscriptions));
        for chat in subscriptions.chats.keys() {
            remove(&mut inner.chats, chat, connection);
        }
        for school in subscriptions.schools.keys() {
            remove(&mut inner.schools, school, connection);
        }
        remove(&mut inner.accounts, &connection.account, connection);
        if !inner.accounts.contains_key(&connection.account) {
            let schools: Vec<SchoolId> = subscriptions.schools.keys().copied().collect();
            inner.presence(connection.account, &schools, false);
        }
    }

    /// Tells the audience. What a person is told of joining or leaving also changes what their
    /// connections are told from now on.
    pub fn publish(&self, audience: Audience, event: &Event) {
        let mut inner = lock(&self.inner);
        inner.tell(audience, event, None);
        if let Audience::Account(account) = audience {
            inner.follow(account, event);
        }
    }

    /// Somebody writes: told to the others in the chat, if the connection is in it.
    pub fn typing(&self, connection: &Connection, chat: ChatId, name: String) {
        let kind = lock(&connection.subscriptions).chats.get(&chat).copied();
        if kind.is_some_and(|kind| kind != ChatKind::Channel) {
            let account = connection.account;
            let event = Event::Chat(ChatEvent::Typing {
                chat,
                account,
                name,
            });
            lock(&self.inner).tell(Audience::Chat(chat), &event, Some(account));
        }
    }

    /// Those of the accounts that are connected.
    #[must_use]
    pub fn online(&self, accounts: impl IntoIterator<Item = AccountId>) -> BTreeSet<AccountId> {
        let inner = lock(&self.inner);
        accounts
            .into_iter()
            .filter(|account| inner.accounts.contains_key(account))
            .collect()
    }

    /// All connected accounts.
    #[must_use]
    pub fn connected(&self) -> Vec<AccountId> {
        lock(&self.inner).accounts.keys().copied().collect()
    }

    /// Closes the sockets of sessions that were ended.
    pub fn end_sessions(&self, account: AccountId, ended: impl Fn(SessionId) -> bool) {
        let inner = lock(&self.inner);
        for connection in inner.accounts.get(&account).into_iter().flatten() {
            if ended(connection.session) {
                connection.close(Close::SessionEnded);
            }
        }
    }

    /// The server stops: every client is told to come back in a moment.
    pub fn stop(&self) {
        let mut inner = lock(&self.inner);
        inner.stopping = true;
        inner
            .accounts
            .values()
            .flatten()
            .for_each(|connection| connection.close(Close::Restart));
    }

    /// Open sockets.
    #[must_use]
    pub fn connections(&self) -> usize {
        lock(&self.inner).accounts.values().map(Vec::len).sum()
    }
}

impl Inner {
    fn tell(&self, audience: Audience, event: &Event, except: Option<AccountId>) {
        let (connections, staff_of) = match audience {
            Audience::Account(account) => (self.accounts.get(&account), None),
            Audience::Chat(chat) => (self.chats.get(&chat), None),
            Audience::School(school) => (self.schools.get(&school), None),
            Audience::Staff(school) => (self.schools.get(&school), Some(school)),
        };
        let Some(connections) = connections.filter(|all| !all.is_empty()) else {
            return;
        };
        let Ok(frame) = serde_json::to_string(&ServerFrame::Event(event.clone())) else {
            tracing::error!(?event, "an event that can't be serialised");
            return;
        };
        let frame = ByteString::from(frame);
        for connection in connections {
            let told = except != Some(connection.account)
                && staff_of.is_none_or(|school| {
                    lock(&connection.subscriptions).schools.get(&school) == Some(&true)
                });
            if told {
                connection.push(frame.clone());
            }
        }
    }

    fn presence(&self, account: AccountId, schools: &[SchoolId], online: bool) {
        for school in schools {
            self.tell(
                Audience::Staff(*school),
                &Event::Online { account, online },
                None,
            );
        }
    }

    fn follow(&mut self, account: AccountId, event: &Event) {
        let Some(connections) = self.accounts.get(&account).cloned() else {
            return;
        };
        let mut presence = None;
        for connection in connections {
            let mut mine = lock(&connection.subscriptions);
            match event {
                Event::Chat(ChatEvent::Chat(chat)) => {
                    if mine.chats.insert(chat.id, chat.kind).is_none() {
                        self.chats
                            .entry(chat.id)
                            .or_default()
                            .push(Arc::clone(&connection));
                    }
                }
                Event::Chat(ChatEvent::Left(chat)) => {
                    mine.chats.remove(chat);
                    remove(&mut self.chats, chat, &connection);
                }
                Event::School(SchoolEvent::Mine(school)) => {
                    if mine
                        .schools
                        .insert(school.id, school.roles.staff())
                        .is_none()
                    {
                        presence = Some((school.id, true));
                        self.schools
                            .entry(school.id)
                            .or_default()
                            .push(Arc::clone(&connection));
                    }
                }
                Event::School(SchoolEvent::Left(school)) => {
                    mine.schools.remove(school);
                    presence = Some((*school, false));
                    remove(&mut self.schools, school, &connection);
                }
                _ => continue,
            }
            connection.changes.fetch_add(1, Ordering::Release);
        }
        if let Some((school, online)) = presence {
            self.presence(account, &[school], online);
        }
    }
}

fn remove<K: std::hash::Hash + Eq>(
    map: &mut HashMap<K, Vec<Arc<Connection>>>,
    key: &K,
    connection: &Arc<Connection>,
) {
    if let Some(all) = map.get_mut(key) {
        all.retain(|other| !Arc::ptr_eq(other, connection));
        if all.is_empty() {
            map.remove(key);
        }
    }
}

/// A panic while the lock was held leaves plain data behind: go on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
