//! Everybody who listens in a work: all their sockets on one thread, woken once for whatever came. A task
//! for each would cost the machine, which server and load share, as much as the server's own work.

use std::io::{ErrorKind, Read as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::client::Socket;
use crate::frames;

/// How often it's looked whether the work is over.
const LOOK: Duration = Duration::from_millis(50);

/// Listens until dropped.
pub struct Listeners {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

struct Listener {
    stream: TcpStream,
    /// Of a frame that isn't whole yet.
    begun: Vec<u8>,
}

impl Listeners {
    /// Each text frame that comes, with the place of its socket.
    pub fn start(
        sockets: Vec<Socket>,
        mut hear: impl FnMut(usize, &[u8]) + Send + 'static,
    ) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let mut poll = Poll::new().unwrap();
        let mut listeners: Vec<Listener> = sockets.into_iter().map(Listener::of).collect();
        for (place, listener) in listeners.iter_mut().enumerate() {
            poll.registry()
                .register(&mut listener.stream, Token(place), Interest::READABLE)
                .unwrap();
        }
        let stop = Arc::clone(&over);
        let thread = std::thread::spawn(move || {
            let mut events = Events::with_capacity(1024);
            let mut buffer = vec![0; 64 * 1024];
            while !stop.load(Ordering::Relaxed) {
                poll.poll(&mut events, Some(LOOK)).unwrap();
                for event in &events {
                    let Token(place) = event.token();
                    listeners[place].read(&mut buffer, |frame| hear(place, frame));
                }
            }
        });
        Self {
            over,
            thread: Some(thread),
        }
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
    }
}

impl Listener {
    fn of(socket: Socket) -> Self {
        let (stream, begun) = socket.into_parts();
        Self {
            stream: TcpStream::from_std(stream),
            begun,
        }
    }

    /// Whatever is there.
    fn read(&mut self, buffer: &mut [u8], mut hear: impl FnMut(&[u8])) {
        loop {
            let before = self.begun.len();
            buffer[..before].copy_from_slice(&self.begun);
            let read = match self.stream.read(&mut buffer[before..]) {
                // The end: nothing more is heard.
                Ok(0) => return,
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => panic!("a listener was cut off: {error}"),
            };
            let filled = before + read;
            let mut taken = 0;
            while let Some(frame) = frames::read(&buffer[taken..filled]) {
                if frame.text {
                    hear(&buffer[taken + frame.payload..taken + frame.end]);
                }
                taken += frame.end;
            }
            self.begun.clear();
            self.begun.extend_from_slice(&buffer[taken..filled]);
            // What didn't fill the buffer was all of it.
            if filled < buffer.len() {
                return;
            }
        }
    }
}
