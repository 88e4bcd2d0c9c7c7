//! The socket of one signed-in browser: the body of an answer that doesn't end. What is to be sent goes
//! from the hub's queue into it as it is; what the browser says is read in between.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_http::ws::{self, CloseCode, CloseReason};
use actix_web::body::{BodySize, MessageBody};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::{Bytes, BytesMut};
use common::realtime::{
    CLOSE_RESTART, CLOSE_RESYNC, CLOSE_SESSION_ENDED, ClientFrame, PROTOCOL, ServerFrame,
};
use futures_util::StreamExt as _;

use crate::actor::Actor;
use crate::app::App;
use crate::error::Result;
use crate::live::frames::{self, Heard};
use crate::live::{Close, Connection};
use crate::{accounts, chats};

/// Begins, with somebody whom the rule book has allowed it.
pub(crate) fn begin(
    request: &HttpRequest,
    payload: web::Payload,
    app: Arc<App>,
    actor: Actor,
) -> HttpResponse {
    let socket = match ws::handshake(request.head()) {
        Ok(mut response) => response.message_body(Socket::new(app, &actor, payload)),
        Err(refused) => return HttpResponse::from_error(refused),
    };
    match socket {
        Ok(response) => response.map_into_boxed_body().into(),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

struct Socket {
    app: Arc<App>,
    connection: Arc<Connection>,
    /// Until it is subscribed.
    starting: Option<Pin<Box<dyn Future<Output = Result<()>>>>>,
    payload: web::Payload,
    /// Of a frame that isn't whole yet.
    waiting: BytesMut,
    ended: bool,
}

impl Socket {
    fn new(app: Arc<App>, actor: &Actor, payload: web::Payload) -> Self {
        let connection = app
            .hub
            .connect(actor.account, actor.session, actor.operator);
        let starting = subscribe(Arc::clone(&app), Arc::clone(&connection));
        Self {
            app,
            connection,
            starting: Some(Box::pin(starting)),
            payload,
            waiting: BytesMut::new(),
            ended: false,
        }
    }

    /// What is to be sent next; with an error, why it is the end.
    fn poll_frame(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Bytes, Option<CloseReason>>> {
        if let Some(starting) = &mut self.starting
            && let Poll::Ready(outcome) = starting.as_mut().poll(context)
        {
            self.starting = None;
            if let Err(failure) = outcome {
                tracing::warn!(%failure, "a socket could not start");
                return Poll::Ready(Err(Some(CloseCode::Error.into())));
            }
        }
        while let Poll::Ready(read) = self.payload.poll_next_unpin(context) {
            let Some(Ok(bytes)) = read else {
                return Poll::Ready(Err(None));
            };
            if self.hear(bytes).is_none() {
                return Poll::Ready(Err(None));
            }
        }
        self.connection.poll_frame(context).map_err(reason)
    }

    /// None: it is the end.
    fn hear(&mut self, bytes: Bytes) -> Option<()> {
        self.connection.heard();
        if self.waiting.is_empty() {
            self.waiting = bytes.into();
        } else {
            self.waiting.extend_from_slice(&bytes);
        }
        while let Some(heard) = frames::take(&mut self.waiting).ok()? {
            match heard {
                Heard::Text(text) => self.understand(&text),
                Heard::Ping(bytes) => self.connection.push(frames::pong(&bytes)),
                Heard::Close => return None,
                Heard::Nothing => {}
            }
        }
        if self.waiting.is_empty() {
            // Otherwise what was read from would be held, a buffer for each quiet socket.
            self.waiting = BytesMut::new();
        }
        Some(())
    }

    fn understand(&self, text: &[u8]) {
        // What isn't understood comes from a client of another version: not worth a disconnect.
        match serde_json::from_slice(text) {
            Ok(ClientFrame::Typing(chat)) => {
                let now = self.app.clock.now();
                self.app.hub.typing(&self.connection, chat, now);
            }
            Ok(ClientFrame::Alive) => {
                if let Ok(alive) = serde_json::to_string(&ServerFrame::Alive) {
                    self.connection.push(frames::text(&alive));
                }
            }
            Err(_) => {}
        }
    }
}

impl MessageBody for Socket {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(None);
        }
        this.poll_frame(context).map(|next| {
            Some(Ok(next.unwrap_or_else(|why| {
                this.ended = true;
                this.app.hub.disconnect(&this.connection);
                frames::close(why)
            })))
        })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.app.hub.disconnect(&self.connection);
    }
}

/// From `Ready` on nothing is missed: what changes while the list loads makes it load again.
async fn subscribe(app: Arc<App>, connection: Arc<Connection>) -> Result<()> {
    loop {
        let changes = connection.changes();
        let mut conn = app.pool.get().await?;
        // It may have been ended before the hub knew of the connection.
        let name = accounts::queries::name_of_session(&mut conn, connection.session).await?;
        let Some(name) = name else {
            connection.close(Close::SessionEnded);
            return Ok(());
        };
        let mut all = chats::queries::subscriptions(&mut conn, connection.account).await?;
        all.name = name.short();
        if app.hub.subscribe(&connection, all, changes) {
            break;
        }
    }
    let ready = ServerFrame::Ready { version: PROTOCOL };
    if let Ok(ready) = serde_json::to_string(&ready) {
        connection.push(frames::text(&ready));
    }
    Ok(())
}

fn reason(close: Close) -> Option<CloseReason> {
    let code = match close {
        Close::Resync => CLOSE_RESYNC,
        Close::SessionEnded => CLOSE_SESSION_ENDED,
        Close::Restart => CLOSE_RESTART,
        Close::Silent => return None,
    };
    Some(CloseCode::from(code).into())
}
