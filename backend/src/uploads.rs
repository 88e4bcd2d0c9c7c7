//! The memory that uploaded files take together, from their first byte until they are answered. What counts
//! are the bytes that have come: who sends nothing keeps nobody out.

use common::Error;
use tokio::sync::OwnedSemaphorePermit;

use crate::queue::{Queue, Reading};

/// Of all files together, in bytes.
pub const ROOM: usize = 128 * 1024 * 1024;

#[derive(Clone)]
pub struct Uploads(Queue);

/// What one file takes, until it's dropped.
pub struct Share {
    uploads: Uploads,
    taken: Option<OwnedSemaphorePermit>,
}

impl Default for Uploads {
    fn default() -> Self {
        Self(Queue::of(ROOM))
    }
}

impl Uploads {
    /// Of a file of which nothing has come yet.
    #[must_use]
    pub fn share(&self) -> Share {
        Share {
            uploads: self.clone(),
            taken: None,
        }
    }

    /// What waits are bytes.
    #[must_use]
    pub fn queue(&self) -> Reading {
        self.0.reading("uploads")
    }
}

impl Share {
    /// So many bytes more.
    ///
    /// # Errors
    /// `Unavailable` when there's no room for them.
    pub fn grow(&mut self, bytes: usize) -> Result<(), Error> {
        let more = self.uploads.0.enter_as(bytes)?;
        match &mut self.taken {
            Some(taken) => taken.merge(more),
            None => self.taken = Some(more),
        }
        Ok(())
    }
}
