//! The connection over which events come. After `Ready` nothing is missed: the state is fetched
//! then, and the events that came meanwhile are applied to it. Reconnecting is the same again.

mod line;
mod pulse;

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::time::Duration;

use common::chats::ChatEvent;
use common::endpoint::Declared;
use common::realtime::{
    CLOSE_ELSEWHERE, CLOSE_SESSION_ENDED, ClientFrame, Event, GetState, OpenSocket, ServerFrame,
};
use common::{ChatId, Error};
use gloo_net::websocket::{Message, WebSocketError, futures::WebSocket};
use leptos::{ev, prelude::*, task::spawn_local};
use web_sys::VisibilityState;

use crate::delay::delay;
use crate::{api, outbox, store, update};
use line::{Line, Live};
use pulse::Pulse;

/// How often the server hears that we are here.
const ALIVE: Duration = Duration::from_secs(30);

/// A connection that is lost for a shorter time is nobody's concern.
const GRACE: Duration = Duration::from_secs(3);

/// A connection that takes longer to be made will not be made.
const PATIENCE: Duration = Duration::from_secs(15);

/// After something that isn't understood the state is fetched within so many milliseconds.
const MEND: f64 = 5_000.0;

thread_local! {
    static SOCKET: RefCell<Line> = RefCell::default();
    static BROKEN: ArcRwSignal<bool> = ArcRwSignal::new(false);
    static LISTENING: Cell<bool> = const { Cell::new(false) };
    static MENDING: Cell<bool> = const { Cell::new(false) };
}

/// Whether there has been no connection for a while. Tracked.
pub fn broken() -> bool {
    BROKEN.with(ArcRwSignal::get)
}

/// Connects, and stays connected until [`stop`].
pub(crate) fn start() {
    listen();
    SOCKET.with_borrow_mut(|it| it.wanted = true);
    connect();
}

/// Disconnects and stays so.
pub(crate) fn stop() {
    SOCKET.with_borrow_mut(|it| {
        let round = it.round + 1;
        if let Some(retry) = it.retry.take() {
            retry.clear();
        }
        *it = Line {
            round,
            ..Line::default()
        };
    });
    BROKEN.with(|broken| broken.set(false));
}

/// What seemed to be a connection isn't one: a request could not reach the server.
pub(crate) fn doubt() {
    let live = SOCKET.with_borrow(|it| it.live.is_some());
    if live {
        lost();
    }
}

/// Says that the person is writing.
pub fn typing(chat: ChatId) {
    say(ClientFrame::Typing(chat));
}

/// Fetches the state; events that come meanwhile wait for it. Without a connection it is asked
/// for too: who signs in by the page's own form is found out like this.
pub(crate) fn load() {
    listen();
    let round = SOCKET.with_borrow_mut(|it| {
        it.wanted = true;
        it.held.get_or_insert_default();
        it.round += 1;
        it.round
    });
    spawn_local(async move {
        let answer = api::call(GetState {}).await;
        let held = SOCKET
            .with_borrow_mut(|it| (it.round == round).then(|| it.held.take().unwrap_or_default()));
        let Some(held) = held else { return };
        match answer {
            Ok(state) => {
                store::restart(state);
                held.iter().for_each(store::apply);
                loaded();
            }
            // The store knows already.
            Err(Error::SignIn | Error::SomebodyElse { .. }) => {}
            Err(_) => lost(),
        }
    });
}

/// The state is there: goes on, or connects where only the state was asked for.
fn loaded() {
    let live = SOCKET.with_borrow_mut(|it| {
        if it.live.is_some() {
            it.tries = 0;
        }
        it.live.is_some()
    });
    if live {
        BROKEN.with(|broken| broken.set(false));
        outbox::send();
    } else {
        connect();
    }
}

fn connect() {
    let idle = SOCKET.with_borrow_mut(|it| {
        if let Some(retry) = it.retry.take() {
            retry.clear();
        }
        it.ousted = false;
        it.wanted && it.live.is_none()
    });
    if !idle {
        return;
    }
    let location = window().location();
    let scheme = match location.protocol().as_deref() {
        Ok("http:") => "ws",
        _ => "wss",
    };
    let host = location.host().unwrap_or_default();
    let address = format!("{scheme}://{host}{}", OpenSocket::PATH);
    let Ok(socket) = WebSocket::open(&address) else {
        return again();
    };
    let round = SOCKET.with_borrow_mut(|it| {
        it.pulse = Pulse::begin(js_sys::Date::now());
        it.round += 1;
        let round = it.round;
        it.live = Some(Live { socket, round });
        round
    });
    spawn_local(listen_to(round));
    // `Ready` begins another round.
    let silent = move || SOCKET.with_borrow(|it| it.round == round && it.live.is_some());
    set_timeout(
        move || {
            if silent() {
                lost();
            }
        },
        PATIENCE,
    );
}

/// Hears what comes over the connection that began in this round, in its order, until it ends or another
/// one has taken its place.
async fn listen_to(round: u32) {
    while let Some(said) =
        poll_fn(|context| SOCKET.with_borrow_mut(|it| it.next(round, context))).await
    {
        match said {
            Ok(Message::Text(text)) => hear(&text),
            Err(WebSocketError::ConnectionClose(event)) => return closed(event.code),
            // The end follows an error.
            Ok(Message::Bytes(_)) | Err(_) => {}
        }
    }
}

