//! The loaded parts of conversations: messages without gaps, never more than a window holds, and up
//! to which change they are right.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use super::authors::Told;
use super::{Author, ChatEvent, Chats, History, Message};
use crate::id::{AccountId, ChatId};

/// Messages held, and drawn, at most: more cost a phone's memory and smoothness.
pub const WINDOW: usize = 150;

/// Conversations of which something is held, at most: going back to them shows them at once.
pub const KEPT: usize = 8;

/// Which end of the window gives way when the other one grows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    Old,
    New,
}

/// The loaded part of one conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    messages: VecDeque<Message>,
    /// All changes of the chat up to this number are in what is held.
    change: i64,
    /// It was held during a start-up, or some of it was asked for before: what was told of its authors
    /// meanwhile was missed.
    resumed: bool,
}

impl Thread {
    pub fn messages(&self) -> impl Iterator<Item = &Message> + Clone {
        self.messages.iter()
    }

    /// The number of the oldest message held.
    #[must_use]
    pub fn first(&self) -> Option<i64> {
        self.messages.front().map(|message| message.seq)
    }

    /// The number of the newest message held.
    #[must_use]
    pub fn last(&self) -> Option<i64> {
        self.messages.back().map(|message| message.seq)
    }

    /// Up to which of the chat's changes it is right.
    #[must_use]
    pub const fn change(&self) -> i64 {
        self.change
    }

    /// Whether nothing is older than what is held.
    #[must_use]
    pub fn at_start(&self) -> bool {
        self.first().is_none_or(|first| first <= 1)
    }

    /// Whether `newest`, the chat's newest number, is held.
    #[must_use]
    pub fn at_end(&self, newest: i64) -> bool {
        self.last().unwrap_or_default() >= newest
    }

    /// Takes a page. One that continues what is held on either side extends it, and the far end
    /// gives way; one that doesn't touch it takes its place.
    fn take(&mut self, page: &History) {
        let (Some(from), Some(to)) = (
            page.messages.first().map(|message| message.seq),
            page.messages.last().map(|message| message.seq),
        ) else {
            return;
        };
        let touched = match (self.first(), self.last()) {
            (Some(first), Some(last)) if from <= last + 1 && to >= first - 1 => (first, last),
            _ => {
                self.messages = page.messages.iter().cloned().collect();
                self.change = page.change;
                self.resumed = false;
                return;
            }
        };
        let (first, last) = touched;
        // Each part is right up to its own change, both up to the earlier one.
        self.change = self.change.min(page.change);
        page.messages.iter().for_each(|it| self.renew(it));
        for message in page.messages.iter().rev().filter(|it| it.seq < first) {
            self.messages.push_front(message.clone());
        }
        let newer = page.messages.iter().filter(|it| it.seq > last);
        self.messages.extend(newer.cloned());
        self.shrink(if to > last { End::New } else { End::Old });
    }

    /// A message that was just sent: it's held if it follows what is held.
    fn arrived(&mut self, message: &Message) {
        if self.last().unwrap_or_default() + 1 == message.seq {
            self.messages.push_back(message.clone());
            self.shrink(End::New);
        }
    }

    /// One change. If it isn't the next one, those between were missed, and it will come again with
    /// them.
    fn changed(&mut self, message: &Message) {
        if message.version == self.change + 1 {
            self.change = message.version;
        }
        self.renew(message);
    }

    /// Takes a newer version of a message that is held.
    fn renew(&mut self, message: &Message) {
        let Some(first) = self.first() else { return };
        let place = usize::try_from(message.seq - first).ok();
        if let Some(held) = place.and_then(|place| self.messages.get_mut(place))
            && held.version < message.version
        {
            held.clone_from(message);
        }
    }

    /// Somebody has another name or another role.
    fn rename(&mut self, author: &Author) {
        let theirs = self.messages.iter_mut().map(|message| &mut message.author);
        theirs
            .filter(|held| held.id == author.id)
            .for_each(|held| held.clone_from(author));
    }

    /// What comes to an empty one comes later.
    fn missed(&mut self) {
        self.resumed = !self.messages.is_empty();
    }

    fn shrink(&mut self, grew: End) {
        let surplus = self.messages.len().saturating_sub(WINDOW);
        match grew {
            End::New => drop(self.messages.drain(..surplus)),
            End::Old => self.messages.truncate(WINDOW),
        }
    }
}

/// What a conversation lacks, to be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Messages after this number: [`super::Page::After`].
    Messages(i64),
    /// Changes, or what authors are called now: [`super::GetChanges`].
    Changes { after: i64, first: i64, last: i64 },
}

