//! chromedriver: one process for all browsers that are open at a time, and its protocol, which is JSON over
//! HTTP. The crates for it bring a second HTTP stack and hide Chromium's own commands (network, log).

use std::fmt;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use hyper::Request;
use hyper::header::{CONTENT_TYPE, HOST};
use serde_json::{Value, json};

/// A command that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ends with the last browser that uses it, also when a test panics.
pub struct WebDriver {
    process: Child,
    address: SocketAddr,
}

/// What went wrong, as the protocol names it: `element click intercepted`.
#[derive(Debug)]
pub struct Refusal {
    error: String,
    message: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.error, self.message)
    }
}

impl WebDriver {
    /// The one that runs, or a new one.
    pub fn shared() -> Arc<Self> {
        static RUNNING: Mutex<Weak<WebDriver>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        running.upgrade().unwrap_or_else(|| {
            let started = Arc::new(Self::start());
            *running = Arc::downgrade(&started);
            started
        })
    }

    fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            // Where the demo school is: it talks in the morning and the evening.
            .env("TZ", "Europe/Moscow")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is missing: cargo xtask setup --browser installs it");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split("successfully on port ")
                    .nth(1)?
                    .trim_end_matches('.')
                    .parse::<u16>()
                    .ok()
            })
            .expect("chromedriver said no port");
        // Nobody else reads its pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            address: SocketAddr::from(([127, 0, 0, 1], port)),
        }
    }

    /// One command: the `value` of the answer.
    ///
    /// # Errors
    /// The driver's refusal.
    pub fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Refusal> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.address.to_string())
            .header(CONTENT_TYPE, "application/json")
            .body(
                body.map_or_else(String::new, Value::to_string)
                    .into_bytes()
                    .into(),
            );
        let request = request.map(|it: Request<bytes::Bytes>| it.map(http_body_util::Full::new));
        let reply = runtime().block_on(async {
            tokio::time::timeout(PATIENCE, tests::send(self.address, request.unwrap())).await
        });
        let reply = reply.unwrap_or_else(|_| panic!("chromedriver does not answer {path}"));
        let mut answer: Value = serde_json::from_slice(&reply.body).unwrap();
        let value = answer["value"].take();
        if reply.status == 200 {
            return Ok(value);
        }
        let word = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        Err(Refusal {
            error: word("error"),
            message: word("message"),
        })
    }

    /// A browser with these capabilities: the session's id.
    pub fn open(&self, capabilities: &Value) -> String {
        let body = json!({ "capabilities": { "alwaysMatch": capabilities } });
        let answer = self.call("POST", "/session", Some(&body));
        let answer = answer.unwrap_or_else(|refusal| panic!("no browser: {refusal}"));
        answer["sessionId"].as_str().unwrap().to_owned()
    }
}

impl Drop for WebDriver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
