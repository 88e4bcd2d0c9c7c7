//! A write commits, then publishes.

use std::collections::HashSet;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use common::realtime::{Event, Touched};
use common::{AccountId, ChatId, SchoolId};
use diesel::sql_types::BigInt;
use diesel_async::{AsyncConnection, AsyncPgConnection, TransactionManager};
use tokio::sync::OwnedMutexGuard;

use crate::database::{self, Pooled, sql_query};
use crate::error::{Failure, Result};
use crate::live::{Ended, Hub, Origin, Outgoing, Recipients, Watch, What};

type Manager = <AsyncPgConnection as AsyncConnection>::TransactionManager;

/// A transaction that collects events; they go out after the commit, never before, never without.
///
/// Dropped without [`Tx::commit`] it rolls back. Handlers run in their own task (see `serve.rs`), so
/// a client that disconnects doesn't stop one half-way.
pub struct Tx {
    conn: Option<Pooled>,
    hub: Arc<Hub>,
    from: Origin,
    outgoing: Vec<Outgoing>,
    /// After the rest: each once.
    touched: HashSet<(Recipients, Touched)>,
    /// Who is let into a chat, and whether something was told there since.
    let_in: Vec<(AccountId, Watch)>,
    turns: Vec<(SchoolId, OwnedMutexGuard<()>)>,
    /// In which nobody else's turn comes before the end.
    held: Option<SchoolId>,
    /// Set when it may be durable: then the call is not done again.
    committed: Arc<AtomicBool>,
}

impl Tx {
    pub(crate) async fn begin(
        mut conn: Pooled,
        hub: Arc<Hub>,
        from: Origin,
        committed: Arc<AtomicBool>,
    ) -> Result<Self> {
        Manager::begin_transaction(&mut *conn).await?;
        Ok(Self {
            conn: Some(conn),
            hub,
            from,
            outgoing: Vec::new(),
            touched: HashSet::new(),
            let_in: Vec::new(),
            turns: Vec::new(),
            held: None,
            committed,
        })
    }

    /// Waits for its turn in the school, which lasts until the events are out: who belongs where
    /// changes one transaction at a time. Two at once would each miss what the other does: one
    /// removes a teacher, the other makes a channel for all teachers. And what people are told last
    /// must be what is so.
    ///
    /// The database is waited for first, because it notices deadlocks; the rest is the moment in
    /// which the one before tells its events.
    ///
    /// # Errors
    /// `NotFound` if there's no such school.
    pub async fn turn(&mut self, school: SchoolId) -> Result<()> {
        if self.turns.iter().any(|(mine, _)| *mine == school) {
            return Ok(());
        }
        self.next_turn(school).await.map(|_| ())
    }

    /// Takes the turn, and answers with its number.
    pub(crate) async fn next_turn(&mut self, school: SchoolId) -> Result<i64> {
        if self.held == Some(school) {
            // Two that hold it would wait for each other.
            return Err(Failure::unforeseen("the turn is taken at the beginning"));
        }
        self.touch(Recipients::Staff(school), Touched::School(school));
        // The row is the lock.
        let number =
            sql_query("UPDATE schools SET turns = turns + 1 WHERE id = $1 RETURNING turns")
                .bind::<BigInt, _>(school)
                .value::<BigInt, _>(self)
                .await?;
        self.turns.push((school, self.hub.turn(school).await));
        Ok(number)
    }

    /// Lets nobody take the school's turn before the end of this transaction, so that who belongs
    /// where stays as it is; the number of the last turn. Several transactions may hold a school.
    pub(crate) async fn hold(&mut self, school: SchoolId) -> Result<i64> {
        self.held = Some(school);
        let number = sql_query("SELECT turns FROM schools WHERE id = $1 FOR SHARE")
            .bind::<BigInt, _>(school)
            .value::<BigInt, _>(self)
            .await?;
        Ok(number)
    }

