//! The works.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use common::ChatId;
use common::chats::PAGE;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::client::{Http, Socket, body, sent};
use crate::listeners::Listeners;
use crate::numbers::{Latency, Pages, Rate};
use crate::place::{self, ADMINISTRATOR, CLASS_A_SIZE, CLASS_SIZE, CLASSES, ONLINE, PEOPLE};
use crate::server::memory;

const MESSAGES_A: usize = 500;
const SECONDS_B: u32 = 10;
const PER_SECOND_B: u32 = 20;
const SECONDS_C: u64 = 10;
const PAGES_E: usize = 1000;
const SECONDS_E: u64 = 4;

/// A. One message after the other; until the last of the 29 others has it.
pub async fn class_chat(port: u16, chat: ChatId) -> Latency {
    let others = open(port, "/socket", 1..CLASS_A_SIZE, true).await;
    let own = Socket::connect(port, "/socket", Some(CLASS_A_SIZE)).await;
    let mut http = Http::connect(port, CLASS_A_SIZE).await;
    one_by_one(others, Some(own), async |began| {
        http.send(chat, body(began)).await;
    })
    .await
}

pub async fn bare_class_chat(port: u16) -> Latency {
    let others = open(port, "/a", 1..CLASS_A_SIZE, false).await;
    let mut sender = Socket::connect(port, "/a", None).await;
    one_by_one(others, None, async |began| sender.send(&body(began)).await).await
}

/// B. 1,000 online, 20 messages a second: the latency of every delivery to another one.
pub async fn channel(port: u16, chat: ChatId) -> Latency {
    let others = open(port, "/socket", 2..ONLINE + 1, true).await;
    let own = Socket::connect(port, "/socket", Some(ADMINISTRATOR)).await;
    let mut http = Http::connect(port, ADMINISTRATOR).await;
    steadily(others, Some(own), async |began| {
        http.send(chat, body(began)).await;
    })
    .await
}

pub async fn bare_channel(port: u16) -> Latency {
    let others = open(port, "/b", 1..ONLINE, false).await;
    let mut sender = Socket::connect(port, "/b", None).await;
    steadily(others, None, async |began| sender.send(&body(began)).await).await
}

/// C. 50 classes of 20, in each one sends as fast as it's acknowledged.
pub async fn classes(port: u16, chats: &[ChatId]) -> Rate {
    let (mut others, mut own) = (Vec::new(), Vec::new());
    for class in 0..CLASSES {
        let mut people = place::members(class);
        own.push(Socket::connect(port, "/socket", people.next()).await);
        others.extend(open(port, "/socket", people, true).await);
    }
    let (delivered, _listening) = count(others, own);
    let began = Instant::now();
    let mut senders = JoinSet::new();
    for (class, chat) in chats.iter().copied().enumerate() {
        senders.spawn(async move {
            let mut http = Http::connect(port, place::members(class).start).await;
            let mut sent = 0u64;
            while began.elapsed() < Duration::from_secs(SECONDS_C) {
                http.send(chat, body(began)).await;
                sent += 1;
            }
            sent
        });
    }
    rate(senders, &delivered).await
}

pub async fn bare_classes(port: u16) -> Rate {
    let mut others = Vec::new();
    for class in 0..CLASSES {
        others.extend(open(port, &format!("/c{class}"), 1..CLASS_SIZE, false).await);
    }
    let (delivered, _listening) = count(others, Vec::new());
    let began = Instant::now();
    let mut senders = JoinSet::new();
    for class in 0..CLASSES {
        senders.spawn(async move {
            let mut socket = Socket::connect(port, &format!("/c{class}"), None).await;
            let mut sent = 0u64;
            while began.elapsed() < Duration::from_secs(SECONDS_C) {
                socket.send(&body(began)).await;
                // Its own frame coming back is the acknowledgement.
                socket.next().await.unwrap();
                sent += 1;
            }
            sent
        });
    }
    rate(senders, &delivered).await
}

/// Of D: so many that what a server had in hand at its start, and gave back, is used up by the first of them.
const IDLE: usize = 8000;

/// D. KB of a fresh server's memory for each idle connection: of all 8,000, and of the second half alone (the first
/// ones pay for what the server learns and allocates once, and use what it had at its start).
pub async fn idle(port: u16, pid: u32, signed_in: bool) -> (f64, f64) {
    let path = if signed_in { "/socket" } else { "/d" };
    let half = IDLE / 2;
    let fresh = memory(pid);
    // Everybody has several.
    let people = |each: std::ops::Range<usize>| each.map(|each| 1 + each % PEOPLE);
    let first = open(port, path, people(0..half), signed_in).await;
    let between = memory(pid);
    let second = open(port, path, people(half..IDLE), signed_in).await;
    let full = memory(pid);
    drop((first, second));
    let each = |before, connections: usize| (full - before) / connections as f64;
    (each(fresh, IDLE), each(between, IDLE - half))
}

