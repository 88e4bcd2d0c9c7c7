//! The socket of one signed-in browser. HTTP ends with the answer that it begins ([`crate::upgrade`]); from
//! then on the connection is ours: what the browser says is read here, what it's told is written by the
//! worker's flusher, and by this task where only that can.

mod wire;

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_http::ws::{self, CloseCode, CloseReason};
use actix_web::{HttpRequest, HttpResponse};
use bytes::{Buf as _, BytesMut};
use common::realtime::{
    CLOSE_ELSEWHERE, CLOSE_RESTART, CLOSE_RESYNC, CLOSE_SESSION_ENDED, ClientFrame, PROTOCOL,
    ServerFrame,
};

use crate::actor::Actor;
use crate::app::App;
use crate::error::Result;
use crate::live::frames::{self, Heard};
use crate::live::{Close, Connection, Direct, Flusher};
use crate::{accounts, chats};

pub(crate) use wire::Wire;

/// A browser that is told of the end has so long to take note. Nobody waits for a phone that is gone.
const FAREWELL: Duration = Duration::from_secs(2);
/// What is read at once. Clients say little. Bytes.
const READ: usize = 1024;
/// Reads before others have their turn.
const READS: usize = 8;

/// Who was allowed to begin, in the answer that ends HTTP.
pub(crate) struct Begin {
    app: Arc<App>,
    actor: Actor,
}

/// The answer with which a socket begins, of somebody whom the rule book has allowed it.
pub(crate) fn begin(request: &HttpRequest, app: Arc<App>, actor: Actor) -> HttpResponse {
    match ws::handshake(request.head()) {
        Ok(mut response) => {
            let mut response = response.finish();
            response.extensions_mut().insert(Begin { app, actor });
            response.map_into_boxed_body().into()
        }
        Err(refused) => HttpResponse::from_error(refused),
    }
}

/// Until its end. With what was read with the request.
pub(crate) async fn converse(begin: Begin, mut wire: Wire, read: Vec<u8>) {
    let mut socket = Socket::new(begin, &wire);
    let end = match socket.hear(&read) {
        Err(end) => end,
        Ok(()) => poll_fn(|context| socket.poll(context, &mut wire)).await,
    };
    drop(socket);
    let _ = tokio::time::timeout(FAREWELL, farewell(wire, end)).await;
}

/// Why a socket ends.
enum End {
    /// Nobody is there.
    Gone,
    /// The browser says so.
    Said,
    /// We say so.
    Told(CloseReason),
}

/// When we say so, it's for the browser to hang up: what it has sent meanwhile, unread, would make the
/// system throw away the reason.
async fn farewell(mut wire: Wire, end: End) -> io::Result<()> {
    let mut frame = match end {
        End::Gone => return Ok(()),
        End::Said => frames::close(None),
        End::Told(ref reason) => frames::close(Some(reason.clone())),
    };
    while !frame.is_empty() {
        let written = poll_fn(|context| wire.poll_write(context, &frame)).await?;
        if written == 0 {
            return Ok(());
        }
        frame.advance(written);
    }
    poll_fn(|context| wire.poll_flush(context)).await?;
    poll_fn(|context| wire.poll_shutdown(context)).await?;
    let mut rest = [0; READ];
    while matches!(end, End::Told(_))
        && poll_fn(|context| wire.poll_read(context, &mut rest)).await? > 0
    {}
    Ok(())
}

struct Socket {
    app: Arc<App>,
    connection: Arc<Connection>,
    /// Until it is subscribed.
    starting: Option<Pin<Box<dyn Future<Output = Result<()>>>>>,
    /// Of a frame that isn't whole yet.
    waiting: BytesMut,
    /// Of a text that comes in several frames.
    begun: BytesMut,
}

impl Socket {
    fn new(begin: Begin, wire: &Wire) -> Self {
        let Begin { app, actor } = begin;
        let connection = app
            .hub
            .connect(actor.account, actor.session, actor.operator);
        if let Wire::Plain(stream) = wire {
            connection.go_direct(Direct {
                stream: Arc::clone(stream),
                flusher: Flusher::here(),
            });
        }
        let starting = subscribe(Arc::clone(&app), Arc::clone(&connection));
        Self {
            app,
            connection,
            starting: Some(Box::pin(starting)),
            waiting: BytesMut::new(),
            begun: BytesMut::new(),
        }
    }

    fn poll(&mut self, context: &mut Context<'_>, wire: &mut Wire) -> Poll<End> {
        if let Some(starting) = &mut self.starting
            && let Poll::Ready(outcome) = starting.as_mut().poll(context)
        {
            self.starting = None;
            if let Err(failure) = outcome {
                tracing::warn!(%failure, "a socket could not start");
                return Poll::Ready(End::Told(CloseCode::Error.into()));
            }
        }
        if let Poll::Ready(end) = self.poll_read(context, wire) {
            return Poll::Ready(end);
        }
        let write = |context: &mut Context<'_>, bytes: &[u8]| wire.poll_write(context, bytes);
        if let Poll::Ready(close) = self.connection.poll_write(context, write) {
            return Poll::Ready(end(close));
        }
        match wire.poll_flush(context) {
            Poll::Ready(Err(_)) => Poll::Ready(End::Gone),
            Poll::Ready(Ok(())) | Poll::Pending => Poll::Pending,
        }
    }

    fn poll_read(&mut self, context: &mut Context<'_>, wire: &mut Wire) -> Poll<End> {
        let mut bytes = [0; READ];
        for _ in 0..READS {
            match wire.poll_read(context, &mut bytes) {
                Poll::Ready(Ok(read @ 1..)) => {
                    if let Err(end) = self.hear(&bytes[..read]) {
                        return Poll::Ready(end);
                    }
                }
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(End::Gone),
                Poll::Pending => return Poll::Pending,
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }

    fn hear(&mut self, bytes: &[u8]) -> Result<(), End> {
        self.connection.heard();
        self.waiting.extend_from_slice(bytes);
        let broken = |_| End::Told(CloseCode::Protocol.into());
        while let Some(heard) = frames::take(&mut self.waiting, &mut self.begun).map_err(broken)? {
            match heard {
                Heard::Text(text) => self.understand(&text),
                Heard::Ping(bytes) => self.connection.push(frames::pong(&bytes)),
                Heard::Close => return Err(End::Said),
                Heard::Nothing => {}
            }
        }
        if self.waiting.is_empty() {
            // Otherwise what was read into would be held, a buffer for each quiet socket.
            self.waiting = BytesMut::new();
        }
        Ok(())
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

impl Drop for Socket {
    fn drop(&mut self) {
        self.connection.abandon();
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

fn end(close: Close) -> End {
    let code = match close {
        Close::Resync => CLOSE_RESYNC,
        Close::SessionEnded => CLOSE_SESSION_ENDED,
        Close::Elsewhere => CLOSE_ELSEWHERE,
        Close::Restart => CLOSE_RESTART,
        Close::Silent => return End::Gone,
    };
    End::Told(CloseCode::from(code).into())
}
