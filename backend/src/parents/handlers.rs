use common::classes::ClassRole;
use common::error::{Conflict, Error, Problem};
use common::invites::REASON_LIMIT;
use common::parents::{ChildPage, ConfirmChild, DecideGuardianLink, LinkDecision, RegisterChild};
use common::permissions::Role;
use common::validate::{self, Check};
use common::{AccountId, GuardianLinkId, SchoolId};

use super::link_status::LinkStatus;
use super::lists::pages::pages;
use super::queries;
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
    // One that was confirmed before is decided again only about the child: see `Links::meet`.
    let refuses = matches!(request.decision, LinkDecision::Refuse { .. });
    if link.status != LinkStatus::Waiting || (link.decided && refuses) {
        return Err(Conflict::Decided.into());
    }
    match request.decision {
        LinkDecision::Refuse { .. } => {
            let refusal = queries::Refusal {
                link: request.link,
                by: me,
                at: ctx.now,
                reason: reason.as_deref().unwrap_or_default(),
            };
            queries::refuse(&mut tx, &refusal).await?;
            let told = tx.tells(school)?;
            told.families(&[link.parent]);
            told.deciders(&[link.class]);
        }
        LinkDecision::Confirm { child } => {
            classes::queries::lock(&mut tx, link.class).await?.open()?;
            if let Some(child) = child {
                may_be(&mut tx, school, &link, child).await?;
            }
            // Without an account it's a member of the school, of the class with the child.
            let place = Place::Link {
                link: request.link,
                child,
            };
            let changes = [Change::begin(link.parent, place, ctx.now)];
            membership::apply(&mut tx, &Set::by(&ctx, Why::Family, &changes)?).await?;
        }
    }
    tx.commit().await
}

/// Only a student of the class for which the parent has asked is the school's to give.
async fn may_be(
    tx: &mut Tx,
    school: SchoolId,
    link: &queries::Locked,
    child: AccountId,
) -> Result<()> {
    let studies = invites::queries::is_member(tx, school, link.class, child, Role::Student).await?;
    if !studies || child == link.parent {
        return Err(Error::field("child", Problem::Choice).into());
    }
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
    let child = registration::register(&mut tx, &account, ctx.now).await?;
    let id = request.link;
    let of = Place::Link {
        link: id,
        child: Some(child),
    };
    // First whose child it is, so that the parent comes along, and nobody asks who it may be.
    let changes = [
        Change::begin(link.parent, of, ctx.now),
        Change::begin(child, Place::Class(link.class, ClassRole::Student), ctx.now),
    ];
    membership::apply(&mut tx, &Set::by(&ctx, Why::Family, &changes)?).await?;
    queries::confirm_registration(&mut tx, child, ctx.now).await?;
    answer(&ctx, tx, me, id).await
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
    answer(&ctx, tx, me, request.link).await
}

/// Commits, and answers with the child as the parent sees it now.
async fn answer(ctx: &Ctx, tx: Tx, parent: AccountId, link: GuardianLinkId) -> Result<ChildPage> {
    tx.commit().await?;
    let mut conn = ctx.conn().await?;
    let child = queries::children(&mut conn, &[parent], Some(&[link])).await?;
    let page = pages(&mut conn, child).await?.into_iter().next();
    Ok(page.ok_or(Error::NotFound)?)
}
