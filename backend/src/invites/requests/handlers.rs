use common::classes::ClassName;
use common::error::{Conflict, Error, Problem};
use common::invites::{
    AskToJoin, DecideJoinRequest, FindSchool, FoundSchool, GetJoinRequests, InviteEvent,
    JoinRequest, REASON_LIMIT,
};
use common::permissions::Role;
use common::realtime::Event;
use common::validate::{self, Check};
use common::{AccountId, ClassId, SchoolId};

use super::askers::tell_askers;
use super::queries;
use crate::accounts::entry;
use crate::accounts::registration::{self, Admission};
use crate::app::Ctx;
use crate::classes;
use crate::error::Result;
use crate::invites::accept::{Coming, join, reach};
use crate::invites::queries as invites;
use crate::invites::request_status::RequestStatus;
use crate::live::{Attempt, Recipients};
use crate::membership::Why;
use crate::parents::links;
use crate::parents::queries::Ask;
use crate::write::Tx;

pub async fn find_school(ctx: Ctx, request: FindSchool) -> Result<FoundSchool> {
    let (school, _) = queries::school_by_code(&mut *ctx.conn().await?, &request.code).await?;
    Ok(school)
}

/// What someone asks for, in order.
struct Asked {
    school: FoundSchool,
    class: Option<ClassId>,
    role: Role,
    message: String,
    child: String,
}

pub async fn ask_to_join(ctx: Ctx, request: AskToJoin) -> Result<()> {
    let (school, zone) = queries::school_by_code(&mut *ctx.conn().await?, &request.code).await?;
    let mut check = Check::new();
    let asked = check_asked(school, &request, &mut check);
    let (mut tx, account) = match &request.account {
        Some(account) => {
            let reach = reach(request.role);
            let today = zone.day(ctx.now);
            let by = Admission::ByCode;
            let account = registration::check_with(&ctx, account, reach, today, by, check).await?;
            let mut tx = ctx.begin_turns(&[asked.school.id]).await?;
            let id = registration::register(&mut tx, &account, ctx.now).await?;
            (tx, id)
        }
        None => {
            let me = ctx.me()?;
            check.done()?;
            ctx.app.hub.attempt(Attempt::Asking(me))?;
            (ctx.begin_turns(&[asked.school.id]).await?, me)
        }
    };
    if let Some(class) = asked.class {
        // It was chosen before the turn.
        classes::queries::lock(&mut tx, class).await?.open()?;
    }
    match (asked.role, asked.class) {
        (Role::Parent, Some(class)) => {
            let ask = Ask {
                school: asked.school.id,
                class,
                parent: account,
                child_name: &asked.child,
                message: &asked.message,
            };
            links::ask(&mut tx, ask, ctx.now).await?;
        }
        _ => ask(&ctx, &mut tx, account, &asked).await?,
    }
    if request.account.is_some() {
        entry::start_session(&ctx, &mut tx, account, None).await?;
    }
    tx.commit().await
}

fn check_asked(school: FoundSchool, request: &AskToJoin, check: &mut Check) -> Asked {
    let known = |class: ClassId| school.classes.iter().any(|one: &ClassName| one.id == class);
    match (request.role, request.class) {
        (Role::Administrator, _) => check.problem("role", Problem::Choice),
        // Only an administrator admits staff: a class teacher must not be asked.
        (Role::Teacher, Some(_)) => check.problem("class", Problem::Choice),
        (Role::Student | Role::Parent, None) => check.problem("class", Problem::Required),
        (Role::Student | Role::Parent, Some(class)) if !known(class) => {
            check.problem("class", Problem::Choice);
        }
        (Role::Teacher, None) | (Role::Student | Role::Parent, Some(_)) => {}
    }
    let message = check.optional("message", Some(&request.message), REASON_LIMIT);
    let child = if request.role == Role::Parent {
        let typed = request.child.as_deref().unwrap_or_default();
        check.take("child", links::child_name(typed))
    } else {
        None
    };
    Asked {
        school,
        class: request.class,
        role: request.role,
        message: message.unwrap_or_default(),
        child: child.unwrap_or_default(),
    }
}

async fn ask(ctx: &Ctx, tx: &mut Tx, account: AccountId, asked: &Asked) -> Result<()> {
    let school = asked.school.id;
    let place = match asked.class {
        Some(class) => class,
        None => staff_room(tx, school).await?,
    };
    if invites::is_member(tx, school, place, account, asked.role).await? {
        return Err(Conflict::Member.into());
    }
    // One that was refused makes room for the new one; one that waits collides with it.
    let refused = queries::close(
        tx,
        school,
        asked.class,
        account,
        asked.role,
        queries::Over::Refused,
    )
    .await?;
    for request in refused {
        let event = Event::Invite(InviteEvent::RequestClosed(request));
        tx.publish(Recipients::Account(account), event);
    }
    let fresh = queries::Fresh {
        school,
        class: asked.class,
        account,
        role: asked.role,
        message: &asked.message,
        asked_at: ctx.now,
    };
    let request = queries::insert(tx, &fresh).await?;
    tell_askers(tx, &[account], Some(&[request])).await?;
    tx.tells(school)?.deciders(asked.class.as_slice());
    Ok(())
}

pub async fn get_join_requests(ctx: Ctx, request: GetJoinRequests) -> Result<Vec<JoinRequest>> {
    queries::waiting(&mut *ctx.conn().await?, ctx.school()?, request.class).await
}

pub async fn decide_join_request(ctx: Ctx, request: DecideJoinRequest) -> Result<()> {
    let mut check = Check::new();
    let refusal = match &request.refusal {
        Some(reason) => check.take("refusal", validate::text(reason, REASON_LIMIT)),
        None => None,
    };
    check.done()?;
    let (me, school) = (ctx.me()?, ctx.school()?);
    let mut tx = ctx.begin_turn().await?;
    let asked = queries::lock(&mut tx, school, request.request).await?;
    if asked.status != RequestStatus::Waiting {
        return Err(Conflict::Decided.into());
    }
    let decision = queries::Decision {
        request: request.request,
        refusal: refusal.as_deref(),
        by: me,
        at: ctx.now,
    };
    queries::decide(&mut tx, &decision).await?;
    if refusal.is_some() {
        tell_askers(&mut tx, &[asked.account], Some(&[request.request])).await?;
    } else {
        let place = match asked.class {
            Some(class) => {
                classes::queries::lock(&mut tx, class).await?.open()?;
                class
            }
            None => staff_room(&mut tx, school).await?,
        };
        let event = Event::Invite(InviteEvent::RequestAccepted(request.request));
        tx.publish(Recipients::Account(asked.account), event);
        let coming = Coming {
            school,
            class: place,
            account: asked.account,
            role: asked.role,
            why: Why::Request,
            by: me,
        };
        join(&mut tx, &coming, ctx.now).await?;
    }
    tx.tells(school)?.deciders(asked.class.as_slice());
    tx.commit().await
}

async fn staff_room(tx: &mut Tx, school: SchoolId) -> Result<ClassId> {
    let room = classes::queries::staff_room(tx, school).await?;
    Ok(room.ok_or(Error::NotFound)?)
}
