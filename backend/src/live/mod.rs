//! Who is connected, and who is told what.
//!
//! What goes out is an [`Outgoing`], to [`Recipients`], never to a list of ids, and all of it goes through
//! [`Hub::send`]. The hub knows each connection's subscriptions: filled from the database when it
//! connects (the same rule as `ReadChat`), changed by the very events that tell a person of joining and
//! leaving. A frame is made once. What somebody tries that is limited is an [`Attempt`], and asked by
//! [`Hub::attempt`]. How several servers will share this is in ARCHITECTURE.md.

mod authors;
mod connection;
mod door;
mod flusher;
pub mod frames;
mod joining;
mod kept;
mod limits;
mod outgoing;
mod sessions;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use common::chats::ChatEvent;
use common::realtime::Event;
use common::{AccountId, ChatId, SchoolId, SessionId, Timestamp};

pub use authors::Authors;
use connection::remove;
pub use connection::{Close, Connection, Subscriptions, types};
use door::Inner;
pub use flusher::{Direct, Flusher};
pub use joining::Watch;
use limits::Limits;
pub use limits::{Attempt, Bursts};
pub use outgoing::{Ended, Origin, Outgoing, Recipients, What};
pub use sessions::{Sessions, Shown};

use crate::clock::Clock;
use crate::error::Result;
use crate::queue::{Reading, Tally};

/// Sockets of one account, at most: a person has a few devices with a few pages each.
const MOST: usize = 50;
/// How often one socket says that somebody writes, in milliseconds. Clients say it every three seconds.
const TYPING_EVERY: i64 = 1000;

/// Clients say that they are there every 30 seconds; after five sweeps without that they are gone.
pub const SWEEP: Duration = Duration::from_secs(15);

pub struct Hub {
    inner: Mutex<Inner>,
    limits: Limits,
    /// Connections that were closed because too much waited for them.
    slow: Tally,
    pub authors: Authors,
    pub sessions: Sessions,
}

impl Hub {
    #[must_use]
    pub fn new(bursts: Bursts, clock: &Clock) -> Self {
        Self {
            inner: Mutex::default(),
            limits: Limits::new(bursts, clock),
            slow: Tally::default(),
            authors: Authors::default(),
            sessions: Sessions::default(),
        }
    }

    /// The one question whether somebody may try something that is limited, and the one place where it's
    /// counted, whoever asks.
    ///
    /// # Errors
    /// `TooMany`, with the seconds to wait.
    pub fn attempt(&self, attempt: Attempt<'_>) -> Result<()> {
        self.limits.attempt(attempt)
    }

    /// Whether the address may still call as a stranger: asked before the database is, whose session it
    /// shows, and counts nothing.
    ///
    /// # Errors
    /// `TooMany`, with the seconds to wait.
    pub fn still_stranger(&self, address: IpAddr) -> Result<()> {
        self.limits.still_stranger(address)
    }

    /// Forgets what was tried long ago; called now and then.
    pub fn prune(&self) {
        self.limits.prune();
    }

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
        let mut open = all.iter().filter(|one| !one.closing());
        // Those that are told to go may take their time.
        if let Some(oldest) = open.next()
            && open.count() + 1 >= MOST
        {
            oldest.close(Close::Elsewhere);
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

    /// The one way out, for whatever anybody is told. What a person is told of joining or leaving also
    /// changes what their connections are told from now on; what is known of authors and sessions
    /// follows, too.
    pub fn send(&self, outgoing: &Outgoing) {
        self.authors.follow(outgoing);
        self.sessions.follow(outgoing);
        lock(&self.inner).send(outgoing);
    }

    /// Of each chat, whether something is told there from now on.
    #[must_use]
    pub fn watch(&self, chats: impl Iterator<Item = ChatId>) -> HashMap<ChatId, Watch> {
        lock(&self.inner).joining.watch(chats)
    }

    /// Somebody writes: told to the others in the chat, if the connection is in it and the person may; at
    /// most once in [`TYPING_EVERY`], whatever the client sends.
    pub fn typing(&self, connection: &Connection, chat: ChatId, now: Timestamp) {
        let until = connection.typed.load(Ordering::Relaxed);
        if now.0 < until {
            return;
        }
        connection
            .typed
            .store(now.plus_ms(TYPING_EVERY).0, Ordering::Relaxed);
        let name = {
            let mine = lock(&connection.subscriptions);
            if mine.chats.get(&chat) != Some(&true) {
                return;
            }
            mine.name.clone()
        };
        let account = connection.account;
        let typing = Event::Chat(ChatEvent::Typing {
            chat,
            account,
            name,
        });
        let from = Origin {
            school: None,
            by: Some(account),
        };
        self.send(&Outgoing::event(Recipients::Chat(chat), typing, from));
    }

    /// Who is online: all accounts with a subscribed connection.
    #[must_use]
    pub fn online(&self) -> Vec<AccountId> {
        let inner = lock(&self.inner);
        let accounts = inner.accounts.keys().copied();
        accounts.filter(|account| inner.present(*account)).collect()
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
    pub fn queue(&self) -> Reading {
        let inner = lock(&self.inner);
        let connections = inner.accounts.values().flatten();
        let waiting = connections.map(|it| it.waiting()).sum();
        Reading::new("sockets", waiting, &self.slow)
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
            connection.abandon();
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

/// A panic while the lock was held leaves plain data behind: go on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
