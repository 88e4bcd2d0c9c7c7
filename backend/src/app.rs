//! What every handler has: the database, the hub, the clock, and who is asking.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use common::permissions::{Action, Facts, Scope, allows};
use common::realtime::Touched;
use common::{AccountId, ClassId, Date, Error, SchoolId, Timestamp};

use crate::access::{self, Access, Known};
use crate::accounts;
use crate::accounts::passwords::Passwords;
use crate::actor::Actor;
use crate::chats::sender::Sender;
use crate::clock::Clock;
use crate::database::{Health, OwnRow, Pool, Pooled, SeenTurn};
use crate::error::{Failure, Result};
use crate::live::{Bursts, Hub, Origin, Recipients};
use crate::queue::Tally;
use crate::schools::zone::Zone;
use crate::secret;
use crate::session;
use crate::turns::{Places, Turns};
use crate::uploads::Uploads;
use crate::write::{Progress, Tx};

/// One running server.
pub struct App {
    pub pool: Pool,
    pub clock: Clock,
    pub hub: Arc<Hub>,
    pub turns: Turns,
    pub unknown: session::Unknown,
    pub access: Access,
    pub sender: Sender,
    pub passwords: Passwords,
    pub uploads: Uploads,
    pub health: Health,
    /// Calls that were done again, see `serve.rs`.
    pub repeated: Tally,
    /// `https://school.example`, without a slash: invites begin with it.
    pub public_url: String,
    /// A proxy stands in front: the client's address is in `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Of the secret of [`Program::Monitor`](common::permissions::Program). None: whoever runs on this machine
    /// watches over it, behind a proxy nobody.
    pub monitor: Option<secret::Hash>,
}

/// What differs between a server that people use and one in a test.
pub struct Options {
    pub clock: Clock,
    pub bursts: Bursts,
    pub passwords: Passwords,
    pub public_url: String,
    pub behind_proxy: bool,
    /// The secret of [`App::monitor`].
    pub metrics_token: Option<String>,
}

impl App {
    /// Starts what runs beside the requests. The pool's database is checked and migrated.
    #[must_use]
    pub fn start(pool: Pool, options: Options) -> Arc<Self> {
        let hub = Arc::new(Hub::new(options.bursts, &options.clock));
        Arc::new(Self {
            turns: Turns::new(pool.most()),
            unknown: session::Unknown::default(),
            access: Access::start(pool.clone()),
            sender: Sender::new(pool.clone(), Arc::clone(&hub)),
            passwords: options.passwords,
            uploads: Uploads::default(),
            health: Health::default(),
            repeated: Tally::default(),
            clock: options.clock,
            public_url: options.public_url,
            behind_proxy: options.behind_proxy,
            monitor: options.metrics_token.as_deref().map(secret::hash),
            hub,
            pool,
        })
    }

    /// A transaction outside of a call, with the turns of these schools.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin(&self, schools: &[SchoolId]) -> Result<Tx> {
        let places = self.turns.take(schools).await?;
        let hub = Arc::clone(&self.hub);
        let (conn, from) = (self.pool.get().await?, Origin::default());
        let mut tx = Tx::begin(conn, hub, from, Arc::default(), places).await?;
        tx.take_turns().await?;
        Ok(tx)
    }
}

/// What the rule book was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) action: Action,
    pub(crate) scope: Scope,
    /// As of when, in the school of the scope.
    pub(crate) turn: Option<i64>,
    /// It wasn't asked now: what it was told before is believed, if it's compared.
    pub(crate) remembered: bool,
}

/// An answer that was read or written while nobody's place in the school had changed since the rule book was
/// asked, by the same statement. Only [`Ctx::compared`] makes one, so that a call for which
/// the rule book may be asked from memory (see `serve.rs`) can't forget to compare.
pub struct Compared<T>(T);

/// An answer of who has written the very row that gives the right: only [`Ctx::by_row`] makes one.
pub struct ByRow<T>(T);

impl<T> Compared<T> {
    pub(crate) fn done(self) -> T {
        self.0
    }
}

impl<T> ByRow<T> {
    pub(crate) fn done(self) -> T {
        self.0
    }
}

