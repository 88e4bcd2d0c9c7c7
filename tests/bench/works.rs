//! The works.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use common::ChatId;
use futures_util::SinkExt as _;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{self, Http, Socket, body, sent};
use crate::numbers::{Latency, Pages, Rate};
use crate::place::{self, ADMINISTRATOR, CLASS_A_SIZE, CLASSES, ONLINE, PEOPLE};
use crate::server::{Server, memory};

const MESSAGES_A: usize = 500;
const SECONDS_B: u32 = 15;
const PER_SECOND_B: u32 = 20;
const SECONDS_C: u64 = 20;

/// A. One message after the other; until the last of 30 members has it.
pub async fn class_chat(server: &Server, chat: ChatId) -> Latency {
    let sockets = open(server.port, "/socket", 1..CLASS_A_SIZE + 1, true).await;
    let mut http = Http::connect(server.port, 2).await;
    one_by_one(sockets, async |began, number| {
        http.send(chat, number as u128, body(began)).await;
    })
    .await
}

pub async fn bare_class_chat(port: u16) -> Latency {
    let sockets = open(port, "/a", 1..CLASS_A_SIZE + 1, false).await;
    let mut sender = client::connect(port, "/a", None).await;
    one_by_one(sockets, async |began, _| {
        sender.send(Message::text(body(began))).await.unwrap();
    })
    .await
}

/// B. 1,000 online, 20 messages a second: every delivery's latency.
pub async fn channel(server: &Server, chat: ChatId) -> Latency {
    let sockets = open(server.port, "/socket", 1..ONLINE + 1, true).await;
    let mut http = Http::connect(server.port, ADMINISTRATOR).await;
    steadily(sockets, async |began, number| {
        http.send(chat, number as u128, body(began)).await;
    })
    .await
}

pub async fn bare_channel(port: u16) -> Latency {
    let sockets = open(port, "/b", 1..ONLINE + 1, false).await;
    let mut sender = client::connect(port, "/b", None).await;
    steadily(sockets, async |began, _| {
        sender.send(Message::text(body(began))).await.unwrap();
    })
    .await
}

/// C. 50 classes of 20, in each one sends as fast as it's acknowledged.
pub async fn classes(server: &Server, chats: &[ChatId]) -> Rate {
    let delivered = Arc::new(AtomicU64::new(0));
    let mut readers = JoinSet::new();
    for class in 0..CLASSES {
        for socket in open(server.port, "/socket", place::members(class), true).await {
            readers.spawn(count(socket, Arc::clone(&delivered)));
        }
    }
    let began = Instant::now();
    let mut senders = JoinSet::new();
    for (class, chat) in chats.iter().copied().enumerate() {
        let port = server.port;
        senders.spawn(async move {
            let mut http = Http::connect(port, place::members(class).start).await;
            let mut sent = 0u64;
            while began.elapsed() < Duration::from_secs(SECONDS_C) {
                http.send(chat, u128::from(sent) << 8 | 7, body(began))
                    .await;
                sent += 1;
            }
            sent
        });
    }
    rate(senders, &delivered).await
}

pub async fn bare_classes(port: u16) -> Rate {
    let delivered = Arc::new(AtomicU64::new(0));
    let mut readers = JoinSet::new();
    for class in 0..CLASSES {
        // The sender is the twentieth.
        for socket in open(port, &format!("/c{class}"), 1..20, false).await {
            readers.spawn(count(socket, Arc::clone(&delivered)));
        }
    }
    let began = Instant::now();
    let mut senders = JoinSet::new();
    for class in 0..CLASSES {
        senders.spawn(async move {
            let mut socket = client::connect(port, &format!("/c{class}"), None).await;
            let mut sent = 0u64;
            while began.elapsed() < Duration::from_secs(SECONDS_C) {
                socket.send(Message::text(body(began))).await.unwrap();
                // Its own frame coming back is the acknowledgement.
                client::next(&mut socket).await.unwrap();
                sent += 1;
            }
            sent
        });
    }
    rate(senders, &delivered).await
}

