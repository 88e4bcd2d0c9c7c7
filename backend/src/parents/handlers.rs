use common::classes::ClassRole;
use common::error::{Conflict, Error, Problem};
use common::invites::REASON_LIMIT;
use common::parents::{ChildPage, ConfirmChild, DecideGuardianLink, LinkDecision, RegisterChild};
use common::permissions::Role;
use common::validate::{self, Check};
use common::{AccountId, GuardianLinkId, SchoolId};

use super::link_status::LinkStatus;
use super::links::tell_removed;
use super::lists::pages;
use super::queries;
use crate::accounts;
use crate::accounts::registration::{self, Reach};
use crate::app::Ctx;
use crate::error::Result;
use crate::invites;
use crate::membership::{self, Change, Place, Set, Why};
use crate::write::Tx;
use crate::{classes, schools};

pub async fn decide_guardian_link(ctx: Ctx, request: DecideGuardianLink) -> Result<()> {
    let mut check = Check::new();
    let reason = match &request.decision {
        LinkDecision::Refuse { reason } => {
            check.take("reason", validate::text(reason, REASON_LIMIT))
        }
        LinkDecision::Confirm { .. } => None,
    };
    check.done()?;
    let (me, school) = (ctx.me()?, ctx.school()?);
    let mut tx = ctx.begin_turn().await?;
    let link = queries::lock(&mut tx, school, request.link).await?;
    // One that was confirmed before is decided again only about the child: see `meet_student`.
    let refuses = matches!(request.decision, LinkDecision::Refuse { .. });
    if link.status != LinkStatus::Waiting || (link.decided && refuses) {
        return Err(Conflict::Decided.into());
    }
    let decision = queries::Decision {
        link: request.link,
        by: me,
        at: ctx.now,
    };
    match request.decision {
        LinkDecision::Refuse { .. } => {
            queries::refuse(&mut tx, &decision, reason.as_deref().unwrap_or_default()).await?;
            tx.tells(school)?.families(&[link.parent]);
        }
        LinkDecision::Confirm { child } => {
            classes::queries::lock(&mut tx, link.class).await?.open()?;
            match child {
                Some(child) => confirm(&ctx, &mut tx, &decision, &link, child).await?,
                None => {
                    // Not registered yet: a member of the school, of the class with the child.
                    queries::confirm(&mut tx, &decision, None).await?;
                    let place = Place::School(Role::Parent);
                    come_in(&ctx, &mut tx, Change::begin(link.parent, place, ctx.now)).await?;
                    // Also where the parent was here already, by another child.
                    tx.tells(school)?.families(&[link.parent]);
                }
            }
        }
    }
    tx.tells(school)?.deciders(&[link.class]);
    tx.commit().await
}

/// Links the parent to the student, and brings them where the child is.
async fn confirm(
    ctx: &Ctx,
    tx: &mut Tx,
    decision: &queries::Decision,
    link: &queries::Locked,
    child: AccountId,
) -> Result<()> {
    let school = ctx.school()?;
    let studies = invites::queries::is_member(tx, school, link.class, child, Role::Student).await?;
    if !studies || child == link.parent {
        return Err(Error::field("child", Problem::Choice).into());
    }
    // Asked twice, under different names or for different classes: one link stays.
    for other in queries::confirmed_pair(tx, school, link.parent, child).await? {
        queries::end(tx, other).await?;
        tell_removed(tx, link.parent, other);
    }
    queries::confirm(tx, decision, Some(child)).await?;
    let class = link.class;
    let change = Change::begin(link.parent, Place::Family { child, class }, ctx.now);
    come_in(ctx, tx, change).await?;
    tx.tells(school)?.families(&[link.parent]);
    Ok(())
}

async fn come_in(ctx: &Ctx, tx: &mut Tx, change: Change) -> Result<()> {
    let set = Set {
        school: ctx.school()?,
        changes: &[change],
        why: Why::Family,
        by: Some(ctx.me()?),
        at: ctx.now,
    };
    membership::apply(tx, &set).await?;
    Ok(())
}

pub async fn register_child(ctx: Ctx, request: RegisterChild) -> Result<ChildPage> {
    let (me, school) = (ctx.me()?, ctx.school()?);
    let reach = Reach::PhoneOrLogin;
    let account = registration::check(&ctx, &request.account, reach, ctx.today()?).await?;
    let mut tx = ctx.begin_turn().await?;
    let link = queries::lock(&mut tx, school, request.link).await?;
    // The rule book was asked before the password was hashed.
    if link.status != LinkStatus::Confirmed {
        return Err(Error::NotFound.into());
    }
    if link.child.is_some() {
        return Err(Conflict::Member.into());
    }
    classes::queries::lock(&mut tx, link.class).await?.open()?;
    let child = accounts::queries::insert(&mut tx, &account, ctx.now).await?;
    queries::register(&mut tx, request.link, child, ctx.now).await?;
    // Brings the parent along: the link is confirmed.
    let place = Place::Class(link.class, ClassRole::Student);
    come_in(&ctx, &mut tx, Change::begin(child, place, ctx.now)).await?;
    answer(&ctx, tx, school, me, request.link).await
}

pub async fn confirm_child(ctx: Ctx, request: ConfirmChild) -> Result<ChildPage> {
    let (me, school) = (ctx.me()?, ctx.school()?);
    let mut turns = queries::schools_of_child(&mut *ctx.conn().await?, request.link).await?;
    turns.push(school);
    let mut tx = ctx.begin_turns(&turns).await?;
    let link = queries::lock(&mut tx, school, request.link).await?;
    let child = link.child.ok_or(Error::NotFound)?;
    let schools = schools::queries::ever(&mut tx, child).await?;
    tx.has_turns_still(&schools)?;
    queries::confirm_registration(&mut tx, child, ctx.now).await?;
    for school in schools {
        tx.tells(school)?.families(&[child]);
    }
    answer(&ctx, tx, school, me, request.link).await
}

/// Commits, and answers with the child as the parent sees it now.
async fn answer(
    ctx: &Ctx,
    mut tx: Tx,
    school: SchoolId,
    parent: AccountId,
    link: GuardianLinkId,
) -> Result<ChildPage> {
    tx.tells(school)?.families(&[parent]);
    tx.commit().await?;
    let mut conn = ctx.conn().await?;
    let child = queries::children(&mut conn, &[parent], Some(&[link])).await?;
    let page = pages(&mut conn, child).await?.into_iter().next();
    Ok(page.ok_or(Error::NotFound)?)
}
