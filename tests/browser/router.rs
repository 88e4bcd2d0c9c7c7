//! What lies between a browser and the server, and may fall silent.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Carries connections to the server, as a router does.
pub struct Router {
    pub url: String,
    all: Arc<All>,
}

#[derive(Default)]
struct All {
    /// Connections that began before this many were there carry nothing any more, and nobody says so.
    forgotten: AtomicUsize,
    count: AtomicUsize,
    over: AtomicBool,
}

impl Router {
    pub fn to(server: &str) -> Self {
        let server = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let here = listener.local_addr().unwrap().to_string();
        let all = Arc::new(All::default());
        let (url, known) = (format!("http://{here}"), Arc::clone(&all));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if known.over.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(upstream) = TcpStream::connect(&server) else {
                    continue;
                };
                let number = known.count.fetch_add(1, Ordering::SeqCst);
                let back = (upstream.try_clone().unwrap(), client.try_clone().unwrap());
                // The server compares the page's origin with its own name.
                let names = (here.clone(), server.clone());
                carry(&known, number, client, upstream, Some(names));
                carry(&known, number, back.0, back.1, None);
            }
        });
        Self { url, all }
    }

    /// Forgets the connections that there are: nothing comes through them, and they don't end.
    pub fn forget(&self) {
        let count = self.all.count.load(Ordering::SeqCst);
        self.all.forgotten.store(count, Ordering::SeqCst);
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        self.all.over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
    }
}

fn carry(
    all: &Arc<All>,
    number: usize,
    mut from: TcpStream,
    mut to: TcpStream,
    names: Option<(String, String)>,
) {
    let all = Arc::clone(all);
    std::thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if number < all.forgotten.load(Ordering::SeqCst) {
                continue;
            }
            let mut bytes = buffer[..length].to_vec();
            if let Some((here, server)) = &names {
                bytes = replaced(&bytes, here.as_bytes(), server.as_bytes());
            }
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        if number >= all.forgotten.load(Ordering::SeqCst) {
            let _ = to.shutdown(std::net::Shutdown::Both);
        }
    });
}

fn replaced(bytes: &[u8], before: &[u8], after: &[u8]) -> Vec<u8> {
    let mut all = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest
        .windows(before.len())
        .position(|window| window == before)
    {
        all.extend_from_slice(&rest[..at]);
        all.extend_from_slice(after);
        rest = &rest[at + before.len()..];
    }
    all.extend_from_slice(rest);
    all
}
