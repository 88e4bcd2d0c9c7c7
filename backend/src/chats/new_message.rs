//! A message on its way to the database.

use common::chats::Author;
use common::{ChatId, ClientId, SchoolId, Timestamp};

/// A message that isn't written yet.
pub struct NewMessage {
    /// Of the chat.
    pub school: SchoolId,
    /// As of when the rule book has allowed it.
    pub turn: i64,
    pub chat: ChatId,
    pub author: Author,
    pub client_id: ClientId,
    /// Not empty, within the limit.
    pub body: String,
    pub sent_at: Timestamp,
}
