//! One socket as the hub sees it: what waits to be sent, and what it's told of.

use std::collections::{HashMap, VecDeque};
use std::io::{self, IoSlice};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf as _, Bytes};
use common::permissions::ChatKind;
use common::{AccountId, ChatId, SchoolId, SessionId};
use tokio::time::Instant;

use super::flusher::{Direct, PAUSE};
use super::lock;
use crate::queue::Tally;

/// Frames that wait for a slow client, at most; then it's closed and starts up again.
pub(super) const QUEUE_FRAMES: usize = 1024;
/// Bytes that wait for a slow client, at most.
pub(super) const QUEUE_BYTES: usize = 512 * 1024;
/// A quiet connection keeps room for so many frames.
const QUEUE_QUIET: usize = 4;
/// Frames that are written with one call, at most.
const TOGETHER: usize = 16;
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
    /// How what waits is written without waking the socket's task; none where only that can.
    direct: Option<Direct>,
    /// The flusher knows that something waits.
    told: bool,
    /// When it last wrote.
    flushed: Option<Instant>,
    /// The system took no more: the socket's task waits until it does.
    full: bool,
    /// A part of the first frame is written.
    begun: bool,
    /// Of the socket's task.
    waker: Option<Waker>,
    /// Sweeps since the client was heard.
    silent: u8,
    /// Sweeps since something could be sent, while there was something.
    stuck: u8,
}

impl Queue {
    /// Writes what waits, as long as the system takes it.
    fn write(
        &mut self,
        mut write: impl FnMut(&[IoSlice<'_>]) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<()>> {
        while !self.frames.is_empty() {
            self.full = true;
            let mut slices = [IoSlice::new(&[]); TOGETHER];
            let together = self.frames.len().min(TOGETHER);
            for (slice, frame) in slices.iter_mut().zip(&self.frames) {
                *slice = IoSlice::new(frame);
            }
            let mut written = ready!(write(&slices[..together]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.stuck = 0;
            self.bytes -= written;
            while let Some(front) = self.frames.front_mut().filter(|_| written > 0) {
                let some = written.min(front.len());
                front.advance(some);
                written -= some;
                self.begun = !front.is_empty();
                if !self.begun {
                    self.frames.pop_front();
                }
            }
        }
        self.full = false;
        self.frames.shrink_to(QUEUE_QUIET);
        Poll::Ready(Ok(()))
    }

    /// Nothing more goes out, and what waits is freed.
    fn end(&mut self) {
        self.frames = VecDeque::new();
        self.bytes = 0;
        self.close = Some(Close::Silent);
        self.direct = None;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// It may have missed something, or is too slow: it starts up again.
    Resync,
    SessionEnded,
    /// Of the sockets of the account it was the oldest, and there are too many.
    Elsewhere,
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

    /// From now on what waits is written by the flusher.
    pub fn go_direct(&self, direct: Direct) {
        lock(&self.queue).direct = Some(direct);
    }

    /// What waits is written by the socket's task, where nobody else could: until the end, and why.
    pub fn poll_write(
        &self,
        context: &mut Context<'_>,
        mut write: impl FnMut(&mut Context<'_>, &[u8]) -> Poll<io::Result<usize>>,
    ) -> Poll<Close> {
        let mut queue = lock(&self.queue);
        match (
            queue.write(|frames| write(context, &frames[0])),
            queue.close,
        ) {
            (Poll::Ready(Err(_)), _) | (_, Some(Close::Silent)) => {
                return Poll::Ready(Close::Silent);
            }
            (Poll::Ready(Ok(())), Some(close)) => return Poll::Ready(close),
            (Poll::Pending, _) | (_, None) => {}
        }
        match &mut queue.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }

    /// What waits is written by the flusher; what the system doesn't take is left to the socket's task. False: it
    /// was written to just now, and is spared.
    pub(super) fn flush(&self, now: Instant, sparing: bool) -> bool {
        let mut queue = lock(&self.queue);
        if sparing && queue.flushed.is_some_and(|before| now < before + PAUSE) {
            return false;
        }
        queue.told = false;
        queue.flushed = Some(now);
        let Some(Direct { stream, .. }) = &queue.direct else {
            return true;
        };
        let stream = Arc::clone(stream);
        let written = queue.write(|frames| match stream.try_write_vectored(frames) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
            written => Poll::Ready(written),
        });
        if !matches!(written, Poll::Ready(Ok(()))) {
            wake(queue);
        }
        true
    }

    /// To be sent: a whole frame.
    pub fn push(self: &Arc<Self>, frame: Bytes) {
        let mut queue = lock(&self.queue);
        if queue.close.is_some() {
            return;
        }
        queue.bytes += frame.len();
        queue.frames.push_back(frame);
        if queue.frames.len() > QUEUE_FRAMES || queue.bytes > QUEUE_BYTES {
            self.slow.add();
            // What is begun is ended, or the end could not be read.
            let begun = usize::from(queue.begun);
            queue.frames.truncate(begun);
            queue.bytes = queue.frames.iter().map(Bytes::len).sum();
            queue.close = Some(Close::Resync);
            return wake(queue);
        }
        let state = &mut *queue;
        match &state.direct {
            Some(_) if state.full || state.told => {}
            Some(direct) => {
                state.told = true;
                direct.flusher.add(Arc::clone(self));
            }
            None => wake(queue),
        }
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
    pub fn abandon(&self) {
        let mut queue = lock(&self.queue);
        queue.end();
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
