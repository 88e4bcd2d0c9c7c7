//! Sends are written in batches: whatever came while the last batch was being committed goes with
//! the next one. So one commit carries one message when it's quiet and many when it's not, nobody
//! waits for a timer, and events go out in the order of the sequence.

use std::collections::HashMap;
use std::sync::Arc;

use common::chats::{Author, ChatEvent, Message};
use common::error::Error;
use common::realtime::Event;
use common::{ChatId, ClientId, Timestamp};
use tokio::sync::{mpsc, oneshot};

use super::queries::{self, Written};
use crate::database::Pool;
use crate::error::Result;
use crate::live::{Hub, Recipients};

/// Messages in one commit, at most.
const BATCH: usize = 256;

/// Sends that wait, at most; beyond that the server is overloaded and says so.
const WAITING: usize = 4096;

/// A message that isn't written yet.
pub struct NewMessage {
    pub chat: ChatId,
    pub author: Author,
    pub client_id: ClientId,
    /// Not empty, within the limit.
    pub body: String,
    pub sent_at: Timestamp,
}

type Waiting = (NewMessage, oneshot::Sender<Result<Message>>);

#[derive(Clone)]
pub struct Sender(mpsc::Sender<Waiting>);

impl Sender {
    /// Starts the task that writes; it ends with the last `Sender`.
    #[must_use]
    pub fn start(pool: Pool, hub: Arc<Hub>) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(run(pool, hub, receiver));
        Self(sender)
    }

    /// Writes the message and tells the chat. Answered when it's durable.
    ///
    /// # Errors
    /// `Unavailable` when too many wait; `NotFound` when the author has just left the chat.
    pub async fn send(&self, message: NewMessage) -> Result<Message> {
        let (answer, written) = oneshot::channel();
        self.0
            .try_send((message, answer))
            .map_err(|_| Error::Unavailable)?;
        written.await.map_err(|_| Error::Unavailable)?
    }
}

async fn run(pool: Pool, hub: Arc<Hub>, mut receiver: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        let (sends, answers): (Vec<NewMessage>, Vec<_>) = batch.drain(..).unzip();
        match write(&pool, &sends).await {
            Ok(written) => publish(&hub, sends, answers, &written),
            Err(failure) => {
                tracing::error!(%failure, messages = sends.len(), "messages could not be written");
                // Or only the answer was lost, and repeats are told to nobody.
                hub.resync();
                for answer in answers {
                    let _ = answer.send(Err(Error::Unavailable.into()));
                }
            }
        }
    }
}

async fn write(pool: &Pool, sends: &[NewMessage]) -> Result<HashMap<usize, Written>> {
    let mut tries = 0;
    loop {
        let mut conn = pool.get().await?;
        match queries::insert_messages(&mut conn, sends).await {
            Ok(written) => return Ok(written),
            // Another server has just written one of them: the second time it's seen.
            Err(failure) if tries < 2 && failure.is_collision() => {
                tracing::warn!(%failure, "a batch is tried again");
                tries += 1;
            }
            Err(failure) => return Err(failure),
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
            None => Err(Error::NotFound.into()),
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
