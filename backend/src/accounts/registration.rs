//! How an account is made.

use common::accounts::NewAccount;
use common::validate::{self, Check};
use common::{AccountId, Date, Error, Name, Password, Timestamp};
use diesel_async::AsyncPgConnection;

use super::checked::Checked;
use super::passwords::Passwords;
use super::queries;
use crate::app::Ctx;
use crate::database::Connection;
use crate::error::Result;
use crate::live::Attempt;

/// How a new person may be reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Phone,
    /// A child: a phone of its own, or a login (R38).
    PhoneOrLogin,
}

/// Who lets a new person make an account.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// An invite, an approved application, a parent.
    Invited,
    /// Nobody yet: by a school's public code.
    ByCode,
}

/// Checks what somebody typed who is let in, and hashes the password: before the transaction, because
/// hashing takes long. `today` is the day in the school that they come to.
///
/// # Errors
/// `Invalid`, with every field's problem; the fields are named as in [`NewAccount`].
pub async fn check(ctx: &Ctx, account: &NewAccount, reach: Reach, today: Date) -> Result<Checked> {
    check_with(ctx, account, reach, today, Admission::Invited, Check::new()).await
}

/// As [`check`], together with the problems already noted of other fields of the same form.
///
/// # Errors
/// `Invalid`, with every field's problem.
pub async fn check_with(
    ctx: &Ctx,
    account: &NewAccount,
    reach: Reach,
    today: Date,
    admission: Admission,
    mut check: Check,
) -> Result<Checked> {
    let name = check.name(&account.name);
    let by_login = reach == Reach::PhoneOrLogin && account.phone.trim().is_empty();
    let phone = (!by_login)
        .then(|| check.take("phone", validate::phone(&account.phone)))
        .flatten();
    let login = by_login
        .then(|| check.take("login", validate::login(&account.login)))
        .flatten();
    let birth_date = check.take(
        "birth_date",
        validate::birth_date(&account.birth_date, today),
    );
    check.take("password", validate::password(&account.password.0));
    check.done()?;
    match (&ctx.actor, admission) {
        (Some(actor), _) => ctx.app.hub.attempt(Attempt::Registration(actor.account))?,
        (None, Admission::ByCode) => ctx.app.hub.attempt(Attempt::Newcomer(ctx.address))?,
        // Counted by the invite's uses.
        (None, Admission::Invited) => {}
    }
    Ok(Checked {
        name,
        phone: phone.map(|phone| phone.as_str().to_owned()),
        login,
        birth_date,
        password_hash: ctx.app.passwords.hash(&account.password).await?,
    })
}

/// Makes the account of a new person whom [`check`] has let in.
///
/// # Errors
/// `Conflict` when the phone or the login is somebody's already.
pub async fn register(
    conn: &mut AsyncPgConnection,
    account: &Checked,
    now: Timestamp,
) -> Result<AccountId> {
    queries::insert(conn, account, now).await
}

/// Makes an operator from the command line: a new account, or the one that has the phone, which
/// keeps its name and password.
pub async fn add_operator(
    conn: &mut Connection,
    passwords: &Passwords,
    name: &Name,
    phone: &str,
    password: &Password,
    now: Timestamp,
) -> Result<AccountId> {
    let mut check = Check::new();
    let name = check.name(name);
    let phone = check.take("phone", validate::phone(phone));
    check.take("password", validate::password(&password.0));
    check.done()?;
    let phone = phone.ok_or(Error::Malformed)?;
    let account = match queries::credentials(conn, phone.as_str()).await? {
        Some(found) => found.account,
        None => {
            let account = Checked {
                name,
                phone: Some(phone.as_str().to_owned()),
                login: None,
                birth_date: None,
                password_hash: passwords.hash(password).await?,
            };
            queries::insert(conn, &account, now).await?
        }
    };
    queries::insert_operator(conn, account, now).await?;
    Ok(account)
}