/// One call: who asks for what, and what the rule book looked at.
#[derive(Clone)]
pub struct Ctx {
    pub app: Arc<App>,
    pub actor: Option<Actor>,
    /// Of the scope that the endpoint named; before it has, of who asks.
    pub facts: Facts,
    pub(crate) asked: Asked,
    /// Of the scope's school.
    pub(crate) zone: Option<Zone>,
    pub now: Timestamp,
    pub address: IpAddr,
    /// The browser's own words about itself.
    pub user_agent: String,
    pub(crate) cookie: Arc<Mutex<Option<session::SetCookie>>>,
    pub(crate) progress: Arc<Progress>,
}

impl Ctx {
    /// The person who is signed in.
    ///
    /// # Errors
    /// `SignIn`, which the rule book has ruled out for every action but `Anyone`.
    pub fn actor(&self) -> Result<&Actor> {
        Ok(self.actor.as_ref().ok_or(Error::SignIn)?)
    }

    pub fn me(&self) -> Result<AccountId> {
        Ok(self.actor()?.account)
    }

    /// The school of the scope.
    pub fn school(&self) -> Result<SchoolId> {
        Ok(self.facts.school().ok_or(Error::NotFound)?)
    }

    /// The class of the scope.
    pub fn class(&self) -> Result<ClassId> {
        Ok(self.facts.class().ok_or(Error::NotFound)?)
    }

    /// The time zone of the scope's school.
    pub fn zone(&self) -> Result<&Zone> {
        Ok(self.zone.as_ref().ok_or(Error::NotFound)?)
    }

    /// The day that it is in the scope's school.
    pub fn today(&self) -> Result<Date> {
        Ok(self.zone()?.day(self.now))
    }

