//! Places in which transactions wait for a school, before they take a connection to the database: whatever
//! holds one school up (an import, a forgotten lock) must not take the connections of all others.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use common::{Error, SchoolId};
use tokio::sync::{Mutex, RwLock, Semaphore};

use crate::queue::{Queue, Reading, Tally};

/// So many wait in one school, at most; further ones are told at once that it's busy.
const WAITING: usize = 4096;

/// How long one waits, before it is told that the school is busy.
const PATIENCE: Duration = Duration::from_secs(15);

/// Who writes in which school.
pub struct Turns {
    schools: std::sync::Mutex<HashMap<SchoolId, Arc<School>>>,
    /// So many hold a school at once, at most: each may come to wait in the database.
    holders: u32,
    /// So many write a row of their own in a school at once, at most.
    rows: usize,
    refused: Tally,
}

struct School {
    /// In the order in which they came: one alone for a turn, a few together who hold the school.
    turn: Arc<RwLock<()>>,
    rows: Arc<Semaphore>,
    /// Whoever changes what was said, one alone.
    change: Arc<Mutex<()>>,
    queue: Queue,
}

/// The places of one transaction, until it's dropped.
#[derive(Default)]
pub struct Places {
    /// Of which schools it takes the turn, in the order of their ids.
    pub(crate) turns: Vec<SchoolId>,
    guards: Vec<Guard>,
}

/// Lets the next one in when it's dropped.
type Guard = Box<dyn Send + Sync>;

impl Turns {
    /// For a pool of so many connections, of which one school gets half at most (and one for each lane of what is
    /// sent there).
    #[must_use]
    pub fn new(connections: usize) -> Self {
        Self {
            schools: std::sync::Mutex::default(),
            holders: u32::try_from(connections / 4).unwrap_or(u32::MAX).max(1),
            rows: (connections / 4).max(1),
            refused: Tally::default(),
        }
    }

    /// Waits until nobody else has the turn of these schools, or holds them.
    ///
    /// # Errors
    /// `Unavailable`: too many wait, or it took too long.
    pub async fn take(&self, schools: &[SchoolId]) -> Result<Places, Error> {
        let mut turns = schools.to_vec();
        turns.sort_unstable();
        turns.dedup();
        let schools: Vec<_> = turns.iter().map(|id| self.school(*id)).collect();
        let guards = match schools.first() {
            Some(first) => together(first, &schools).await?,
            None => Vec::new(),
        };
        Ok(Places { turns, guards })
    }

    /// Waits until nobody has the turn of the school.
    ///
    /// # Errors
    /// As [`Turns::take`].
    pub(crate) async fn hold(&self, school: SchoolId) -> Result<Places, Error> {
        let school = self.school(school);
        let hold = Arc::clone(&school.turn).read_owned();
        Ok(Places::of(Box::new(wait(&school, hold).await?)))
    }

    /// As [`Turns::hold`], and until nobody else changes what was said in the school.
    ///
    /// # Errors
    /// As [`Turns::take`].
    pub(crate) async fn change(&self, id: SchoolId) -> Result<Places, Error> {
        let school = self.school(id);
        let change = Arc::clone(&school.change).lock_owned();
        let change = wait(&school, change).await?;
        let mut places = self.hold(id).await?;
        places.guards.push(Box::new(change));
        Ok(places)
    }

    /// For one who writes only a row of its own, whoever has the turn.
    ///
    /// # Errors
    /// As [`Turns::take`].
    pub(crate) async fn row(&self, school: SchoolId) -> Result<Places, Error> {
        let school = self.school(school);
        let row = Arc::clone(&school.rows).acquire_owned();
        let permit = wait(&school, row).await?;
        let permit = permit.map_err(|_| Error::Unavailable)?;
        Ok(Places::of(Box::new(permit)))
    }

    /// The schools together.
    #[must_use]
    pub fn queue(&self) -> Reading {
        let schools = self.schools.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = schools.values().map(|school| school.queue.waiting()).sum();
        Reading::new("turns", waiting, &self.refused)
    }

    fn school(&self, school: SchoolId) -> Arc<School> {
        let mut schools = self.schools.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            Arc::new(School {
                turn: Arc::new(RwLock::with_max_readers((), self.holders)),
                rows: Arc::new(Semaphore::new(self.rows)),
                change: Arc::default(),
                queue: Queue::counted(WAITING, &self.refused),
            })
        };
        Arc::clone(schools.entry(school).or_insert_with(new))
    }
}

/// All of them. Whoever waits for one keeps none of the others meanwhile: nobody there has to wait for what holds
/// that one up.
async fn together(first: &Arc<School>, schools: &[Arc<School>]) -> Result<Vec<Guard>, Error> {
    let mut next = first;
    let all = async {
        loop {
            let turn = Arc::clone(&next.turn).write_owned();
            let mut guards: Vec<Guard> = vec![Box::new(wait(next, turn).await?)];
            let mut others = schools.iter().filter(|other| !Arc::ptr_eq(other, next));
            let busy = others.find(|other| match Arc::clone(&other.turn).try_write_owned() {
                Ok(turn) => {
                    guards.push(Box::new(turn));
                    false
                }
                Err(_) => true,
            });
            match busy {
                Some(busy) => next = busy,
                None => return Ok(guards),
            }
        }
    };
    // Each of them may be free whenever another is not.
    let all = tokio::time::timeout(PATIENCE, all).await;
    all.unwrap_or_else(|_| Err(first.queue.refuse()))
}

async fn wait<T>(school: &School, place: impl Future<Output = T>) -> Result<T, Error> {
    let _queued = school.queue.enter()?;
    let place = tokio::time::timeout(PATIENCE, place).await;
    place.map_err(|_| school.queue.refuse())
}

impl Places {
    fn of(guard: Guard) -> Self {
        Self {
            turns: Vec::new(),
            guards: vec![guard],
        }
    }
}
