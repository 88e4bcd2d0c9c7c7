//! What has been read: marked here at once, told to the server a moment later and once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use common::ChatId;
use common::chats::{ChatEvent, MarkRead};
use common::realtime::Event;
use leptos::{prelude::set_timeout, task::spawn_local};

use crate::{api, store};

/// Scrolling through a page of unread messages is one call.
const PAUSE: Duration = Duration::from_millis(400);

thread_local! {
    static UNTOLD: RefCell<BTreeMap<ChatId, i64>> = const { RefCell::new(BTreeMap::new()) };
}

/// The person has seen the messages up to `seq`.
pub fn read(chat: ChatId, seq: i64) {
    let news = store::peek(|state| {
        let before = state.chats.0.get(&chat)?.read_seq;
        (before < seq).then_some(state.me.id)
    });
    let Some(account) = news.flatten() else {
        return;
    };
    store::apply(&Event::Chat(ChatEvent::Read { chat, account, seq }));
    let first = UNTOLD.with_borrow_mut(|untold| {
        let first = untold.is_empty();
        untold.insert(chat, seq);
        first
    });
    if first {
        set_timeout(tell, PAUSE);
    }
}

fn tell() {
    for (chat, seq) in UNTOLD.with_borrow_mut(std::mem::take) {
        spawn_local(async move {
            // Without a connection it's unread again at the next start-up, and read again then.
            let _ = api::call(MarkRead { chat, seq }).await;
        });
    }
}
