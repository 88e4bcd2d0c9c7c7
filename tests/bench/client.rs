//! The load: kept-alive HTTP connections and sockets, as thin as they get, because the load
//! generator shares the machine.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use common::chats::{GetMessages, History, Page, SendMessage};
use common::endpoint::{Declared, Endpoint};
use common::{ChatId, ClientId};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::frames;

/// A connected socket.
pub struct Socket {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// What is read and not yet taken.
    waiting: std::ops::Range<usize>,
}

impl Socket {
    /// Of an account, after `Ready`; without an account, of the bare server.
    pub async fn connect(port: u16, path: &str, account: Option<usize>) -> Self {
        let cookie = account.map_or(String::new(), |account| {
            format!("Cookie: {}\r\n", cookie(account))
        });
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: bench\r\n{cookie}Connection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut socket = Self {
            stream,
            buffer: vec![0; 4096],
            waiting: 0..0,
        };
        let head = loop {
            socket.read().await.expect("the server answers");
            if let Some(end) = frames::end_of_head(&socket.buffer[socket.waiting.clone()]) {
                break end;
            }
        };
        let text = String::from_utf8_lossy(&socket.buffer[..head]);
        assert!(text.starts_with("HTTP/1.1 101"), "{text}");
        socket.waiting.start += head;
        // Events may come before; from `ready` on nothing is missed.
        while account.is_some()
            && !String::from_utf8_lossy(socket.next().await.unwrap()).contains("ready")
        {}
        socket
    }

    /// The next text frame; None at the end.
    pub async fn next(&mut self) -> Option<&[u8]> {
        loop {
            let waiting = &self.buffer[self.waiting.clone()];
            if let Some(frame) = frames::read(waiting) {
                let start = self.waiting.start;
                self.waiting.start += frame.end;
                if frame.text {
                    return Some(&self.buffer[start + frame.payload..start + frame.end]);
                }
            } else {
                self.read().await?;
            }
        }
    }

    /// With what is read and not yet taken.
    pub fn into_parts(self) -> (std::net::TcpStream, Vec<u8>) {
        let begun = self.buffer[self.waiting].to_vec();
        (self.stream.into_std().unwrap(), begun)
    }

    pub async fn send(&mut self, text: &str) {
        let frame = frames::of_client(text.as_bytes());
        self.stream.write_all(&frame).await.unwrap();
    }

    async fn read(&mut self) -> Option<()> {
        self.buffer.copy_within(self.waiting.clone(), 0);
        self.waiting = 0..self.waiting.len();
        if self.waiting.end == self.buffer.len() {
            self.buffer.resize(self.waiting.end * 2, 0);
        }
        let read = self.stream.read(&mut self.buffer[self.waiting.end..]).await;
        let read = read.ok().filter(|read| *read > 0)?;
        self.waiting.end += read;
        Some(())
    }
}

/// A body of 120 bytes that says when it was sent, in nanoseconds since the run began.
pub fn body(began: Instant) -> String {
    format!("@{:019}@{}", began.elapsed().as_nanos(), "x".repeat(99))
}

/// When the body in this frame was sent.
pub fn sent(frame: &[u8]) -> Option<u64> {
    let start = frame.iter().position(|byte| *byte == b'@')? + 1;
    let digits = frame.get(start..start + 19)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn cookie(account: usize) -> String {
    format!(
        "{}={}",
        backend::session::COOKIE,
        crate::place::token(account)
    )
}

/// A kept-alive HTTP connection of an account.
pub struct Http {
    stream: TcpStream,
    cookie: String,
    buffer: Vec<u8>,
}

impl Http {
    pub async fn connect(port: u16, account: usize) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            cookie: cookie(account),
            buffer: vec![0; 64 * 1024],
        }
    }

    /// Sends a message, of which there is none like it; answered when it is durable.
    pub async fn send(&mut self, chat: ChatId, body: String) {
        static CLIENT_IDS: AtomicU64 = AtomicU64::new(1);
        let request = SendMessage {
            chat,
            client_id: ClientId(CLIENT_IDS.fetch_add(1, Ordering::Relaxed).into()),
            body,
        };
        let body = serde_json::to_string(&request).unwrap();
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: bench\r\nCookie: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n",
            SendMessage::PATH,
            self.cookie,
            body.len()
        );
        self.exchange(head + &body).await;
    }

    /// The newest page, read as the client reads it.
    pub async fn newest(&mut self, chat: ChatId) -> History {
        let from = Page::Newest;
        let body = self.get(&GetMessages { chat, from }).await;
        serde_json::from_slice(body).unwrap()
    }

    /// Asks an endpoint that is read with GET: the body of the answer.
    pub async fn get<E: Endpoint>(&mut self, request: &E) -> &[u8] {
        let request = serde_json::to_string(request).unwrap();
        let query: String = request.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let head = format!(
            "GET {}?q={query} HTTP/1.1\r\nHost: bench\r\nCookie: {}\r\n\r\n",
            E::PATH,
            self.cookie
        );
        self.exchange(head).await
    }

    /// One request, one answer with a `Content-Length`: its body. Anything but 200 stops the bench.
    async fn exchange(&mut self, request: String) -> &[u8] {
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let mut filled = 0;
        let mut whole = None;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await.unwrap();
            assert!(read > 0, "the server closed the connection");
            filled += read;
            if whole.is_none()
                && let Some(head) = frames::end_of_head(&self.buffer[..filled])
            {
                // Only heads are text: a page may end within a letter.
                let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
                assert!(text.starts_with("http/1.1 200"), "{text}");
                let length: usize = text
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length:"))
                    .and_then(|value| value.trim().parse().ok())
                    .expect("answers have a length");
                whole = Some(head..head + length);
                self.buffer.resize(self.buffer.len().max(head + length), 0);
            }
            if let Some(body) = whole.clone().filter(|body| filled >= body.end) {
                return &self.buffer[body];
            }
        }
    }
}
