//! Queues that have an end, counting who met it, and emptying them for good.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt as _;

/// Does what was taken from a queue. A panic ends that, and not the task that empties the queue; whether
/// it came to its end.
pub async fn guarded(queue: &'static str, work: impl Future<Output = ()>) -> bool {
    let done = AssertUnwindSafe(work).catch_unwind().await.is_ok();
    if !done {
        tracing::error!(queue, "a panic ended what was being done");
    }
    done
}

/// Counts something from the server's start on. Clones count together.
#[derive(Clone, Default)]
pub struct Tally(Arc<AtomicU64>);

impl Tally {
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A queue that has an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    pub name: &'static str,
    /// In it now.
    pub waiting: usize,
    /// Sent away at its end.
    pub refused: u64,
}

impl Queue {
    #[must_use]
    pub fn new(name: &'static str, waiting: usize, refused: &Tally) -> Self {
        let refused = refused.count();
        Self {
            name,
            waiting,
            refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[tokio::test]
    async fn a_panic_ends_one_thing() {
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let worker = tokio::spawn(async move {
            let mut done = Vec::new();
            while let Some(number) = receiver.recv().await {
                let work = async {
                    assert!(number != 2, "meant to");
                    done.push(number);
                };
                assert_eq!(guarded("tests", work).await, number != 2);
            }
            done
        });
        (1..=3).for_each(|number| sender.send(number).unwrap());
        drop(sender);
        assert_eq!(worker.await.unwrap(), [1, 3]);
    }
}
