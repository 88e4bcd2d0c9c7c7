//! What someone has sent and the server hasn't acknowledged yet: kept on this device before
//! it is sent, so that a lost connection, a closed tab and a restarted browser lose nothing. The
//! server takes a repeat with the same [`ClientId`] for the same message, so each is sent once.

mod drafts;
mod forms;
mod private;
mod queue;
mod stored;

use std::cell::{Cell, RefCell};
use std::time::Duration;

use common::chats::{Message, SendMessage};
use common::{AccountId, ChatId, ClientId, Error};
use leptos::{prelude::*, task::spawn_local};

pub use drafts::{draft, drafts, keep_draft};
pub use forms::{KeptField, begun, keep_begun};
pub(crate) use private::place;
use queue::{Next, Queue};
use stored::{FORM, Kept};
pub use stored::{Pending, Refused};

use crate::ui::{storage, time};
use crate::{api, random, socket, store};

/// So long a tab is left alone with what it keeps, at least, in milliseconds: nearly always it's sent much sooner.
const ALONE: f64 = 10_000.0;

thread_local! {
    static PENDING: ArcRwSignal<Vec<Pending>> = ArcRwSignal::default();
    static QUEUE: RefCell<Queue> = const { RefCell::new(Queue::new()) };
    static SENDING: Cell<bool> = const { Cell::new(false) };
    /// What the server may be taking at this moment.
    static FLYING: Cell<Option<ClientId>> = const { Cell::new(None) };
    /// Whether what another tab keeps is watched over.
    static WATCHING: Cell<bool> = const { Cell::new(false) };
    /// Whether the browser is told to ask before the page goes.
    static ASKING: Cell<bool> = const { Cell::new(false) };
    static OTHER_TABS: RefCell<Option<WindowListenerHandle>> = const { RefCell::new(None) };
}

/// What waits, in the order of writing. Tracked.
pub fn pending() -> ArcRwSignal<Vec<Pending>> {
    PENDING.with(Clone::clone)
}

/// How many texts of the person on this device the server doesn't have, begun ones and those of other
/// tabs too: to be asked about before signing out.
pub fn unsent() -> usize {
    let kept = kept();
    kept.entries.len() + kept.strange.len() + drafts::count() + forms::count()
}

/// Whether nothing would be lost or cut off if the page were loaded again now.
pub(crate) fn at_rest() -> bool {
    !SENDING.get() && outlives()
}

/// Whether the browser has kept everything.
fn outlives() -> bool {
    let loose = |all: &Vec<Pending>| all.iter().any(|it| it.loose);
    !PENDING.with(|pending| pending.with_untracked(loose)) && drafts::stored()
}

/// The browser has no room: from now on it asks before what it didn't keep goes with the page.
fn ask_before_leaving() {
    if ASKING.replace(true) {
        return;
    }
    window_event_listener(leptos::ev::beforeunload, |event| {
        if !outlives() {
            event.prevent_default();
            // How older browsers want to be told.
            event.set_return_value("-");
        }
    });
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
        tried: false,
        loose: false,
    };
    change(|all| all.push(pending));
    send();
}

/// Gives up a message, which is not sent from now on, and may have been before
/// ([`Pending::may_be_there`]). None: the server may be taking it at this moment, or it isn't here any more.
pub fn take_back(client_id: ClientId) -> Option<Pending> {
    let mut taken = None;
    if !flies(client_id) {
        forget_tries(client_id);
        change(|all| {
            let at = all.iter().position(|it| it.client_id == client_id);
            taken = at.map(|at| all.remove(at));
        });
        // What stood behind it.
        send();
    }
    taken
}

/// The chat has these messages: what still waits here of them, because the answer got lost, is done with, also
/// what was refused since.
pub(crate) fn arrived(chat: ChatId, messages: &[Message]) {
    let there =
        |it: &Pending| it.chat == chat && messages.iter().any(|one| one.client_id == it.client_id);
    if PENDING.with(|pending| pending.with_untracked(|all| all.iter().any(there))) {
        change(|all| all.retain(|it| !there(it)));
    }
}

/// Whether the server may be taking it at this moment.
pub fn flies(client_id: ClientId) -> bool {
    FLYING.get() == Some(client_id)
}

/// Tries again what waits for its writer: the reason may be gone. It is said now.
pub fn retry(client_id: ClientId) {
    forget_tries(client_id);
    change(|all| {
        for it in all.iter_mut().filter(|it| it.client_id == client_id) {
            it.refused = None;
            it.at = time::now();
        }
    });
    send();
}

fn forget_tries(client_id: ClientId) {
    QUEUE.with_borrow_mut(|queue| queue.forget(client_id));
}

/// Sends what waits, one after the other.
pub(crate) fn send() {
    if SENDING.replace(true) {
        return;
    }
    spawn_local(async {
        let later = send_all().await;
        SENDING.set(false);
        if let Some(later) = later {
            set_timeout(send, later);
        }
    });
}