/// E. The newest page of a chat of 10,000, read into what the client keeps: one client's time, then four
/// clients' rate.
pub async fn history(port: u16, chat: ChatId) -> Pages {
    let mut http = Http::connect(port, 3).await;
    let mut latencies = Vec::new();
    for _ in 0..PAGES_E {
        let began = Instant::now();
        let page = http.newest(chat).await;
        latencies.push(began.elapsed());
        assert_eq!(page.messages.len(), PAGE);
    }
    let began = Instant::now();
    let mut clients = JoinSet::new();
    for account in 4..8 {
        clients.spawn(async move {
            let mut http = Http::connect(port, account).await;
            let mut pages = 0u64;
            while began.elapsed() < Duration::from_secs(SECONDS_E) {
                assert_eq!(http.newest(chat).await.messages.len(), PAGE);
                pages += 1;
            }
            pages
        });
    }
    let pages: u64 = clients.join_all().await.into_iter().sum();
    Pages {
        p50: Latency::of(latencies).p50,
        per_second: pages as f64 / SECONDS_E as f64,
    }
}

async fn open(
    port: u16,
    path: &str,
    accounts: impl IntoIterator<Item = usize>,
    signed_in: bool,
) -> Vec<Socket> {
    let mut sockets = Vec::new();
    for account in accounts {
        sockets.push(Socket::connect(port, path, signed_in.then_some(account)).await);
    }
    sockets
}

async fn one_by_one(
    others: Vec<Socket>,
    own: Option<Socket>,
    mut send: impl AsyncFnMut(Instant),
) -> Latency {
    let began = Instant::now();
    let (heard, mut hear) = mpsc::unbounded_channel();
    let members = others.len();
    let mut missing = members;
    let _listening = deliveries(others, own, move |_| {
        missing -= 1;
        if missing == 0 {
            missing = members;
            let _ = heard.send(Instant::now());
        }
    });
    let mut latencies = Vec::with_capacity(MESSAGES_A);
    for _ in 0..MESSAGES_A {
        let start = Instant::now();
        send(began).await;
        let last = hear.recv().await.unwrap();
        latencies.push(last - start);
    }
    Latency::of(latencies)
}

async fn steadily(
    others: Vec<Socket>,
    own: Option<Socket>,
    mut send: impl AsyncFnMut(Instant),
) -> Latency {
    let began = Instant::now();
    let count = (SECONDS_B * PER_SECOND_B) as usize;
    let (all, heard) = oneshot::channel();
    let mut all = Some(all);
    let expected = count * others.len();
    let mut latencies = Vec::with_capacity(expected);
    let _listening = deliveries(others, own, move |sent| {
        latencies.push(began.elapsed().saturating_sub(Duration::from_nanos(sent)));
        if latencies.len() == expected {
            let _ = all.take().unwrap().send(std::mem::take(&mut latencies));
        }
    });
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / PER_SECOND_B);
    for _ in 0..count {
        ticks.tick().await;
        send(began).await;
    }
    Latency::of(heard.await.unwrap())
}

fn count(others: Vec<Socket>, own: Vec<Socket>) -> (Arc<AtomicU64>, Listeners) {
    let delivered = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&delivered);
    let listening = deliveries(others, own, move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    (delivered, listening)
}

/// When each message was sent that others hear. What senders hear of their own isn't a delivery.
fn deliveries(
    mut others: Vec<Socket>,
    own: impl IntoIterator<Item = Socket>,
    mut heard: impl FnMut(u64) + Send + 'static,
) -> Listeners {
    let members = others.len();
    others.extend(own);
    Listeners::start(others, move |place, frame| {
        if place < members
            && let Some(sent) = sent(frame)
        {
            heard(sent);
        }
    })
}

async fn rate(senders: JoinSet<u64>, delivered: &AtomicU64) -> Rate {
    let sent: u64 = senders.join_all().await.into_iter().sum();
    Rate {
        messages: sent as f64 / SECONDS_C as f64,
        deliveries: delivered.load(Ordering::Relaxed) as f64 / SECONDS_C as f64,
    }
}
