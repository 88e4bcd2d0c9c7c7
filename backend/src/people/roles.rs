//! Roles begin and end, and what hangs on them.

use common::classes::ClassRole;
use common::parents::ParentEvent;
use common::permissions::Role;
use common::realtime::Event;
use common::{AccountId, SchoolId, Timestamp};

use super::queries::{self, End};
use crate::classes::members::queries as members;
use crate::classes::{enter_staff_room, settle};
use crate::error::Result;
use crate::live::Recipients;
use crate::write::Tx;
use crate::{invites, schools};

/// Gives one of the staff a role more.
pub async fn grant(
    tx: &mut Tx,
    school: SchoolId,
    account: AccountId,
    role: Role,
    now: Timestamp,
) -> Result<()> {
    queries::start_role(tx, school, account, role, now).await?;
    enter_staff_room(tx, school, account, now).await?;
    settle(tx, school, &[account], now).await
}

/// After a role has ended: the classes that hang on it end too, and so the chats; with a student go
/// the parents who have no other child here (R61).
pub async fn follow_end(
    tx: &mut Tx,
    school: SchoolId,
    account: AccountId,
    role: Role,
    by: AccountId,
    now: Timestamp,
) -> Result<()> {
    let still = schools::queries::roles(tx, account).await?;
    let staff = still.get(&school).is_some_and(|roles| roles.staff());
    let mut moved = vec![account];
    match role {
        Role::Administrator => {
            if !staff {
                end_staff(tx, school, account, true, now).await?;
            }
        }
        Role::Teacher => end_staff(tx, school, account, !staff, now).await?,
        Role::Student => {
            members::end_all(tx, school, account, &[ClassRole::Student], false, now).await?;
            moved.extend(members::end_parents(tx, school, None, account, now).await?);
            let parents = end_links(tx, school, End::OfChild(account), by, now).await?;
            queries::end_childless_parents(tx, school, &parents, now).await?;
            moved.extend(parents);
        }
        Role::Parent => {
            members::end_all(tx, school, account, &[ClassRole::Parent], false, now).await?;
            end_links(tx, school, End::OfParent(account), by, now).await?;
        }
    }
    settle(tx, school, &moved, now).await
}

async fn end_staff(
    tx: &mut Tx,
    school: SchoolId,
    account: AccountId,
    staff_room_too: bool,
    now: Timestamp,
) -> Result<()> {
    let roles = [ClassRole::ClassTeacher, ClassRole::Teacher];
    members::end_all(tx, school, account, &roles, staff_room_too, now).await
}

/// Ends links between parents and children, and answers with the parents.
async fn end_links(
    tx: &mut Tx,
    school: SchoolId,
    which: End,
    by: AccountId,
    now: Timestamp,
) -> Result<Vec<AccountId>> {
    let mut parents = Vec::new();
    for ended in queries::end_links(tx, school, which, by, now).await? {
        tx.publish(
            Recipients::Account(ended.parent),
            Event::Parent(ParentEvent::ChildRemoved(ended.link)),
        );
        if ended.waited {
            invites::tell_deciders(tx, school, Some(ended.class)).await?;
        }
        parents.push(ended.parent);
    }
    Ok(parents)
}
