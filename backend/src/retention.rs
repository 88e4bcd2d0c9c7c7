//! What isn't kept for ever: sessions that have ended by themselves, and the files of applications that were
//! refused long ago.

use common::Timestamp;

use crate::accounts;
use crate::app::App;
use crate::error::Result;
use crate::schools::applications;
use crate::session::alive_since;

/// Deleted by one statement, at most: it locks what it deletes, and writes all of it at once.
const SESSIONS: u32 = 1000;
const FILES: u32 = 20;

/// The file of a refused application is kept for so many days, in which the operator may be asked why.
const FILES_DAYS: i64 = 30;

/// Deletes what is over by now, a few at a time.
///
/// # Errors
/// The database's; what was deleted before stays so.
pub async fn run(app: &App, now: Timestamp) -> Result<()> {
    loop {
        let mut conn = app.pool.get().await?;
        let since = alive_since(now);
        let deleted = accounts::queries::delete_idle_sessions(&mut conn, since, SESSIONS).await?;
        drop(conn);
        if deleted < SESSIONS as usize {
            break;
        }
    }
    loop {
        let mut tx = app.begin(&[]).await?;
        let before = now.plus_days(-FILES_DAYS);
        let deleted = applications::queries::delete_refused_orders(&mut tx, before, FILES).await?;
        if deleted > 0 {
            applications::queries::touch(&mut tx);
        }
        tx.commit().await?;
        if deleted < FILES as usize {
            return Ok(());
        }
    }
}
