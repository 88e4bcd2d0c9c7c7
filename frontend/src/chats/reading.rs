//! What has been read: marked here at once, told to the server a moment later and once.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use common::chats::{ChatEvent, MarkRead};
use common::realtime::Event;
use common::{AccountId, ChatId};
use leptos::{ev, prelude::*, task::spawn_local};
use litemap::LiteMap;
use web_sys::VisibilityState;

use crate::{api, delay, store};

/// Scrolling through a page of unread messages is one call.
const PAUSE: Duration = Duration::from_millis(400);

type Marks = (Option<AccountId>, LiteMap<ChatId, i64>);

thread_local! {
    /// Of the account, which has read it.
    static UNTOLD: RefCell<Marks> = const { RefCell::new((None, LiteMap::new())) };
    static LISTENING: Cell<bool> = const { Cell::new(false) };
    /// How often telling has failed since it last succeeded.
    static TRIES: Cell<i32> = const { Cell::new(0) };
}

/// Whether what is in sight is read: not in a window beside the one in which the person works.
pub fn attentive() -> bool {
    let document = document();
    document.visibility_state() == VisibilityState::Visible && document.has_focus() != Ok(false)
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
    soon(chat, seq, PAUSE);
}

/// Tells it after a pause, with what else is untold then.
fn soon(chat: ChatId, seq: i64, pause: Duration) {
    let me = store::me();
    let first = UNTOLD.with_borrow_mut(|(whose, untold)| {
        if *whose != me {
            *whose = me;
            untold.clear();
        }
        let first = untold.is_empty();
        let mark = untold.entry(chat).or_insert(seq);
        *mark = seq.max(*mark);
        first
    });
    if first {
        set_timeout(tell, pause);
    }
    if !LISTENING.replace(true) {
        window_event_listener(ev::visibilitychange, |_| part());
    }
}

/// The page is out of sight, and may be closed before the pause is over: tells at once. If it isn't, and this
/// got lost, it's told again.
fn part() {
    if document().visibility_state() == VisibilityState::Hidden {
        UNTOLD.with_borrow(|(whose, untold)| {
            for (&chat, &seq) in untold.iter().filter(|_| *whose == store::me()) {
                api::part(&MarkRead { chat, seq });
            }
        });
    }
}

fn tell() {
    let (account, untold) = UNTOLD.with_borrow_mut(std::mem::take);
    // Of somebody who has left, it's nobody's: it's unread again, and read again then.
    if store::me() != account {
        return;
    }
    for (chat, seq) in untold {
        spawn_local(async move {
            let Err(error) = api::repeat(MarkRead { chat, seq }).await else {
                return TRIES.set(0);
            };
            if store::me() != account {
                return;
            }
            let tries = TRIES.get() + 1;
            TRIES.set(tries);
            if let Some(pause) = delay::again(&error, tries, js_sys::Math::random()) {
                soon(chat, seq, pause);
            }
        });
    }
}
