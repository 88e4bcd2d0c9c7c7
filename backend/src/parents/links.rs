//! How a parent is linked to a child, and who is told.

use common::error::{Conflict, Error, Problem};
use common::parents::{CHILD_NAME_LIMIT, WAITING_LINKS_LIMIT};
use common::{AccountId, ClassId, Name, Timestamp, validate};

use super::link_status::LinkStatus;
use super::matching;
use super::queries::{self, Ask, Link};
use crate::database::Connection;
use crate::error::Result;
use crate::membership::{self, Change, Place, Set, Why};
use crate::write::Tx;

/// A child's name as its parent or teacher types it, in one line.
///
/// # Errors
/// What is wrong with it.
pub fn child_name(typed: &str) -> Result<String, Problem> {
    let typed = validate::text(typed, CHILD_NAME_LIMIT)?;
    let words: Result<Vec<_>, _> = typed.split_whitespace().map(validate::name_part).collect();
    Ok(words?.join(" "))
}

/// Makes a link that waits for the class teacher or an administrator, and tells them. Until it's
/// confirmed the parent is no member and sees nothing of the school.
///
/// # Errors
/// `Conflict`: `Request` while the same one waits, `Member` when it's confirmed. `TooMany` children while
/// [`WAITING_LINKS_LIMIT`] wait.
pub async fn ask(tx: &mut Tx, ask: Ask<'_>, now: Timestamp) -> Result<()> {
    let links = queries::links_in_class(tx, ask.class, ask.parent).await?;
    match live(&links, ask.child_name) {
        Some(LinkStatus::Waiting) => return Err(Conflict::Request.into()),
        Some(_) => return Err(Conflict::Member.into()),
        None => {}
    }
    let waiting = links
        .iter()
        .filter(|link| link.status == LinkStatus::Waiting);
    if waiting.count() >= WAITING_LINKS_LIMIT as usize {
        let max = WAITING_LINKS_LIMIT;
        return Err(Error::field("child", Problem::TooMany { max }).into());
    }
    let refused = links.iter().filter(|link| {
        link.status == LinkStatus::Refused && matching::same(&link.child_name, ask.child_name)
    });
    let end = |link: &Link| {
        let (link, child) = (link.id, None);
        Change::end(ask.parent, Place::Link { link, child }, now)
    };
    // A refused one makes room.
    let changes: Vec<Change> = refused.map(end).collect();
    if !changes.is_empty() {
        let set = Set {
            school: ask.school,
            changes: &changes,
            why: Why::Family,
            by: Some(ask.parent),
            at: now,
        };
        membership::apply(tx, &set).await?;
    }
    queries::insert(tx, &ask, now).await?;
    let told = tx.tells(ask.school)?;
    told.families(&[ask.parent]);
    told.deciders(&[ask.class]);
    Ok(())
}

/// How the link stands that a parent has already to a child of this name in a class: it waits or is
/// confirmed.
pub async fn live_link(
    conn: &mut Connection,
    class: ClassId,
    parent: AccountId,
    child_name: &str,
) -> Result<Option<LinkStatus>> {
    let links = queries::links_in_class(conn, class, parent).await?;
    Ok(live(&links, child_name))
}

fn live(links: &[Link], child_name: &str) -> Option<LinkStatus> {
    links
        .iter()
        .filter(|link| {
            let account = link.account.as_ref().map(Name::short);
            let names = [Some(&link.child_name), account.as_ref()];
            names
                .into_iter()
                .flatten()
                .any(|name| matching::same(name, child_name))
        })
        .map(|link| link.status)
        .find(|status| matches!(status, LinkStatus::Waiting | LinkStatus::Confirmed))
}
