//! The load: kept-alive HTTP connections and sockets, as thin as they get, because the load
//! generator shares the machine.

use std::time::Instant;

use common::chats::{GetMessages, Page, SendMessage};
use common::endpoint::{Declared, Endpoint};
use common::{ChatId, ClientId};
use futures_util::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

pub type Socket = WebSocketStream<TcpStream>;

/// The default read buffer of 128 KiB would make the load generator the heaviest process here.
pub fn socket_config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(4096)
        .write_buffer_size(0)
}

/// A connected socket of an account, after `Ready`; without an account, of the bare server.
pub async fn connect(port: u16, path: &str, account: Option<usize>) -> Socket {
    let mut request = format!("ws://127.0.0.1:{port}{path}")
        .into_client_request()
        .unwrap();
    if let Some(account) = account {
        let cookie = format!(
            "{}={}",
            backend::session::COOKIE,
            crate::place::token(account)
        );
        request
            .headers_mut()
            .insert("cookie", cookie.parse().unwrap());
    }
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut socket, _) =
        tokio_tungstenite::client_async_with_config(request, stream, Some(socket_config()))
            .await
            .unwrap();
    // Events may come before; from `ready` on nothing is missed.
    while account.is_some() && !next(&mut socket).await.unwrap().contains("ready") {}
    socket
}

/// The next text frame; None at the end.
pub async fn next(socket: &mut Socket) -> Option<String> {
    loop {
        match socket.next().await? {
            Ok(Message::Text(text)) => return Some(text.as_str().to_owned()),
            Ok(_) => {}
            Err(_) => return None,
        }
    }
}

/// A body of 120 bytes that says when it was sent, in nanoseconds since the run began.
pub fn body(began: Instant) -> String {
    format!("@{:019}@{}", began.elapsed().as_nanos(), "x".repeat(99))
}

/// When the body in this frame was sent.
pub fn sent(frame: &str) -> Option<u64> {
    let start = frame.find('@')? + 1;
    frame.get(start..start + 19)?.parse().ok()
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
        let cookie = format!(
            "{}={}",
            backend::session::COOKIE,
            crate::place::token(account)
        );
        Self {
            stream,
            cookie,
            buffer: vec![0; 64 * 1024],
        }
    }

    pub async fn send(&mut self, chat: ChatId, client_id: u128, body: String) {
        let request = SendMessage {
            chat,
            client_id: ClientId(client_id),
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

    pub async fn newest(&mut self, chat: ChatId) {
        let from = Page::Newest;
        self.get(&GetMessages { chat, from }).await;
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
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await.unwrap();
            assert!(read > 0, "the server closed the connection");
            filled += read;
            // Only heads are text: a page may end within a letter.
            let text = String::from_utf8_lossy(&self.buffer[..filled.min(2048)]);
            if let Some((head, _)) = text.split_once("\r\n\r\n") {
                assert!(head.starts_with("HTTP/1.1 200"), "{text}");
                let lower = head.to_ascii_lowercase();
                let length: usize = lower
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length:"))
                    .and_then(|value| value.trim().parse().ok())
                    .expect("answers have a length");
                let head = head.len() + 4;
                let whole = head + length;
                if whole > self.buffer.len() {
                    self.buffer.resize(whole, 0);
                }
                if filled >= whole {
                    return &self.buffer[head..whole];
                }
            }
        }
    }
}
