//! The other side of an invite: who opens it, registers by it, accepts it.

use common::classes::ClassRole;
use common::error::{Conflict, Error};
use common::invites::{
    AcceptInvite, InviteEvent, Joined, OpenInvite, OpenedInvite, RegisterByInvite,
};
use common::permissions::Role;
use common::realtime::Event;
use common::validate::Check;
use common::{AccountId, ClassId, SchoolId, Timestamp};

use super::queries::{self, Held};
use super::requests;
use crate::accounts::entry;
use crate::accounts::registration::{self, Admission, Reach};
use crate::app::Ctx;
use crate::error::{Failure, Result};
use crate::live::Recipients;
use crate::membership::{self, Change, Place, Set, Why};
use crate::parents::links;
use crate::parents::queries::Ask;
use crate::secret;
use crate::write::Tx;

pub async fn open_invite(ctx: Ctx, request: OpenInvite) -> Result<OpenedInvite> {
    let hash = secret::hash(&request.secret.0);
    let mut conn = ctx.conn().await?;
    let Held { class, opened, .. } = queries::held(&mut conn, &hash, false, ctx.now).await?;
    let member = match (&ctx.actor, opened.role, &opened.child) {
        (None, ..) | (Some(_), Role::Parent, None) => false,
        (Some(actor), Role::Parent, Some(child)) => {
            links::live_link(&mut conn, class, actor.account, child)
                .await?
                .is_some()
        }
        (Some(actor), role, _) => {
            queries::is_member(&mut conn, opened.school, class, actor.account, role).await?
        }
    };
    Ok(OpenedInvite { member, ..opened })
}

pub async fn register_by_invite(ctx: Ctx, request: RegisterByInvite) -> Result<Joined> {
    let hash = secret::hash(&request.secret.0);
    let held = queries::held(&mut *ctx.conn().await?, &hash, false, ctx.now).await?;
    usable(&held)?;
    let mut check = Check::new();
    let child = child(&held, request.child.as_deref(), &mut check);
    let reach = reach(held.opened.role);
    let today = held.zone.day(ctx.now);
    let by = Admission::Invited;
    let account = registration::check_with(&ctx, &request.account, reach, today, by, check).await?;
    let mut tx = ctx.begin_turns(&[held.opened.school]).await?;
    let held = queries::held(&mut tx, &hash, true, ctx.now).await?;
    usable(&held)?;
    let me = registration::register(&mut tx, &account, ctx.now).await?;
    let joined = come_in(&mut tx, &held, me, child.as_deref(), ctx.now).await?;
    entry::start_session(&ctx, &mut tx, me, None).await?;
    tx.commit().await?;
    Ok(joined)
}

pub async fn accept_invite(ctx: Ctx, request: AcceptInvite) -> Result<Joined> {
    let me = ctx.me()?;
    let hash = secret::hash(&request.secret.0);
    let held = queries::held(&mut *ctx.conn().await?, &hash, false, ctx.now).await?;
    let mut tx = ctx.begin_turns(&[held.opened.school]).await?;
    let held = queries::held(&mut tx, &hash, true, ctx.now).await?;
    let (school, role) = (held.opened.school, held.opened.role);
    // Before the rest: whoever used the last place up themselves is told that they are in.
    if role != Role::Parent && queries::is_member(&mut tx, school, held.class, me, role).await? {
        return Err(Conflict::Member.into());
    }
    usable(&held)?;
    let mut check = Check::new();
    let child = child(&held, request.child.as_deref(), &mut check);
    check.done()?;
    let joined = come_in(&mut tx, &held, me, child.as_deref(), ctx.now).await?;
    tx.commit().await?;
    Ok(joined)
}

/// Students may have no phone of their own (R38).
pub(super) fn reach(role: Role) -> Reach {
    match role {
        Role::Student => Reach::PhoneOrLogin,
        Role::Administrator | Role::Teacher | Role::Parent => Reach::Phone,
    }
}

fn usable(held: &Held) -> Result<(), Error> {
    held.opened
        .gone
        .map_or(Ok(()), |gone| Err(Error::InviteGone(gone)))
}

/// The child that a parent comes for: the invite's word counts, not the parent's.
fn child(held: &Held, typed: Option<&str>, check: &mut Check) -> Option<String> {
    match (&held.opened.role, &held.opened.child) {
        (Role::Parent, Some(named)) => Some(named.clone()),
        (Role::Parent, None) => check.take("child", links::child_name(typed.unwrap_or_default())),
        _ => None,
    }
}

/// Counts the use and lets the person in. The invite is locked.
async fn come_in(
    tx: &mut Tx,
    held: &Held,
    account: AccountId,
    child: Option<&str>,
    now: Timestamp,
) -> Result<Joined> {
    queries::count_use(tx, held.id, now).await?;
    let school = held.opened.school;
    if held.opened.role == Role::Parent {
        let ask = Ask {
            school,
            class: held.class,
            parent: account,
            child_name: child.unwrap_or_default(),
            message: "",
        };
        links::ask(tx, ask, now).await?;
        return Ok(Joined::Waiting { school });
    }
    let coming = Coming {
        school,
        class: held.class,
        account,
        role: held.opened.role,
        why: Why::Invite,
        by: account,
    };
    join(tx, &coming, now).await?;
    Ok(Joined::Member { school })
}

/// Who comes in where.
pub(super) struct Coming {
    pub school: SchoolId,
    pub class: ClassId,
    pub account: AccountId,
    pub role: Role,
    pub why: Why,
    pub by: AccountId,
}

/// A student into a class; a teacher into a class and, with it, the staff room (R51). What the
/// person had asked for is thereby answered. Does nothing where the person is already.
pub(super) async fn join(tx: &mut Tx, coming: &Coming, now: Timestamp) -> Result<()> {
    let Coming {
        school,
        class,
        account,
        role,
        ..
    } = *coming;
    let class_role = match role {
        Role::Student => ClassRole::Student,
        Role::Teacher => ClassRole::Teacher,
        Role::Administrator | Role::Parent => {
            return Err(Failure::unforeseen(
                "not a role that joins a class by itself",
            ));
        }
    };
    let set = Set {
        school,
        changes: &[Change::begin(account, Place::Class(class, class_role), now)],
        why: coming.why,
        by: Some(coming.by),
        at: now,
    };
    membership::apply(tx, &set).await?;
    let asked = (role == Role::Student).then_some(class);
    let over = requests::queries::Over::All;
    let closed = requests::queries::close(tx, school, asked, account, role, over).await?;
    let waited = !closed.is_empty();
    for request in closed {
        let event = Event::Invite(InviteEvent::RequestClosed(request));
        tx.publish(Recipients::Account(account), event);
    }
    if waited {
        tx.tells(school)?.deciders(asked.as_slice());
    }
    Ok(())
}
