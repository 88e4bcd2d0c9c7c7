//! Chats: messages in a gapless sequence, what happens to them later in a second one, read marks.

mod authors;
mod thread;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::endpoint;
use crate::id::{AccountId, ChatId, ClassId, ClientId, SchoolId};
use crate::permissions::{Action, ChatKind, Reason, Role, Scope};
use crate::time::Timestamp;

pub use thread::{KEPT, Missing, Thread, Threads, WINDOW};

/// Characters in a message, at most.
pub const MESSAGE_LIMIT: u32 = 8000;

/// Deleted messages of which a list knows that they aren't unread, at most: the newest of each chat.
pub const DELETED: usize = 200;

/// Messages in one page of history, and in one answer to [`GetChanges`].
pub const PAGE: usize = 50;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Author {
    pub id: AccountId,
    /// «Иванова Мария Петровна» of adults, «Иванов Пётр» of students.
    pub name: String,
    pub role: Role,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// 1, 2, 3 … without gaps in its chat.
    pub seq: i64,
    pub author: Author,
    /// By which its author's devices find what they have sent. In pages that others read it is nil; a frame, one for
    /// everybody, has it.
    #[serde(default, skip_serializing_if = "ClientId::is_nil")]
    pub client_id: ClientId,
    /// As typed; [`crate::text`] renders it. Empty if it is deleted.
    pub body: String,
    pub sent_at: Timestamp,
    /// Which of the chat's changes was the last one to this message; 0: it is as it was sent. The
    /// same `seq` and `version` are the same content.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub version: i64,
    /// Deleted for everybody.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub deleted: bool,
}

impl Message {
    /// As this person reads it.
    #[must_use]
    pub fn read_by(mut self, reader: AccountId) -> Self {
        if self.author.id != reader {
            self.client_id = ClientId::default();
        }
        self
    }
}

const fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// A chat or channel in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    pub id: ChatId,
    pub school: SchoolId,
    pub class: Option<ClassId>,
    pub kind: ChatKind,
    /// The class's name, the channel's name, or the other person's.
    pub title: String,
    /// Of a direct chat: the other one.
    pub peer: Option<Author>,
    /// Its class is the one of all staff, which each language names.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub staff_room: bool,
    /// Why the person may not write: the rule book's answer to [`Action::WriteChat`].
    pub closed: Option<Reason>,
    /// The newest message's number; 0: none yet.
    pub last_seq: i64,
    /// The number of the newest change to any of its messages; 0: none yet.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub last_change: i64,
    /// From here on messages count as unread, but those of `deleted`. Who joins begins with the newest.
    pub read_seq: i64,
    /// Those after `read_seq` that are deleted, ascending; of more than [`DELETED`] the newest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deleted: Vec<i64>,
    /// The farthest that anybody else has read; not kept of channels.
    pub others_read_seq: i64,
    pub last: Option<Message>,
}

impl Chat {
    #[must_use]
    pub const fn writes(&self) -> bool {
        self.closed.is_none()
    }

    #[must_use]
    pub fn unread(&self) -> i64 {
        // Who missed a message may know that it's deleted.
        let deleted = self.deleted.partition_point(|seq| *seq <= self.last_seq);
        self.last_seq - self.read_seq - deleted as i64
    }

    /// The first message that is unread.
    #[must_use]
    pub fn first_unread(&self) -> Option<i64> {
        let mut after = self.read_seq + 1..=self.last_seq;
        after.find(|seq| self.deleted.binary_search(seq).is_err())
    }

    fn read(&mut self, up_to: i64) {
        self.read_seq = self.read_seq.max(up_to);
        self.forget();
    }

    fn deleted(&mut self, seq: i64) {
        if let Err(place) = self.deleted.binary_search(&seq) {
            self.deleted.insert(place, seq);
            self.forget();
        }
    }

    /// Keeps of what is deleted what the server keeps.
    fn forget(&mut self) {
        let read = self.deleted.partition_point(|seq| *seq <= self.read_seq);
        let surplus = self.deleted.len().saturating_sub(DELETED);
        self.deleted.drain(..read.max(surplus));
    }

