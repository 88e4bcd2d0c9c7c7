//! Start-up: the state from which a client goes on by events.

use common::AccountId;
use common::realtime::{GetState, State};

use crate::app::Ctx;
use crate::error::Result;
use crate::live::Recipients;
use crate::{accounts, chats, invites, parents, schools};

pub async fn get_state(ctx: Ctx, _: GetState) -> Result<State> {
    let me = ctx.me()?;
    let mut conn = ctx.conn().await?;
    let schools = own(schools::queries::mine(&mut conn, &[me], None).await?);
    let chats = chats::queries::list(&mut conn, me).await?;
    let staff_of: Vec<_> = schools
        .iter()
        .filter(|school| Recipients::staff(school.roles))
        .map(|school| school.id)
        .collect();
    let mut online = if staff_of.is_empty() {
        Vec::new()
    } else {
        let online = ctx.app.hub.online();
        schools::queries::members(&mut conn, &staff_of, &online).await?
    };
    online.sort_unstable();
    online.dedup();
    Ok(State {
        me: accounts::queries::me(&mut conn, me).await?,
        requests: own(invites::requests::queries::mine(&mut conn, &[me], None).await?),
        children: own(parents::queries::children(&mut conn, &[me], None).await?),
        chats: common::chats::Chats(chats.into_iter().map(|chat| (chat.id, chat)).collect()),
        threads: common::chats::Threads::default(),
        online,
        schools,
    })
}

/// Of one who asks, what is told of many by their accounts.
fn own<T>(all: Vec<(AccountId, T)>) -> Vec<T> {
    all.into_iter().map(|(_, one)| one).collect()
}
