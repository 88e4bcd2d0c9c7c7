use common::chats::{
    Author, Changes, Chat, ChatEvent, DeleteMessage, GetChanges, GetMessages, History,
    MESSAGE_LIMIT, MarkRead, Message, OpenDirectChat, SendMessage,
};
use common::error::{Error, Problem};
use common::permissions::{ChatKind, Role};
use common::realtime::Event;
use common::validate;
use common::{AccountId, ChatId};

use super::new_message::NewMessage;
use super::{queries, readers};
use crate::app::{ByRow, Compared, Ctx};
use crate::database::Connection;
use crate::error::Result;
use crate::live::Recipients;

pub async fn open_direct_chat(ctx: Ctx, request: OpenDirectChat) -> Result<Chat> {
    let (me, school, other) = (ctx.me()?, request.school, request.account);
    let mut conn = ctx.conn().await?;
    if let Some(chat) = queries::direct_chat(&mut conn, school, me, other).await? {
        return listed(&mut conn, chat, me).await;
    }
    drop(conn);
    let mut tx = ctx.begin_turn().await?;
    // Both may open it at once.
    let chat = match queries::direct_chat(&mut tx, school, me, other).await? {
        Some(chat) => chat,
        None => {
            let chat = queries::insert_direct_chat(&mut tx, school, me, other, ctx.now).await?;
            readers::fill(&mut tx, school, chat, ctx.now).await?;
            chat
        }
    };
    let listed = listed(&mut tx, chat, me).await?;
    tx.commit().await?;
    Ok(listed)
}

async fn listed(conn: &mut Connection, chat: ChatId, me: AccountId) -> Result<Chat> {
    let listed = queries::listed(conn, &[(chat, me)]).await?;
    Ok(listed.into_iter().next().ok_or(Error::NotFound)?.1)
}

pub async fn get_messages(ctx: Ctx, request: GetMessages) -> Result<Compared<History>> {
    let GetMessages { chat, from } = request;
    let (school, known) = (ctx.school()?, &ctx.app.hub.authors);
    let mut conn = ctx.conn().await?;
    let (mut history, seen) = queries::messages(&mut conn, known, school, chat, from).await?;
    let me = ctx.actor()?.account;
    let messages = history.messages.into_iter();
    history.messages = messages.map(|it| it.read_by(me)).collect();
    ctx.compared(seen, history)
}

pub async fn get_changes(ctx: Ctx, request: GetChanges) -> Result<Changes> {
    let mut changes = queries::changes(&mut *ctx.conn().await?, &request).await?;
    let me = ctx.actor()?.account;
    let messages = changes.messages.into_iter();
    changes.messages = messages.map(|it| it.read_by(me)).collect();
    Ok(changes)
}

pub async fn send_message(ctx: Ctx, request: SendMessage) -> Result<Compared<Message>> {
    let actor = ctx.actor()?;
    let body = request.body.trim_end();
    if validate::is_blank(body) {
        return Err(Error::field("body", Problem::Required).into());
    }
    if body.chars().nth(MESSAGE_LIMIT as usize).is_some() {
        return Err(Error::field("body", Problem::TooLong { max: MESSAGE_LIMIT }).into());
    }
    let role = ctx.facts.roles().shown().unwrap_or(Role::Student);
    let message = NewMessage {
        school: ctx.school()?,
        turn: ctx.turn()?,
        chat: request.chat,
        author: Author {
            id: actor.account,
            name: actor.name.shown(role),
            role,
        },
        client_id: request.client_id,
        body: body.to_owned(),
        sent_at: ctx.now,
    };
    let (message, seen) = ctx.app.sender.send(message).await?;
    ctx.compared(seen, message)
}

pub async fn delete_message(ctx: Ctx, request: DeleteMessage) -> Result<Message> {
    let DeleteMessage { chat, seq } = request;
    let me = ctx.me()?;
    let mut tx = ctx.begin_change().await?;
    let deleted = queries::delete_message(&mut tx, chat, seq, me, ctx.now).await?;
    let message = queries::message(&mut tx, chat, seq).await?;
    let message = message.ok_or(Error::NotFound)?;
    // Deleted before: a number that was taken meanwhile goes back with the transaction.
    if deleted.is_some() {
        let event = ChatEvent::Changed {
            chat,
            message: message.clone(),
        };
        tx.publish(Recipients::Chat(chat), Event::Chat(event));
        tx.commit().await?;
    }
    Ok(message)
}

pub async fn mark_read(ctx: Ctx, request: MarkRead) -> Result<ByRow<()>> {
    let account = ctx.me()?;
    let mut tx = ctx.begin_by_row().await?;
    let moved = queries::mark_read(&mut tx, request.chat, account, request.seq).await?;
    if let Some(row) = moved {
        let event = Event::Chat(ChatEvent::Read {
            chat: request.chat,
            account,
            seq: row.number(),
        });
        let channel = ctx
            .facts
            .chat()
            .is_some_and(|chat| chat.kind == ChatKind::Channel);
        let told = if channel {
            Recipients::Account(account)
        } else {
            Recipients::Chat(request.chat)
        };
        tx.publish(told, event);
    }
    let done = ctx.by_row(moved, ())?;
    tx.commit().await?;
    Ok(done)
}