    /// Whether the rule book allows something else in the scope, too, on which hangs how much of it is shown.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        allows(&self.facts, action).is_ok()
    }

    /// What the rule book is told.
    pub(crate) fn know(&mut self, known: Known, action: Action, scope: Scope, remembered: bool) {
        self.facts = known.facts;
        self.zone = known.zone;
        self.asked = Asked {
            action,
            scope,
            turn: known.turn,
            remembered,
        };
    }

    /// A connection to read with.
    pub async fn conn(&self) -> Result<Pooled> {
        Ok(self.app.pool.get().await?)
    }

    /// A transaction to write with: commit publishes its events, and that the screens of the school
    /// of the scope are outdated, or of nothing but the person's own.
    ///
    /// What the rule book has allowed still is, and stays so until the end: who belongs where in the
    /// school of the scope doesn't change meanwhile, and the session isn't ended, also where one isn't needed:
    /// whoever came as somebody still is.
    ///
    /// # Errors
    /// The rule book's, if a right was withdrawn since it was asked; `SignIn` if the session was ended.
    pub async fn begin(&self) -> Result<Tx> {
        let Some(school) = self.facts.school() else {
            return self.begin_turns(&[]).await;
        };
        self.begin_with(school, self.app.turns.hold(school).await?)
            .await
    }

    /// As [`Ctx::begin`], one at a time in a school until its events are out: what happens to messages is told
    /// in the order of its numbers, or everybody would ask for what seems to be missing.
    ///
    /// # Errors
    /// As [`Ctx::begin`].
    pub async fn begin_change(&self) -> Result<Tx> {
        let school = self.school()?;
        self.begin_with(school, self.app.turns.change(school).await?)
            .await
    }

    async fn begin_with(&self, school: SchoolId, places: Places) -> Result<Tx> {
        let mut tx = self.open(places).await?;
        let last = tx.hold(school).await?;
        self.ask_again(&mut tx, last).await?;
        Ok(tx)
    }

    /// As [`Ctx::begin`], with the turn of the scope's school, which comes before all other locks.
    ///
    /// # Errors
    /// As [`Ctx::begin`].
    pub async fn begin_turn(&self) -> Result<Tx> {
        self.begin_turns(&[self.school()?]).await
    }

    /// As [`Ctx::begin_turn`], with the turns of all these schools; the scope's, if it has one, is among
    /// them. Which they are is known from before: see [`Tx::has_turns_still`].
    ///
    /// # Errors
    /// As [`Ctx::begin`].
    pub async fn begin_turns(&self, schools: &[SchoolId]) -> Result<Tx> {
        let mut tx = self.open(self.app.turns.take(schools).await?).await?;
        let numbers = tx.take_turns().await?;
        if let Some(school) = self.facts.school() {
            tx.has_turn(school)?;
            let mut mine = numbers.iter().filter(|(of, _)| *of == school);
            let last = mine.next().map_or(0, |(_, number)| number - 1);
            self.ask_again(&mut tx, last).await?;
        } else {
            self.ask_again_outside(&mut tx).await?;
        }
        Ok(tx)
    }

    /// As [`Ctx::begin`], for who ends sessions of their own: all of them are locked first.
    ///
    /// # Errors
    /// As [`Ctx::begin`].
    pub async fn begin_with_sessions(&self) -> Result<Tx> {
        let me = self.actor()?;
        let mut tx = self.open(Places::default()).await?;
        accounts::queries::lock_sessions(&mut tx, me.account).await?;
        self.ask_again_outside(&mut tx).await?;
        Ok(tx)
    }

    /// As [`Ctx::begin`], asking nothing: for the statement that writes the very row which gives the
    /// right, and no other.
    pub(crate) async fn begin_by_row(&self) -> Result<Tx> {
        self.open(self.app.turns.row(self.school()?).await?).await
    }

    async fn open(&self, places: Places) -> Result<Tx> {
        let (hub, progress) = (Arc::clone(&self.app.hub), Arc::clone(&self.progress));
        let from = Origin {
            school: self.facts.school(),
            by: self.facts.account,
        };
        let mut tx = Tx::begin(self.app.pool.get().await?, hub, from, progress, places).await?;
        match (self.facts.school(), &self.actor) {
            // What is said there is of the state; screens fetch nothing of it.
            _ if self.facts.chat().is_some() => {}
            (Some(school), _) => tx.touch(Recipients::Staff(school), Touched::School(school)),
            (None, Some(me)) => tx.touch(Recipients::Account(me.account), Touched::Account),
            (None, None) => {}
        }
        Ok(tx)
    }

    /// Lets nobody end the session before the end of the transaction; whose it is, and whether an operator's.
    /// None: there's no session. After the turns, before all other locks.
    async fn hold_session(&self, tx: &mut Tx) -> Result<Option<(AccountId, bool)>> {
        let Some(me) = &self.actor else {
            return Ok(None);
        };
        let operator = accounts::queries::hold_session(tx, me.session).await?;
        Ok(Some((me.account, operator.ok_or(Error::SignIn)?)))
    }

    /// Asks the rule book in the transaction of what is outside of schools.
    async fn ask_again_outside(&self, tx: &mut Tx) -> Result<()> {
        match self.hold_session(tx).await? {
            Some(me) => Ok(allows(&access::outside(Some(me)), self.asked.action)?),
            None => Ok(()),
        }
    }

    /// Asks the rule book in the transaction, if a turn was taken since it was asked before.
    async fn ask_again(&self, tx: &mut Tx, last: i64) -> Result<()> {
        self.hold_session(tx).await?;
        if self.asked.turn == Some(last) {
            return Ok(());
        }
        let known = match self.facts.program() {
            Some(program) => access::program_in(tx, program, self.asked.scope).await?,
            None => access::known_in(tx, self.actor()?, self.asked.scope, self.now).await?,
        };
        Ok(allows(&known.facts, self.asked.action)?)
    }

    /// As of when the rule book was told who belongs where in the scope's school.
    pub(crate) fn turn(&self) -> Result<i64> {
        Ok(self.asked.turn.ok_or(Error::NotFound)?)
    }

    /// What a statement has read or written together with the school's number.
    ///
    /// # Errors
    /// [`Failure::Outdated`] if that isn't the number as of which the rule book was told.
    pub(crate) fn compared<T>(&self, seen: SeenTurn, done: T) -> Result<Compared<T>> {
        if self.asked.turn.is_some_and(|number| seen.is(number)) {
            Ok(Compared(done))
        } else {
            Err(Failure::Outdated)
        }
    }

    /// What a statement did that writes the very row which gives the right, and what it answered if that
    /// was there.
    ///
    /// # Errors
    /// [`Failure::Outdated`] if it wasn't, and the rule book was asked from memory.
    pub(crate) fn by_row<T>(&self, written: Option<OwnRow>, done: T) -> Result<ByRow<T>> {
        if written.is_some() || !self.asked.remembered {
            Ok(ByRow(done))
        } else {
            Err(Failure::Outdated)
        }
    }

    /// The same call again, as if nothing had happened yet. None: something has, or it's too late.
    pub(crate) fn again(&self) -> Option<Self> {
        if !self.progress.may_run_again() {
            return None;
        }
        *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Some(Self {
            now: self.app.clock.now(),
            ..self.clone()
        })
    }

    /// The answer sets or clears the session cookie.
    pub fn set_cookie(&self, cookie: session::SetCookie) {
        *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = Some(cookie);
    }
}
