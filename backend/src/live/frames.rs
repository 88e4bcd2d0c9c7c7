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

/// Takes the next frame of a client, if it's there as a whole. What stands in between may cut a text into several
/// (RFC 6455, 5.4): `begun` has those that came before the last.
///
/// # Errors
/// When it isn't a client's frame, or a large text, of which no more is waited for.
pub fn take(waiting: &mut BytesMut, begun: &mut BytesMut) -> Result<Option<Heard>, ProtocolError> {
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
        OpCode::Text => {
            *begun = payload;
            Heard::Nothing
        }
        OpCode::Continue => {
            if begun.len() + payload.len() > LIMIT {
                return Err(ProtocolError::Overflow);
            }
            begun.extend_from_slice(&payload);
            if whole {
                Heard::Text(std::mem::take(begun))
            } else {
                Heard::Nothing
            }
        }
        OpCode::Ping => Heard::Ping(payload),
        OpCode::Close => Heard::Close,
        OpCode::Bad => return Err(ProtocolError::BadOpCode),
        OpCode::Binary | OpCode::Pong => Heard::Nothing,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client's frame of so many letters; the first byte says of what kind.
    fn frame(kind: u8, length: u8) -> Vec<u8> {
        let letters = vec![b'x'; length.into()];
        [&[kind, 0x80 | length, 0, 0, 0, 0][..], &letters].concat()
    }

    #[test]
    fn what_a_browser_says_comes_in_parts_and_within_limits() {
        let mut begun = BytesMut::new();
        let mut hear = |waiting: &mut BytesMut| take(waiting, &mut begun);
        let mut waiting =
            BytesMut::from(&[frame(0x81, 3), frame(0x81, 2)[..4].to_vec()].concat()[..]);
        let heard = hear(&mut waiting);
        assert_eq!(heard.unwrap(), Some(Heard::Text("xxx".into())));
        assert_eq!(hear(&mut waiting).unwrap(), None);
        waiting.extend_from_slice(&frame(0x81, 2)[4..]);
        assert_eq!(hear(&mut waiting).unwrap(), Some(Heard::Text("xx".into())));
        // A frame that says it is a megabyte is not waited for.
        let large = [0x81, 0xff, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0];
        let mut waiting = BytesMut::from(&large[..]);
        assert_eq!(hear(&mut waiting).unwrap(), None);
        waiting.extend_from_slice(&[b'x'; 2048]);
        assert!(hear(&mut waiting).is_err());
    }

    /// As a proxy in between may do it.
    #[test]
    fn a_text_may_come_in_several_frames() {
        let mut begun = BytesMut::new();
        let (text, ping, part, last) = (0x01, 0x89, 0x00, 0x80);
        let all = [
            frame(text, 3),
            frame(ping, 1),
            frame(part, 2),
            frame(last, 4),
            frame(0x81, 1),
        ];
        let mut waiting = BytesMut::from(&all.concat()[..]);
        let heard: Vec<_> = (0..all.len())
            .map(|_| take(&mut waiting, &mut begun).unwrap().unwrap())
            .collect();
        assert_eq!(
            heard,
            [
                Heard::Nothing,
                Heard::Ping("x".into()),
                Heard::Nothing,
                Heard::Text("xxxxxxxxx".into()),
                Heard::Text("x".into()),
            ]
        );
        // Without an end.
        let endless = [frame(text, 100), frame(part, 100).repeat(20)].concat();
        let mut waiting = BytesMut::from(&endless[..]);
        let stopped = (0..21).any(|_| take(&mut waiting, &mut begun).is_err());
        assert!(stopped);
    }
}
