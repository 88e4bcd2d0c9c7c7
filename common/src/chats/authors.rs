//! Authors in what is held of chats are called as the newest event has said. What was read before may
//! arrive after it, with an older name: it's put right.

use std::borrow::Cow;

use litemap::LiteMap;

use super::{Author, ChatEvent, Message};
use crate::id::{AccountId, ChatId, ClientId};

/// What events have said of authors since the start-up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told(LiteMap<(ChatId, AccountId), Author>);

impl Told {
    pub(super) fn hear(&mut self, chat: ChatId, author: &Author) {
        self.0.insert((chat, author.id), author.clone());
    }

    pub(super) fn keep(&mut self, kept: impl Fn(ChatId) -> bool) {
        self.0.retain(|(chat, _), _| kept(*chat));
    }

    /// The event as it is for the person: its authors put right, and of what all are told in one frame only
    /// what is the person's.
    pub(super) fn right<'a>(&self, me: AccountId, event: &'a ChatEvent) -> Cow<'a, ChatEvent> {
        let of_others = match event {
            ChatEvent::Message { message, .. } | ChatEvent::Changed { message, .. } => {
                message.author.id != me
            }
            _ => false,
        };
        if self.0.is_empty() && !of_others {
            return Cow::Borrowed(event);
        }
        let mut event = event.clone();
        let (chat, messages): (_, &mut [Message]) = match &mut event {
            ChatEvent::Message { chat, message } | ChatEvent::Changed { chat, message } => {
                (*chat, std::slice::from_mut(message))
            }
            ChatEvent::History(chat, page) => (*chat, &mut page.messages),
            ChatEvent::Changes(chat, changes) => {
                let authors = changes.authors.iter_mut();
                authors.for_each(|author| self.rename(*chat, author));
                (*chat, &mut changes.messages)
            }
            _ => return Cow::Owned(event),
        };
        for message in messages {
            self.rename(chat, &mut message.author);
            if message.author.id != me {
                message.client_id = ClientId::default();
            }
        }
        Cow::Owned(event)
    }

    fn rename(&self, chat: ChatId, author: &mut Author) {
        if let Some(told) = self.0.get(&(chat, author.id)) {
            author.clone_from(told);
        }
    }
}
