//! Sends are written in batches: whatever came while the last batch was being committed goes with
//! the next one. So one commit carries one message when it's quiet and many when it's not, nobody
//! waits for a timer, and events go out in the order of the sequence.
//!
//! Each school has lanes of its own: where a lock is held or a statement fails, the others go on. A chat
//! has one of them, which keeps its order.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use common::chats::{ChatEvent, Message};
use common::error::Error;
use common::realtime::Event;
use common::{ChatId, SchoolId};
use tokio::sync::oneshot;

use super::new_message::NewMessage;
use super::queries::{self, Written};
use crate::database::{self, Pool, SeenTurn};
use crate::error::{Failure, Result};
use crate::live::{Hub, Origin, Outgoing, Recipients};
use crate::queue::{Reading, Tally, guarded};

/// Messages in one commit, at most.
const BATCH: usize = 256;

/// Lanes of a school: while one waits for the disk the other has the processor. More make the commits small.
const LANES: i64 = 2;

/// Sends that wait in one lane, at most; beyond that it is overloaded and says so.
const WAITING: usize = 4096;

/// By school, and by what the chat falls to.
type Lanes = HashMap<(SchoolId, i64), Arc<Lane>>;

/// What was written, and the number of the school's last turn when it was.
type Sent = Result<(Message, SeenTurn)>;

type Waiting = (NewMessage, oneshot::Sender<Sent>);

/// Sends of one school, in the order in which they came.
#[derive(Default)]
struct Lane(Mutex<Sends>);

#[derive(Default)]
struct Sends {
    waiting: VecDeque<Waiting>,
    /// A task writes them, until none waits.
    running: bool,
}

impl Lane {
    fn lock(&self) -> MutexGuard<'_, Sends> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> (Vec<NewMessage>, Vec<oneshot::Sender<Sent>>) {
        let mut sends = self.lock();
        let count = sends.waiting.len().min(BATCH);
        sends.waiting.drain(..count).unzip()
    }

    /// Whether nothing waits: then the next send starts a task of its own.
    fn rests(&self) -> bool {
        let mut sends = self.lock();
        sends.running = !sends.waiting.is_empty();
        !sends.running
    }
}

/// Clones share the lanes.
#[derive(Clone)]
pub struct Sender {
    pool: Pool,
    hub: Arc<Hub>,
    lanes: Arc<Mutex<Lanes>>,
    refused: Tally,
}

impl Sender {
    #[must_use]
    pub fn new(pool: Pool, hub: Arc<Hub>) -> Self {
        Self {
            pool,
            hub,
            lanes: Arc::default(),
            refused: Tally::default(),
        }
    }

    /// Writes the message and tells the chat. Answered when it's durable, with the number of the school's last
    /// turn when it was written.
    ///
    /// # Errors
    /// `Unavailable` when too many wait; [`Failure::Outdated`] when who belongs where in the school
    /// has changed since the rule book was asked.
    pub async fn send(&self, message: NewMessage) -> Sent {
        let (answer, written) = oneshot::channel();
        let school = message.school;
        let lane = (school, message.chat.0 % LANES);
        let lane = Arc::clone(self.lanes().entry(lane).or_default());
        let running = {
            let mut sends = lane.lock();
            if sends.waiting.len() >= WAITING {
                return Err(self.refused.refuse().into());
            }
            sends.waiting.push_back((message, answer));
            std::mem::replace(&mut sends.running, true)
        };
        if !running {
            // On the thread of the one who found it quiet, whom nobody has to wake.
            let run = Run {
                pool: self.pool.clone(),
                hub: Arc::clone(&self.hub),
                school,
                lane,
                open: Vec::new(),
            };
            tokio::spawn(run.until_quiet());
        }
        written.await.map_err(|_| Error::Unavailable)?
    }

