//! People in and out of classes. Whatever changes who belongs where goes through here, so that
//! roles, parents' rows, chats and everybody's state follow.

pub(super) mod handlers;
pub mod queries;

use common::classes::ClassRole;
use common::permissions::Role;
use common::{AccountId, ClassId, SchoolId, Timestamp};

use crate::chats::audience;
use crate::error::Result;
use crate::write::Tx;
use crate::{parents, people, schools};

/// Makes someone a member of the class in this role: begins the school role that goes with it,
/// brings staff into the staff room, brings along the confirmed parents of a student (R61 in
/// reverse), lets the chats follow and tells everybody concerned. `child` is a parent's, one call
/// for each. Whether that is new; a repeat changes nothing.
///
/// Asks no rules: the handler has. The class must be of the school, and not archived.
///
/// # Errors
/// `Conflict::Decided` when the class has another class teacher: [`appoint`] replaces one.
pub async fn join(
    tx: &mut Tx,
    school: SchoolId,
    class: ClassId,
    account: AccountId,
    role: ClassRole,
    child: Option<AccountId>,
    now: Timestamp,
) -> Result<bool> {
    let new_role =
        people::queries::start_role(tx, school, account, role.school_role(), now).await?;
    let mut new = queries::insert_member(tx, school, class, account, role, child, now).await?;
    let mut moved = vec![account];
    match role {
        ClassRole::ClassTeacher | ClassRole::Teacher => {
            new |= enter_staff_room(tx, school, account, now).await?;
        }
        ClassRole::Student => {
            moved.extend(queries::insert_parents(tx, school, class, account, now).await?);
            if new {
                moved.extend(parents::meet_student(tx, school, class, account).await?);
            }
        }
        ClassRole::Parent => {}
    }
    if new || new_role || moved.len() > 1 {
        settle(tx, school, &moved, now).await?;
    }
    Ok(new)
}

/// Ends what someone is in the class in this role; the role in the school stays. With a student go
/// the parents who are here for this child alone (R61). Of a parent: for `child`, or for all
/// children. Whether there was something to end.
pub async fn leave(
    tx: &mut Tx,
    school: SchoolId,
    class: ClassId,
    account: AccountId,
    role: ClassRole,
    child: Option<AccountId>,
    now: Timestamp,
) -> Result<bool> {
    if !queries::end_member(tx, class, account, role, child, now).await? {
        return Ok(false);
    }
    let mut moved = vec![account];
    if role == ClassRole::Student {
        moved.extend(queries::end_parents(tx, school, Some(class), account, now).await?);
    }
    settle(tx, school, &moved, now).await?;
    Ok(true)
}

/// Names the class teacher (R58), or nobody. The one before stays as a teacher of the class.
///
/// Asks no rules: the handler has. The class is locked.
pub async fn appoint(
    tx: &mut Tx,
    school: SchoolId,
    class: ClassId,
    teacher: Option<AccountId>,
    now: Timestamp,
) -> Result<()> {
    let before = queries::class_teacher(tx, class).await?;
    if before == teacher {
        return Ok(());
    }
    let mut moved = Vec::new();
    if let Some(before) = before {
        let lead = ClassRole::ClassTeacher;
        queries::end_member(tx, class, before, lead, None, now).await?;
        queries::insert_member(tx, school, class, before, ClassRole::Teacher, None, now).await?;
        moved.push(before);
    }
    if let Some(teacher) = teacher {
        queries::end_member(tx, class, teacher, ClassRole::Teacher, None, now).await?;
        people::queries::start_role(tx, school, teacher, Role::Teacher, now).await?;
        let lead = ClassRole::ClassTeacher;
        queries::insert_member(tx, school, class, teacher, lead, None, now).await?;
        enter_staff_room(tx, school, teacher, now).await?;
        moved.push(teacher);
    }
    settle(tx, school, &moved, now).await
}

/// Brings one of the staff into the staff room (R51), if the school has one yet. Whether that is new. Follow it
/// with [`settle`].
pub async fn enter_staff_room(
    tx: &mut Tx,
    school: SchoolId,
    account: AccountId,
    now: Timestamp,
) -> Result<bool> {
    let Some(room) = super::queries::staff_room(tx, school).await? else {
        return Ok(false);
    };
    queries::insert_member(tx, school, room, account, ClassRole::Teacher, None, now).await
}

/// After the roles or classes of these people have changed: their chats follow the rule, and
/// everybody whose state shows it is told: they themselves, those with whom they have direct chats,
/// readers of what they wrote last, and parents.
pub async fn settle(
    tx: &mut Tx,
    school: SchoolId,
    people: &[AccountId],
    now: Timestamp,
) -> Result<()> {
    let mut people = people.to_vec();
    people.sort_unstable();
    people.dedup();
    tx.turn(school).await?;
    schools::tell_standing(tx, school, &people).await?;
    audience::refresh(tx, school, audience::Changed::People(&people), now).await?;
    audience::tell_about(tx, school, &people).await?;
    parents::tell_families(tx, school, &people).await
}
