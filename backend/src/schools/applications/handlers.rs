use common::error::{Conflict, Error};
use common::permissions::{Reason, Role};
use common::schools::applications::{
    Application, ApplicationState, Apply, Decide, Decision, GetApplication, GetApplications,
    OpenApplication, Questionnaire, REMARKS_LIMIT, RegisterAdministrator, Resubmit,
};
use common::validate::Check;
use common::{AccountId, Paged, SchoolId, Timestamp};

use super::queries::{self, Found, Which};
use crate::accounts::checked::Checked;
use crate::accounts::registration::{self, Reach};
use crate::accounts::{self, entry};
use crate::app::Ctx;
use crate::error::{Failure, Result};
use crate::live::Attempt;
use crate::membership::{self, Change, Place, Set, Why};
use crate::schools::queries as schools;
use crate::schools::zone::Zone;
use crate::secret::{self, Hash};
use crate::write::Tx;

pub async fn apply(ctx: Ctx, request: Apply) -> Result<()> {
    let questionnaire = answers(&request.questionnaire)?;
    // What could be guessed is no secret.
    if !request.secret.is_whole() {
        return Err(Error::Malformed.into());
    }
    ctx.app.hub.attempt(Attempt::Application(ctx.address))?;
    let hash = secret::hash(&request.secret.0);
    let mut tx = ctx.begin().await?;
    if !queries::insert(&mut tx, &questionnaire, &hash, ctx.now).await? {
        repeat(&mut tx, &questionnaire, &hash, ctx.now).await?;
    }
    tx.commit().await
}

/// Something is there already: the same application, or another one of the organisation.
async fn repeat(
    tx: &mut Tx,
    questionnaire: &Questionnaire,
    hash: &Hash,
    now: Timestamp,
) -> Result<()> {
    let found = match queries::lock(tx, Which::Secret(hash)).await {
        Err(Failure::Known(Error::NotFound)) => return Err(Conflict::Organisation.into()),
        found => found?,
    };
    let it = &found.application;
    if found.says(questionnaire) {
        Ok(())
    } else if it.state == ApplicationState::Submitted
        && it.order.is_none()
        && same_hand(&found, questionnaire)
    {
        // The applicant has corrected something before there was an answer: whoever has had one would
        // have uploaded the order.
        queries::resubmit(tx, it.id, questionnaire, now).await?;
        Ok(())
    } else if (&it.questionnaire.inn, &it.questionnaire.kpp)
        == (&questionnaire.inn, &questionnaire.kpp)
    {
        Ok(())
    } else {
        Err(Conflict::Decided.into())
    }
}

/// Whether a correction may be one: of an organisation, or by who has applied before. From a device on which two
/// apply one after the other, the second must not replace the first.
fn same_hand(found: &Found, questionnaire: &Questionnaire) -> bool {
    let before = &found.application.questionnaire;
    (&before.inn, &before.kpp) == (&questionnaire.inn, &questionnaire.kpp)
        || found.phone == questionnaire.phone
}

/// As they are stored.
fn answers(questionnaire: &Questionnaire) -> Result<Questionnaire> {
    let mut checked = questionnaire.checked()?;
    checked.time_zone = Zone::chosen(&checked.time_zone)?.name().to_owned();
    Ok(checked)
}

pub async fn get_application(ctx: Ctx, request: GetApplication) -> Result<Application> {
    let hash = secret::hash(&request.secret.0);
    let found = queries::find(&mut *ctx.conn().await?, Which::Secret(&hash)).await?;
    Ok(found.application)
}

pub async fn resubmit(ctx: Ctx, request: Resubmit) -> Result<Application> {
    let questionnaire = answers(&request.questionnaire)?;
    let hash = secret::hash(&request.secret.0);
    let mut tx = ctx.begin().await?;
    let found = queries::lock(&mut tx, Which::Secret(&hash)).await?;
    match found.application.state {
        ApplicationState::Returned { .. } => {}
        // A repeat, because the answer got lost.
        ApplicationState::Submitted if found.says(&questionnaire) => return Ok(found.application),
        _ => return Err(Conflict::Decided.into()),
    }
    let id = found.application.id;
    let application = queries::resubmit(&mut tx, id, &questionnaire, ctx.now).await?;
    tx.commit().await?;
    Ok(application)
}

pub async fn get_applications(ctx: Ctx, request: GetApplications) -> Result<Paged<Application>> {
    queries::page(&mut *ctx.conn().await?, request.page).await
}

pub async fn open_application(ctx: Ctx, request: OpenApplication) -> Result<Application> {
    let which = Which::Id(request.application);
    let found = queries::find(&mut *ctx.conn().await?, which).await?;
    Ok(found.application)
}

