//! Writes to the sockets of one worker. To wake a task for each of a class's sockets costs more than to
//! write to it: so whoever has something for many wakes one task for each worker, which writes to all.

use std::sync::{Arc, Mutex};

use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::connection::Connection;
use super::lock;

/// After so many the worker's other tasks have their turn.
const AT_ONCE: usize = 64;

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
        loop {
            self.came.notified().await;
            let waiting = std::mem::take(&mut *lock(&self.waiting));
            for some in waiting.chunks(AT_ONCE) {
                some.iter().for_each(|connection| connection.flush());
                tokio::task::yield_now().await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::task::{Context, Poll, Waker, ready};

    use common::{AccountId, SessionId};
    use socket2::SockRef;
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpListener;

    use super::*;
    use crate::clock::Clock;
    use crate::live::{Bursts, Close, Hub, frames};

    fn hub() -> Hub {
        Hub::new(Bursts::default(), &Clock::System)
    }

    fn person(hub: &Hub) -> Arc<Connection> {
        hub.connect(AccountId(1), SessionId(1), false)
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
            flusher: Flusher::here(),
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
        let mut read = vec![0; expected.len()];
        client.read_exact(&mut read).await.unwrap();
        assert!(read == expected);
        person.close(Close::Restart);
        assert_eq!(task.await.unwrap(), Close::Restart);
    }
}
