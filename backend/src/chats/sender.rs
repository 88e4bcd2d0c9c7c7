//! Sends are written in batches: whatever came while the last batch was being committed goes with
//! the next one. So one commit carries one message when it's quiet and many when it's not, nobody
//! waits for a timer, and events go out in the order of the sequence.
//!
//! Each school has a lane of its own: where a lock is held or a statement fails, the others go on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use common::chats::{ChatEvent, Message};
use common::error::Error;
use common::realtime::Event;
use common::{ChatId, SchoolId};
use tokio::sync::{mpsc, oneshot};

use super::new_message::NewMessage;
use super::queries::{self, Written};
use crate::database::{self, Pool};
use crate::error::{Failure, Result};
use crate::live::{Hub, Origin, Outgoing, Recipients};
use crate::queue::{Queue, Tally, guarded};

/// Messages in one commit, at most.
const BATCH: usize = 256;

/// Sends that wait in one school, at most; beyond that it is overloaded and says so.
const WAITING: usize = 4096;

type Waiting = (NewMessage, oneshot::Sender<Result<Message>>);

/// Clones share the lanes, which end with the last of them.
#[derive(Clone)]
pub struct Sender {
    pool: Pool,
    hub: Arc<Hub>,
    lanes: Arc<Mutex<HashMap<SchoolId, mpsc::Sender<Waiting>>>>,
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

    /// Writes the message and tells the chat. Answered when it's durable.
    ///
    /// # Errors
    /// `Unavailable` when too many wait; [`Failure::Outdated`] when who belongs where in the school
    /// has changed since the rule book was asked.
    pub async fn send(&self, message: NewMessage) -> Result<Message> {
        let (answer, written) = oneshot::channel();
        let lane = self.lane(message.school);
        if lane.try_send((message, answer)).is_err() {
            self.refused.add();
            return Err(Error::Unavailable.into());
        }
        written.await.map_err(|_| Error::Unavailable)?
    }

    /// The lanes together.
    #[must_use]
    pub fn queue(&self) -> Queue {
        let lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = lanes.values().map(|lane| WAITING - lane.capacity()).sum();
        Queue::new("sends", waiting, &self.refused)
    }

    fn lane(&self, school: SchoolId) -> mpsc::Sender<Waiting> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = || {
            let (sender, receiver) = mpsc::channel(WAITING);
            tokio::spawn(run(self.pool.clone(), Arc::clone(&self.hub), receiver));
            sender
        };
        let lane = lanes.entry(school).or_insert_with(begin);
        if lane.is_closed() {
            *lane = begin();
        }
        lane.clone()
    }
}

async fn run(pool: Pool, hub: Arc<Hub>, mut receiver: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        let (sends, answers): (Vec<NewMessage>, Vec<_>) = batch.drain(..).unzip();
        let mut chats: Vec<(ChatId, SchoolId)> =
            sends.iter().map(|send| (send.chat, send.school)).collect();
        // As long as nothing else is known.
        let mut unsure = true;
        let work = async {
            let written;
            (written, unsure) = write(&pool, &sends).await;
            match written {
                Ok(written) => publish(&hub, sends, answers, &written),
                Err(failure) => {
                    tracing::error!(%failure, messages = sends.len(), "messages could not be written");
                    for answer in answers {
                        let _ = answer.send(Err(Error::Unavailable.into()));
                    }
                }
            }
        };
        if !guarded("sends", work).await || unsure {
            // Something may be there that was told to nobody, since repeats are not.
            chats.sort_unstable();
            chats.dedup();
            for (chat, school) in chats {
                let from = Origin {
                    school: Some(school),
                    by: None,
                };
                hub.send(&Outgoing::resync(Recipients::Chat(chat), from));
            }
        }
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
    sends: Vec<NewMessage>,
    answers: Vec<oneshot::Sender<Result<Message>>>,
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
                match &row.repeated {
                    None => {
                        new.push((send.chat, send.school, message.clone()));
                        Ok(message)
                    }
                    // A repeat answers with what was written first.
                    Some(first) => Ok(Message {
                        body: first.body.clone(),
                        version: first.version,
                        deleted: first.deleted,
                        ..message
                    }),
                }
            }
            None => Err(Failure::Outdated),
        });
    }
    new.sort_by_key(|(chat, _, message)| (*chat, message.seq));
    for (chat, school, message) in new {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lane_that_has_ended_is_begun_anew() {
        let pool = database::connect("postgres://localhost/nowhere", 1).unwrap();
        let sender = Sender::new(pool, Arc::default());
        let lane = sender.lane(SchoolId(1));
        assert!(lane.same_channel(&sender.lane(SchoolId(1))));
        let (ended, _) = mpsc::channel(1);
        sender.lanes.lock().unwrap().insert(SchoolId(1), ended);
        assert!(!sender.lane(SchoolId(1)).is_closed());
    }
}
