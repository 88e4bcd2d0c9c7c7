//! A browser's socket, and the state that it keeps by what it hears.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use common::ChatId;
use common::chats::ChatEvent;
use common::realtime::{Event, PROTOCOL, ServerFrame, State};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::http::SESSION;

/// The server answers at once; who waits so long waits for something that never comes.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    /// What the browser knows: fetched once after the socket was ready, then events.
    pub state: State,
    /// An event said that the state can't be kept up by events.
    pub outgrown: bool,
    /// All since the last check, in order.
    pub heard: Vec<Event>,
}

/// What a browser hears next.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all that is heard are events, and it lives for one match"
)]
enum Heard {
    Ready,
    Event(Event),
    Alive,
    Pong,
    /// The server closed, with this code.
    Closed(Option<u16>),
}

impl Socket {
    /// Opens it as a browser does, waits until nothing is missed from here on, then fetches the
    /// state.
    pub async fn open(
        address: SocketAddr,
        cookie: &str,
        fetch: impl Future<Output = State>,
    ) -> Self {
        let mut stream = connect(address, cookie, None)
            .await
            .unwrap_or_else(|error| panic!("no socket: {error}"));
        loop {
            match next(&mut stream).await {
                Heard::Ready => break,
                // What came before is in the state that is fetched now.
                Heard::Event(_) | Heard::Alive | Heard::Pong => {}
                Heard::Closed(code) => panic!("closed before it was ready: {code:?}"),
            }
        }
        Self {
            stream,
            state: fetch.await,
            outgrown: false,
            heard: Vec::new(),
        }
    }

    /// Hears everything up to the marker (see [`marker`]), and applies it. `Err`: the server closed
    /// the socket before, with this code.
    pub async fn hear_up_to(&mut self, marker: &Event) -> Result<(), Option<u16>> {
        loop {
            match next(&mut self.stream).await {
                Heard::Event(event) if event == *marker => return Ok(()),
                Heard::Event(event) => self.learn(event),
                Heard::Closed(code) => return Err(code),
                Heard::Ready | Heard::Alive | Heard::Pong => panic!("nobody asked"),
            }
        }
    }

    /// Hears everything until the server closes; answers with its code.
    pub async fn hear_close(&mut self) -> Option<u16> {
        loop {
            if let Heard::Closed(code) = next(&mut self.stream).await {
                return code;
            }
        }
    }

    /// Ends when the server has heard it: it answers a ping after what came before.
    pub async fn say(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.unwrap();
        let ping = Message::Ping(Bytes::from_static(b"heard?"));
        self.stream.send(ping).await.unwrap();
        loop {
            match next(&mut self.stream).await {
                Heard::Pong => break,
                Heard::Event(event) => self.learn(event),
                Heard::Alive => {}
                Heard::Ready | Heard::Closed(_) => panic!("closed by what was said"),
            }
        }
    }

    fn learn(&mut self, event: Event) {
        self.outgrown |= self.state.outgrown_by(&event);
        self.state.apply(&event);
        self.heard.push(event);
    }

    /// As a browser's tab that's closed; ends when the server knows.
    pub async fn close(mut self) {
        let _ = self.stream.close(None).await;
        self.hear_close().await;
    }
}

/// An event that changes no state and that nobody else sends: who hears it has heard all before.
pub fn marker(number: i64) -> Event {
    Event::Chat(ChatEvent::Typing {
        chat: ChatId(-number),
        account: common::AccountId(0),
        name: String::new(),
    })
}

/// The bare connection. `Err`: refused, with this HTTP status.
pub async fn connect(
    address: SocketAddr,
    cookie: &str,
    origin: Option<&str>,
) -> Result<WebSocketStream<TcpStream>, Box<Error>> {
    let mut request = format!("ws://{address}/socket")
        .into_client_request()
        .unwrap();
    let cookie = format!("{SESSION}={cookie}").parse().unwrap();
    request.headers_mut().insert("cookie", cookie);
    if let Some(origin) = origin {
        let origin = origin.parse().unwrap();
        request.headers_mut().insert("origin", origin);
    }
    let stream = TcpStream::connect(address).await.unwrap();
    let (stream, _) = client_async(request, stream).await.map_err(Box::new)?;
    Ok(stream)
}

async fn next(stream: &mut WebSocketStream<TcpStream>) -> Heard {
    loop {
        let frame = tokio::time::timeout(PATIENCE, stream.next())
            .await
            .expect("the server says nothing more");
        match frame {
            Some(Ok(Message::Text(text))) => {
                return match serde_json::from_str(&text).unwrap() {
                    ServerFrame::Ready { version } => {
                        assert_eq!(version, PROTOCOL);
                        Heard::Ready
                    }
                    ServerFrame::Event(event) => Heard::Event(event),
                    ServerFrame::Alive => Heard::Alive,
                };
            }
            Some(Ok(Message::Close(reason))) => {
                return Heard::Closed(reason.map(|reason| reason.code.into()));
            }
            Some(Ok(Message::Pong(_))) => return Heard::Pong,
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return Heard::Closed(None),
        }
    }
}
