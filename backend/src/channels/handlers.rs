use common::channels::{CreateChannel, GetViews, NAME_LIMIT, RenameChannel, VIEWS_LIMIT, Views};
use common::chats::Chat;
use common::error::{Error, Problem};
use common::permissions::ChatKind;
use common::validate::Check;

use super::queries;
use crate::app::Ctx;
use crate::chats::{self, readers};
use crate::error::Result;

pub async fn create_channel(ctx: Ctx, request: CreateChannel) -> Result<Chat> {
    let me = ctx.me()?;
    let name = checked_name(&request.name)?;
    let mut tx = ctx.begin_turn().await?;
    let channel =
        queries::insert(&mut tx, request.school, &name, request.audience, ctx.now).await?;
    readers::fill(&mut tx, request.school, channel, ctx.now).await?;
    let listed = chats::queries::listed(&mut tx, &[(channel, me)]).await?;
    tx.commit().await?;
    Ok(listed.into_iter().next().ok_or(Error::NotFound)?.1)
}

pub async fn rename_channel(ctx: Ctx, request: RenameChannel) -> Result<()> {
    let name = checked_name(&request.name)?;
    let mut tx = ctx.begin_turn().await?;
    if !queries::rename(&mut tx, request.school, request.channel, &name).await? {
        return Err(Error::NotFound.into());
    }
    readers::tell_members(&mut tx, request.school, &[request.channel]).await?;
    tx.commit().await
}

fn checked_name(name: &str) -> Result<String> {
    let mut check = Check::new();
    let name = check.text("name", name, NAME_LIMIT);
    check.done()?;
    Ok(name)
}

pub async fn get_views(ctx: Ctx, request: GetViews) -> Result<Vec<Views>> {
    // Who has read what in other chats is told by their read marks, to those who are in them.
    let channel = ctx
        .facts
        .chat()
        .is_some_and(|chat| chat.kind == ChatKind::Channel);
    if !channel {
        return Err(Error::NotFound.into());
    }
    let last = request.from.saturating_add(VIEWS_LIMIT - 1);
    if request.to > last {
        let problem = Problem::OutOfRange {
            min: request.from,
            max: last,
        };
        return Err(Error::field("to", problem).into());
    }
    let mut conn = ctx.conn().await?;
    queries::views(&mut conn, request.channel, request.from, request.to).await
}
