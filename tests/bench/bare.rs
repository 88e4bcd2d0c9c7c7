//! The bare fan-out server: rooms named by the path, every frame goes to everyone in the room.
//! No database, no rights, no JSON: the floor that this machine allows.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

use crate::client::socket_config;

type Rooms = Arc<Mutex<HashMap<String, Vec<mpsc::UnboundedSender<Message>>>>>;

/// Serves until killed; prints its port.
pub async fn serve() {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
        .await
        .unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    let rooms = Rooms::default();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        tokio::spawn(converse(stream, Arc::clone(&rooms)));
    }
}

async fn converse(stream: TcpStream, rooms: Rooms) {
    stream.set_nodelay(true).unwrap();
    let mut room = String::new();
    #[expect(clippy::result_large_err, reason = "the signature is tungstenite's")]
    let note = |request: &Request, response: Response| {
        request.uri().path().clone_into(&mut room);
        Ok(response)
    };
    let Ok(socket) =
        tokio_tungstenite::accept_hdr_async_with_config(stream, note, Some(socket_config())).await
    else {
        return;
    };
    let (sender, mut receiver) = mpsc::unbounded_channel();
    rooms
        .lock()
        .unwrap()
        .entry(room.clone())
        .or_default()
        .push(sender);
    let (mut out, mut incoming) = socket.split();
    loop {
        tokio::select! {
            Some(frame) = receiver.recv() => {
                if out.send(frame).await.is_err() {
                    return;
                }
            }
            heard = incoming.next() => match heard {
                Some(Ok(frame @ Message::Text(_))) => {
                    for member in rooms.lock().unwrap().get(&room).into_iter().flatten() {
                        let _ = member.send(frame.clone());
                    }
                }
                Some(Ok(_)) => {}
                _ => return,
            },
        }
    }
}

/// The bare server in a process of its own, as the real one has.
pub struct Child {
    child: tokio::process::Child,
    pub port: u16,
}

impl Child {
    pub async fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("bare")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .await
            .unwrap();
        Self {
            child,
            port: line.trim().parse().unwrap(),
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    pub async fn stop(mut self) {
        self.child.kill().await.unwrap();
    }
}
