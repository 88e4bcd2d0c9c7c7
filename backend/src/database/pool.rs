//! The connections of all workers, and the queue for them.
//!
//! Each thread has a share of its own: whoever opens a connection also reads and writes its socket, so one that
//! another thread has opened costs two more thread switches for each statement, which is more than a small
//! statement itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ::deadpool::managed::Timeouts;
use common::Error;
use diesel_async::pooled_connection::deadpool;

use super::connection::{Connection, Pooled};
use crate::clock::Clock;
use crate::queue::{Queue, Reading};
use crate::seldom::Seldom;

/// So many wait for a connection, at most; further ones are told at once that the server is busy.
const WAITING: usize = 4096;

thread_local! {
    /// The thread's own number, in the order in which threads came for a connection.
    static THREAD: usize = {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed)
    };
}

#[derive(Clone)]
pub struct Pool {
    shares: Arc<[deadpool::Pool<Connection>]>,
    queue: Queue,
}

impl Pool {
    /// Of at least one share.
    pub(super) fn new(shares: impl Into<Arc<[deadpool::Pool<Connection>]>>) -> Self {
        Self {
            shares: shares.into(),
            queue: Queue::of(WAITING),
        }
    }

    /// A connection on loan: of the thread's own share, or else of another one; waits for one.
    ///
    /// # Errors
    /// `Unavailable`: too many wait, it took too long, or the database can't be reached.
    pub async fn get(&self) -> Result<Pooled, Error> {
        let _queued = self.queue.enter()?;
        self.loan().await.map_err(|error| {
            if matches!(error, deadpool::PoolError::Timeout(_)) {
                self.queue.refuse();
            }
            static LINE: Seldom = Seldom::new();
            if let Some(left_out) = LINE.due(&Clock::System) {
                tracing::warn!(%error, left_out, "no database connection");
            }
            Error::Unavailable
        })
    }

    async fn loan(&self) -> Result<Pooled, deadpool::PoolError> {
        let (before, from_mine) = self
            .shares
            .split_at(THREAD.with(|it| *it) % self.shares.len());
        for share in from_mine.iter().chain(before) {
            let at_once = Timeouts {
                wait: Some(Duration::ZERO),
                ..share.timeouts()
            };
            match share.timeout_get(&at_once).await {
                Err(deadpool::PoolError::Timeout(_)) => {}
                outcome => return outcome,
            }
        }
        from_mine[0].get().await
    }

    /// Connections, at most.
    #[must_use]
    pub fn most(&self) -> usize {
        self.shares.iter().map(|it| it.status().max_size).sum()
    }

    #[must_use]
    pub fn queue(&self) -> Reading {
        self.queue.reading("database")
    }

    /// Closes the connections.
    pub fn close(&self) {
        self.shares.iter().for_each(deadpool::Pool::close);
    }
}
