//! Writes to the sockets of one worker. To wake a task for each of a class's sockets costs more than to
//! write to it: so whoever has something for many wakes one task for each worker, which writes to all.
//!
//! Of what a busy server does most is the system's part of these writes. So under pressure, after more than
//! [`MANY`] sockets of one worker without a rest, those to whom it wrote less than [`PAUSE`] ago wait until the
//! next joint moment, at most [`PAUSE`] later: what comes meanwhile goes with one call. One post to a large
//! channel is pressure, too; then only those wait who were written to just before. Who was left alone for
//! longer, and everybody while fewer are written to, waits for nothing.

#[cfg(test)]
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::connection::Connection;
use super::lock;

/// After so many the worker's other tasks have their turn, and the database, which may have the same processors:
/// Linux would let it wait for three milliseconds, and everybody waits for it.
const AT_ONCE: usize = 24;

/// More than so many written to since it last had nothing to do: it is under pressure. More than a class, so that a
/// conversation, however quick, doesn't make it so.
const MANY: usize = 64;

/// Nobody sees it, and what comes to a socket under pressure comes in twos and threes.
pub(super) const PAUSE: Duration = Duration::from_millis(20);

/// Of a connection over plain TCP. (Under TLS only the socket's task can write.)
pub struct Direct {
    pub stream: Arc<TcpStream>,
    pub flusher: Arc<Flusher>,
}

/// Whom something waits for.
#[derive(Default)]
pub struct Flusher {
    waiting: Mutex<Vec<Arc<Connection>>>,
    came: Notify,
    /// How often somebody was left alone.
    #[cfg(test)]
    spared: std::sync::atomic::AtomicUsize,
}

thread_local! {
    static HERE: Arc<Flusher> = Flusher::start();
}

impl Flusher {
    /// The one of this worker.
    #[must_use]
    pub fn here() -> Arc<Self> {
        HERE.with(Arc::clone)
    }

    fn start() -> Arc<Self> {
        let flusher = Arc::new(Self::default());
        tokio::spawn(Arc::clone(&flusher).run());
        flusher
    }

    pub(super) fn add(&self, connection: Arc<Connection>) {
        lock(&self.waiting).push(connection);
        self.came.notify_one();
    }

    async fn run(self: Arc<Self>) {
        // Who is left alone, until when; and how many were written to without a rest.
        let (mut later, mut due) = (Vec::new(), Instant::now());
        let mut written = 0;
        loop {
            let waiting = std::mem::take(&mut *lock(&self.waiting));
            if waiting.is_empty() {
                written = 0;
                tokio::select! {
                    () = self.came.notified() => {}
                    () = sleep_until(due), if !later.is_empty() => {
                        write(&std::mem::take(&mut later), false).await;
                    }
                }
                continue;
            }
            written += waiting.len();
            let now = Instant::now();
            if later.is_empty() {
                due = now + PAUSE;
            } else if due <= now {
                write(&std::mem::take(&mut later), false).await;
                due = now + PAUSE;
            }
            let spared = write(&waiting, written > MANY).await;
            #[cfg(test)]
            self.spared.fetch_add(spared.len(), Ordering::Relaxed);
            later.extend(spared);
        }
    }
}

