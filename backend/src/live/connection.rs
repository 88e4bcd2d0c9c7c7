//! One socket as the hub sees it: what waits to be sent, and what it's told of.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use common::permissions::ChatKind;
use common::{AccountId, ChatId, SchoolId, SessionId};

use super::lock;
use crate::queue::Tally;

/// Frames that wait for a slow client, at most; then it's closed and starts up again.
const QUEUE_FRAMES: usize = 1024;
/// Bytes that wait for a slow client, at most.
const QUEUE_BYTES: usize = 512 * 1024;
/// A quiet connection keeps room for so many frames.
const QUEUE_QUIET: usize = 4;
/// Nothing was heard from a client, or taken by it, in so many sweeps: the phone is gone.
const SWEEPS: u8 = 5;

/// One open socket.
pub struct Connection {
    pub account: AccountId,
    pub session: SessionId,
    pub(super) queue: Mutex<Queue>,
    /// Counts changes of the subscriptions that events made while they were being loaded.
    pub(super) changes: AtomicU64,
    /// Its subscriptions are loaded.
    pub(super) subscribed: AtomicBool,
    /// When it may say again that somebody writes. Milliseconds since 1970.
    pub(super) typed: AtomicI64,
    pub(super) subscriptions: Mutex<Subscriptions>,
    /// Of the hub.
    slow: Tally,
}

#[derive(Default)]
pub(super) struct Queue {
    /// Whole, as they are sent: see [`super::frames`].
    pub(super) frames: VecDeque<Bytes>,
    bytes: usize,
    pub(super) close: Option<Close>,
    /// Of whoever sends.
    waker: Option<Waker>,
    /// Sweeps since the client was heard.
    silent: u8,
    /// Sweeps since something could be sent, while there was something.
    stuck: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// It may have missed something, or is too slow: it starts up again.
    Resync,
    SessionEnded,
    Restart,
    /// Nobody is there.
    Silent,
}

/// What a connection is told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscriptions {
    /// By which others see that the person writes.
    pub name: String,
    /// With true where others see that the person writes: see [`types`].
    pub chats: HashMap<ChatId, bool>,
    /// With true where the person is told what the staff is: see [`Recipients::staff`](super::Recipients::staff).
    pub schools: HashMap<SchoolId, bool>,
}

/// Whether others see that somebody writes: where the person may, and not in channels.
#[must_use]
pub fn types(kind: ChatKind, writes: bool) -> bool {
    writes && kind != ChatKind::Channel
}

impl Connection {
    pub(super) fn new(account: AccountId, session: SessionId, slow: Tally) -> Arc<Self> {
        Arc::new(Self {
            account,
            session,
            queue: Mutex::default(),
            changes: AtomicU64::new(0),
            subscribed: AtomicBool::new(false),
            typed: AtomicI64::new(0),
            subscriptions: Mutex::default(),
            slow,
        })
    }

    /// What is to be sent next, or why it is the end.
    pub fn poll_frame(&self, context: &mut Context<'_>) -> Poll<Result<Bytes, Close>> {
        let mut queue = lock(&self.queue);
        queue.stuck = 0;
        if let Some(frame) = queue.frames.pop_front() {
            queue.bytes -= frame.len();
            return Poll::Ready(Ok(frame));
        }
        if let Some(close) = queue.close {
            return Poll::Ready(Err(close));
        }
        queue.frames.shrink_to(QUEUE_QUIET);
        match &mut queue.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }

    /// To be sent: a whole frame.
    pub fn push(&self, frame: Bytes) {
        let mut queue = lock(&self.queue);
        if queue.close.is_some() {
            return;
        }
        queue.bytes += frame.len();
        queue.frames.push_back(frame);
        if queue.frames.len() > QUEUE_FRAMES || queue.bytes > QUEUE_BYTES {
            self.slow.add();
            queue.frames.clear();
            queue.close = Some(Close::Resync);
        }
        wake(queue);
    }

    /// Frames that are not sent yet.
    pub(super) fn waiting(&self) -> usize {
        lock(&self.queue).frames.len()
    }

    /// The end, after what waits.
    pub fn close(&self, why: Close) {
        let mut queue = lock(&self.queue);
        queue.close.get_or_insert(why);
        wake(queue);
    }

    pub(super) fn closing(&self) -> bool {
        lock(&self.queue).close.is_some()
    }

    /// The end, at once: nobody is there. What waits would be held as long as the other end's silence
    /// lasts (see [`crate::server::bind`]).
    pub(super) fn abandon(&self) {
        let mut queue = lock(&self.queue);
        queue.frames = VecDeque::new();
        queue.bytes = 0;
        queue.close = Some(Close::Silent);
        wake(queue);
    }

    /// The client has said something.
    pub fn heard(&self) {
        lock(&self.queue).silent = 0;
    }

    /// Whether anybody was there since a few sweeps ago.
    pub(super) fn sweep(&self) -> bool {
        let mut queue = lock(&self.queue);
        queue.silent += 1;
        if queue.close.is_some() || !queue.frames.is_empty() {
            queue.stuck += 1;
        }
        queue.silent <= SWEEPS && queue.stuck <= SWEEPS
    }

    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }
}

/// Whoever sends goes on; in what is left of its queue it looks itself.
fn wake(mut queue: MutexGuard<'_, Queue>) {
    let waker = queue.waker.take();
    drop(queue);
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// Takes the connection out of those that are told of this.
pub(super) fn remove<K: std::hash::Hash + Eq>(
    map: &mut HashMap<K, Vec<Arc<Connection>>>,
    key: &K,
    connection: &Arc<Connection>,
) {
    if let Some(all) = map.get_mut(key) {
        all.retain(|other| !Arc::ptr_eq(other, connection));
        if all.is_empty() {
            map.remove(key);
        }
    }
}
