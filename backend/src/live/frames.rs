//! WebSocket frames: what the server sends is made once, whole, for all who are told. (A server's frames aren't
//! masked, so they are the same for everybody.)

use actix_http::ws::{CloseReason, OpCode, Parser, ProtocolError};
use bytes::{Bytes, BytesMut};

/// Frames from clients are tiny. Bytes.
const LIMIT: usize = 1024;
/// The head of a client's frame, at most. Bytes.
const HEAD: usize = 14;

/// What a client sends.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    Text(BytesMut),
    Ping(BytesMut),
    Close,
    /// What says only that somebody is there, and what we don't speak.
    Nothing,
}

#[must_use]
pub fn text(text: &str) -> Bytes {
    whole(text.as_bytes(), OpCode::Text)
}

#[must_use]
pub fn pong(ping: &[u8]) -> Bytes {
    whole(ping, OpCode::Pong)
}

#[must_use]
pub fn close(reason: Option<CloseReason>) -> Bytes {
    let mut frame = BytesMut::new();
    Parser::write_close(&mut frame, reason, false);
    frame.freeze()
}

fn whole(payload: &[u8], kind: OpCode) -> Bytes {
    let mut frame = BytesMut::with_capacity(payload.len() + HEAD);
    Parser::write_message(&mut frame, payload, kind, true, false);
    frame.freeze()
}

/// Takes the next frame of a client, if it's there as a whole.
///
/// # Errors
/// When it isn't a client's frame, or a large one, of which no more is waited for.
pub fn take(waiting: &mut BytesMut) -> Result<Option<Heard>, ProtocolError> {
    let Some((whole, kind, payload)) = Parser::parse(waiting, true, LIMIT)? else {
        return if waiting.len() > LIMIT + HEAD {
            Err(ProtocolError::Overflow)
        } else {
            Ok(None)
        };
    };
    let payload = payload.unwrap_or_default();
    Ok(Some(match kind {
        OpCode::Text if whole => Heard::Text(payload),
        OpCode::Ping => Heard::Ping(payload),
        OpCode::Close => Heard::Close,
        OpCode::Bad => return Err(ProtocolError::BadOpCode),
        OpCode::Text | OpCode::Continue | OpCode::Binary | OpCode::Pong => Heard::Nothing,
    }))
}
