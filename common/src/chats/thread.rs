//! The loaded parts of conversations: messages without gaps, never more than a window holds, and up
//! to which change they are right.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{ChatEvent, Chats, History, Message};
use crate::id::ChatId;

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
    /// Changes: [`super::GetChanges`].
    Changes { after: i64, first: i64, last: i64 },
}

/// The conversations of which something is loaded. Shared and copied on change, so that whoever
/// looks at one sees at once whether it is the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Threads(
    /// The one that was looked at last stands last.
    Vec<(ChatId, Arc<Thread>)>,
);

impl Threads {
    #[must_use]
    pub fn get(&self, chat: ChatId) -> Option<&Arc<Thread>> {
        self.0.iter().find(|(id, _)| *id == chat).map(|(_, it)| it)
    }

    /// The chats, the one that was looked at last at the end.
    pub fn chats(&self) -> impl Iterator<Item = ChatId> + '_ {
        self.0.iter().map(|(chat, _)| *chat)
    }

    /// What the loaded part of a chat lacks: changes first, since messages that are fetched would
    /// hide that they were missed. A window on an earlier time lacks newer messages, too.
    #[must_use]
    pub fn missing(&self, chats: &Chats, chat: ChatId) -> Option<Missing> {
        let (thread, listed) = (self.get(chat)?, chats.0.get(&chat)?);
        if thread.change < listed.last_change
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
            ChatEvent::Left(chat) => self.0.retain(|(id, _)| id != chat),
            ChatEvent::Opened(chat) => {
                if let Some(place) = self.0.iter().position(|(id, _)| id == chat) {
                    let (_, thread) = self.0.remove(place);
                    let newest = chats.0.get(chat).map_or(0, |chat| chat.last_seq);
                    if thread.at_end(newest) {
                        self.0.push((*chat, thread));
                    }
                }
            }
            ChatEvent::History(chat, page) => {
                // The answer may come when the chat is not the person's any more.
                if !chats.0.contains_key(chat) {
                    return;
                }
                if self.get(*chat).is_none() {
                    let surplus = (self.0.len() + 1).saturating_sub(KEPT);
                    self.0.drain(..surplus);
                    self.0.push((*chat, Arc::default()));
                }
                self.change(*chat, |thread| thread.take(page));
            }
            ChatEvent::Changes(chat, changes) => self.change(*chat, |thread| {
                changes.messages.iter().for_each(|it| thread.renew(it));
                thread.change = thread.change.max(changes.up_to);
            }),
            ChatEvent::Read { .. } | ChatEvent::Chat(_) | ChatEvent::Typing { .. } => {}
        }
    }

    /// Forgets what is loaded of other chats.
    pub(crate) fn keep(&mut self, kept: impl Fn(ChatId) -> bool) {
        self.0.retain(|(chat, _)| kept(*chat));
    }

    fn change(&mut self, chat: ChatId, change: impl FnOnce(&mut Thread)) {
        if let Some((_, thread)) = self.0.iter_mut().find(|(id, _)| *id == chat) {
            change(Arc::make_mut(thread));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Author, Chat};
    use super::*;
    use crate::permissions::{ChatKind, Role};
    use crate::{AccountId, ClientId, SchoolId, Timestamp};

    const CHAT: ChatId = ChatId(1);

    fn message(seq: i64, version: i64) -> Message {
        Message {
            seq,
            author: Author {
                id: AccountId(1),
                name: "А".into(),
                role: Role::Teacher,
            },
            client_id: ClientId(1),
            body: String::new(),
            sent_at: Timestamp(0),
            version,
            deleted: version > 0,
        }
    }

    fn listed(chat: i64) -> Chat {
        Chat {
            id: ChatId(chat),
            school: SchoolId(1),
            class: None,
            kind: ChatKind::ClassStudents,
            title: "7А".into(),
            peer: None,
            staff_room: false,
            closed: None,
            last_seq: 1,
            last_change: 0,
            read_seq: 0,
            others_read_seq: 0,
            last: None,
        }
    }

    fn page(from: i64, to: i64) -> History {
        History {
            messages: (from..=to).map(|seq| message(seq, 0)).collect(),
            change: 0,
        }
    }

    fn thread(pages: &[History]) -> Thread {
        let mut thread = Thread::default();
        pages.iter().for_each(|page| thread.take(page));
        thread
    }

    fn held(thread: &Thread) -> Vec<i64> {
        thread.messages().map(|message| message.seq).collect()
    }

    fn versions(thread: &Thread) -> Vec<i64> {
        thread.messages().map(|message| message.version).collect()
    }

    #[test]
    fn pages_that_touch_are_joined_without_gaps_or_repeats() {
        let mut thread = thread(&[page(51, 60), page(41, 52), page(61, 61)]);
        assert_eq!(held(&thread), (41..=61).collect::<Vec<_>>());
        let before = thread.clone();
        thread.take(&page(45, 50));
        thread.take(&History::default());
        assert_eq!(thread, before);
    }

    #[test]
    fn a_page_beyond_a_gap_takes_the_place_of_what_was_held() {
        let thread = thread(&[page(1, 50), page(52, 60)]);
        assert_eq!(held(&thread), (52..=60).collect::<Vec<_>>());
        assert!(!thread.at_start() && thread.at_end(60) && !thread.at_end(61));
    }

    #[test]
    fn the_far_end_gives_way() {
        let size = WINDOW as i64;
        let mut thread = thread(&[page(101, 100 + size), page(51, 100)]);
        assert_eq!((thread.first(), thread.last()), (Some(51), Some(50 + size)));
        thread.arrived(&message(51 + size, 0));
        assert_eq!((thread.first(), thread.last()), (Some(52), Some(51 + size)));
    }

    #[test]
    fn a_message_beyond_a_gap_waits_for_those_between() {
        let mut thread = thread(&[page(1, 3)]);
        thread.arrived(&message(5, 0));
        thread.arrived(&message(3, 0));
        assert_eq!(held(&thread), [1, 2, 3]);
        thread.arrived(&message(4, 0));
        assert_eq!(held(&thread), [1, 2, 3, 4]);
    }

    #[test]
    fn changes_are_counted_without_gaps() {
        let mut thread = thread(&[page(1, 3)]);
        thread.changed(&message(2, 1));
        assert_eq!((thread.change, versions(&thread)), (1, vec![0, 1, 0]));
        // The second is missing: what the third brought is shown, and asked for again.
        thread.changed(&message(1, 3));
        assert_eq!((thread.change, versions(&thread)), (1, vec![3, 1, 0]));
        // An older one undoes nothing.
        thread.changed(&message(1, 2));
        assert_eq!((thread.change, versions(&thread)), (2, vec![3, 1, 0]));
        // Of a message that isn't held.
        thread.changed(&message(9, 3));
        assert_eq!((thread.change, versions(&thread)), (3, vec![3, 1, 0]));
    }

    #[test]
    fn two_pages_are_right_up_to_the_earlier_change() {
        let changed = History {
            messages: vec![message(3, 7), message(4, 0)],
            change: 8,
        };
        let mut later = thread(&[page(1, 3), changed.clone()]);
        assert_eq!((later.change, versions(&later)), (0, vec![0, 0, 7, 0]));
        later.take(&page(1, 4));
        assert_eq!(
            versions(&later),
            [0, 0, 7, 0],
            "an older page undoes nothing"
        );
        assert_eq!(thread(&[page(5, 9), changed.clone()]).change, 0);
        assert_eq!(thread(&[page(1, 1), changed]).change, 8, "not touching");
    }

    #[test]
    fn the_conversations_looked_at_last_are_kept() {
        let mut threads = Threads::default();
        let mut chats = Chats::default();
        for chat in 1..=100 {
            chats.0.insert(ChatId(chat), listed(chat));
        }
        for chat in 1..=KEPT as i64 {
            threads.apply(&chats, &ChatEvent::History(ChatId(chat), page(1, 1)));
        }
        threads.apply(&chats, &ChatEvent::Opened(CHAT));
        threads.apply(&chats, &ChatEvent::History(ChatId(100), page(1, 1)));
        let kept: Vec<i64> = threads.chats().map(|chat| chat.0).collect();
        assert_eq!(kept, [3, 4, 5, 6, 7, 8, 1, 100]);
        threads.apply(&chats, &ChatEvent::Left(CHAT));
        assert!(threads.get(CHAT).is_none());
        chats.0.remove(&CHAT);
        threads.apply(&chats, &ChatEvent::History(CHAT, page(1, 1)));
        assert!(threads.get(CHAT).is_none(), "an answer that came too late");
    }
}
