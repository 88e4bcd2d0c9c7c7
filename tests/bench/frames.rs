//! What the load and the bare server know of WebSocket frames.

/// A whole frame at the beginning of what was read.
pub struct Frame {
    pub text: bool,
    /// Where its payload begins.
    pub payload: usize,
    pub end: usize,
    /// What the payload is masked with, in a client's frame.
    pub mask: Option<[u8; 4]>,
}

/// None: it isn't whole yet.
pub fn read(bytes: &[u8]) -> Option<Frame> {
    let (first, second) = (*bytes.first()?, *bytes.get(1)?);
    let (length, mut payload) = match second & 0x7f {
        126 => {
            let length = bytes.get(2..4)?.try_into().ok()?;
            (usize::from(u16::from_be_bytes(length)), 4)
        }
        127 => {
            let length = bytes.get(2..10)?.try_into().ok()?;
            (u64::from_be_bytes(length) as usize, 10)
        }
        short => (usize::from(short), 2),
    };
    let mut mask = None;
    if second & 0x80 != 0 {
        mask = Some(bytes.get(payload..payload + 4)?.try_into().ok()?);
        payload += 4;
    }
    let end = payload + length;
    let text = first & 0x0f == 1;
    (bytes.len() >= end).then_some(Frame {
        text,
        payload,
        end,
        mask,
    })
}

/// A text as a server sends it.
pub fn of_server(payload: &[u8]) -> Vec<u8> {
    let mut frame = head(payload.len(), 0);
    frame.extend_from_slice(payload);
    frame
}

/// A text as a client sends it; masked with zeros, which change nothing.
pub fn of_client(payload: &[u8]) -> Vec<u8> {
    let mut frame = head(payload.len(), 0x80);
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}

fn head(length: usize, masked: u8) -> Vec<u8> {
    let mut head = vec![0x81];
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ 0..=125), _) => head.push(short | masked),
        (_, Ok(middle)) => {
            head.push(126 | masked);
            head.extend_from_slice(&middle.to_be_bytes());
        }
        _ => {
            head.push(127 | masked);
            head.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    head
}

/// Where the body begins, once the head of a request or an answer is whole.
pub fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(end + 4)
}
