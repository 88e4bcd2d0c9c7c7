//! One socket as the hub sees it: what waits to be sent, and what it's told of.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytestring::ByteString;
use common::permissions::ChatKind;
use common::{AccountId, ChatId, SchoolId, SessionId};
use tokio::sync::Notify;

use super::lock;
use crate::queue::Tally;

/// Frames that wait for a slow client, at most; then it's closed and starts up again.
const QUEUE_FRAMES: usize = 1024;
/// Bytes that wait for a slow client, at most.
const QUEUE_BYTES: usize = 512 * 1024;

/// One open socket.
pub struct Connection {
    pub account: AccountId,
    pub session: SessionId,
    pub(super) queue: Mutex<Queue>,
    wake: Notify,
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
    pub(super) frames: VecDeque<ByteString>,
    bytes: usize,
    pub(super) close: Option<Close>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// It may have missed something, or is too slow: it starts up again.
    Resync,
    SessionEnded,
    Restart,
}

/// What a connection is told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscriptions {
    pub chats: HashMap<ChatId, ChatKind>,
    /// With true where the person is staff.
    pub schools: HashMap<SchoolId, bool>,
}

impl Connection {
    pub(super) fn new(account: AccountId, session: SessionId, slow: Tally) -> Arc<Self> {
        Arc::new(Self {
            account,
            session,
            queue: Mutex::default(),
            wake: Notify::new(),
            changes: AtomicU64::new(0),
            subscribed: AtomicBool::new(false),
            typed: AtomicI64::new(0),
            subscriptions: Mutex::default(),
            slow,
        })
    }

    /// What is to be sent now; waits until there is something.
    pub async fn next(&self, into: &mut Vec<ByteString>) -> Option<Close> {
        loop {
            {
                let mut queue = lock(&self.queue);
                if !queue.frames.is_empty() || queue.close.is_some() {
                    into.extend(queue.frames.drain(..));
                    queue.bytes = 0;
                    return queue.close;
                }
            }
            self.wake.notified().await;
        }
    }

    pub fn push(&self, frame: ByteString) {
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
        drop(queue);
        self.wake.notify_one();
    }

    /// Frames that are not sent yet.
    pub(super) fn waiting(&self) -> usize {
        lock(&self.queue).frames.len()
    }

    pub(super) fn close(&self, why: Close) {
        lock(&self.queue).close.get_or_insert(why);
        self.wake.notify_one();
    }

    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }
}
