use common::accounts::{
    AccountEvent, ChangeName, ChangePassword, EndOtherSessions, EndSession, GetSessions, Me,
    Session, SignIn, SignInByForm, SignOut,
};
use common::error::{Error, Problem};
use common::phone::Phone;
use common::realtime::Event;
use common::validate::{self, Check};

use super::entry::start_session;
use super::queries;
use crate::app::Ctx;
use crate::chats::readers;
use crate::error::Result;
use crate::live::{Attempt, Ended, Recipients};
use crate::schools;
use crate::serve::Page;
use crate::session::{SetCookie, alive_since};

/// Bytes of a phone or login, at most; longer than any there is.
const LONGEST_LOGIN: usize = 64;

pub async fn sign_in(ctx: Ctx, request: SignIn) -> Result<()> {
    let typed = request.login.trim();
    // A phone in any notation, or a login in any case.
    let login =
        Phone::parse(typed).map_or_else(|| typed.to_lowercase(), |phone| phone.as_str().to_owned());
    if login.is_empty() {
        return Err(Error::field("login", Problem::Required).into());
    }
    // Nobody's, and not worth remembering.
    if login.len() > LONGEST_LOGIN || login.contains('\0') {
        return Err(Error::WrongCredentials.into());
    }
    if request.password.0.is_empty() {
        return Err(Error::field("password", Problem::Required).into());
    }
    ctx.app.hub.attempt(Attempt::SignIn {
        login: &login,
        address: ctx.address,
    })?;
    let found = {
        let mut conn = ctx.conn().await?;
        queries::credentials(&mut conn, &login).await?
    };
    let (account, hash) = found
        .map(|found| (found.account, found.password_hash))
        .unzip();
    let right = ctx
        .app
        .passwords
        .verify(&request.password, hash.clone())
        .await?;
    let Some(account) = account.filter(|_| right) else {
        return Err(Error::WrongCredentials.into());
    };
    let mut tx = ctx.begin().await?;
    start_session(&ctx, &mut tx, account, hash.as_deref()).await?;
    tx.commit().await
}

pub async fn sign_in_by_form(ctx: Ctx, request: SignInByForm) -> Result<Page> {
    let SignInByForm { login, password } = request;
    sign_in(ctx, SignIn { login, password }).await?;
    Ok(Page("/"))
}

pub async fn sign_out(ctx: Ctx, _: SignOut) -> Result<()> {
    let actor = ctx.actor()?;
    let mut tx = ctx.begin_with_sessions().await?;
    queries::delete_session(&mut tx, actor.account, actor.session).await?;
    tx.end_sessions(actor.account, Ended::One(actor.session));
    tx.commit().await?;
    ctx.set_cookie(SetCookie::Clear);
    Ok(())
}

pub async fn get_sessions(ctx: Ctx, _: GetSessions) -> Result<Vec<Session>> {
    let actor = ctx.actor()?;
    let since = alive_since(ctx.now);
    let mut conn = ctx.conn().await?;
    queries::sessions(&mut conn, actor.account, actor.session, since).await
}

pub async fn end_session(ctx: Ctx, request: EndSession) -> Result<()> {
    let me = ctx.me()?;
    let mut tx = ctx.begin_with_sessions().await?;
    if !queries::delete_session(&mut tx, me, request.session).await? {
        return Err(Error::NotFound.into());
    }
    tx.end_sessions(me, Ended::One(request.session));
    tx.commit().await
}

pub async fn end_other_sessions(ctx: Ctx, _: EndOtherSessions) -> Result<()> {
    let actor = ctx.actor()?;
    let mut tx = ctx.begin_with_sessions().await?;
    queries::delete_sessions_but(&mut tx, actor.account, Some(actor.session)).await?;
    tx.end_sessions(actor.account, Ended::AllBut(actor.session));
    tx.commit().await
}

pub async fn change_password(ctx: Ctx, request: ChangePassword) -> Result<()> {
    let actor = ctx.actor()?;
    let mut check = Check::new();
    check.take("new", validate::password(&request.new.0));
    if request.current.0.is_empty() {
        check.problem("current", Problem::Required);
    }
    check.done()?;
    // A stolen session must not be a way to guess the password.
    ctx.app.hub.attempt(Attempt::Password(actor.account))?;
    let stored = queries::password_hash(&mut *ctx.conn().await?, actor.account).await?;
    if !ctx
        .app
        .passwords
        .verify(&request.current, Some(stored.clone()))
        .await?
    {
        return Err(Error::field("current", Problem::WrongPassword).into());
    }
    let hash = ctx.app.passwords.hash(&request.new).await?;
    let mut tx = ctx.begin_with_sessions().await?;
    queries::delete_sessions_but(&mut tx, actor.account, Some(actor.session)).await?;
    if !queries::set_password(&mut tx, actor.account, &hash, Some(&stored)).await? {
        return Err(Error::field("current", Problem::WrongPassword).into());
    }
    tx.end_sessions(actor.account, Ended::AllBut(actor.session));
    tx.commit().await
}

pub async fn change_name(ctx: Ctx, request: ChangeName) -> Result<Me> {
    let account = ctx.me()?;
    let mut check = Check::new();
    let name = check.name(&request.name);
    check.done()?;
    let schools = schools::queries::ever(&mut *ctx.conn().await?, account).await?;
    let mut tx = ctx.begin_turns(&schools).await?;
    let schools = schools::queries::ever(&mut tx, account).await?;
    tx.has_turns_still(&schools)?;
    queries::set_name(&mut tx, account, &name).await?;
    let me = queries::me(&mut tx, account).await?;
    tx.publish(
        Recipients::Account(account),
        Event::Account(AccountEvent::Changed(me.clone())),
    );
    for school in schools {
        readers::tell_about(&mut tx, school, &[account]).await?;
        readers::tell_authors(&mut tx, school, &[account]).await?;
        tx.tells(school)?.families(&[account]);
    }
    tx.commit().await?;
    Ok(me)
}
