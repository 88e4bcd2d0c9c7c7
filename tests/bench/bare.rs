//! The bare fan-out server: rooms named by the path, every frame goes to everyone in the room.
//! No database, no rights, no JSON: the floor that this machine allows. A frame is encoded once, and
//! whoever hears it writes it to all members at once: no queue, no task is woken, one call of the
//! system for each delivery.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::frames;

type Room = Arc<Mutex<Vec<Arc<Member>>>>;
type Rooms = Arc<Mutex<HashMap<String, Room>>>;

struct Member {
    stream: TcpStream,
    /// What the system didn't take.
    behind: Mutex<Vec<u8>>,
    wake: Notify,
}

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
    let member = Arc::new(Member {
        stream,
        behind: Mutex::default(),
        wake: Notify::new(),
    });
    let mut buffer = vec![0; 1024];
    let mut filled = 0;
    let mut room: Option<Room> = None;
    loop {
        tokio::select! {
            // What is wrong with it shows when it is read.
            _ = member.stream.readable() => {}
            () = member.wake.notified() => {
                member.catch_up().await;
                continue;
            }
        }
        match member.stream.try_read(&mut buffer[filled..]) {
            Ok(read) if read > 0 => filled += read,
            Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
            _ => break,
        }
        let taken = match &room {
            Some(room) => hear(room, &mut buffer[..filled]),
            None => {
                let Some(end) = frames::end_of_head(&buffer[..filled]) else {
                    continue;
                };
                let path = member.greet(&buffer[..end]);
                let mine = Arc::clone(rooms.lock().unwrap().entry(path).or_default());
                mine.lock().unwrap().push(Arc::clone(&member));
                room = Some(mine);
                end
            }
        };
        buffer.copy_within(taken..filled, 0);
        filled -= taken;
    }
    if let Some(room) = room {
        let gone = |other: &Arc<Member>| !Arc::ptr_eq(other, &member);
        room.lock().unwrap().retain(gone);
    }
}

/// Tells the room what was heard: how much of it was whole.
fn hear(room: &Room, heard: &mut [u8]) -> usize {
    let mut taken = 0;
    while let Some(frame) = frames::read(&heard[taken..]) {
        let payload = &mut heard[taken + frame.payload..taken + frame.end];
        let mask = frame.mask.unwrap();
        for (byte, mask) in payload.iter_mut().zip(mask.iter().cycle()) {
            *byte ^= mask;
        }
        if frame.text {
            let frame = frames::of_server(payload);
            for member in &*room.lock().unwrap() {
                member.tell(&frame);
            }
        }
        taken += frame.end;
    }
    taken
}

impl Member {
    /// Answers the handshake: the path.
    fn greet(&self, request: &[u8]) -> String {
        let request = String::from_utf8_lossy(request);
        let key = request
            .lines()
            .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
            .unwrap();
        let accept = derive_accept_key(key.as_bytes());
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Accept: {accept}\r\n\r\n"
        );
        self.tell(answer.as_bytes());
        request.split(' ').nth(1).unwrap().to_owned()
    }

    fn tell(&self, frame: &[u8]) {
        let mut behind = self.behind.lock().unwrap();
        let written = if behind.is_empty() {
            self.stream.try_write(frame).unwrap_or(0)
        } else {
            0
        };
        if written < frame.len() {
            behind.extend_from_slice(&frame[written..]);
            self.wake.notify_one();
        }
    }

    async fn catch_up(&self) {
        while self.stream.writable().await.is_ok() {
            let mut behind = self.behind.lock().unwrap();
            match self.stream.try_write(&behind) {
                Ok(written) => drop(behind.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => behind.clear(),
            }
            if behind.is_empty() {
                return;
            }
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