/// When to go on by itself. None: something else begins anew.
async fn send_all() -> Option<Duration> {
    loop {
        let Pending {
            chat, client_id, ..
        } = match next() {
            Next::Send(next) => next,
            Next::Wait(wait) => return Some(wait),
            Next::Nothing => return None,
        };
        let Some(body) = depart(client_id) else {
            continue;
        };
        let account = private::account();
        FLYING.set(Some(client_id));
        let answer = api::repeat(SendMessage {
            chat,
            client_id,
            body,
        })
        .await;
        FLYING.set(None);
        if private::account() != account {
            // Somebody else may have signed in meanwhile.
            return Some(Duration::ZERO);
        }
        let error = match answer {
            Ok(message) => {
                store::threads::sent(chat, message);
                forget_tries(client_id);
                change(|all| all.retain(|it| it.client_id != client_id));
                continue;
            }
            Err(Error::SignIn | Error::SomebodyElse { .. }) => return None,
            Err(Error::TooMany { retry_after }) => {
                return Some(Duration::from_secs(retry_after.clamp(1, 600)));
            }
            Err(error) => error,
        };
        let refused = queue::refusal(&error).or_else(|| {
            let (which, there) = ((chat, client_id), socket::answers());
            let (now, chance) = (time::now(), js_sys::Math::random());
            QUEUE
                .with_borrow_mut(|queue| queue.failed(which, &error, there, now, chance))
                .then_some(Refused::Blocked)
        });
        if refused.is_some() {
            change(|all| {
                for it in all.iter_mut().filter(|it| it.client_id == client_id) {
                    it.refused = refused;
                }
            });
        }
        if error == Error::Offline {
            // The connection's return begins anew.
            socket::doubt();
            return None;
        }
    }
}

/// Notes that the server may get it, before it does: its text. None: another tab has taken it back or sent it,
/// and this one slept meanwhile.
fn depart(client_id: ClientId) -> Option<String> {
    // What a device without a network sends arrives nowhere.
    let leaves = window().navigator().on_line();
    let mut body = None;
    change(|all| {
        let mut all = all.iter_mut();
        if let Some(it) = all.find(|it| it.client_id == client_id && it.refused.is_none()) {
            it.tried |= leaves;
            body = Some(it.body.clone());
        }
    });
    body
}

/// Another tab has changed the list, and sends what it has put there. What still waits after a while has a tab
/// that was closed, hangs or has no connection: then whoever sees it sends it, not all at once. Tabs agree on
/// nothing, since a repeat does no harm: a lock (Web Locks, which phones before Safari 15.4 don't know) would be
/// held by a tab that hangs, too.
fn watch_over() {
    let waits = waiting();
    if waits.is_empty() || WATCHING.replace(true) {
        return;
    }
    let later = ALONE * (1.0 + js_sys::Math::random());
    set_timeout(
        move || {
            WATCHING.set(false);
            if !waiting().iter().any(|it| waits.contains(it)) {
                // What came since then has its time, too.
                watch_over();
            } else if socket::connected() {
                send();
            }
        },
        Duration::from_millis(later as u64),
    );
}

/// What is to be sent.
fn waiting() -> Vec<ClientId> {
    PENDING.with(|pending| {
        pending.with_untracked(|all| {
            let all = all.iter().filter(|it| it.refused.is_none());
            all.map(|it| it.client_id).collect()
        })
    })
}

/// What goes next. What waited too long is asked about first.
fn next() -> Next {
    let now = time::now();
    let stale = |it: &Pending| queue::stale(it, now);
    let all = || PENDING.with(|pending| pending.get_untracked());
    if all().iter().any(stale) {
        change(|all| {
            for it in all.iter_mut().filter(|it| stale(it)) {
                it.refused = Some(Refused::Stale);
            }
        });
    }
    QUEUE.with_borrow(|queue| queue.next(&all(), now))
}

/// The account's outbox and drafts become this tab's. What other people left on this device waits for them, but not
/// for long: a school's computer has many users.
pub(crate) fn open(account: AccountId) {
    let Some(mine) = private::open(account) else {
        return;
    };
    private::forget_old(&mine, time::now());
    let entries = read(&format!("{mine}outbox")).entries;
    PENDING.with(|pending| pending.set(entries));
    drafts::open(&mine);
    let listener = window_event_listener(leptos::ev::storage, move |event| {
        let key = event.key().unwrap_or_default();
        if Some(&key) == place("outbox").as_ref() {
            PENDING.with(|pending| pending.set(kept().entries));
            watch_over();
        } else {
            drafts::changed(&key, event.old_value().as_deref());
        }
    });
    if let Some(before) = OTHER_TABS.replace(Some(listener)) {
        before.remove();
    }
}

/// Nobody is signed in: what is kept stays on the device for its owner.
pub(crate) fn close() {
    private::close();
    PENDING.with(|pending| pending.set(Vec::new()));
    drafts::close();
}

/// Deletes what the person wrote and didn't send, on signing out.
pub(crate) fn forget() {
    private::forget();
}

/// What there is of the signed-in account: what is kept, and what only this page has.
fn kept() -> Kept {
    let mut kept = place("outbox")
        .map(|place| read(&place))
        .unwrap_or_default();
    PENDING.with(|pending| pending.with_untracked(|page| kept.join(page)));
    kept
}

fn read(place: &str) -> Kept {
    storage::get(place).map_or_else(Kept::default, |text| Kept::read(&text))
}

/// Whether it is kept now.
fn keep(place: &str, kept: &Kept) -> bool {
    match kept.text() {
        None => {
            storage::remove(place);
            true
        }
        Some(text) => storage::set(place, &text),
    }
}

/// Changes the list where it is kept, since another tab may have changed it, and then here.
fn change(change: impl FnOnce(&mut Vec<Pending>)) {
    let Some(place) = place("outbox") else { return };
    let mut kept = kept();
    change(&mut kept.entries);
    for it in &mut kept.entries {
        it.loose = false;
    }
    if !keep(&place, &kept) {
        kept.loosen(&read(&place).entries);
        // What was taken out of it must not come back: there is room for less.
        storage::remove(&place);
        if !keep(&place, &kept) {
            kept.loosen(&[]);
            keep(&place, &kept);
        }
        ask_before_leaving();
    }
    PENDING.with(|pending| pending.set(kept.entries));
}

fn fresh_id() -> ClientId {
    let mut bytes = [0; 16];
    random::fill(&mut bytes);
    ClientId(u128::from_be_bytes(bytes))
}
