//! A write commits, then publishes.

use std::collections::HashSet;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use common::SchoolId;
use common::realtime::{Event, Touched};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, TransactionManager};
use tokio::sync::OwnedMutexGuard;

use crate::database::Pooled;
use crate::error::{Failure, Result};
use crate::live::{Hub, Recipients};
use crate::schema::schools;

type Manager = <AsyncPgConnection as AsyncConnection>::TransactionManager;

/// A transaction that collects events; they go out after the commit, never before, never without.
///
/// Dropped without [`Tx::commit`] it rolls back. Handlers run in their own task (see `serve.rs`), so
/// a client that disconnects doesn't stop one half-way.
pub struct Tx {
    conn: Option<Pooled>,
    hub: Arc<Hub>,
    events: Vec<(Recipients, Event)>,
    resynced: Vec<Recipients>,
    touched: HashSet<(Recipients, Touched)>,
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
        committed: Arc<AtomicBool>,
    ) -> Result<Self> {
        Manager::begin_transaction(&mut *conn).await?;
        Ok(Self {
            conn: Some(conn),
            hub,
            events: Vec::new(),
            resynced: Vec::new(),
            touched: HashSet::new(),
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
        let number = diesel::update(schools::table.find(school))
            .set(schools::turns.eq(schools::turns + 1))
            .returning(schools::turns)
            .get_result(&mut **self)
            .await?;
        self.turns.push((school, self.hub.turn(school).await));
        Ok(number)
    }

    /// Lets nobody take the school's turn before the end of this transaction, so that who belongs
    /// where stays as it is; the number of the last turn. Several transactions may hold a school.
    pub(crate) async fn hold(&mut self, school: SchoolId) -> Result<i64> {
        self.held = Some(school);
        Ok(schools::table
            .find(school)
            .select(schools::turns)
            .for_share()
            .get_result(&mut **self)
            .await?)
    }

    /// Tells them after the commit, the person who acts too.
    pub fn publish(&mut self, recipients: Recipients, event: Event) {
        self.events.push((recipients, event));
    }

    /// After the commit they start up again: for changes of which too many would be told.
    pub fn resync(&mut self, recipients: Recipients) {
        self.resynced.push(recipients);
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
        self.committed.store(true, Ordering::Release);
        if let Err(error) = Manager::commit_transaction(&mut *conn).await {
            // Its state is unknown: out of the pool with it. What was lost may have been only the
            // answer: clients ask for what is so.
            drop(Pooled::take(conn));
            let told = self.events.drain(..).map(|(recipients, _)| recipients);
            self.hub.resync(told.chain(self.resynced.drain(..)));
            self.tell_touched();
            return Err(error.into());
        }
        drop(conn);
        for (recipients, event) in self.events.drain(..) {
            self.hub.publish(recipients, &event);
        }
        self.tell_touched();
        self.hub.resync(self.resynced.drain(..));
        Ok(())
    }

    fn tell_touched(&mut self) {
        for (recipients, touched) in self.touched.drain() {
            self.hub.publish(recipients, &Event::Touched(touched));
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
