//! The conversations that were opened: each a [`Thread`] that follows the chat's events, fetches
//! what it missed, and grows on demand at either end.

use std::cell::RefCell;

use common::chats::{ChatEvent, GetMessages, Message, PAGE, Page};
use common::realtime::Event;
use common::{ChatId, Error};
use leptos::{prelude::*, task::spawn_local};

use super::thread::Thread;
use crate::api;

/// A conversation as the screen holds it.
#[derive(Clone)]
pub struct Open {
    pub chat: ChatId,
    pub thread: ArcRwSignal<Thread>,
    /// The first page is there (it may be empty).
    pub loaded: ArcRwSignal<bool>,
    /// Why the last fetch failed.
    pub failed: ArcRwSignal<Option<Error>>,
    /// A fetch is on its way.
    pub busy: ArcRwSignal<bool>,
}

/// Conversations kept beside the one in sight: going back to them shows them at once.
const KEPT: usize = 8;

thread_local! {
    /// The most recently opened last.
    static OPEN: RefCell<Vec<Open>> = const { RefCell::new(Vec::new()) };
}

/// Opens a conversation, where the reading goes on: at the first unread message if there are more
/// than a page holds, else at the newest.
pub fn open(chat: ChatId) -> Open {
    let known = OPEN.with_borrow_mut(|all| {
        let at = all.iter().position(|open| open.chat == chat)?;
        let open = all.remove(at);
        all.push(open.clone());
        Some(open)
    });
    // A window on an earlier time is not where the reading goes on.
    let (_, newest) = numbers(chat);
    let current = known.filter(|open| open.thread.with_untracked(|it| it.at_end(newest)));
    if let Some(open) = current {
        if !open.loaded.get_untracked() {
            begin(&open);
        }
        return open;
    }
    let open = Open {
        chat,
        thread: ArcRwSignal::default(),
        loaded: ArcRwSignal::new(false),
        failed: ArcRwSignal::new(None),
        busy: ArcRwSignal::new(false),
    };
    OPEN.with_borrow_mut(|all| {
        all.retain(|other| other.chat != chat);
        if all.len() >= KEPT {
            all.remove(0);
        }
        all.push(open.clone());
    });
    begin(&open);
    open
}

/// Fetches the first page (again).
pub fn begin(open: &Open) {
    let (read, last) = numbers(open.chat);
    if last == 0 {
        open.loaded.set(true);
        return;
    }
    let many = last - read > PAGE as i64 / 2;
    fetch(
        open,
        if many && read > 0 {
            Page::Around(read + 1)
        } else {
            Page::Newest
        },
    );
}

/// Fetches the page before what is held.
pub fn older(open: &Open) {
    let at = open.thread.with_untracked(|thread| {
        let first = thread.first()?;
        (!thread.at_start()).then_some(first)
    });
    if let Some(first) = at {
        fetch(open, Page::Before(first));
    }
}

/// Fetches the page after what is held.
pub fn newer(open: &Open) {
    let (_, newest) = numbers(open.chat);
    let at = open
        .thread
        .with_untracked(|thread| (!thread.at_end(newest)).then(|| thread.last().unwrap_or(0)));
    if let Some(last) = at {
        fetch(open, Page::After(last));
    }
}

/// Goes to the newest messages, however far away they are.
pub fn newest(open: &Open) {
    fetch(open, Page::Newest);
}

/// A message has come, by the socket or as the answer to one's own. One that doesn't follow what
/// is held is fetched by the screen with what came between: see [`newer`].
pub(super) fn arrived(chat: ChatId, message: &Message) {
    let Some(open) = find(chat) else { return };
    let follows = open
        .thread
        .with_untracked(|thread| thread.last().unwrap_or(0) + 1 == message.seq);
    if follows && open.loaded.get_untracked() {
        open.thread.update(|thread| {
            thread.take(vec![message.clone()]);
        });
    }
}

/// After a reconnection: what is out of sight and missed something is loaded anew when it's opened
/// again; what is in sight fetches by itself what it missed.
pub(super) fn catch_up() {
    let all = OPEN.with_borrow(Clone::clone);
    let Some((in_sight, others)) = all.split_last() else {
        return;
    };
    in_sight.failed.set(None);
    if !in_sight.loaded.get_untracked() {
        begin(in_sight);
    }
    for open in others {
        let (_, newest) = numbers(open.chat);
        if open.thread.with_untracked(|thread| !thread.at_end(newest)) {
            OPEN.with_borrow_mut(|all| all.retain(|other| other.chat != open.chat));
        }
    }
}

pub(super) fn forget() {
    OPEN.with_borrow_mut(Vec::clear);
}

fn fetch(open: &Open, from: Page) {
    if open.busy.get_untracked() {
        return;
    }
    open.busy.set(true);
    let open = open.clone();
    spawn_local(async move {
        let answer = api::call(GetMessages {
            chat: open.chat,
            from,
        })
        .await;
        match answer {
            Ok(page) => {
                // `notify` only if something changed: a row is not drawn for nothing.
                open.thread.maybe_update(|thread| thread.take(page));
                open.failed.set(None);
                open.loaded.set(true);
            }
            Err(error) => open.failed.set(Some(error)),
        }
        open.busy.set(false);
    });
}

/// What was read, and the newest number.
fn numbers(chat: ChatId) -> (i64, i64) {
    super::peek(|state| {
        let chat = state.chats.0.get(&chat)?;
        Some((chat.read_seq, chat.last_seq))
    })
    .flatten()
    .unwrap_or_default()
}

fn find(chat: ChatId) -> Option<Open> {
    OPEN.with_borrow(|all| all.iter().find(|open| open.chat == chat).cloned())
}

/// What the answer to a sent message means to the state.
pub(crate) fn sent(chat: ChatId, message: Message) {
    super::apply(&Event::Chat(ChatEvent::Message { chat, message }));
}