    /// Takes a newer version of a message: what the list shows, and whether it's unread.
    fn changed(&mut self, message: &Message) {
        if message.deleted {
            self.deleted(message.seq);
        }
        if let Some(last) = self.last.as_mut().filter(|last| last.seq == message.seq)
            && last.version < message.version
        {
            last.clone_from(message);
        }
    }

    /// When something was said last, by which lists are sorted.
    #[must_use]
    pub fn active_at(&self) -> Timestamp {
        self.last.as_ref().map_or(Timestamp(0), |last| last.sent_at)
    }
}

endpoint! {
    /// Opens the chat with a person, made at the first time.
    OpenDirectChat { school: SchoolId, account: AccountId }
    POST "/api/chats/direct" => Chat,
    needs |request| Action::WriteTo, in Scope::Person(request.school, request.account)
}

/// Which messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// The newest page.
    Newest,
    /// The page before this number.
    Before(i64),
    /// The page after this number: what a client missed.
    After(i64),
    /// Half a page on both sides: jump to the first unread.
    Around(i64),
}

/// A page of history.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// At most [`PAGE`], ascending, without gaps.
    pub messages: Vec<Message>,
    /// All changes of the chat up to this number are in them.
    pub change: i64,
}

endpoint! {
    GetMessages { chat: ChatId, from: Page }
    GET "/api/chats/messages" => History,
    needs |request| Action::ReadChat, in Scope::Chat(request.chat)
}

/// What has happened to some messages since a certain change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// As they are now, in the order of their versions; each once, however often it was changed. At
    /// most [`PAGE`].
    pub messages: Vec<Message>,
    /// All changes up to this number are in them.
    pub up_to: i64,
    /// Who wrote what the client holds, as they are called now: names and roles are no changes of a chat.
    #[serde(default)]
    pub authors: Vec<Author>,
}

endpoint! {
    /// What a client missed: the changes after this number to the messages that it holds, from
    /// `first` to `last`; asked again until `up_to` is the chat's `last_change`.
    GetChanges { chat: ChatId, after: i64, first: i64, last: i64 }
    GET "/api/chats/changes" => Changes,
    needs |request| Action::ReadChat, in Scope::Chat(request.chat)
}

endpoint! {
    /// Sends a message. Acknowledged means durable. A repeat with the same `client_id` answers with
    /// the message that there is.
    SendMessage { chat: ChatId, client_id: ClientId, body: String }
    POST "/api/chats/messages" => Message,
    needs |request| Action::WriteChat, in Scope::Chat(request.chat)
}

endpoint! {
    /// Deletes one's own message for everybody, within [`CHANGE_MS`](crate::permissions::CHANGE_MS). Others see that there was one;
    /// what it said stays on the server as evidence. A repeat answers the same.
    DeleteMessage { chat: ChatId, seq: i64 }
    POST "/api/chats/messages/delete" => Message,
    needs |request| Action::DeleteMessage, in Scope::Message(request.chat, request.seq)
}

