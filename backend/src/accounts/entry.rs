//! How a person gets in, and is let in no more.

use common::realtime::Touched;
use common::{AccountId, Error};

use super::queries;
use crate::app::Ctx;
use crate::error::Result;
use crate::live::{Ended, Recipients};
use crate::secret;
use crate::session::{self, SetCookie};
use crate::write::Tx;

/// Signs the browser that asks in: a session, and its cookie in the answer. Call it last, just
/// before the commit. `verified` is the password's hash that let the person in; None for an account
/// that is made in this transaction.
///
/// # Errors
/// `WrongCredentials` when the password was changed meanwhile.
pub async fn start_session(
    ctx: &Ctx,
    tx: &mut Tx,
    account: AccountId,
    verified: Option<&str>,
) -> Result<()> {
    let (secret, hash) = secret::new();
    let device = session::device(&ctx.user_agent);
    if !queries::insert_session(tx, account, &hash, &device, verified, ctx.now).await? {
        return Err(Error::WrongCredentials.into());
    }
    // So that its first call isn't taken for a stranger's. Undone, it's a few bytes that nobody has the secret of.
    ctx.app.hub.sessions.expect(&[hash]);
    tx.touch(Recipients::Account(account), Touched::Account);
    ctx.set_cookie(SetCookie::New(secret));
    Ok(())
}

/// Gives an account another password, known by its hash, and ends all its sessions.
pub async fn reset_password(tx: &mut Tx, account: AccountId, hash: &str) -> Result<()> {
    queries::delete_sessions_but(tx, account, None).await?;
    queries::set_password(tx, account, hash, None).await?;
    tx.end_sessions(account, Ended::All);
    Ok(())
}
