//! Sessions: a `__Host-` cookie with 256 random bits, of which the database keeps a hash.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use common::{AccountId, Error, Secret, SessionId, Timestamp};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::accounts::queries;
use crate::actor::Actor;
use crate::database::Pool;
use crate::error::Result;
use crate::queue::{Queue, Tally};
use crate::secret::{self, Hash};

/// `__Host-`: only over TLS (or on localhost), only for this host, for all of it.
pub const COOKIE: &str = "__Host-session";

/// A session that nobody used for so long has ended. In days.
const IDLE_DAYS: i64 = 90;

/// Sessions last used before have ended.
#[must_use]
pub fn alive_since(now: Timestamp) -> Timestamp {
    now.plus_days(-IDLE_DAYS)
}

/// How long a session is believed without asking the database. Ending it here forgets it at once;
/// ending it on another server takes this long. In milliseconds.
const BELIEVED_MS: i64 = 30_000;

#[derive(Clone, Debug)]
pub enum SetCookie {
    New(Secret),
    Clear,
}

impl SetCookie {
    #[must_use]
    pub fn header(&self) -> String {
        match self {
            Self::New(secret) => format!(
                "{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}",
                secret.0,
                IDLE_DAYS * 24 * 60 * 60
            ),
            Self::Clear => {
                format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
            }
        }
    }
}

/// The database is asked for so many at once whose cookies nobody has shown since the start: they may be
/// made up, and must not take all connections.
const UNKNOWN_AT_ONCE: usize = 4;
/// So many of them wait, at most; further ones are told at once that the server is busy.
const WAITING: usize = 4096;

/// The sessions that were used a moment ago.
pub struct Sessions {
    known: Mutex<Known>,
    unknown: Semaphore,
    queue: Semaphore,
    refused: Tally,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            known: Mutex::default(),
            unknown: Semaphore::new(UNKNOWN_AT_ONCE),
            queue: Semaphore::new(WAITING),
            refused: Tally::default(),
        }
    }
}

#[derive(Default)]
struct Known {
    /// Each with until when it's believed without asking.
    actors: HashMap<Hash, (Actor, Timestamp)>,
    /// Counts what was forgotten: an answer from before isn't believed afterwards.
    forgotten: u64,
}

impl Sessions {
    /// Whose cookie it is. Asks the database, and notes the use there, at most every half minute; about
    /// one that nobody has shown before only with `may_ask`'s leave.
    ///
    /// # Errors
    /// The database's, and those of `may_ask`; `Unavailable` when too many wait that nobody knows.
    pub async fn find(
        &self,
        pool: &Pool,
        cookie: &str,
        now: Timestamp,
        may_ask: impl Fn() -> Result<()>,
    ) -> Result<Option<Actor>> {
        let hash = secret::hash(cookie);
        let (shown, forgotten) = {
            let known = self.lock();
            let found = known.actors.get(&hash);
            if let Some((actor, until)) = found
                && *until > now
            {
                return Ok(Some(actor.clone()));
            }
            (found.is_some(), known.forgotten)
        };
        let _place = if shown {
            None
        } else {
            may_ask()?;
            let place = self.place().await?;
            // Those before may have used up what is theirs.
            may_ask()?;
            Some(place)
        };
        let mut conn = pool.get().await?;
        let found = queries::use_session(&mut conn, &hash, now, alive_since(now)).await?;
        let mut known = self.lock();
        match &found {
            Some(actor) if known.forgotten == forgotten => {
                if known.actors.len() > 50_000 {
                    known.actors.retain(|_, (_, until)| *until > now);
                }
                let until = now.plus_ms(BELIEVED_MS);
                known.actors.insert(hash, (actor.clone(), until));
            }
            Some(_) => {}
            None => {
                known.actors.remove(&hash);
            }
        }
        Ok(found)
    }

    /// Those that nobody has shown before.
    #[must_use]
    pub fn queue(&self) -> Queue {
        let waiting = WAITING - self.queue.available_permits();
        Queue::new("sessions", waiting, &self.refused)
    }

    async fn place(&self) -> Result<SemaphorePermit<'_>> {
        let Ok(_queued) = self.queue.try_acquire() else {
            self.refused.add();
            return Err(Error::Unavailable.into());
        };
        let place = self.unknown.acquire().await;
        Ok(place.map_err(|_| Error::Unavailable)?)
    }

    /// Something about the account or its sessions changed: ask the database again.
    pub fn forget(&self, account: AccountId) {
        self.forget_if(|actor| actor.account == account);
    }

    /// Forgets one session.
    pub fn forget_session(&self, session: SessionId) {
        self.forget_if(|actor| actor.session == session);
    }

    fn forget_if(&self, which: impl Fn(&Actor) -> bool) {
        let mut known = self.lock();
        for (actor, until) in known.actors.values_mut() {
            if which(actor) {
                *until = Timestamp(0);
            }
        }
        known.forgotten += 1;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// «Chrome, Android»: what the list of sessions shows.
#[must_use]
pub fn device(user_agent: &str) -> String {
    let find = |names: &[(&'static str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| user_agent.contains(mark))
            .map(|(_, name)| *name)
    };
    // The order matters: browsers claim to be each other.
    let browser = find(&[
        ("YaBrowser", "Яндекс Браузер"),
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    }
}
