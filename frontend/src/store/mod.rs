//! What a signed-in client knows: one [`State`], changed by [`apply`] alone.
//!
//! | call | for |
//! |---|---|
//! | `store::select(\|state\| …)` | a [`Derived`] part of the state: what components hold |
//! | `store::with(\|state\| …)` | the same inside a reactive closure, None before the state is there |
//! | `store::peek(\|state\| …)` | as it is now, for event handlers |
//! | `store::apply(&event)` | an event of the socket, or made of a command's answer |
//! | `store::school()`, `store::choose_school(id)` | the school that the screens show |
//! | `store::administers(state, id)`, `store::led(state)` | where the administration is for the person |
//! | `store::session()` | signed in, out, or not known yet |
//! | `store::signed_in()`, `store::sign_out()` | after `SignIn` (or a registration) answered; to leave |
//! | `store::follow(…)` | what is fetched besides the state: see [`crate::load`] |
//! | [`threads`] | the loaded part of a chat, and fetching it |

mod followers;
mod schools;
pub mod threads;
pub mod typing;

use std::cell::{Cell, RefCell};

use common::accounts::SignOut;
use common::chats::ChatEvent;
use common::realtime::{Event, State};
use common::{AccountId, Error};
use leptos::{ev, prelude::*};

pub use followers::follow;
pub use schools::{administers, choose_school, led, school, unread_of};

use crate::api::{self, Lost};
use crate::ui::{storage, toast};
use crate::{outbox, reactive::Derived, shell, socket};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Session {
    /// The server was not asked yet, or could not be.
    Unknown,
    Out,
    In,
    /// Of somebody else than the tab was of: [`somebody_else`] says who.
    Taken,
}

thread_local! {
    /// Whose session it is now.
    static OTHER: RefCell<String> = const { RefCell::new(String::new()) };
    static STATE: ArcRwSignal<Option<State>> = ArcRwSignal::new(None);
    static SESSION: ArcRwSignal<Session> = ArcRwSignal::new(Session::Unknown);
    /// Counts start-ups: what was asked for before the last may be answered after it.
    static STARTS: Cell<u32> = const { Cell::new(0) };
}

/// Whether somebody is signed in. Tracked.
pub fn session() -> Session {
    SESSION.with(ArcRwSignal::get)
}

