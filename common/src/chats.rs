//! Chats: messages in a gapless sequence, read marks, drafts of nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::endpoint;
use crate::id::{AccountId, ChatId, ClassId, ClientId, SchoolId};
use crate::permissions::{Action, ChatKind, Reason, Role, Scope};
use crate::time::Timestamp;

/// Characters in a message, at most.
pub const MESSAGE_LIMIT: u32 = 8000;

/// Messages in one page of history.
pub const PAGE: usize = 50;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    pub client_id: ClientId,
    /// As typed; [`crate::text`] renders it.
    pub body: String,
    pub sent_at: Timestamp,
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
    /// The person has read up to here.
    pub read_seq: i64,
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
    pub const fn unread(&self) -> i64 {
        self.last_seq - self.read_seq
    }

    /// Sorts the list: the newest first.
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

endpoint! {
    /// A page of history: at most [`PAGE`] messages, ascending.
    GetMessages { chat: ChatId, from: Page }
    GET "/api/chats/messages" => Vec<Message>,
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
                    chat.read_seq = chat.read_seq.max(message.seq);
                } else if chat.kind != ChatKind::Channel {
                    chat.others_read_seq = chat.others_read_seq.max(message.seq);
                }
            }
            ChatEvent::Read { chat, account, seq } => {
                let Some(chat) = self.0.get_mut(chat) else {
                    return;
                };
                if *account == me {
                    chat.read_seq = chat.read_seq.max(*seq);
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
                        chat.last = before.last.take();
                    }
                    chat.read_seq = chat.read_seq.max(before.read_seq);
                    chat.others_read_seq = chat.others_read_seq.max(before.others_read_seq);
                }
                self.0.insert(chat.id, chat);
            }
            ChatEvent::Left(chat) => {
                self.0.remove(chat);
            }
            ChatEvent::Typing { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::Role;

    fn chat(seq: i64, read: i64, title: &str) -> Chat {
        Chat {
            id: ChatId(1),
            school: SchoolId(1),
            class: None,
            kind: ChatKind::ClassStudents,
            title: title.into(),
            peer: None,
            staff_room: false,
            closed: None,
            last_seq: seq,
            read_seq: read,
            others_read_seq: read,
            last: None,
        }
    }

    #[test]
    fn a_chat_read_before_a_message_does_not_undo_it() {
        let me = AccountId(1);
        let mut chats = Chats::default();
        chats.apply(me, &ChatEvent::Chat(chat(5, 4, "7А")));
        let message = Message {
            seq: 6,
            author: Author {
                id: AccountId(2),
                name: "А".into(),
                role: Role::Student,
            },
            client_id: ClientId(1),
            body: "Да".into(),
            sent_at: Timestamp(0),
        };
        let arrived = ChatEvent::Message {
            chat: ChatId(1),
            message: message.clone(),
        };
        chats.apply(me, &arrived);
        chats.apply(me, &ChatEvent::Chat(chat(5, 3, "8А")));
        let expected = Chat {
            others_read_seq: 6,
            last: Some(message),
            ..chat(6, 4, "8А")
        };
        assert_eq!(chats.0[&ChatId(1)], expected);
        // Who left and came back begins anew.
        chats.apply(me, &ChatEvent::Left(ChatId(1)));
        chats.apply(me, &ChatEvent::Chat(chat(5, 5, "8А")));
        assert_eq!(chats.0[&ChatId(1)], chat(5, 5, "8А"));
    }
}
