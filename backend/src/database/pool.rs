//! The connections shared by all workers, and the queue for them.

use std::sync::Arc;

use common::Error;
use diesel_async::pooled_connection::deadpool;
use tokio::sync::Semaphore;

use super::connection::{Connection, Pooled};
use crate::queue::{Queue, Tally};

/// So many wait for a connection, at most; further ones are told at once that the server is busy.
const WAITING: usize = 4096;

#[derive(Clone)]
pub struct Pool {
    connections: deadpool::Pool<Connection>,
    queue: Arc<Semaphore>,
    refused: Tally,
}

impl Pool {
    pub(super) fn new(connections: deadpool::Pool<Connection>) -> Self {
        Self {
            connections,
            queue: Arc::new(Semaphore::new(WAITING)),
            refused: Tally::default(),
        }
    }

    /// A connection on loan; waits for one.
    ///
    /// # Errors
    /// `Unavailable`: too many wait, it took too long, or the database can't be reached.
    pub async fn get(&self) -> Result<Pooled, Error> {
        let Ok(_queued) = self.queue.try_acquire() else {
            self.refused.add();
            return Err(Error::Unavailable);
        };
        self.connections.get().await.map_err(|error| {
            if matches!(error, deadpool::PoolError::Timeout(_)) {
                self.refused.add();
            }
            tracing::warn!(%error, "no database connection");
            Error::Unavailable
        })
    }

    /// Connections, at most.
    #[must_use]
    pub fn most(&self) -> usize {
        self.connections.status().max_size
    }

    #[must_use]
    pub fn queue(&self) -> Queue {
        let waiting = WAITING - self.queue.available_permits();
        Queue::new("database", waiting, &self.refused)
    }

    /// Closes the connections.
    pub fn close(&self) {
        self.connections.close();
    }
}
