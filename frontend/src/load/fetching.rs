//! Asking, and asking again. Knows no type, so that it is downloaded once and not for each thing that
//! is loaded.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use common::Error;
use common::endpoint::Endpoint;
use common::permissions::{Action, Scope};
use common::realtime::Event;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::{prelude::*, task::spawn_local};

use crate::api::{self, Answer, Call};
use crate::{delay, reactive::effect, store};

/// Many are told of one thing in one moment: each asks some time within this, in milliseconds.
const SPREAD: f64 = 3000.0;

pub struct Request {
    call: Call,
    needs: (Action, Scope),
}

impl Request {
    pub fn of<E: Endpoint>(request: &E) -> Self {
        Self {
            call: Call::of(request),
            needs: request.needs(),
        }
    }
}

/// Why something is asked for.
#[derive(Clone, Copy, PartialEq)]
enum Why {
    /// It's the first time, or something else is wanted.
    Wanted,
    /// The person has done something, and looks.
    Done,
    /// Somebody else has.
    Told,
}

struct Fetching {
    round: RwSignal<u32>,
    /// Shows an answer; false: it isn't understood.
    take: Box<dyn Fn(Answer) -> bool>,
    it: RefCell<It>,
}

struct It {
    why: Why,
    /// Counts requests: an answer that was overtaken is nobody's.
    newest: u32,
    /// What the newest request needed. None: nothing was asked yet.
    needs: Option<(Action, Scope)>,
    flying: bool,
    /// It was told of something while a request was on its way.
    outdated: bool,
    waiting: Option<TimeoutHandle>,
    /// How often it has failed since it last succeeded.
    tries: i32,
    /// The answer that is in sight.
    shown: Option<String>,
}

/// Fetches now, and again whenever a signal that `request` reads or `round` changes, or the answer may
/// be another by what others have done: one request at a time then, and one after it.
pub fn fetch(
    round: RwSignal<u32>,
    request: Box<dyn Fn() -> Option<Request>>,
    take: Box<dyn Fn(Answer) -> bool>,
) -> Again {
    let it = It {
        why: Why::Wanted,
        newest: 0,
        needs: None,
        flying: false,
        outdated: false,
        waiting: None,
        tries: 0,
        shown: None,
    };
    let fetching = Rc::new(Fetching {
        round,
        take,
        it: RefCell::new(it),
    });
    let again = Again(StoredValue::new_local(Rc::clone(&fetching)));
    let follower = Rc::clone(&fetching);
    store::follow(Rc::new(move |event| {
        let needs = follower.it.borrow().needs;
        let concerned = needs.is_some_and(|(action, scope)| match event {
            Some(event) => event.outdates(action, scope),
            None => action != Action::Anyone,
        });
        if concerned {
            // Told to nobody else, or made here.
            follower.outdated(matches!(event, Some(Event::Parent(_))));
        }
    }));
    effect(move || {
        round.track();
        if let Some(request) = request() {
            fetching.send(request);
        }
    });
    again
}

/// Asks again after what the person has done.
#[derive(Clone, Copy)]
pub struct Again(StoredValue<Rc<Fetching>, LocalStorage>);

impl Again {
    pub fn ask(self) {
        let _ = self.0.try_with_value(|fetching| fetching.ask(Why::Done));
    }
}

impl Fetching {
    fn ask(&self, why: Why) {
        self.it.borrow_mut().why = why;
        let _ = self.round.try_update(|round| *round += 1);
    }

    fn send(self: &Rc<Self>, request: Request) {
        let mut it = self.it.borrow_mut();
        let why = std::mem::replace(&mut it.why, Why::Wanted);
        it.newest += 1;
        it.needs = Some(request.needs);
        it.flying = true;
        // Whatever was told before is in the answer.
        it.outdated = false;
        if let Some(waiting) = it.waiting.take() {
            waiting.clear();
        }
        let mine = it.newest;
        drop(it);
        let fetching = Rc::clone(self);
        spawn_local(async move {
            let answer = api::send(request.call).await;
            fetching.arrived(mine, why, answer);
        });
    }

    fn arrived(self: &Rc<Self>, mine: u32, why: Why, answer: Answer) {
        let mut it = self.it.borrow_mut();
        if it.newest != mine || self.round.is_disposed() {
            return;
        }
        it.flying = false;
        let mut outdated = it.outdated;
        let same = it.shown.is_some() && it.shown.as_ref() == answer.as_ref().ok();
        let keep = why != Why::Wanted && it.shown.is_some() && passing(&answer);
        // What has been done is fetched sooner or later, though nothing else should happen.
        it.tries = if keep { it.tries + 1 } else { 0 };
        let failure = answer.as_ref().err().filter(|_| keep);
        let pause = failure.and_then(|error| delay::again(error, it.tries, js_sys::Math::random()));
        // What follows takes it again, and a second taking at once would end the program.
        drop(it);
        if why == Why::Told && !same && in_dialog() {
            outdated = true;
        } else if !same && !keep {
            let text = answer.as_ref().ok().cloned();
            let understood = (self.take)(answer);
            self.it.borrow_mut().shown = text.filter(|_| understood);
        }
        if let Some(pause) = pause {
            self.after(pause);
        } else if outdated {
            self.later();
        }
    }

    fn outdated(self: &Rc<Self>, at_once: bool) {
        let flying = {
            let mut it = self.it.borrow_mut();
            it.outdated = it.flying;
            it.flying
        };
        match (flying, at_once) {
            (true, _) => {}
            (false, true) => self.ask(Why::Told),
            (false, false) => self.later(),
        }
    }

    fn later(self: &Rc<Self>) {
        self.after(Duration::from_millis(
            (js_sys::Math::random() * SPREAD) as u64,
        ));
    }

    fn after(self: &Rc<Self>, pause: Duration) {
        if self.it.borrow().waiting.is_some() {
            return;
        }
        let fetching = Rc::clone(self);
        let due = move || {
            fetching.it.borrow_mut().waiting = None;
            if fetching.round.is_disposed() {
                return;
            }
            if in_dialog() {
                fetching.later();
            } else {
                fetching.ask(Why::Told);
            }
        };
        self.it.borrow_mut().waiting = set_timeout_with_handle(due, pause).ok();
    }
}

/// What is chosen or written in a dialog must not be lost because what is around it is drawn anew, nor a dialog that
/// is on its way.
fn in_dialog() -> bool {
    let open = document().query_selector("dialog[open], .fetching");
    open.is_ok_and(|open| open.is_some())
}

/// A failure that says nothing about the thing: what is in sight stays.
fn passing(answer: &Answer) -> bool {
    matches!(
        answer,
        Err(Error::Offline | Error::Unavailable | Error::TooMany { .. } | Error::Internal { .. })
    )
}
