//! The memory that uploaded files take together, from their first byte until they are answered. What counts
//! are the bytes that have come: who sends nothing keeps nobody out.

use std::sync::Arc;

use common::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::queue::{Queue, Tally};

/// Of all files together, in bytes.
pub const ROOM: usize = 128 * 1024 * 1024;

#[derive(Clone)]
pub struct Uploads {
    room: Arc<Semaphore>,
    refused: Tally,
}

/// What one file takes, until it's dropped.
pub struct Share {
    uploads: Uploads,
    taken: Option<OwnedSemaphorePermit>,
}

impl Default for Uploads {
    fn default() -> Self {
        Self {
            room: Arc::new(Semaphore::new(ROOM)),
            refused: Tally::default(),
        }
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
    pub fn queue(&self) -> Queue {
        let waiting = ROOM - self.room.available_permits();
        Queue::new("uploads", waiting, &self.refused)
    }
}

impl Share {
    /// So many bytes more.
    ///
    /// # Errors
    /// `Unavailable` when there's no room for them.
    pub fn grow(&mut self, bytes: usize) -> Result<(), Error> {
        let more = u32::try_from(bytes).ok();
        let room = &self.uploads.room;
        let more = more.and_then(|more| Arc::clone(room).try_acquire_many_owned(more).ok());
        let Some(more) = more else {
            self.uploads.refused.add();
            return Err(Error::Unavailable);
        };
        match &mut self.taken {
            Some(taken) => taken.merge(more),
            None => self.taken = Some(more),
        }
        Ok(())
    }
}
