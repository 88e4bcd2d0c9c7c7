//! The loaded part of one conversation: messages without gaps, never more than a window holds.

use std::collections::VecDeque;

use common::chats::Message;

/// Messages held, and drawn, at most: more cost a phone's memory and smoothness.
pub const WINDOW: usize = 150;

/// Which end of the window gives way when the other one grows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    Old,
    New,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thread {
    messages: VecDeque<Message>,
}

impl Thread {
    pub fn messages(&self) -> impl Iterator<Item = &Message> + Clone {
        self.messages.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// The number of the oldest message held.
    pub fn first(&self) -> Option<i64> {
        self.messages.front().map(|message| message.seq)
    }

    /// The number of the newest message held.
    pub fn last(&self) -> Option<i64> {
        self.messages.back().map(|message| message.seq)
    }

    /// Whether nothing is older than what is held.
    pub fn at_start(&self) -> bool {
        self.first().is_none_or(|first| first <= 1)
    }

    /// Whether `newest`, the chat's newest number, is held.
    pub fn at_end(&self, newest: i64) -> bool {
        self.last().unwrap_or_default() >= newest
    }

    /// Takes a page. One that continues what is held on either side extends it, and the far end
    /// gives way; one that doesn't touch it takes its place. False: nothing changed.
    pub fn take(&mut self, page: Vec<Message>) -> bool {
        let (Some(from), Some(to)) = (
            page.first().map(|message| message.seq),
            page.last().map(|message| message.seq),
        ) else {
            return false;
        };
        let (Some(first), Some(last)) = (self.first(), self.last()) else {
            self.messages = page.into();
            return true;
        };
        if from > last + 1 || to < first - 1 {
            self.messages = page.into();
            return true;
        }
        if from >= first && to <= last {
            return false;
        }
        let grew = if to > last { End::New } else { End::Old };
        let (older, newer): (Vec<_>, Vec<_>) = page
            .into_iter()
            .filter(|message| message.seq < first || message.seq > last)
            .partition(|message| message.seq < first);
        for message in older.into_iter().rev() {
            self.messages.push_front(message);
        }
        self.messages.extend(newer);
        self.shrink(grew);
        true
    }

    fn shrink(&mut self, grew: End) {
        let surplus = self.messages.len().saturating_sub(WINDOW);
        match grew {
            End::New => drop(self.messages.drain(..surplus)),
            End::Old => self.messages.truncate(WINDOW),
        }
    }
}

#[cfg(test)]
mod tests {
    use common::permissions::Role;
    use common::{AccountId, ClientId, Timestamp};

    use super::*;

    fn page(from: i64, to: i64) -> Vec<Message> {
        (from..=to)
            .map(|seq| Message {
                seq,
                author: common::chats::Author {
                    id: AccountId(1),
                    name: "А".into(),
                    role: Role::Teacher,
                },
                client_id: ClientId(1),
                body: String::new(),
                sent_at: Timestamp(0),
            })
            .collect()
    }

    fn held(thread: &Thread) -> Vec<i64> {
        thread.messages().map(|message| message.seq).collect()
    }

    #[test]
    fn pages_that_touch_are_joined_without_gaps_or_repeats() {
        let mut thread = Thread::default();
        assert!(thread.take(page(51, 60)));
        assert!(thread.take(page(41, 52)));
        assert!(thread.take(page(61, 61)));
        assert_eq!(held(&thread), (41..=61).collect::<Vec<_>>());
        assert!(!thread.take(page(45, 50)));
        assert!(!thread.take(Vec::new()));
    }

    #[test]
    fn a_page_beyond_a_gap_takes_the_place_of_what_was_held() {
        let mut thread = Thread::default();
        thread.take(page(1, 50));
        assert!(thread.take(page(52, 60)));
        assert_eq!(held(&thread), (52..=60).collect::<Vec<_>>());
        assert!(!thread.at_start() && thread.at_end(60) && !thread.at_end(61));
    }

    #[test]
    fn the_far_end_gives_way() {
        let size = WINDOW as i64;
        let mut thread = Thread::default();
        thread.take(page(101, 100 + size));
        thread.take(page(51, 100));
        assert_eq!((thread.first(), thread.last()), (Some(51), Some(50 + size)));
        thread.take(page(51 + size, 51 + size));
        assert_eq!((thread.first(), thread.last()), (Some(52), Some(51 + size)));
    }
}
