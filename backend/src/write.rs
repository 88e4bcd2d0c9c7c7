//! A write commits, then publishes.

mod progress;
mod told;

use std::collections::{BTreeMap, HashSet};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use common::realtime::{Event, Touched};
use common::{AccountId, ChatId, Error, SchoolId};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, TransactionManager};

use crate::database::{self, Pooled};
use crate::error::{Failure, Result};
use crate::live::{Ended, Hub, Origin, Outgoing, Recipients, Watch, What};
use crate::schema::schools;
use crate::turns::Places;

pub use progress::Progress;
pub use told::Told;

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
    told: BTreeMap<SchoolId, Told>,
    /// After the rest: each once.
    touched: HashSet<(Recipients, Touched)>,
    /// Who is let into a chat, and whether something was told there since.
    let_in: Vec<(AccountId, Watch)>,
    /// Until the events are out.
    places: Places,
    progress: Arc<Progress>,
}

impl Tx {
    pub(crate) async fn begin(
        mut conn: Pooled,
        hub: Arc<Hub>,
        from: Origin,
        progress: Arc<Progress>,
        places: Places,
    ) -> Result<Self> {
        Manager::begin_transaction(&mut *conn).await?;
        Ok(Self {
            conn: Some(conn),
            hub,
            from,
            outgoing: Vec::new(),
            told: BTreeMap::new(),
            touched: HashSet::new(),
            let_in: Vec::new(),
            places,
            progress,
        })
    }

    /// Takes the turns for which it has a place, in the order of the schools' ids; the number of each. A
    /// turn lasts until the events are out: who belongs where changes one transaction at a time. Two at
    /// once would each miss what the other does: one removes a teacher, the other makes a channel for all
    /// teachers. And what people are told last must be what is so.
    ///
    /// # Errors
    /// `NotFound` if there's no such school; `Unavailable` when somebody who has no place here (another
    /// server, an import) keeps a turn for too long.
    pub(crate) async fn take_turns(&mut self) -> Result<Vec<(SchoolId, i64)>> {
        let schools = self.places.turns.clone();
        if schools.len() > 1 {
            // What keeps one of them busy must not keep the others.
            database::wait_little(self).await?;
        }
        let mut numbers = Vec::with_capacity(schools.len());
        for school in schools {
            self.touch(Recipients::Staff(school), Touched::School(school));
            // The row is the lock.
            let number = diesel::update(schools::table.find(school))
                .set(schools::turns.eq(schools::turns + 1))
                .returning(schools::turns)
                .get_result(&mut **self)
                .await
                .map_err(busy)?;
            numbers.push((school, number));
        }
        Ok(numbers)
    }

    /// Makes sure that it has the school's turn, without which nothing may be settled that follows from
    /// who belongs where.
    ///
    /// # Errors
    /// When it hasn't: turns are taken at the beginning, before all other locks.
    pub fn has_turn(&self, school: SchoolId) -> Result<()> {
        if self.places.turns.contains(&school) {
            Ok(())
        } else {
            Err(Failure::unforeseen("a turn is taken at the beginning"))
        }
    }

    /// Makes sure that it has all these turns, which were known before only as they were then.
    ///
    /// # Errors
    /// [`Failure::Outdated`] when others have become of it meanwhile.
    pub fn has_turns_still(&self, schools: &[SchoolId]) -> Result<()> {
        if schools.iter().all(|school| self.has_turn(*school).is_ok()) {
            Ok(())
        } else {
            Err(Failure::Outdated)
        }
    }

    /// Lets nobody take the school's turn before the end of this transaction, so that who belongs
    /// where stays as it is; the number of the last turn. Several transactions may hold a school.
    ///
    /// # Errors
    /// As [`Tx::take_turns`].
    pub(crate) async fn hold(&mut self, school: SchoolId) -> Result<i64> {
        schools::table
            .find(school)
            .select(schools::turns)
            .for_share()
            .get_result(&mut **self)
            .await
            .map_err(busy)
    }

    /// Tells them after the commit, the person who acts too.
    pub fn publish(&mut self, recipients: Recipients, event: Event) {
        let event = Outgoing::event(recipients, event, self.from);
        self.outgoing.push(event);
    }

    /// Whom it tells before everything else, each once, how they stand in a school whose turn it has.
    ///
    /// # Errors
    /// As [`Tx::has_turn`].
    pub fn tells(&mut self, school: SchoolId) -> Result<&mut Told> {
        self.has_turn(school)?;
        Ok(self.told.entry(school).or_default())
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
    /// [`Tx::take_turns`] do it of the school that is written in, so that no handler can forget.
    pub fn touch(&mut self, recipients: Recipients, touched: Touched) {
        self.touched.insert((recipients, touched));
    }

    /// Makes it durable, then tells everybody.
    ///
    /// # Errors
    /// The commit's; nothing was published then.
    pub async fn commit(mut self) -> Result<()> {
        self.say_how_they_stand().await?;
        self.progress.may_commit()?;
        let Some(mut conn) = self.conn.take() else {
            return Err(Failure::unforeseen("a transaction ends once"));
        };
        let before = self.progress.commits();
        if let Err(error) = Manager::commit_transaction(&mut *conn).await {
            let failure = Failure::from(error);
            if database::is_unsure(&mut conn, &failure).await {
                self.tell_unsure();
            } else {
                self.progress.undone(before);
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

    async fn say_how_they_stand(&mut self) -> Result<()> {
        let mut first = Vec::new();
        for (school, told) in std::mem::take(&mut self.told) {
            let events = told.events(self, school).await?;
            first.extend(events.into_iter().map(|(account, event)| {
                Outgoing::event(Recipients::Account(account), event, self.from)
            }));
        }
        self.outgoing.splice(0..0, first);
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

/// What comes of waiting for a school: nothing has happened yet, whatever the database says.
fn busy(error: diesel::result::Error) -> Failure {
    match Failure::from(error) {
        failure if failure.is_unanswered() || (failure.is_nameless() && !failure.is_undone()) => {
            tracing::warn!(%failure, "no turn in a school");
            Error::Unavailable.into()
        }
        failure => failure,
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
