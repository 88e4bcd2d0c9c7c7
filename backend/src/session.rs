//! Sessions: a `__Host-` cookie with 256 random bits, of which the database keeps a hash.

use common::{Secret, Timestamp};

use crate::accounts::queries;
use crate::actor::Actor;
use crate::database::Pool;
use crate::error::Result;
use crate::live::Sessions;
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

/// Whose cookie it is. Asks the database, and notes the use there, at most every half minute.
pub async fn find(
    sessions: &Sessions,
    pool: &Pool,
    cookie: &str,
    now: Timestamp,
) -> Result<Option<Actor>> {
    let hash = secret::hash(cookie);
    let (believed, moment) = sessions.believed(&hash, now);
    if believed.is_some() {
        return Ok(believed);
    }
    let mut conn = pool.get().await?;
    let found = queries::use_session(&mut conn, &hash, now, alive_since(now)).await?;
    sessions.learn(hash, found.as_ref(), moment, now);
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
