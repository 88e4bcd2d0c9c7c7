//! Fetching the loaded parts of conversations ([`Thread`]). They are kept in the state; the answers
//! reach it like everything else, through [`super::apply`].

use std::cell::RefCell;
use std::sync::Arc;

use common::chats::{
    ChatEvent, DeleteMessage, GetChanges, GetMessages, Message, Missing, PAGE, Page, Thread,
};
use common::endpoint::Endpoint;
use common::realtime::Event;
use common::{ChatId, Error};
use leptos::{prelude::*, task::spawn_local};

use crate::reactive::Derived;
use crate::{api, delay};

/// A conversation that is in sight.
#[derive(Clone)]
pub struct Open {
    pub chat: ChatId,
    /// What is loaded of it. None: the first page isn't there yet (it may be empty).
    pub thread: Derived<Option<Arc<Thread>>>,
    /// Why the last fetch failed.
    pub failed: ArcRwSignal<Option<Error>>,
    /// A fetch is on its way.
    pub busy: ArcRwSignal<bool>,
    /// Fetches that have failed since the last that came.
    tries: ArcRwSignal<i32>,
}

impl Open {
    /// Whether something is loaded of it, as it is now.
    pub fn loaded(&self) -> bool {
        peek(self.chat, |_| ()).is_some()
    }
}

thread_local! {
    static IN_SIGHT: RefCell<Option<Open>> = const { RefCell::new(None) };
}

/// Opens a conversation, where the reading goes on: at the first unread message if there are more
/// than a page holds, else at the newest.
pub fn open(chat: ChatId) -> Open {
    super::apply(&Event::Chat(ChatEvent::Opened(chat)));
    let open = Open {
        chat,
        thread: super::select(move |state| state.threads.get(chat).cloned()),
        failed: ArcRwSignal::new(None),
        busy: ArcRwSignal::new(false),
        tries: ArcRwSignal::new(0),
    };
    IN_SIGHT.set(Some(open.clone()));
    if !open.loaded() {
        begin(&open);
    }
    open
}

/// Fetches the first page (again).
pub fn begin(open: &Open) {
    let (read, last) = numbers(open.chat);
    if last == 0 {
        let nothing = ChatEvent::History(open.chat, Default::default());
        return super::apply(&Event::Chat(nothing));
    }
    let many = last - read > PAGE as i64 / 2;
    page(
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
    let first = peek(open.chat, |thread| {
        thread.first().filter(|_| !thread.at_start())
    });
    if let Some(Some(first)) = first {
        page(open, Page::Before(first));
    }
}

/// Goes to the newest messages, however far away they are.
pub fn newest(open: &Open) {
    page(open, Page::Newest);
}

/// Goes to a message, however far away it is.
pub fn around(open: &Open, seq: i64) {
    page(open, Page::Around(seq));
}

/// What the conversation lacks, as it is now.
pub fn missing(open: &Open) -> Option<Missing> {
    super::peek(|state| state.missing(open.chat)).flatten()
}

/// Fetches what it lacks.
pub fn fetch(open: &Open, missing: Missing) {
    let chat = open.chat;
    match missing {
        Missing::Messages(after) => page(open, Page::After(after)),
        Missing::Changes { after, first, last } => {
            let request = GetChanges {
                chat,
                after,
                first,
                last,
            };
            take(open, request, move |it| ChatEvent::Changes(chat, it));
        }
    }
}

/// A conversation as it is loaded now. None: nothing is.
pub fn peek<T>(chat: ChatId, read: impl FnOnce(&Thread) -> T) -> Option<T> {
    super::peek(|state| state.threads.get(chat).map(|thread| read(thread))).flatten()
}

/// Deletes one's own message for everybody.
///
/// # Errors
/// The server didn't do it: all is as it was.
pub async fn delete(chat: ChatId, seq: i64) -> Result<(), Error> {
    let asked = super::STARTS.get();
    let message = api::call(DeleteMessage { chat, seq }).await?;
    answered(asked, chat, ChatEvent::Changed { chat, message });
    Ok(())
}

/// Takes the answer to what was asked for after so many start-ups.
fn answered(asked: u32, chat: ChatId, event: ChatEvent) {
    super::apply(&Event::Chat(event));
    if asked != super::STARTS.get() {
        super::apply(&Event::Chat(ChatEvent::Late(chat)));
    }
}

/// What the answer to a sent message means to the state.
pub(crate) fn sent(chat: ChatId, message: Message) {
    super::apply(&Event::Chat(ChatEvent::Message { chat, message }));
}

/// After a reconnection: what is in sight fetches by itself what it missed, the rest when it is
/// opened again.
pub(super) fn catch_up() {
    let Some(open) = IN_SIGHT.with_borrow(Clone::clone) else {
        return;
    };
    retry(&open);
}

/// Goes on after a failure: what is looked at is fetched by the conversation when it sees that.
fn retry(open: &Open) {
    open.failed.set(None);
    if !open.loaded() {
        begin(open);
    }
}

/// Tries again by itself what failed and may succeed later, while the conversation is in sight.
fn later(open: &Open, error: &Error) {
    let tries = open.tries.get_untracked() + 1;
    open.tries.set(tries);
    let Some(delay) = delay::again(error, tries, js_sys::Math::random()) else {
        return;
    };
    let open = open.clone();
    let due = move || {
        let here =
            IN_SIGHT.with_borrow(|it| it.as_ref().is_some_and(|it| it.failed == open.failed));
        // Somebody else may have tried meanwhile.
        if here
            && open.tries.get_untracked() == tries
            && open.failed.with_untracked(Option::is_some)
        {
            retry(&open);
        }
    };
    set_timeout(due, delay);
}

pub(super) fn forget() {
    IN_SIGHT.set(None);
}

fn page(open: &Open, from: Page) {
    let chat = open.chat;
    take(open, GetMessages { chat, from }, move |it| {
        ChatEvent::History(chat, it)
    });
}

fn take<E: Endpoint + 'static>(
    open: &Open,
    request: E,
    event: impl FnOnce(E::Response) -> ChatEvent + 'static,
) {
    if open.busy.get_untracked() {
        return;
    }
    open.busy.set(true);
    let asked = super::STARTS.get();
    let open = open.clone();
    spawn_local(async move {
        match api::call(request).await {
            Ok(answer) => {
                answered(asked, open.chat, event(answer));
                open.tries.set(0);
                open.failed.set(None);
            }
            Err(error) => {
                later(&open, &error);
                open.failed.set(Some(error));
            }
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
