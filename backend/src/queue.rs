//! Queues that have an end, and counting who met it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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
