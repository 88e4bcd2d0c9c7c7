//! Chats into which a transaction lets people. Between its reading of what their lists show and the moment in which
//! they hear of it, others may be told something of the chat; who is let in isn't, yet.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use common::ChatId;
use common::chats::ChatEvent;
use common::realtime::Event;

use super::outgoing::{Outgoing, Recipients, What};

/// Whether something was told in a chat since.
#[derive(Clone, Default)]
pub struct Watch(Arc<AtomicBool>);

impl Watch {
    #[must_use]
    pub fn told(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

#[derive(Default)]
pub(super) struct Joining(HashMap<ChatId, Vec<Weak<AtomicBool>>>);

impl Joining {
    pub(super) fn watch(&mut self, chats: impl Iterator<Item = ChatId>) -> HashMap<ChatId, Watch> {
        self.0.retain(|_, watches| {
            watches.retain(|watch| watch.strong_count() > 0);
            !watches.is_empty()
        });
        let mut all = HashMap::new();
        for chat in chats {
            let watch: &Watch = all.entry(chat).or_default();
            let watch = Arc::downgrade(&watch.0);
            self.0.entry(chat).or_default().push(watch);
        }
        all
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn follow(&self, outgoing: &Outgoing) {
        let Recipients::Chat(chat) = outgoing.to else {
            return;
        };
        // What changes no state isn't missed.
        if let What::Event(Event::Touched(_) | Event::Chat(ChatEvent::Typing { .. })) =
            outgoing.what
        {
            return;
        }
        for watch in self.0.get(&chat).into_iter().flatten() {
            if let Some(told) = watch.upgrade() {
                told.store(true, Ordering::Release);
            }
        }
    }
}