fn hear(text: &str) {
    SOCKET.with_borrow_mut(|it| it.pulse.hear(js_sys::Date::now()));
    match common::json::from_str(text) {
        Ok(ServerFrame::Ready { version }) => {
            update::heard(version);
            load();
        }
        Ok(ServerFrame::Event(event)) => {
            let event = SOCKET.with_borrow_mut(|it| match &mut it.held {
                Some(held) if !passing(&event) => {
                    held.push(event);
                    None
                }
                _ => Some(event),
            });
            if let Some(event) = event {
                store::apply(&event);
            }
        }
        Ok(ServerFrame::Alive) => {}
        // From a server of another version: what it tells is in the state.
        Err(_) => mend(),
    }
}

/// Something happened that isn't understood: the state is fetched soon, once for all that comes until
/// then. Whoever else was told doesn't ask in the same moment.
fn mend() {
    if MENDING.replace(true) {
        return;
    }
    let delay = Duration::from_millis((MEND * (0.2 + 0.8 * js_sys::Math::random())) as u64);
    set_timeout(
        || {
            MENDING.set(false);
            if connected() {
                load();
            }
        },
        delay,
    );
}

/// Whether there is a connection, as far as one knows.
pub(crate) fn connected() -> bool {
    SOCKET.with_borrow(|it| it.wanted && it.live.is_some())
}

/// Whether the server has answered since the connection was made.
pub(crate) fn answers() -> bool {
    SOCKET.with_borrow(|it| it.live.is_some() && it.tries == 0)
}

/// Events that are not part of the state and can't wait for it.
const fn passing(event: &Event) -> bool {
    matches!(event, Event::Chat(ChatEvent::Typing { .. }))
}

fn closed(code: u16) {
    match code {
        CLOSE_SESSION_ENDED => store::session_lost(),
        CLOSE_ELSEWHERE => {
            SOCKET.with_borrow_mut(|it| {
                it.lose();
                it.ousted = true;
            });
            tell_later();
        }
        _ => lost(),
    }
}

/// The connection is gone, or could not be made: tries again, later and later.
fn lost() {
    let tries = SOCKET.with_borrow_mut(|it| {
        it.lose();
        it.tries
    });
    tell_later();
    // A handshake that fails doesn't say why; a session that has ended is one reason, which only
    // a request learns. A server that is gone fails both.
    if tries % 2 == 0 {
        ask();
    }
    again();
}

/// Says that there is no connection, unless it comes back in a moment.
fn tell_later() {
    set_timeout(
        || {
            let gone = SOCKET.with_borrow(|it| it.wanted && it.tries > 0);
            BROKEN.with(|broken| broken.set(gone));
        },
        GRACE,
    );
}

/// Asks for the state without a connection: where sockets don't get through, it's better than
/// nothing, and an ended session is noticed.
fn ask() {
    let round = SOCKET.with_borrow(|it| it.round);
    spawn_local(async move {
        let answer = api::call(GetState {}).await;
        let current = SOCKET.with_borrow(|it| it.round == round && it.wanted);
        if let (true, Ok(state)) = (current, answer) {
            store::restart(state);
            outbox::send();
        }
    });
}

fn again() {
    let tries = SOCKET.with_borrow(|it| it.tries);
    let delay = delay(tries, js_sys::Math::random());
    let handle = set_timeout_with_handle(connect, delay).ok();
    SOCKET.with_borrow_mut(|it| {
        if let Some(before) = std::mem::replace(&mut it.retry, handle) {
            before.clear();
        }
    });
}

/// Begins to follow the device: its network, its sleep, and the clock.
fn listen() {
    if LISTENING.replace(true) {
        return;
    }
    window_event_listener(ev::online, |_| renew());
    window_event_listener(ev::offline, |_| doubt());
    window_event_listener(ev::visibilitychange, |_| woken());
    for sign in ["focus", "pointerdown", "keydown"] {
        window_event_listener_untyped(sign, |_| here());
    }
    set_interval(alive, ALIVE);
    api::when_late(|| {
        alive();
        set_timeout(alive, pulse::SURELY);
    });
}

/// The network has changed: what was connected before it isn't any more.
fn renew() {
    SOCKET.with_borrow_mut(Line::lose);
    tell_later();
    connect();
}

fn woken() {
    if document().visibility_state() != VisibilityState::Visible {
        return;
    }
    let stale = SOCKET.with_borrow(|it| it.pulse.slept(js_sys::Date::now()));
    if stale {
        // The device slept: the server has given us up.
        renew();
    } else {
        connect();
    }
}

/// The person does something here: takes the place of another.
fn here() {
    if SOCKET.with_borrow(|it| it.ousted) {
        connect();
    }
}

fn alive() {
    let stuck = SOCKET.with_borrow_mut(|it| {
        let silent = it.pulse.beat(js_sys::Date::now());
        let live = it.live.as_ref();
        live.is_some_and(|live| silent || live.socket.buffered_amount() > 0)
    });
    if stuck {
        lost();
    } else {
        say(ClientFrame::Alive);
    }
}

fn say(frame: ClientFrame) {
    let Ok(text) = common::json::to_string(&frame) else {
        return;
    };
    SOCKET.with_borrow_mut(|it| it.say(text));
}
