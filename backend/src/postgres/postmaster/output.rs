//! What PostgreSQL says: into our log, and the end of it into the error when it doesn't start.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader};
use std::process::ChildStderr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

const KEPT_LINES: usize = 12;

#[derive(Debug)]
pub struct Output {
    last: Arc<Last>,
    reader: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Last(Mutex<VecDeque<String>>);

impl Output {
    /// Reads until PostgreSQL closes it, in a thread of its own.
    pub fn follow(stderr: ChildStderr) -> io::Result<Self> {
        let last = Arc::<Last>::default();
        let kept = Arc::clone(&last);
        let reader = thread::Builder::new()
            .name("postgres-log".to_owned())
            .spawn(move || {
                for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
                    kept.take(&String::from_utf8_lossy(&line));
                }
            })?;
        Ok(Self { last, reader })
    }

    /// The last lines of a process that has ended, or is about to.
    pub fn end(self) -> String {
        if self.reader.join().is_err() {
            tracing::error!("reading what PostgreSQL says had failed");
        }
        let last = self.last.lines();
        last.iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("\n")
    }
}

impl Last {
    fn lines(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, line: &str) {
        // An ERROR is a statement's: whoever sent it gets it and logs it. What follows (DETAIL,
        // HINT, STATEMENT) may hold what people wrote, which belongs into no log.
        // When we stop, every connection that is still open complains.
        let ours = line.ends_with("due to administrator command");
        match line.split_once(':').map(|(severity, _)| severity) {
            _ if ours => {}
            Some("FATAL" | "PANIC" | "WARNING") => tracing::warn!(target: "postgres", "{line}"),
            Some("LOG") => tracing::debug!(target: "postgres", "{line}"),
            _ => {}
        }
        let mut lines = self.lines();
        if lines.len() == KEPT_LINES {
            lines.pop_front();
        }
        lines.push_back(line.to_owned());
    }
}