    /// Tells them after the commit, the person who acts too.
    pub fn publish(&mut self, recipients: Recipients, event: Event) {
        let event = Outgoing::event(recipients, event, self.from);
        self.outgoing.push(event);
    }

    /// After the commit they start up again: for changes of which too many would be told.
    pub fn resync(&mut self, recipients: Recipients) {
        let resync = Outgoing::resync(recipients, self.from);
        self.outgoing.push(resync);
    }

    /// After the commit these sessions are believed no more, and their sockets end.
    pub fn end_sessions(&mut self, account: AccountId, ended: Ended) {
        self.outgoing.push(Outgoing {
            to: Recipients::Account(account),
            what: What::SessionsEnded(ended),
            from: self.from,
        });
    }

    /// Before it's read what the lists of these people show of chats that are new to them: they hear of what
    /// others are told there from the end of the commit on. Whoever has missed something starts up again.
    pub fn lets_in(&mut self, joins: &[(ChatId, AccountId)]) {
        let chats: HashSet<ChatId> = joins.iter().map(|(chat, _)| *chat).collect();
        let watches = self.hub.watch(chats.into_iter());
        let watched =
            |(chat, account): &(ChatId, AccountId)| Some((*account, watches.get(chat)?.clone()));
        self.let_in.extend(joins.iter().filter_map(watched));
    }

    /// Tells them after the commit, and after its events, that what their screens have fetched is
    /// another now; once, however often it's called. [`Ctx::begin`](crate::app::Ctx::begin) and
    /// [`Tx::turn`] do it of the school that is written in, so that no handler can forget.
    pub fn touch(&mut self, recipients: Recipients, touched: Touched) {
        self.touched.insert((recipients, touched));
    }

    /// Makes it durable, then tells everybody.
    ///
    /// # Errors
    /// The commit's; nothing was published then.
    pub async fn commit(mut self) -> Result<()> {
        let Some(mut conn) = self.conn.take() else {
            return Err(Failure::unforeseen("a transaction ends once"));
        };
        let before = self.committed.swap(true, Ordering::AcqRel);
        if let Err(error) = Manager::commit_transaction(&mut *conn).await {
            let failure = Failure::from(error);
            if database::is_unsure(&mut conn, &failure).await {
                self.tell_unsure();
            } else {
                self.committed.store(before, Ordering::Release);
            }
            // Its state is unknown: out of the pool with it.
            drop(Pooled::take(conn));
            return Err(failure);
        }
        drop(conn);
        self.outgoing.iter().for_each(|it| self.hub.send(it));
        for (account, watch) in self.let_in.drain(..) {
            if watch.told() {
                let account = Recipients::Account(account);
                self.hub.send(&Outgoing::resync(account, self.from));
            }
        }
        self.tell_touched();
        Ok(())
    }

    /// What was lost may have been only the answer: clients ask for what is so, and so do we of sessions.
    fn tell_unsure(&mut self) {
        for it in self.outgoing.drain(..) {
            self.hub.send(&Outgoing::resync(it.to, it.from));
        }
        self.tell_touched();
    }

    fn tell_touched(&mut self) {
        for (recipients, touched) in self.touched.drain() {
            let touched = Event::Touched(touched);
            self.hub
                .send(&Outgoing::event(recipients, touched, self.from));
        }
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else {
            return;
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if Manager::rollback_transaction(&mut *conn).await.is_err() {
                    drop(Pooled::take(conn));
                }
            });
        } else {
            drop(Pooled::take(conn));
        }
    }
}

impl Deref for Tx {
    type Target = AsyncPgConnection;

    #[expect(
        clippy::expect_used,
        reason = "only commit and drop take it, and both own the Tx"
    )]
    fn deref(&self) -> &Self::Target {
        self.conn.as_ref().expect("open until the end")
    }
}

impl DerefMut for Tx {
    #[expect(
        clippy::expect_used,
        reason = "only commit and drop take it, and both own the Tx"
    )]
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.conn.as_mut().expect("open until the end")
    }
}
