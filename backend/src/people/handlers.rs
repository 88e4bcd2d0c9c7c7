use common::error::{Conflict, Error, Problem};
use common::people::{EndRole, GetPeople, GrantRole, Person, ResetPassword};
use common::permissions::{Role, Roles};
use common::{AccountId, Paged, Password, SchoolId};
use diesel_async::AsyncPgConnection;

use super::queries;
use super::queries::Which;
use super::search::Search;
use crate::accounts::entry;
use crate::app::Ctx;
use crate::error::Result;
use crate::membership::queries::roles;
use crate::membership::{self, Change, Place, Set, Why};
use crate::secret;

/// Characters of a password that is handed over: 50 random bits, and easily read out.
const PASSWORD_LENGTH: usize = 10;

pub async fn get_people(ctx: Ctx, request: GetPeople) -> Result<Paged<Person>> {
    let which = Which {
        search: Search::parse(&request.search),
        role: request.role,
        class: request.class,
        account: None,
    };
    queries::people(
        &mut *ctx.conn().await?,
        request.school,
        &which,
        request.page,
    )
    .await
}

async fn person(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    account: AccountId,
) -> Result<Option<Person>> {
    let which = Which {
        account: Some(account),
        ..Which::default()
    };
    let page = queries::people(conn, school, &which, 0).await?;
    Ok(page.rows.into_iter().next())
}

pub async fn grant_role(ctx: Ctx, request: GrantRole) -> Result<Person> {
    let GrantRole {
        school,
        account,
        role,
    } = request;
    // They come by invites.
    if matches!(role, Role::Student | Role::Parent) {
        return Err(Error::field("role", Problem::Choice).into());
    }
    let mut tx = ctx.begin_turn().await?;
    let has = roles(&mut tx, school, &[account]).await?;
    let has: Roles = has.into_iter().map(|(_, role)| role).collect();
    if has.has(role) {
        return Err(Conflict::Member.into());
    }
    if !GrantRole::fits(role, has) {
        return Err(Error::field("account", Problem::Choice).into());
    }
    let changes = [Change::begin(account, Place::School(role), ctx.now)];
    membership::apply(&mut tx, &Set::by(&ctx, Why::Staff, &changes)?).await?;
    let person = person(&mut tx, school, account).await?;
    tx.commit().await?;
    Ok(person.ok_or(Error::NotFound)?)
}

pub async fn end_role(ctx: Ctx, request: EndRole) -> Result<Option<Person>> {
    let EndRole {
        school,
        account,
        role,
    } = request;
    // Two administrators who end each other's role at once must not both succeed: the turn.
    let mut tx = ctx.begin_turn().await?;
    let changes = [Change::end(account, Place::School(role), ctx.now)];
    let effects = membership::apply(&mut tx, &Set::by(&ctx, Why::Staff, &changes)?).await?;
    if effects.roles.end.is_empty() {
        return Err(Error::NotFound.into());
    }
    if !queries::has_administrator(&mut tx, school).await? {
        return Err(Conflict::LastAdministrator.into());
    }
    let person = person(&mut tx, school, account).await?;
    tx.commit().await?;
    Ok(person)
}

pub async fn reset_password(ctx: Ctx, request: ResetPassword) -> Result<Password> {
    let ResetPassword { school, account } = request;
    let password = Password(secret::readable(PASSWORD_LENGTH));
    let hash = ctx.app.passwords.hash(&password).await?;
    let mut tx = ctx.begin().await?;
    // One answer for all: whether someone belongs to another school is not this school's business.
    if !queries::is_ours_alone(&mut tx, school, account).await? {
        return Err(Error::field("account", Problem::Choice).into());
    }
    entry::reset_password(&mut tx, account, &hash).await?;
    tx.commit().await?;
    Ok(password)
}