/// D. KB of the server's memory for each of 2,000 idle connections.
pub async fn idle(server: &Server) -> f64 {
    let before = memory(server.pid());
    let sockets = open(server.port, "/socket", 1..PEOPLE + 1, true).await;
    let after = memory(server.pid());
    drop(sockets);
    (after - before) / PEOPLE as f64
}

pub async fn bare_idle(port: u16, pid: u32) -> f64 {
    let before = memory(pid);
    let sockets = open(port, "/d", 1..PEOPLE + 1, false).await;
    let after = memory(pid);
    drop(sockets);
    (after - before) / PEOPLE as f64
}

/// E. The newest page of a chat of 10,000: one client's latency, then four clients' rate.
pub async fn history(server: &Server, chat: ChatId) -> Pages {
    let mut http = Http::connect(server.port, 3).await;
    let mut latencies = Vec::new();
    for _ in 0..500 {
        let began = Instant::now();
        http.newest(chat).await;
        latencies.push(began.elapsed());
    }
    let seconds = 5;
    let began = Instant::now();
    let mut clients = JoinSet::new();
    for account in 4..8 {
        let port = server.port;
        clients.spawn(async move {
            let mut http = Http::connect(port, account).await;
            let mut pages = 0u64;
            while began.elapsed() < Duration::from_secs(seconds) {
                http.newest(chat).await;
                pages += 1;
            }
            pages
        });
    }
    let pages: u64 = clients.join_all().await.into_iter().sum();
    Pages {
        p50: Latency::of(latencies).p50,
        per_second: pages as f64 / seconds as f64,
    }
}

async fn open(
    port: u16,
    path: &str,
    accounts: std::ops::Range<usize>,
    signed_in: bool,
) -> Vec<Socket> {
    let mut sockets = Vec::with_capacity(accounts.len());
    for account in accounts {
        sockets.push(client::connect(port, path, signed_in.then_some(account)).await);
    }
    sockets
}

async fn one_by_one(sockets: Vec<Socket>, mut send: impl AsyncFnMut(Instant, usize)) -> Latency {
    let began = Instant::now();
    let members = sockets.len();
    let (heard, mut hear) = mpsc::unbounded_channel();
    let mut readers = JoinSet::new();
    for mut socket in sockets {
        let heard = heard.clone();
        readers.spawn(async move {
            while let Some(frame) = client::next(&mut socket).await {
                if sent(&frame).is_some() {
                    let _ = heard.send(Instant::now());
                }
            }
        });
    }
    let mut latencies = Vec::with_capacity(MESSAGES_A);
    for number in 0..MESSAGES_A {
        let start = Instant::now();
        send(began, number).await;
        let mut last = start;
        for _ in 0..members {
            last = last.max(hear.recv().await.unwrap());
        }
        latencies.push(last - start);
    }
    Latency::of(latencies)
}

async fn steadily(sockets: Vec<Socket>, mut send: impl AsyncFnMut(Instant, usize)) -> Latency {
    let began = Instant::now();
    let count = (SECONDS_B * PER_SECOND_B) as usize;
    let mut readers = JoinSet::new();
    for mut socket in sockets {
        readers.spawn(async move {
            let mut latencies = Vec::with_capacity(count);
            while latencies.len() < count {
                let frame = client::next(&mut socket).await.unwrap();
                if let Some(sent) = sent(&frame) {
                    latencies.push(began.elapsed().saturating_sub(Duration::from_nanos(sent)));
                }
            }
            latencies
        });
    }
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / PER_SECOND_B);
    for number in 0..count {
        ticks.tick().await;
        send(began, number).await;
    }
    Latency::of(readers.join_all().await.into_iter().flatten().collect())
}

async fn count(mut socket: Socket, delivered: Arc<AtomicU64>) {
    while let Some(frame) = client::next(&mut socket).await {
        if sent(&frame).is_some() {
            delivered.fetch_add(1, Ordering::Relaxed);
        }
    }
}

async fn rate(senders: JoinSet<u64>, delivered: &AtomicU64) -> Rate {
    let sent: u64 = senders.join_all().await.into_iter().sum();
    Rate {
        messages: sent as f64 / SECONDS_C as f64,
        deliveries: delivered.load(Ordering::Relaxed) as f64 / SECONDS_C as f64,
    }
}