/// The conversations of which something is loaded. Shared and copied on change, so that whoever
/// looks at one sees at once whether it is the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Threads {
    /// The one that was looked at last stands last.
    kept: Vec<(ChatId, Arc<Thread>)>,
    told: Told,
}

impl Threads {
    #[must_use]
    pub fn get(&self, chat: ChatId) -> Option<&Arc<Thread>> {
        self.kept
            .iter()
            .find(|(id, _)| *id == chat)
            .map(|(_, it)| it)
    }

    /// The chats, the one that was looked at last at the end.
    pub fn chats(&self) -> impl Iterator<Item = ChatId> + '_ {
        self.kept.iter().map(|(chat, _)| *chat)
    }

    /// What the loaded part of a chat lacks: changes first, since messages that are fetched would
    /// hide that they were missed. A window on an earlier time lacks newer messages, too.
    #[must_use]
    pub fn missing(&self, chats: &Chats, chat: ChatId) -> Option<Missing> {
        let (thread, listed) = (self.get(chat)?, chats.0.get(&chat)?);
        if (thread.change < listed.last_change || thread.resumed)
            && let Some((first, last)) = thread.first().zip(thread.last())
        {
            let after = thread.change;
            return Some(Missing::Changes { after, first, last });
        }
        (!thread.at_end(listed.last_seq))
            .then(|| Missing::Messages(thread.last().unwrap_or_default()))
    }

    /// Applies an event; a repeated or older one changes nothing.
    pub(crate) fn apply(&mut self, chats: &Chats, event: &ChatEvent) {
        match event {
            ChatEvent::Message { chat, message } => {
                self.change(*chat, |thread| thread.arrived(message));
            }
            ChatEvent::Changed { chat, message } => {
                self.change(*chat, |thread| thread.changed(message));
            }
            ChatEvent::Author { chat, author } => {
                self.told.hear(*chat, author);
                self.change(*chat, |thread| thread.rename(author));
            }
            ChatEvent::Left(chat) => self.keep(|id| id != *chat),
            ChatEvent::Opened(chat) => {
                if let Some(place) = self.kept.iter().position(|(id, _)| id == chat) {
                    let (_, thread) = self.kept.remove(place);
                    let newest = chats.0.get(chat).map_or(0, |chat| chat.last_seq);
                    if thread.at_end(newest) {
                        self.kept.push((*chat, thread));
                    }
                }
            }
            ChatEvent::History(chat, page) => {
                // The answer may come when the chat is not the person's any more.
                if !chats.0.contains_key(chat) {
                    return;
                }
                if self.get(*chat).is_none() {
                    let surplus = (self.kept.len() + 1).saturating_sub(KEPT);
                    self.kept.drain(..surplus);
                    self.kept.push((*chat, Arc::default()));
                }
                self.change(*chat, |thread| thread.take(page));
            }
            ChatEvent::Changes(chat, changes) => self.change(*chat, |thread| {
                changes.messages.iter().for_each(|it| thread.renew(it));
                changes.authors.iter().for_each(|it| thread.rename(it));
                thread.resumed = false;
                thread.change = thread.change.max(changes.up_to);
            }),
            ChatEvent::Late(chat) => self.change(*chat, Thread::missed),
            ChatEvent::Read { .. } | ChatEvent::Chat(_) | ChatEvent::Typing { .. } => {}
        }
    }

    /// Forgets what is loaded of other chats.
    pub(crate) fn keep(&mut self, kept: impl Fn(ChatId) -> bool) {
        self.kept.retain(|(chat, _)| kept(*chat));
        self.told.keep(kept);
    }

    /// The event as it is for this person, with its authors as they were told.
    pub(crate) fn right<'a>(&self, me: AccountId, event: &'a ChatEvent) -> Cow<'a, ChatEvent> {
        self.told.right(me, event)
    }

    /// After a start-up: what was told in between was missed, what was told before may be outdated.
    pub(crate) fn resumed(&mut self) {
        self.told = Told::default();
        for (_, thread) in &mut self.kept {
            Arc::make_mut(thread).missed();
        }
    }

    fn change(&mut self, chat: ChatId, change: impl FnOnce(&mut Thread)) {
        if let Some((_, thread)) = self.kept.iter_mut().find(|(id, _)| *id == chat) {
            change(Arc::make_mut(thread));
        }
    }
}

#[cfg(test)]
mod tests;
