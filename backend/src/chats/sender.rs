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
use crate::database::Pool;
use crate::error::{Failure, Result};
use crate::live::{Hub, Recipients};
use crate::queue::{Queue, Tally};

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
        lanes.entry(school).or_insert_with(begin).clone()
    }
}

async fn run(pool: Pool, hub: Arc<Hub>, mut receiver: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        let (sends, answers): (Vec<NewMessage>, Vec<_>) = batch.drain(..).unzip();
        let mut chats: Vec<ChatId> = sends.iter().map(|send| send.chat).collect();
        let (written, unsure) = write(&pool, &sends).await;
        match written {
            Ok(written) => publish(&hub, sends, answers, &written),
            Err(failure) => {
                tracing::error!(%failure, messages = sends.len(), "messages could not be written");
                for answer in answers {
                    let _ = answer.send(Err(Error::Unavailable.into()));
                }
            }
        }
        if unsure {
            // Something may be there that was told to nobody, since repeats are not.
            chats.sort_unstable();
            chats.dedup();
            hub.resync(chats.into_iter().map(Recipients::Chat));
        }
    }
}

/// Writes a batch; with whether some of it may have been written by a try whose answer was lost.
async fn write(pool: &Pool, sends: &[NewMessage]) -> (Result<HashMap<usize, Written>>, bool) {
    let (mut tries, mut unsure) = (0, false);
    loop {
        let written = match pool.get().await {
            Ok(mut conn) => queries::insert_messages(&mut conn, sends).await,
            Err(busy) => return (Err(busy.into()), unsure),
        };
        match written {
            // Another server has just written one of them: the second time it's seen. Two locks have
            // met, or the connection was lost: what was written is seen, too.
            Err(failure) if tries < 2 && (failure.is_collision() || failure.may_pass()) => {
                tracing::warn!(%failure, "a batch is tried again");
                unsure |= failure.is_unsure();
                tries += 1;
            }
            Err(failure) => {
                unsure |= failure.is_unsure();
                return (Err(failure), unsure);
            }
            written => return (written, unsure),
        }
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
                        new.push((send.chat, message.clone()));
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
    new.sort_by_key(|(chat, message)| (*chat, message.seq));
    for (chat, message) in new {
        hub.publish(
            Recipients::Chat(chat),
            &Event::Chat(ChatEvent::Message { chat, message }),
        );
    }
    // Answered last: whoever is acknowledged has been told to everybody.
    for (answer, outcome) in answers.into_iter().zip(outcomes) {
        let _ = answer.send(outcome);
    }
}
