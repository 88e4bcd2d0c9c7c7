//! Who is connected, and who is told what.
//!
//! An event goes to an [`Recipients`], never to a list of ids. The hub knows each connection's
//! subscriptions: filled from the database when it connects (the same rule as `ReadChat`), changed by
//! the very events that tell a person of joining and leaving. A frame is made once.

mod authors;
mod connection;
pub mod frames;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use common::chats::ChatEvent;
use common::permissions::ChatKind;
use common::realtime::{Event, ServerFrame};
use common::schools::SchoolEvent;
use common::{AccountId, ChatId, SchoolId, SessionId, Timestamp};

pub use authors::Authors;
use connection::remove;
pub use connection::{Close, Connection, Subscriptions};

use crate::queue::{Queue, Tally};

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recipients {
    Account(AccountId),
    /// Who reads the chat.
    Chat(ChatId),
    /// All members.
    School(SchoolId),
    /// Its staff.
    Staff(SchoolId),
    /// Who runs the installation.
    Operators,
}

/// Sockets of one account, at most: a person has a few devices with a few pages each.
const MOST: usize = 50;
/// How often one socket says that somebody writes, in milliseconds. Clients say it every three seconds.
const TYPING_EVERY: i64 = 1000;

/// Clients say that they are there every 30 seconds; after five sweeps without that they are gone.
pub const SWEEP: Duration = Duration::from_secs(15);

#[derive(Default)]
pub struct Hub {
    inner: Mutex<Inner>,
    /// Connections that were closed because too much waited for them.
    slow: Tally,
    pub authors: Authors,
}

#[derive(Default)]
struct Inner {
    accounts: HashMap<AccountId, Vec<Arc<Connection>>>,
    chats: HashMap<ChatId, Vec<Arc<Connection>>>,
    schools: HashMap<SchoolId, Vec<Arc<Connection>>>,
    operators: Vec<Arc<Connection>>,
    stopping: bool,
}

impl Hub {
    /// Registers a connection; it's told of its own account from now on, of the rest after
    /// [`Hub::subscribe`].
    #[must_use]
    pub fn connect(
        &self,
        account: AccountId,
        session: SessionId,
        operator: bool,
    ) -> Arc<Connection> {
        let connection = Connection::new(account, session, self.slow.clone());
        let mut inner = lock(&self.inner);
        if operator {
            inner.operators.push(Arc::clone(&connection));
        }
        if inner.stopping {
            connection.close(Close::Restart);
        }
        let all = inner.accounts.entry(account).or_default();
        if let Some(oldest) = all.first().filter(|_| all.len() >= MOST) {
            oldest.close(Close::Resync);
        }
        all.push(Arc::clone(&connection));
        connection
    }

