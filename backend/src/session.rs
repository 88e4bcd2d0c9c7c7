//! Sessions: a `__Host-` cookie with 256 random bits, of which the database keeps a hash.

use common::{Secret, Timestamp};

use crate::accounts::queries;
use crate::actor::Actor;
use crate::app::App;
use crate::error::Result;
use crate::live::Shown;
use crate::queue::{Bulkhead, Reading};
use crate::secret;

/// `__Host-`: only over TLS (or on localhost), only for this host, for all of it.
pub const COOKIE: &str = "__Host-session";

/// A session that nobody used for so long has ended. In days.
const IDLE_DAYS: i64 = 90;

/// Sessions last used before have ended.
#[must_use]
pub fn alive_since(now: Timestamp) -> Timestamp {
    now.plus_days(-IDLE_DAYS)
}

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

/// The queue of cookies that nobody has shown before.
pub struct Unknown(Bulkhead);

impl Default for Unknown {
    fn default() -> Self {
        Self(Bulkhead::new(UNKNOWN_AT_ONCE, WAITING))
    }
}

impl Unknown {
    #[must_use]
    pub fn queue(&self) -> Reading {
        self.0.reading("sessions")
    }
}

/// Learns which sessions there are, before the first request: at an address whose strangers are refused,
/// nobody else is asked about.
///
/// # Errors
/// The database's.
pub async fn expect(app: &App) -> Result<()> {
    let mut conn = app.pool.get().await?;
    let alive_since = alive_since(app.clock.now());
    let hashes = queries::session_hashes(&mut conn, alive_since).await?;
    app.hub.sessions.expect(&hashes);
    Ok(())
}

/// Whose cookie it is. Asks the database, and notes the use there, at most every half minute; about one that
/// isn't known to be somebody's only with `may_ask`'s leave.
///
/// # Errors
/// The database's, and those of `may_ask`; `Unavailable` when too many wait that nobody knows.
pub async fn find(
    app: &App,
    cookie: &str,
    may_ask: impl Fn() -> Result<()>,
) -> Result<Option<Actor>> {
    let (hash, now) = (secret::hash(cookie), app.clock.now());
    let (shown, moment) = app.hub.sessions.believed(&hash, now);
    let _place = match shown {
        Shown::Believed(actor) => return Ok(Some(actor)),
        // Not made up: nobody guesses its first eight bytes. It must not wait behind those that are.
        Shown::Before | Shown::Expected => None,
        Shown::Never => {
            may_ask()?;
            let place = app.unknown.0.place().await?;
            // Those before may have used up what is theirs.
            may_ask()?;
            Some(place)
        }
    };
    let mut conn = app.pool.get().await?;
    let found = queries::use_session(&mut conn, &hash, now, alive_since(now)).await?;
    app.hub.sessions.learn(hash, found.as_ref(), moment, now);
    Ok(found)
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