    /// The lanes together.
    #[must_use]
    pub fn queue(&self) -> Reading {
        let lanes = self.lanes();
        let waiting = lanes.values().map(|lane| lane.lock().waiting.len()).sum();
        Reading::new("sends", waiting, &self.refused)
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes what waits in a lane.
struct Run {
    pool: Pool,
    hub: Arc<Hub>,
    school: SchoolId,
    lane: Arc<Lane>,
    /// Where something may have been written that was told to nobody yet.
    open: Vec<ChatId>,
}

impl Run {
    /// A panic ends what was being written, not the lane: who waits behind it goes on.
    async fn until_quiet(mut self) {
        while !guarded("sends", self.all()).await {
            resync(&self.hub, self.school, std::mem::take(&mut self.open));
            if self.lane.rests() {
                return;
            }
        }
    }

    /// Until nothing waits: the lane is another's from then on.
    async fn all(&mut self) {
        loop {
            let (sends, answers) = self.lane.take();
            if sends.is_empty() {
                if self.lane.rests() {
                    return;
                }
                continue;
            }
            self.open.extend(sends.iter().map(|send| send.chat));
            let outcome = write(&self.pool, &sends).await;
            let batch = Batch {
                sends,
                answers,
                outcome,
            };
            let unsure = batch.tell(&self.hub, self.school);
            self.open.clear();
            resync(&self.hub, self.school, unsure);
            // Who was answered may send the next one, which goes with those that wait: the other lane has the
            // database meanwhile.
            tokio::task::yield_now().await;
        }
    }
}

/// Something may be there that was told to nobody, since repeats are not.
fn resync(hub: &Hub, school: SchoolId, mut chats: Vec<ChatId>) {
    chats.sort_unstable();
    chats.dedup();
    for chat in chats {
        let from = Origin {
            school: Some(school),
            by: None,
        };
        hub.send(&Outgoing::resync(Recipients::Chat(chat), from));
    }
}

/// What the database has answered, and nobody has been told yet.
struct Batch {
    sends: Vec<NewMessage>,
    answers: Vec<oneshot::Sender<Sent>>,
    outcome: (Result<HashMap<usize, Written>>, bool),
}

impl Batch {
    /// Tells everybody; where something may be there that wasn't told.
    fn tell(self, hub: &Hub, school: SchoolId) -> Vec<ChatId> {
        let (written, unsure) = self.outcome;
        let sends = self.sends.iter().filter(|_| unsure);
        let concerned = sends.map(|send| send.chat).collect();
        match written {
            Ok(written) => publish(hub, school, self.sends, self.answers, &written),
            Err(failure) => {
                if failure.is_unavailable() {
                    failure.warn("messages could not be written");
                } else {
                    let messages = self.sends.len();
                    tracing::error!(%failure, messages, "messages could not be written");
                }
                for answer in self.answers {
                    let _ = answer.send(Err(Error::Unavailable.into()));
                }
            }
        }
        concerned
    }
}

/// Writes a batch; with whether some of it may have been written by a try whose answer was lost.
async fn write(pool: &Pool, sends: &[NewMessage]) -> (Result<HashMap<usize, Written>>, bool) {
    let (mut tries, mut unsure) = (0, false);
    loop {
        let mut conn = match pool.get().await {
            Ok(conn) => conn,
            Err(busy) => return (Err(busy.into()), unsure),
        };
        let failure = match queries::insert_messages(&mut conn, sends).await {
            Err(failure) => failure,
            written => return (written, unsure),
        };
        let lost = database::is_unsure(&mut conn, &failure).await;
        unsure |= lost;
        // Another server has just written one of them: the second time it's seen. Two locks have met, or
        // the connection was lost: what was written is seen, too.
        if tries == 2 || !(failure.is_collision() || failure.is_undone() || lost) {
            return (Err(failure), unsure);
        }
        tracing::warn!(%failure, "a batch is tried again");
        tries += 1;
    }
}

fn publish(
    hub: &Hub,
    school: SchoolId,
    sends: Vec<NewMessage>,
    answers: Vec<oneshot::Sender<Sent>>,
    written: &HashMap<usize, Written>,
) {
    let mut new = Vec::new();
    let mut outcomes = Vec::with_capacity(sends.len());
    for (place, send) in sends.into_iter().enumerate() {
        outcomes.push(match written.get(&place) {
            Some(row) => {
                let message = Message {
                    seq: row.seq,
                    author: send.author,
                    client_id: send.client_id,
                    body: send.body,
                    sent_at: row.sent_at,
                    version: 0,
                    deleted: false,
                };
                let message = match &row.repeated {
                    None => {
                        new.push((send.chat, message.clone()));
                        message
                    }
                    // A repeat answers with what was written first.
                    Some(first) => Message {
                        body: first.body.clone(),
                        version: first.version,
                        deleted: first.deleted,
                        ..message
                    },
                };
                Ok((message, row.turns))
            }
            None => Err(Failure::Outdated),
        });
    }
    new.sort_by_key(|(chat, message)| (*chat, message.seq));
    for (chat, message) in new {
        let from = Origin {
            school: Some(school),
            by: Some(message.author.id),
        };
        let event = Event::Chat(ChatEvent::Message { chat, message });
        hub.send(&Outgoing::event(Recipients::Chat(chat), event, from));
    }
    // Answered last: whoever is acknowledged has been told to everybody.
    for (answer, outcome) in answers.into_iter().zip(outcomes) {
        let _ = answer.send(outcome);
    }
}