    /// Sets what the connection is told of, unless an event changed it since `changes` was read:
    /// then false, and the caller loads again. The first subscribed connection of an account tells the
    /// staff of its schools that the person is online.
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
        let first = !inner.present(connection.account);
        // What events added while the list was loading is in it.
        inner.detach(connection);
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
        connection.subscribed.store(true, Ordering::Release);
        if first {
            inner.presence(connection.account, &schools, true);
        }
        true
    }

    /// Forgets a connection; the last subscribed one of an account tells the staff that the person is
    /// gone.
    pub fn disconnect(&self, connection: &Arc<Connection>) {
        let mut inner = lock(&self.inner);
        let before = inner.detach(connection);
        remove(&mut inner.accounts, &connection.account, connection);
        inner
            .operators
            .retain(|other| !Arc::ptr_eq(other, connection));
        let told = connection.subscribed.load(Ordering::Acquire);
        if told && !inner.present(connection.account) {
            let schools: Vec<SchoolId> = before.schools.keys().copied().collect();
            inner.presence(connection.account, &schools, false);
        }
    }

    /// Tells the audience. What a person is told of joining or leaving also changes what their
    /// connections are told from now on.
    pub fn publish(&self, audience: Recipients, event: &Event) {
        if let Recipients::Account(account) = audience {
            self.authors.follow(account, event);
        }
        let mut inner = lock(&self.inner);
        inner.tell(audience, event, None);
        if let Recipients::Account(account) = audience {
            inner.follow(account, event);
        }
    }

    /// Somebody writes: told to the others in the chat, if the connection is in it; at most once in
    /// [`TYPING_EVERY`], whatever the client sends.
    pub fn typing(&self, connection: &Connection, chat: ChatId, name: String, now: Timestamp) {
        let until = connection.typed.load(Ordering::Relaxed);
        if now.0 < until {
            return;
        }
        connection
            .typed
            .store(now.plus_ms(TYPING_EVERY).0, Ordering::Relaxed);
        let kind = lock(&connection.subscriptions).chats.get(&chat).copied();
        if kind.is_some_and(|kind| kind != ChatKind::Channel) {
            let account = connection.account;
            let event = Event::Chat(ChatEvent::Typing {
                chat,
                account,
                name,
            });
            lock(&self.inner).tell(Recipients::Chat(chat), &event, Some(account));
        }
    }

    /// Who is online: all accounts with a subscribed connection.
    #[must_use]
    pub fn online(&self) -> Vec<AccountId> {
        let inner = lock(&self.inner);
        let accounts = inner.accounts.keys().copied();
        accounts.filter(|account| inner.present(*account)).collect()
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

    /// Nobody knows whether these should have been told of something: they start up again, the others
    /// go on.
    pub fn resync(&self, concerned: impl IntoIterator<Item = Recipients>) {
        let inner = lock(&self.inner);
        for recipients in concerned {
            self.authors.forget(recipients);
            let connections = inner.connections(recipients).into_iter().flatten();
            connections.for_each(|connection| connection.close(Close::Resync));
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

    /// What waits for slow clients, together.
    #[must_use]
    pub fn queue(&self) -> Queue {
        let inner = lock(&self.inner);
        let connections = inner.accounts.values().flatten();
        let waiting = connections.map(|it| it.waiting()).sum();
        Queue::new("sockets", waiting, &self.slow)
    }

    /// Forgets whoever hasn't been there for a while: a phone that is gone says nothing. Asked for every
    /// [`SWEEP`].
    pub fn sweep(&self) {
        let gone: Vec<Arc<Connection>> = {
            let inner = lock(&self.inner);
            let all = inner.accounts.values().flatten();
            all.filter(|one| !one.sweep()).cloned().collect()
        };
        for connection in gone {
            connection.close(Close::Silent);
            // What can't be sent to isn't told of the end, either.
            self.disconnect(&connection);
        }
    }

    /// Open sockets.
    #[must_use]
    pub fn connections(&self) -> usize {
        lock(&self.inner).accounts.values().map(Vec::len).sum()
    }
}

impl Inner {
    /// Whether a connection of the account is subscribed, so that its staff was told of it.
    fn present(&self, account: AccountId) -> bool {
        let mut connections = self.accounts.get(&account).into_iter().flatten();
        connections.any(|connection| connection.subscribed.load(Ordering::Acquire))
    }

    /// Ends what the connection is told of, and returns it.
    fn detach(&mut self, connection: &Arc<Connection>) -> Subscriptions {
        let before = std::mem::take(&mut *lock(&connection.subscriptions));
        for chat in before.chats.keys() {
            remove(&mut self.chats, chat, connection);
        }
        for school in before.schools.keys() {
            remove(&mut self.schools, school, connection);
        }
        before
    }

    /// Of the staff: all of the school.
    fn connections(&self, recipients: Recipients) -> Option<&Vec<Arc<Connection>>> {
        match recipients {
            Recipients::Account(account) => self.accounts.get(&account),
            Recipients::Chat(chat) => self.chats.get(&chat),
            Recipients::School(school) | Recipients::Staff(school) => self.schools.get(&school),
            Recipients::Operators => Some(&self.operators),
        }
    }

    fn tell(&self, recipients: Recipients, event: &Event, except: Option<AccountId>) {
        let connections = self.connections(recipients);
        let Some(connections) = connections.filter(|all| !all.is_empty()) else {
            return;
        };
        let staff_of = match recipients {
            Recipients::Staff(school) => Some(school),
            Recipients::Account(_)
            | Recipients::Chat(_)
            | Recipients::School(_)
            | Recipients::Operators => None,
        };
        let Ok(frame) = serde_json::to_string(&ServerFrame::Event(event.clone())) else {
            tracing::error!(?event, "an event that can't be serialised");
            return;
        };
        let frame = frames::text(&frame);
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
                Recipients::Staff(*school),
                &Event::Online { account, online },
                None,
            );
        }
    }

    fn follow(&mut self, account: AccountId, event: &Event) {
        let Some(connections) = self.accounts.get(&account).cloned() else {
            return;
        };
        let (mut came, mut gone, mut still) = (None, None, Vec::new());
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
                        came = Some(school.id);
                        self.schools
                            .entry(school.id)
                            .or_default()
                            .push(Arc::clone(&connection));
                    }
                }
                Event::School(SchoolEvent::Left(school)) => {
                    mine.schools.remove(school);
                    gone = Some(*school);
                    still = mine.schools.keys().copied().collect();
                    remove(&mut self.schools, school, &connection);
                }
                _ => continue,
            }
            connection.changes.fetch_add(1, Ordering::Release);
        }
        if let Some(school) = came {
            self.presence(account, &[school], true);
        }
        if let Some(school) = gone {
            self.presence(account, &[school], false);
            // Staff of both schools still see the person online.
            self.presence(account, &still, true);
        }
    }
}

/// A panic while the lock was held leaves plain data behind: go on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
