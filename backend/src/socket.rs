//! The socket of one signed-in browser.

use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use actix_ws::{CloseCode, CloseReason, Message, MessageStream, Session};
use common::realtime::{
    CLOSE_RESTART, CLOSE_RESYNC, CLOSE_SESSION_ENDED, ClientFrame, PROTOCOL, ServerFrame,
};
use futures_util::StreamExt as _;

use crate::accounts;
use crate::actor::Actor;
use crate::app::App;
use crate::error::Result;
use crate::live::{Close, Connection};
use crate::serve;

/// Nothing heard for so long: the phone is gone. Clients say `Alive` every 30 seconds.
const SILENCE: Duration = Duration::from_secs(75);

/// Frames from clients are tiny. Bytes.
const FRAME_LIMIT: usize = 1024;

/// `GET /socket`: a declared exception to the endpoints. Same origin only, a session needed.
pub async fn open(
    request: HttpRequest,
    payload: web::Payload,
    app: web::Data<App>,
) -> HttpResponse {
    let app = app.into_inner();
    if !serve::same_origin(&request) {
        return HttpResponse::Forbidden().finish();
    }
    let actor = match serve::actor(&app, &request).await {
        Ok(Some(actor)) => actor,
        Ok(None) => return HttpResponse::Unauthorized().finish(),
        Err(failure) => return serve::failure(failure),
    };
    match actix_ws::handle(&request, payload) {
        Ok((response, session, stream)) => {
            let stream = stream.max_frame_size(FRAME_LIMIT);
            actix_web::rt::spawn(run(app, actor, session, stream));
            response
        }
        Err(error) => HttpResponse::from_error(error),
    }
}

async fn run(app: Arc<App>, actor: Actor, session: Session, stream: MessageStream) {
    let connection = app
        .hub
        .connect(actor.account, actor.session, actor.operator);
    match subscribe(&app, &connection).await {
        Ok(()) => {
            let why = converse(&app, &actor, &connection, session.clone(), stream).await;
            app.hub.disconnect(&connection);
            let _ = session.close(why).await;
        }
        Err(failure) => {
            app.hub.disconnect(&connection);
            tracing::warn!(%failure, "a socket could not start");
            let _ = session.close(Some(CloseCode::Error.into())).await;
        }
    }
}

/// From `Ready` on nothing is missed: what changes while the list loads makes it load again.
async fn subscribe(app: &App, connection: &Arc<Connection>) -> Result<()> {
    loop {
        let changes = connection.changes();
        let mut conn = app.pool.get().await?;
        // It may have been ended before the hub knew of the connection.
        if !accounts::queries::has_session(&mut conn, connection.session).await? {
            app.hub
                .end_sessions(connection.account, |session| session == connection.session);
            return Ok(());
        }
        let all = crate::chats::queries::subscriptions(&mut conn, connection.account).await?;
        if app.hub.subscribe(connection, all, changes) {
            break;
        }
    }
    let ready = ServerFrame::Ready { version: PROTOCOL };
    if let Ok(ready) = serde_json::to_string(&ready) {
        connection.push(ready.into());
    }
    Ok(())
}

async fn converse(
    app: &App,
    actor: &Actor,
    connection: &Arc<Connection>,
    mut session: Session,
    mut stream: MessageStream,
) -> Option<CloseReason> {
    let mut frames = Vec::new();
    loop {
        tokio::select! {
            close = connection.next(&mut frames) => {
                for frame in frames.drain(..) {
                    // Whoever takes nothing for so long is gone too, and would be waited for for ever.
                    let sent = tokio::time::timeout(SILENCE, session.text(frame)).await;
                    sent.ok()?.ok()?;
                }
                if let Some(close) = close {
                    return Some(reason(close));
                }
            }
            heard = tokio::time::timeout(SILENCE, stream.next()) => match heard {
                Ok(Some(Ok(Message::Text(text)))) => hear(app, actor, connection, &text),
                Ok(Some(Ok(Message::Ping(bytes)))) => session.pong(&bytes).await.ok()?,
                Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) | Err(_) => return None,
                Ok(Some(Ok(_))) => {}
            },
        }
    }
}

fn hear(app: &App, actor: &Actor, connection: &Connection, text: &str) {
    // What isn't understood comes from a client of another version: not worth a disconnect.
    if let Ok(ClientFrame::Typing(chat)) = serde_json::from_str(text) {
        app.hub
            .typing(connection, chat, actor.name.short(), app.clock.now());
    }
}

fn reason(close: Close) -> CloseReason {
    let code = match close {
        Close::Resync => CLOSE_RESYNC,
        Close::SessionEnded => CLOSE_SESSION_ENDED,
        Close::Restart => CLOSE_RESTART,
    };
    CloseCode::from(code).into()
}
