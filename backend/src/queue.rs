//! Queues that have an end, counting who met it, and emptying them for good.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::Error;
use futures_util::FutureExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

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

    /// Counts somebody who is sent away, and what they are told.
    pub fn refuse(&self) -> Error {
        self.add();
        Error::Unavailable
    }

    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// So many may be in it at once; who comes beyond that is sent away and counted. Clones are the same queue.
#[derive(Clone)]
pub struct Queue {
    free: Arc<Semaphore>,
    most: usize,
    refused: Tally,
}

impl Queue {
    #[must_use]
    pub fn of(most: usize) -> Self {
        Self::counted(most, &Tally::default())
    }

    /// Whom it sends away is counted with those of other queues.
    #[must_use]
    pub fn counted(most: usize, refused: &Tally) -> Self {
        Self {
            free: Arc::new(Semaphore::new(most)),
            most,
            refused: refused.clone(),
        }
    }

    /// In it until what it gives is dropped.
    ///
    /// # Errors
    /// `Unavailable`: it's full.
    pub fn enter(&self) -> Result<SemaphorePermit<'_>, Error> {
        self.free.try_acquire().map_err(|_| self.refuse())
    }

    /// As [`Queue::enter`], for what takes the room of so many.
    ///
    /// # Errors
    /// As [`Queue::enter`].
    pub fn enter_as(&self, many: usize) -> Result<OwnedSemaphorePermit, Error> {
        let many = u32::try_from(many).ok();
        let entered =
            many.and_then(|many| Arc::clone(&self.free).try_acquire_many_owned(many).ok());
        entered.ok_or_else(|| self.refuse())
    }

    /// As [`Tally::refuse`].
    pub fn refuse(&self) -> Error {
        self.refused.refuse()
    }

    /// In it now.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.most - self.free.available_permits()
    }

    #[must_use]
    pub fn reading(&self, name: &'static str) -> Reading {
        Reading::new(name, self.waiting(), &self.refused)
    }
}

/// Work of which so much is done at once, and a queue of those who wait for their turn. Clones are the same.
#[derive(Clone)]
pub struct Bulkhead {
    places: Arc<Semaphore>,
    queue: Queue,
}

impl Bulkhead {
    #[must_use]
    pub fn new(at_once: usize, waiting: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(at_once)),
            queue: Queue::of(waiting),
        }
    }

    /// Waits for a place, which is kept until what it gives is dropped.
    ///
    /// # Errors
    /// `Unavailable`: too many wait.
    pub async fn place(&self) -> Result<OwnedSemaphorePermit, Error> {
        let _queued = self.queue.enter()?;
        let place = Arc::clone(&self.places).acquire_owned().await;
        // It is never closed.
        place.map_err(|_| Error::Unavailable)
    }

    /// Of those who wait.
    #[must_use]
    pub fn reading(&self, name: &'static str) -> Reading {
        self.queue.reading(name)
    }
}

/// How full a queue is, and how often its end was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Of the queue.
    pub name: &'static str,
    /// In it now.
    pub waiting: usize,
    /// Sent away at its end.
    pub refused: u64,
}

impl Reading {
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
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn who_comes_to_a_full_queue_is_counted_with_those_of_the_others() {
        let refused = Tally::default();
        let (one, other) = (Queue::counted(2, &refused), Queue::counted(5, &refused));
        let first = one.enter().unwrap();
        let _second = one.clone().enter_as(1).unwrap();
        assert_eq!(one.enter().unwrap_err(), Error::Unavailable);
        drop(first);
        assert!(one.enter().is_ok());
        let three = other.enter_as(3).unwrap();
        assert!(other.enter_as(3).is_err());
        assert!(other.enter_as(usize::MAX).is_err());
        let read = |queue: &Queue| queue.reading("tests");
        assert_eq!((read(&one).waiting, read(&one).refused), (1, 3));
        assert_eq!((read(&other).waiting, read(&other).refused), (3, 3));
        drop(three);
        assert_eq!(other.waiting(), 0);
    }

    #[tokio::test]
    async fn who_waits_for_a_place_is_in_the_queue_and_who_has_one_is_not() {
        let bulkhead = Bulkhead::new(1, 1);
        let read = |bulkhead: &Bulkhead| {
            let Reading {
                waiting, refused, ..
            } = bulkhead.reading("tests");
            (waiting, refused)
        };
        let place = bulkhead.place().await.unwrap();
        assert_eq!(read(&bulkhead), (0, 0));
        let mut next = std::pin::pin!(bulkhead.place());
        let mut context = Context::from_waker(Waker::noop());
        assert!(next.as_mut().poll(&mut context).is_pending());
        assert_eq!(bulkhead.place().await.unwrap_err(), Error::Unavailable);
        assert_eq!(read(&bulkhead), (1, 1));
        drop(place);
        assert!(next.await.is_ok());
        assert_eq!(read(&bulkhead), (0, 1));
    }

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