pub async fn decide(ctx: Ctx, request: Decide) -> Result<Application> {
    let operator = ctx.me()?;
    let decision = checked(request.decision)?;
    let mut tx = ctx.begin().await?;
    let found = queries::lock(&mut tx, Which::Id(request.application)).await?;
    let waits = match found.application.state {
        ApplicationState::Submitted => true,
        ApplicationState::Returned { .. } => matches!(decision, Decision::Refuse { .. }),
        ApplicationState::Refused { .. } | ApplicationState::Approved { .. } => false,
    };
    if !waits {
        return Err(Conflict::Decided.into());
    }
    if found.application.version != request.version {
        return Err(Conflict::Changed.into());
    }
    let state = match decision {
        Decision::Approve => ApplicationState::Approved {
            school: create_school(&ctx, &mut tx, &found).await?,
            claimed: false,
        },
        Decision::Return { remarks } => ApplicationState::Returned { remarks },
        Decision::Refuse { reason } => ApplicationState::Refused { reason },
    };
    let decided = queries::decide(&mut tx, request.application, &state, operator, ctx.now).await?;
    tx.commit().await?;
    Ok(decided)
}

/// Remarks and reasons are what the applicant goes by: there are some.
fn checked(decision: Decision) -> Result<Decision> {
    let mut check = Check::new();
    let decision = match decision {
        Decision::Approve => Decision::Approve,
        Decision::Return { remarks } => Decision::Return {
            remarks: check.text("remarks", &remarks, REMARKS_LIMIT),
        },
        Decision::Refuse { reason } => Decision::Refuse {
            reason: check.text("reason", &reason, REMARKS_LIMIT),
        },
    };
    check.done()?;
    Ok(decision)
}

/// The school with what every school has from its first day.
async fn create_school(ctx: &Ctx, tx: &mut Tx, found: &Found) -> Result<SchoolId> {
    let questionnaire = &found.application.questionnaire;
    let year = found.zone.day(ctx.now).school_year();
    // A code that is taken is not a failure but one in a thousand million: draw again.
    for _ in 0..8 {
        let code = secret::readable(6);
        if let Some(school) = schools::create(tx, questionnaire, &code, year, ctx.now).await? {
            return Ok(school);
        }
    }
    Err(Failure::unforeseen(
        "no free code for a school in eight draws",
    ))
}

pub async fn register_administrator(ctx: Ctx, request: RegisterAdministrator) -> Result<SchoolId> {
    let hash = secret::hash(&request.secret.0);
    let known = queries::find(&mut *ctx.conn().await?, Which::Secret(&hash)).await?;
    let newcomer = match request.account {
        Some(mut account) => {
            account.phone.clone_from(&known.phone);
            let today = known.zone.day(ctx.now);
            Some(registration::check(&ctx, &account, Reach::Phone, today).await?)
        }
        None => None,
    };
    let ApplicationState::Approved { school, .. } = known.application.state else {
        return Err(Error::NotFound.into());
    };
    let mut tx = ctx.begin_turns(&[school]).await?;
    // Approved once and for all; but somebody may have claimed it meanwhile.
    let found = queries::lock(&mut tx, Which::Secret(&hash)).await?;
    if let Some(administrator) = found.claimed_by {
        // A repeat, because the answer got lost.
        return if ctx.me().is_ok_and(|me| me == administrator) {
            Ok(school)
        } else {
            Err(Conflict::Decided.into())
        };
    }
    let is_new = newcomer.is_some();
    let account = administrator(&ctx, &mut tx, newcomer, &found.phone).await?;
    queries::claim(&mut tx, found.application.id, account).await?;
    // Also a teacher, as everyone in the staff room (R51, R52).
    let role = |role| Change::begin(account, Place::School(role), ctx.now);
    let set = Set {
        school,
        changes: &[role(Role::Administrator), role(Role::Teacher)],
        why: Why::Founding,
        by: Some(account),
        at: ctx.now,
    };
    membership::apply(&mut tx, &set).await?;
    if is_new {
        entry::start_session(&ctx, &mut tx, account, None).await?;
    }
    tx.commit().await?;
    Ok(school)
}

/// Who takes over: whoever has the application's phone (R10), and nobody else who holds the link.
async fn administrator(
    ctx: &Ctx,
    tx: &mut Tx,
    newcomer: Option<Checked>,
    phone: &str,
) -> Result<AccountId> {
    if let Some(newcomer) = newcomer {
        return registration::register(tx, &newcomer, ctx.now).await;
    }
    let me = ctx.me()?;
    let holder = accounts::queries::credentials(tx, phone).await?;
    if holder.is_some_and(|holder| holder.account == me) {
        Ok(me)
    } else {
        Err(Error::Denied(Reason::OtherPhone).into())
    }
}