/// Writes to all but those who were written to just now, if it may spare them: those are left.
async fn write(all: &[Arc<Connection>], sparing: bool) -> Vec<Arc<Connection>> {
    let mut spared = Vec::new();
    for some in all.chunks(AT_ONCE) {
        let now = Instant::now();
        let left = some.iter().filter(|it| !it.flush(now, sparing));
        spared.extend(left.cloned());
        std::thread::yield_now();
        tokio::task::yield_now().await;
    }
    spared
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::task::{Context, Poll, Waker, ready};

    use common::{AccountId, SessionId};
    use socket2::SockRef;
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpListener;
    use tokio::time::timeout;

    use super::*;
    use crate::clock::Clock;
    use crate::live::{Bursts, Close, Hub, frames};

    fn hub() -> Hub {
        Hub::new(Bursts::default(), &Clock::System)
    }

    fn person(hub: &Hub) -> Arc<Connection> {
        hub.connect(AccountId(1), SessionId(1), false)
    }

    /// What the other end gets first.
    async fn read(client: &mut TcpStream, bytes: usize) -> Vec<u8> {
        let mut read = vec![0; bytes];
        let all = timeout(Duration::from_secs(30), client.read_exact(&mut read));
        all.await.expect("it got too little").unwrap();
        read
    }

    /// Somebody of this flusher, and the other end.
    async fn direct(
        hub: &Hub,
        number: i64,
        flusher: &Arc<Flusher>,
    ) -> (Arc<Connection>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let (client, accepted) = tokio::join!(client, listener.accept());
        let stream = accepted.unwrap().0;
        stream.writable().await.unwrap();
        let person = hub.connect(AccountId(number), SessionId(number), false);
        person.go_direct(Direct {
            stream: Arc::new(stream),
            flusher: Arc::clone(flusher),
        });
        (person, client.unwrap())
    }

    #[tokio::test]
    async fn who_was_written_to_just_now_is_spared_and_then_gets_all_in_order() {
        let hub = hub();
        // Nobody runs it: the test writes.
        let (person, mut client) = direct(&hub, 1, &Arc::default()).await;
        let now = Instant::now();
        person.push(frames::text("1"));
        assert!(person.flush(now, true), "nothing was written to it before");
        for number in 2..40 {
            person.push(frames::text(&number.to_string()));
        }
        assert!(!person.flush(now + PAUSE / 2, true));
        assert_eq!(person.waiting(), 38);
        assert!(person.flush(now + PAUSE, true), "it was spared for longer");
        assert_eq!(person.waiting(), 0);
        person.push(frames::text("40"));
        assert!(person.flush(now + PAUSE, false), "nobody is under pressure");
        let expected = (1..=40).flat_map(|number| frames::text(&number.to_string()));
        let expected: Vec<u8> = expected.collect();
        assert_eq!(read(&mut client, expected.len()).await, expected);
    }

    #[tokio::test]
    async fn under_pressure_everybody_gets_everything() {
        let hub = hub();
        let flusher = Flusher::start();
        let mut people = Vec::new();
        for number in 0..200 {
            people.push(direct(&hub, number, &flusher).await);
        }
        let mut expected = Vec::new();
        for number in 0..100 {
            let frame = frames::text(&number.to_string());
            expected.extend_from_slice(&frame);
            for (person, _) in &people {
                person.push(frame.clone());
            }
            tokio::task::yield_now().await;
        }
        assert!(people.len() > MANY);
        for (_, client) in &mut people {
            assert_eq!(read(client, expected.len()).await, expected);
        }
        let spared = flusher.spared.load(Ordering::Relaxed);
        assert!(spared > 0, "nobody was spared");
    }

    #[test]
    fn a_frame_that_is_begun_is_ended_before_the_end() {
        let hub = hub();
        let person = person(&hub);
        let mut context = Context::from_waker(Waker::noop());
        let (begun, mut room, mut sent) = (frames::text("begun"), 3, Vec::new());
        person.push(begun.clone());
        let mut some = |_: &mut Context<'_>, bytes: &[u8]| {
            let some = bytes.len().min(std::mem::take(&mut room));
            sent.extend_from_slice(&bytes[..some]);
            if some == 0 {
                return Poll::Pending;
            }
            Poll::Ready(Ok(some))
        };
        assert!(person.poll_write(&mut context, &mut some).is_pending());
        // Too much for somebody slow.
        for _ in 0..2000 {
            person.push(frames::text("more"));
        }
        let rest = |_: &mut Context<'_>, bytes: &[u8]| {
            sent.extend_from_slice(bytes);
            Poll::Ready(Ok(bytes.len()))
        };
        let end = person.poll_write(&mut context, rest);
        assert_eq!(end, Poll::Ready(Close::Resync));
        assert_eq!(sent, begun);
    }

    #[tokio::test]
    async fn what_the_system_does_not_take_is_written_by_the_task_and_in_order() {
        let hub = hub();
        let person = person(&hub);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let (client, accepted) = tokio::join!(client, listener.accept());
        let stream = Arc::new(accepted.unwrap().0);
        SockRef::from(&*stream).set_send_buffer_size(4096).unwrap();
        person.go_direct(Direct {
            stream: Arc::clone(&stream),
            flusher: Flusher::start(),
        });
        let task = {
            let person = Arc::clone(&person);
            tokio::spawn(std::future::poll_fn(move |context| {
                person.poll_write(context, |context, bytes| {
                    loop {
                        match stream.try_write(bytes) {
                            Err(full) if full.kind() == io::ErrorKind::WouldBlock => {
                                ready!(stream.poll_write_ready(context))?;
                            }
                            written => return Poll::Ready(written),
                        }
                    }
                })
            }))
        };
        let mut expected = Vec::new();
        for number in 0..100 {
            let frame = frames::text(&format!("{number:04000}"));
            expected.extend_from_slice(&frame);
            person.push(frame);
            // The flusher and the task, in turns.
            tokio::task::yield_now().await;
        }
        assert!(
            person.waiting() > 0,
            "the system took all: the test shows nothing"
        );
        let mut client = client.unwrap();
        assert!(read(&mut client, expected.len()).await == expected);
        person.close(Close::Restart);
        assert_eq!(task.await.unwrap(), Close::Restart);
    }
}
