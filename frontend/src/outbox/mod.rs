//! What someone has sent and the server hasn't acknowledged yet: kept on this device before
//! it is sent, so that a lost connection, a closed tab and a restarted browser lose nothing. The
//! server takes a repeat with the same [`ClientId`] for the same message, so each is sent once.

mod drafts;
mod stored;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use common::chats::SendMessage;
use common::{AccountId, ChatId, ClientId, Error};
use leptos::{prelude::*, task::spawn_local};

pub use drafts::{draft, drafts, keep_draft};
use stored::{FORM, Kept};
pub use stored::{Pending, Refused};

use crate::ui::{storage, time};
use crate::{api, socket, store};

/// Between two tries while the server answers, but doesn't take it.
const PAUSE: Duration = Duration::from_secs(5);

thread_local! {
    static PENDING: ArcRwSignal<Vec<Pending>> = ArcRwSignal::default();
    static ACCOUNT: Cell<Option<AccountId>> = const { Cell::new(None) };
    static SENDING: Cell<bool> = const { Cell::new(false) };
    /// Once the browser refuses to store, this tab's memory is all there is.
    static STORED: Cell<bool> = const { Cell::new(true) };
    static OTHER_TABS: RefCell<Option<WindowListenerHandle>> = const { RefCell::new(None) };
}

/// What waits, in the order of writing. Tracked.
pub fn pending() -> ArcRwSignal<Vec<Pending>> {
    PENDING.with(Clone::clone)
}

/// How many messages the server doesn't have, begun ones too: to be asked about before signing out.
pub fn unsent() -> usize {
    PENDING.with(|pending| pending.with_untracked(Vec::len))
        + kept().strange.len()
        + drafts().with_untracked(BTreeMap::len)
}

/// Whether nothing would be lost or cut off if the page were loaded again now.
pub(crate) fn at_rest() -> bool {
    let nothing_waits = || PENDING.with(|pending| pending.with_untracked(Vec::is_empty));
    !SENDING.get() && (STORED.get() || nothing_waits()) && drafts::stored()
}

/// Takes a message to be sent.
pub fn put(chat: ChatId, body: &str) {
    let pending = Pending {
        chat,
        client_id: fresh_id(),
        body: body.to_owned(),
        at: time::now(),
        refused: None,
        form: FORM,
    };
    change(|all| all.push(pending));
    send();
}

/// Gives up a message that was refused: its text, for editing.
pub fn take_back(client_id: ClientId) -> Option<String> {
    let mut text = None;
    change(|all| {
        if let Some(at) = all.iter().position(|it| it.client_id == client_id) {
            text = Some(all.remove(at).body);
        }
    });
    text
}

/// Tries a refused message again: the reason may be gone.
pub fn retry(client_id: ClientId) {
    change(|all| {
        for it in all.iter_mut().filter(|it| it.client_id == client_id) {
            it.refused = None;
        }
    });
    send();
}

/// Sends what waits, one after the other, so that the order stays.
pub(crate) fn send() {
    if SENDING.replace(true) {
        return;
    }
    spawn_local(async {
        let outcome = send_all().await;
        SENDING.set(false);
        match outcome {
            Ok(()) | Err(Error::SignIn) => {}
            // The connection's return begins anew.
            Err(Error::Offline) => socket::doubt(),
            Err(Error::TooMany { retry_after }) => {
                set_timeout(send, Duration::from_secs(retry_after.clamp(1, 600)));
            }
            Err(_) => set_timeout(send, PAUSE),
        }
    });
}

async fn send_all() -> Result<(), Error> {
    while let Some(next) = next() {
        let account = ACCOUNT.get();
        let answer = api::repeat(SendMessage {
            chat: next.chat,
            client_id: next.client_id,
            body: next.body,
        })
        .await;
        if ACCOUNT.get() != account {
            return Ok(());
        }
        match answer {
            Ok(message) => {
                store::threads::sent(next.chat, message);
                change(|all| all.retain(|it| it.client_id != next.client_id));
            }
            Err(
                error @ (Error::Offline
                | Error::Unavailable
                | Error::SignIn
                | Error::TooMany { .. }
                | Error::Internal { .. }),
            ) => return Err(error),
            Err(error) => change(|all| {
                let refused = match error {
                    Error::NotFound => Refused::Gone,
                    Error::Invalid(_) => Refused::TooLong,
                    _ => Refused::Denied,
                };
                for it in all.iter_mut().filter(|it| it.client_id == next.client_id) {
                    it.refused = Some(refused);
                }
            }),
        }
    }
    Ok(())
}

fn next() -> Option<Pending> {
    PENDING.with(|pending| {
        pending.with_untracked(|all| all.iter().find(|it| it.refused.is_none()).cloned())
    })
}

/// The account's outbox and drafts become this tab's. What other people left on this device is
/// deleted: a school's computer has many users.
pub(crate) fn open(account: AccountId) {
    if ACCOUNT.replace(Some(account)) == Some(account) {
        return;
    }
    let mine = format!("{PRIVATE}{account}.");
    for key in storage::keys() {
        if key.starts_with(PRIVATE) && !key.starts_with(&mine) {
            storage::remove(&key);
        }
    }
    PENDING.with(|pending| pending.set(kept().entries));
    drafts::open(&mine);
    let listener = window_event_listener(leptos::ev::storage, move |event| {
        let key = event.key().unwrap_or_default();
        if Some(&key) == place("outbox").as_ref() {
            PENDING.with(|pending| pending.set(kept().entries));
        } else if event.new_value().is_none() {
            drafts::removed(&key, &event.old_value().unwrap_or_default());
        }
    });
    if let Some(before) = OTHER_TABS.replace(Some(listener)) {
        before.remove();
    }
}

/// Nobody is signed in: what is kept stays on the device for its owner.
pub(crate) fn close() {
    ACCOUNT.set(None);
    PENDING.with(|pending| pending.set(Vec::new()));
    drafts::close();
}

/// Deletes what the person wrote and didn't send, on signing out.
pub(crate) fn forget() {
    for key in storage::keys() {
        if key.starts_with(PRIVATE) {
            storage::remove(&key);
        }
    }
}

/// What is private to an account has keys that begin like this, with its number.
const PRIVATE: &str = "zvonok.private.";

/// Where something of the signed-in account is kept.
fn place(what: &str) -> Option<String> {
    ACCOUNT
        .get()
        .map(|account| format!("{PRIVATE}{account}.{what}"))
}

/// What is kept of the signed-in account.
fn kept() -> Kept {
    let text = place("outbox").and_then(|place| storage::get(&place).map(|text| (place, text)));
    let Some((place, text)) = text else {
        return Kept::default();
    };
    Kept::read(&text).unwrap_or_else(|| {
        // Of another version: out of the way, but not lost.
        storage::set(&format!("{place}.unread"), &text);
        Kept::default()
    })
}

/// Changes the list where it is kept, since another tab may have changed it, and then here.
fn change(change: impl FnOnce(&mut Vec<Pending>)) {
    let Some(place) = place("outbox") else { return };
    let mut kept = kept();
    if !STORED.get() {
        kept.entries = PENDING.with(|pending| pending.get_untracked());
    }
    change(&mut kept.entries);
    match kept.text() {
        None => storage::remove(&place),
        Some(text) if !storage::set(&place, &text) => STORED.set(false),
        Some(_) => {}
    }
    PENDING.with(|pending| pending.set(kept.entries));
}

fn fresh_id() -> ClientId {
    let mut bytes = [0; 16];
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    ClientId(u128::from_be_bytes(bytes))
}
