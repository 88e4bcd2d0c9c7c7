//! Who belongs where: roles in the school, places in classes, parents by their children, and the
//! chats that follow.
//!
//! Whatever changes it is a [`Set`] of [`Change`]s, for one person or for thousands, and goes through
//! [`apply`]: the same number of statements for any number of people, under one turn of the school.
//! What follows from the changes (the staff room, parents who come and go with a child, chats, who
//! writes there) is
//! computed from what is so, before anything is written: [`preview`] answers with that and writes
//! nothing. `membership_changes` keeps each set, and each row of the past names the sets with which it
//! began and ended.

mod change;
mod effects;
mod known;
mod links;
mod load;
mod plan;
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

/// What the set would do, now: who comes where, and who leaves which chats.
///
/// # Errors
/// The database's.
pub async fn preview(conn: &mut AsyncPgConnection, set: &Set<'_>) -> Result<Effects> {
    let known = load::load(conn, set).await?;
    let mut effects = plan::plan(&known, set.changes);
    queries::chats(conn, set.school, &known, &mut effects).await?;
    if !effects.archives.is_empty() {
        queries::writers(conn, &mut effects).await?;
    }
    Ok(effects)
}

/// As [`apply`], telling nobody: where nobody is there to be told yet, as in a school that is being
/// made. Whoever else could change the school waits.
///
/// # Errors
/// The database's.
pub async fn write(conn: &mut AsyncPgConnection, set: &Set<'_>) -> Result<Effects> {
    let effects = preview(conn, set).await?;
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
