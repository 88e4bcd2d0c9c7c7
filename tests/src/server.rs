//! The real server on a random port of this machine, in a thread of the test's process.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use backend::app::{App, Options};
use backend::server::{self, Plan};

use crate::database::runtime;

pub struct Server {
    pub address: SocketAddr,
    pub app: Arc<App>,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start(url: &str, options: Options) -> Self {
        // Of a test that fails, the server's warnings are shown with it.
        let filter = tracing_subscriber::EnvFilter::new("warn,postgres=error");
        let _ = tracing_subscriber::fmt()
            .with_test_writer()
            .with_ansi(false)
            .with_env_filter(filter)
            .try_init();
        let url = url.to_owned();
        let (ready, started) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            runtime().block_on(async move {
                let pool = backend::database::connect(&url, 8).unwrap();
                let app = App::start(pool, options);
                backend::session::expect(&app).await.unwrap();
                let address = SocketAddr::from(([127, 0, 0, 1], 0));
                let listener = server::bind(address).unwrap();
                let address = listener.local_addr().unwrap();
                let plan = Plan {
                    listener,
                    tls: None,
                    workers: 1,
                };
                let server = server::serve(plan, &app, None).unwrap();
                ready.send((address, app, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (address, app, handle) = started.recv().unwrap();
        Self {
            address,
            app,
            handle,
            thread: Some(thread),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The command is sent here; its end is the thread's.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