endpoint! {
    /// The person has read up to `seq`; never goes back.
    MarkRead { chat: ChatId, seq: i64 }
    POST "/api/chats/read" => (),
    needs |request| Action::ReadChat, in Scope::Chat(request.chat)
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ChatEvent {
    Message {
        chat: ChatId,
        message: Message,
    },
    /// Something has happened to a message: it is like this now. Its version is the chat's newest
    /// change.
    Changed {
        chat: ChatId,
        message: Message,
    },
    /// Who has written in the chat has another name or another role now.
    Author {
        chat: ChatId,
        author: Author,
    },
    /// Somebody has read; of channels only one's own.
    Read {
        chat: ChatId,
        account: AccountId,
        seq: i64,
    },
    /// The person is in it now, or what the list shows of it changed.
    Chat(Chat),
    /// The person is not in it any more.
    Left(ChatId),
    /// Somebody is writing; holds for six seconds. Not kept in the state.
    Typing {
        chat: ChatId,
        account: AccountId,
        name: String,
    },
    /// Never sent: the person opens the chat. What is loaded of it is kept the longest, unless it is
    /// of an earlier time: the reading goes on elsewhere.
    #[serde(skip)]
    Opened(ChatId),
    /// Never sent: the answer to [`GetMessages`].
    #[serde(skip)]
    History(ChatId, History),
    /// Never sent: the answer to [`GetChanges`].
    #[serde(skip)]
    Changes(ChatId, Changes),
    /// Never sent: what was taken last had been asked for before a start-up. What was told of authors
    /// in between was missed, so they are asked for again.
    #[serde(skip)]
    Late(ChatId),
}

/// The list of chats.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Chats(pub BTreeMap<ChatId, Chat>);

impl Chats {
    /// The chats that `belongs` lets through, the last active first. Takes a closure by reference,
    /// so that a browser downloads one sorting of chats and not one for each list.
    #[must_use]
    pub fn by_activity(&self, belongs: &dyn Fn(&Chat) -> bool) -> Vec<&Chat> {
        let mut chats: Vec<&Chat> = self.0.values().filter(|chat| belongs(chat)).collect();
        chats.sort_by_key(|chat| (core::cmp::Reverse(chat.active_at()), &chat.title, chat.id));
        chats
    }
}

impl Chats {
    /// Applies an event; a repeated or older one changes nothing.
    pub fn apply(&mut self, me: AccountId, event: &ChatEvent) {
        match event {
            ChatEvent::Message { chat, message } => {
                let Some(chat) = self.0.get_mut(chat) else {
                    return;
                };
                if message.seq > chat.last_seq {
                    chat.last_seq = message.seq;
                    chat.last = Some(message.clone());
                }
                // Who writes has read what is above.
                if message.author.id == me {
                    chat.read(message.seq);
                } else if chat.kind != ChatKind::Channel {
                    chat.others_read_seq = chat.others_read_seq.max(message.seq);
                }
            }
            ChatEvent::Changed { chat, message } => {
                if let Some(chat) = self.0.get_mut(chat) {
                    chat.last_change = chat.last_change.max(message.version);
                    chat.changed(message);
                }
            }
            ChatEvent::Changes(chat, changes) => {
                if let Some(chat) = self.0.get_mut(chat) {
                    chat.last_change = chat.last_change.max(changes.up_to);
                    changes.messages.iter().for_each(|it| chat.changed(it));
                }
            }
            ChatEvent::Author { chat, author } => {
                let last = self.0.get_mut(chat).and_then(|chat| chat.last.as_mut());
                if let Some(last) = last.filter(|last| last.author.id == author.id) {
                    last.author.clone_from(author);
                }
            }
            ChatEvent::Read { chat, account, seq } => {
                let Some(chat) = self.0.get_mut(chat) else {
                    return;
                };
                if *account == me {
                    chat.read(*seq);
                } else {
                    chat.others_read_seq = chat.others_read_seq.max(*seq);
                }
            }
            ChatEvent::Chat(chat) => {
                let mut chat = chat.clone();
                // Read before it was told: messages may have been faster.
                if let Some(before) = self.0.get_mut(&chat.id) {
                    if before.last_seq > chat.last_seq {
                        chat.last_seq = before.last_seq;
                        chat.last = before.last.clone();
                    }
                    if let Some(last) = before.last.take() {
                        chat.changed(&last);
                    }
                    chat.last_change = chat.last_change.max(before.last_change);
                    before.deleted.iter().for_each(|seq| chat.deleted(*seq));
                    chat.read(before.read_seq);
                    chat.others_read_seq = chat.others_read_seq.max(before.others_read_seq);
                }
                self.0.insert(chat.id, chat);
            }
            ChatEvent::Left(chat) => {
                self.0.remove(chat);
            }
            ChatEvent::Typing { .. }
            | ChatEvent::Opened(_)
            | ChatEvent::History(..)
            | ChatEvent::Late(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
