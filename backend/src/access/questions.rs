//! Questions to the rule book's facts, many at a time.

use std::sync::Arc;

use common::error::Error;
use common::permissions::Scope;
use common::{AccountId, ChatId, Timestamp};
use tokio::sync::{mpsc, oneshot};

use super::remembered::Remembered;
use super::{ChatRow, Known, chat_facts, chat_rows, nowhere, place_facts};
use crate::actor::Actor;
use crate::database::Pool;
use crate::error::Result;
use crate::queue::{Reading, Tally, guarded};

/// Who asks about which chat, and where the answer goes.
type Question = (AccountId, ChatId, oneshot::Sender<Result<Option<ChatRow>>>);

/// Questions in one statement, at most.
const BATCH: usize = 256;

/// Questions that wait, at most; beyond that the server is overloaded and says so.
const WAITING: usize = 4096;

/// Fills the facts. Questions about chats, which every message asks, go together: all that came while
/// the last statement ran go with the next one, so that a busy school asks once for many.
#[derive(Clone)]
pub struct Access {
    pool: Pool,
    questions: mpsc::Sender<Question>,
    refused: Tally,
    remembered: Arc<Remembered>,
}

impl Access {
    /// Starts the task that asks; it ends with the last `Access`.
    #[must_use]
    pub fn start(pool: Pool) -> Self {
        let (questions, waiting) = mpsc::channel(WAITING);
        tokio::spawn(answer(pool.clone(), waiting));
        Self {
            pool,
            questions,
            refused: Tally::default(),
            remembered: Arc::default(),
        }
    }

    #[must_use]
    pub fn queue(&self) -> Reading {
        let waiting = WAITING - self.questions.capacity();
        Reading::new("rules", waiting, &self.refused)
    }

    /// What the rule book looks at: one statement; another one for the other person of a direct
    /// chat, a message, a person or a guardian link; none outside of schools.
    ///
    /// # Errors
    /// The database's; `Unavailable` when too many wait. What doesn't exist gives facts without a
    /// school, on which every rule says «not found».
    pub async fn known(&self, actor: &Actor, scope: Scope, now: Timestamp) -> Result<Known> {
        let chat = match scope {
            Scope::Installation | Scope::Application(_) => return Ok(nowhere(Some(actor))),
            Scope::Chat(chat) | Scope::Message(chat, _) => chat,
            scope => return place_facts(&mut *self.pool.get().await?, actor, scope).await,
        };
        let row = self.chat_row(actor.account, chat).await?;
        let more = matches!(scope, Scope::Message(..));
        let known = match row {
            Some(row) if more || row.chat.peer_id.is_some() => {
                let mut conn = self.pool.get().await?;
                chat_facts(&mut conn, actor, scope, row, now).await?
            }
            Some(row) => row.known(actor.account, None, None),
            None => nowhere(Some(actor)),
        };
        if !more {
            self.remembered.learn(actor.account, chat, known.clone());
        }
        Ok(known)
    }

    /// What [`Access::known`] has answered of a chat before, which may be so no more.
    #[must_use]
    pub fn remembered(&self, actor: &Actor, scope: Scope) -> Option<Known> {
        match scope {
            Scope::Chat(chat) => self.remembered.recall(actor.account, chat),
            _ => None,
        }
    }

    async fn chat_row(&self, account: AccountId, chat: ChatId) -> Result<Option<ChatRow>> {
        let (question, answer) = oneshot::channel();
        if self.questions.try_send((account, chat, question)).is_err() {
            return Err(self.refused.refuse().into());
        }
        answer.await.map_err(|_| Error::Unavailable)?
    }
}

async fn answer(pool: Pool, mut waiting: mpsc::Receiver<Question>) {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        guarded("rules", answer_all(&pool, std::mem::take(&mut batch))).await;
    }
}

async fn answer_all(pool: &Pool, questions: Vec<Question>) {
    let asked: Vec<_> = questions
        .iter()
        .map(|(who, chat, _)| (*who, *chat))
        .collect();
    let rows = async { chat_rows(&mut *pool.get().await?, &asked).await };
    match rows.await {
        Ok(mut rows) => {
            for (place, (_, _, answer)) in (1..).zip(questions) {
                let _ = answer.send(Ok(rows.remove(&place)));
            }
        }
        Err(failure) => {
            if failure.is_unavailable() {
                failure.warn("the rule book could not be asked");
            } else {
                tracing::error!(%failure, questions = questions.len(), "the rule book could not be asked");
            }
            for (_, _, answer) in questions {
                let _ = answer.send(Err(Error::Unavailable.into()));
            }
        }
    }
}
