//! Requests that ask to go on as something else than HTTP/1. They are answered by the same routes as all;
//! an answer that begins a socket gets the connection, after any other it ends.

use std::future::poll_fn;
use std::pin::pin;
use std::time::Duration;

use actix_codec::Framed;
use actix_http::body::{BoxBody, MessageBody as _};
use actix_http::h1::{Codec, Message};
use actix_http::{Error, Request, Response};
use actix_service::Service;
use actix_web::rt::net::ActixStream;
use futures_util::SinkExt as _;

use crate::socket::{self, Begin, Wire};

/// Whoever takes nothing of an answer for so long is gone.
const ANSWER: Duration = Duration::from_secs(10);

/// Answers one, and goes on as a socket if it's that.
pub(crate) async fn answer<T: ActixStream>(
    routes: &impl Service<Request, Response = Response<BoxBody>, Error = Response<BoxBody>>,
    request: Request,
    mut framed: Framed<T, Codec>,
    wire: impl FnOnce(T) -> Wire,
) -> Result<(), Error> {
    let mut response = routes.call(request).await.unwrap_or_else(|failed| failed);
    let begin = response.extensions_mut().remove::<Begin>();
    let written = tokio::time::timeout(ANSWER, write(&mut framed, response)).await;
    let Ok(()) = written.unwrap_or(Err(())) else {
        return Ok(());
    };
    if let Some(begin) = begin {
        let (wire, read) = taken_over(framed, wire);
        // Apart, or each quiet socket would hold the room that answering took.
        Box::pin(socket::converse(begin, wire, read)).await;
    }
    Ok(())
}

/// With what was read behind the request. The buffers of HTTP are freed.
fn taken_over<T>(framed: Framed<T, Codec>, wire: impl FnOnce(T) -> Wire) -> (Wire, Vec<u8>) {
    let parts = framed.into_parts();
    (wire(parts.io), parts.read_buf.to_vec())
}

/// With an error, nobody is there.
async fn write<T: ActixStream>(
    framed: &mut Framed<T, Codec>,
    response: Response<BoxBody>,
) -> Result<(), ()> {
    let (head, body) = response.into_parts();
    let head = Message::Item((head, body.size()));
    framed.send(head).await.map_err(|_| ())?;
    let mut body = pin!(body);
    while let Some(chunk) = poll_fn(|context| body.as_mut().poll_next(context)).await {
        let chunk = Message::Chunk(Some(chunk.map_err(|_| ())?));
        framed.send(chunk).await.map_err(|_| ())?;
    }
    framed.send(Message::Chunk(None)).await.map_err(|_| ())
}
