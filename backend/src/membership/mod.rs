//! Who belongs where: roles in the school, places in classes, parents by their children, and the
//! chats that follow.
//!
//! Whatever changes it is a [`Set`] of [`Change`]s, for one person or for thousands, and goes through
//! [`apply`]: the same number of statements for any number of people, under one turn of the school.
//! What follows from the changes (the staff room, parents who come and go with a child, chats) is computed
//! from what is so, before anything is written: [`preview`] answers with that, and with who writes no more
//! where a class is archived, and writes nothing. `membership_changes` keeps each set, and each row of the
//! past names the sets with which it began and ended.

mod change;
mod effects;
mod known;
mod links;
mod load;
mod plan;
mod preview;
pub mod queries;
mod tell;
#[cfg(test)]
mod tests;
mod tracked;

use diesel_async::AsyncPgConnection;

use crate::error::Result;
use crate::write::Tx;

pub use change::{Change, ClassPlace, Place, Set, What, When, Why};
pub use effects::{Effects, LinkMove, Moves};
pub use preview::Preview;

/// What the set would do, now: who comes where, who leaves which chats, and who stays and writes no more
/// where a class is archived.
///
/// # Errors
/// The database's.
pub async fn preview(conn: &mut AsyncPgConnection, set: &Set<'_>) -> Result<Preview> {
    let effects = compute(conn, set).await?;
    Preview::of(conn, set.school, effects).await
}

/// What is to be written.
async fn compute(conn: &mut AsyncPgConnection, set: &Set<'_>) -> Result<Effects> {
    let known = load::load(conn, set).await?;
    let mut effects = plan::plan(&known, set.changes);
    queries::chats(conn, set.school, &known, &mut effects).await?;
    Ok(effects)
}

/// As [`apply`], telling nobody: where nobody is there to be told yet, as in a school that is being
/// made. Whoever else could change the school waits.
///
/// # Errors
/// The database's.
pub async fn write(conn: &mut AsyncPgConnection, set: &Set<'_>) -> Result<Effects> {
    let effects = compute(conn, set).await?;
    if !effects.is_empty() {
        queries::write(conn, set, &effects).await?;
    }
    Ok(effects)
}

/// Makes it so, and tells everybody concerned after the commit. What is so already changes nothing.
///
/// Asks no rules: the handler has. Classes must be of the school, and those that somebody enters not
/// archived.
///
/// # Errors
/// The database's.
pub async fn apply(tx: &mut Tx, set: &Set<'_>) -> Result<Effects> {
    tx.has_turn(set.school)?;
    let effects = write(tx, set).await?;
    tell::tell(tx, set.school, &effects).await?;
    Ok(effects)
}
