//! How a call runs: the rule book is asked, then its handler.

use actix_web::web;
use common::endpoint::Declared;
use common::error::Error;
use common::permissions::{Action, Scope, allows};

use super::reply::Reply;
use super::request::Value;
use crate::access::Known;
use crate::app::Ctx;
use crate::error::Result;

/// So often a call runs at most, if the database undoes it.
const RUNS: u32 = 3;

/// Runs a handler with what the rule book was told before, if that allows it and is still so; otherwise
/// as [`run`].
pub(super) async fn run_from_memory<E, H, F>(
    ctx: Ctx,
    mut value: Value<E>,
    file: web::Bytes,
    handler: H,
) -> Result<Reply>
where
    E: Declared,
    H: Fn(Ctx, E, web::Bytes) -> F + Copy + Send + Sync + 'static,
    F: Future<Output = Result<Reply>> + Send + 'static,
{
    let (action, scope) = value.needs()?;
    let remembered = ctx.actor.as_ref();
    let remembered = remembered.and_then(|actor| ctx.app.access.remembered(actor, scope));
    if let Some(known) = remembered {
        let mut mine = ctx.clone();
        mine.know(known, action, scope, true);
        if allows(&mine.facts, action).is_ok() {
            match handler(mine, value.take()?, file.clone()).await {
                // Nothing has happened: with what is so now it runs again.
                Err(failure) if failure.may_run_again() && ctx.again().is_some() => {}
                outcome => return outcome,
            }
        }
    }
    run(ctx, value, file, handler).await
}

/// Runs a handler. If the database undoes its transaction because another one stood in its way, or the connection is
/// gone, it runs again from the start, rule book included: nothing was committed, nobody was told anything.
pub(super) async fn run<E, H, F>(
    ctx: Ctx,
    mut value: Value<E>,
    file: web::Bytes,
    handler: H,
) -> Result<Reply>
where
    E: Declared,
    H: Fn(Ctx, E, web::Bytes) -> F + Copy + Send + Sync + 'static,
    F: Future<Output = Result<Reply>> + Send + 'static,
{
    let mut mine = ctx.clone();
    for run in 1.. {
        let (action, scope) = value.needs()?;
        let outcome = match authorise(&mut mine, action, scope).await {
            Ok(()) => handler(mine, value.take()?, file.clone()).await,
            Err(failure) => Err(failure),
        };
        let failure = match outcome {
            Ok(reply) => return Ok(reply),
            Err(failure) => failure,
        };
        let again = failure.may_run_again().then(|| ctx.again()).flatten();
        let Some(again) = again else {
            return Err(failure);
        };
        tracing::warn!(%failure, call = E::NAME, run, "undone by the database");
        if run >= RUNS {
            break;
        }
        ctx.app.repeated.add();
        mine = again;
    }
    Err(Error::Unavailable.into())
}

async fn authorise(ctx: &mut Ctx, action: Action, scope: Scope) -> Result<()> {
    let known = match &ctx.actor {
        Some(actor) if action != Action::Anyone => {
            ctx.app.access.known(actor, scope, ctx.now).await?
        }
        // As whom they came.
        _ => Known::outside(ctx.facts),
    };
    ctx.know(known, action, scope, false);
    Ok(allows(&ctx.facts, action)?)
}