/// A part of the state that follows it: the type's default before the state is there.
pub fn select<T>(pick: impl Fn(&State) -> T + Send + Sync + 'static) -> Derived<T>
where
    T: Default + PartialEq + Send + Sync + 'static,
{
    Derived::new(move || with(&pick).unwrap_or_default())
}

/// Reads the state, None before it is there. Tracked.
pub fn with<T>(read: impl FnOnce(&State) -> T) -> Option<T> {
    STATE.with(|state| state.with(|state| state.as_ref().map(read)))
}

/// Reads the state as it is now, None before it is there.
pub fn peek<T>(read: impl FnOnce(&State) -> T) -> Option<T> {
    STATE.with(|state| state.with_untracked(|state| state.as_ref().map(read)))
}

/// Who is signed in, as it is now.
pub fn me() -> Option<AccountId> {
    peek(|state| state.me.id)
}

/// Applies an event: the only way in which the state changes between two start-ups.
pub fn apply(event: &Event) {
    followers::tell(Some(event));
    match event {
        Event::Touched(_) => return,
        Event::Chat(ChatEvent::Typing {
            chat,
            account,
            name,
        }) => return typing::heard(*chat, *account, name),
        Event::Chat(ChatEvent::Message { chat, message }) => {
            typing::stopped(*chat, message.author.id);
        }
        _ => {}
    }
    let outgrown = peek(|state| state.outgrown_by(event)).unwrap_or_default();
    STATE.with(|state| {
        state.update(|state| {
            if let Some(state) = state {
                state.apply(event);
            }
        });
    });
    // Not before: what stands in a conversation must not vanish in between.
    match event {
        Event::Chat(ChatEvent::Message { chat, message }) => {
            outbox::arrived(*chat, std::slice::from_ref(message));
        }
        Event::Chat(ChatEvent::History(chat, page)) => outbox::arrived(*chat, &page.messages),
        _ => {}
    }
    schools::look();
    if outgrown {
        socket::load();
    }
}

/// Takes a freshly fetched state: start-up and every reconnection.
pub(crate) fn restart(state: State) {
    let account = state.me.id;
    let mut again = false;
    STARTS.set(STARTS.get() + 1);
    STATE.with(|signal| {
        signal.update(|known| {
            let mut state = state;
            if let Some(before) = known.take() {
                state.resume(before);
                again = true;
            }
            *known = Some(state);
        });
    });
    // At the first start-up screens have just asked.
    if again {
        followers::tell(None);
    }
    schools::look();
    SESSION.with(|session| {
        if session.get_untracked() != Session::In {
            session.set(Session::In);
        }
    });
    shell::remember_signed_in(true);
    storage::set(ACCOUNT, &account.to_string());
    outbox::open(account);
    threads::catch_up();
}

/// Begins: with the socket where somebody was signed in before, with a question otherwise.
pub fn start() {
    api::for_whom(me, |lost| match lost {
        Lost::Ended => session_lost(),
        Lost::Taken(name) => session_taken(name),
    });
    // Somebody has signed in in another tab: asked for, it's told who.
    window_event_listener(ev::storage, |event| {
        let account = me().map(|me| me.to_string());
        if event.key().as_deref() == Some(ACCOUNT)
            && account.is_some()
            && event.new_value() != account
        {
            socket::load();
        }
    });
    if shell::remembers_signed_in() {
        socket::start();
    } else {
        socket::load();
    }
}

/// To be called when a session has begun, or a person who is signed in has come in somewhere else: loads
/// everything.
pub fn signed_in() {
    SESSION.with(|session| session.set(Session::Unknown));
    shell::remember_signed_in(true);
    // A connection of before wouldn't begin anew.
    socket::stop();
    socket::start();
}

/// Ends the session, and forgets on this device what the person wrote but didn't send
/// (ask [`outbox::unsent`] first).
///
/// # Errors
/// The server could not be told: the session goes on.
pub async fn sign_out() -> Result<(), Error> {
    match api::call(SignOut {}).await {
        Ok(()) | Err(Error::SignIn) => {}
        Err(error) => return Err(error),
    }
    outbox::forget();
    storage::remove(RETURN);
    leave();
    Ok(())
}

/// The session has ended without being asked to. What was typed stays on this device for the same
/// person's return.
pub(crate) fn session_lost() {
    if SESSION.with(GetUntracked::get_untracked) == Session::In {
        let place = window().location().pathname().unwrap_or_default();
        storage::set(RETURN, &place);
        toast::show(crate::text!(errors.sign_in));
    }
    leave();
}

/// In another tab somebody else has signed in. Nothing of this tab's person may be seen or done in their name; what
/// was typed stays on this device for the person's return.
fn session_taken(name: String) {
    OTHER.set(name);
    end(Session::Taken);
}

/// Who is signed in instead.
pub fn somebody_else() -> String {
    OTHER.with_borrow(Clone::clone)
}

/// This tab's person signs in again.
pub fn sign_in_again() {
    SESSION.with(|session| session.set(Session::Out));
}

/// Signing in leads back to the page that is open now: an invite, an application.
pub fn return_here() {
    storage::set(RETURN, &window().location().pathname().unwrap_or_default());
}

/// Where the person was when the session was lost; asked once, after signing in again.
pub fn place_to_return() -> Option<String> {
    let place = storage::get(RETURN)?;
    storage::remove(RETURN);
    Some(place)
}

const RETURN: &str = "zvonok.return";
/// Who is signed in on this device.
const ACCOUNT: &str = "zvonok.account";

fn leave() {
    shell::remember_signed_in(false);
    end(Session::Out);
}

fn end(how: Session) {
    socket::stop();
    outbox::close();
    threads::forget();
    STATE.with(|state| state.set(None));
    schools::look();
    SESSION.with(|session| session.set(how));
}
