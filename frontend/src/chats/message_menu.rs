//! Asks what one can do with a message: by right click, by a long press, by the keyboard.

use std::time::Duration;

use common::ChatId;
use common::chats::Message;
use leptos::{ev::KeyboardEvent, leptos_dom::helpers::TimeoutHandle, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent, PointerEvent};

use super::unsent::waiting;
use crate::outbox::{self, Pending};
use crate::store::threads;
use crate::ui::{Anchor, menu_is_open};

/// A finger that rests so long on a message asks for its menu.
const LONG_PRESS: Duration = Duration::from_millis(500);

/// What the menu is for.
#[derive(Clone)]
pub(super) enum Chosen {
    Message(Message),
    /// It waits to be sent.
    Waiting(Pending),
}

/// The menu of the messages of one log. It listens for all of them: a row costs nothing. What it offers, a chunk
/// brings ([`message_actions`](super::message_actions)).
#[derive(Clone, Copy)]
pub struct MessageMenu {
    pub(super) chat: ChatId,
    /// While it's open.
    pub at: RwSignal<Option<Anchor>>,
    pub(super) chosen: RwSignal<Option<Chosen>>,
    pressed: StoredValue<Option<TimeoutHandle>>,
}

impl MessageMenu {
    pub fn new(chat: ChatId) -> Self {
        let pressed = StoredValue::new(None);
        let menu = Self {
            chat,
            at: RwSignal::new(None),
            chosen: RwSignal::new(None),
            pressed,
        };
        on_cleanup(move || menu.released());
        menu
    }

    /// A right click, the menu key, or a long press where the browser tells of it.
    pub fn asked(self, event: &MouseEvent) {
        // The same finger has opened it: drawn anew, it would lose the focus. One that is still on its way is for
        // the message that was asked for last.
        if self.at.with_untracked(Option::is_some) && menu_is_open() {
            event.prevent_default();
            return;
        }
        // Marked words and links have a menu of the browser's.
        let marked = window().get_selection().ok().flatten();
        if marked.is_some_and(|it| !it.is_collapsed()) || within(event, "a[href]").is_some() {
            return;
        }
        let Some(row) = within(event, ROW) else {
            return;
        };
        // The menu key has no place of its own.
        let anchor = match (event.client_x(), event.client_y()) {
            (0, 0) => Anchor::of(&row),
            (x, y) => Anchor::point(f64::from(x), f64::from(y)),
        };
        if self.open(&row, anchor) {
            event.prevent_default();
        }
    }

    /// A finger is put down. Not every phone's browser tells of a long press by itself.
    pub fn touched(self, event: &PointerEvent) {
        self.released();
        if event.pointer_type() != "touch" || within(event, "a[href]").is_some() {
            return;
        }
        let Some(row) = within(event, ROW) else {
            return;
        };
        let anchor = Anchor::point(f64::from(event.client_x()), f64::from(event.client_y()));
        let later = set_timeout_with_handle(
            move || {
                self.open(&row, anchor);
            },
            LONG_PRESS,
        );
        self.pressed.set_value(later.ok());
    }

    /// It is lifted, or has begun to scroll.
    pub fn released(self) {
        if let Some(Some(pressed)) = self.pressed.try_update_value(Option::take) {
            pressed.clear();
        }
    }

    /// Arrows go from message to message, Enter opens the menu of one.
    pub fn key(self, event: &KeyboardEvent, log: &HtmlElement) {
        // The keys are the menu's.
        if self.at.with_untracked(Option::is_some) {
            return;
        }
        let target = event
            .target()
            .and_then(|it| it.dyn_into::<HtmlElement>().ok());
        // What stands in a message and has the focus has keys of its own.
        let row = match target {
            Some(target) if target == *log => None,
            Some(target) if is_row(&target) => Some(target),
            _ => return,
        };
        let next = match (event.key().as_str(), &row) {
            ("ArrowUp", None) => last_row(log),
            ("ArrowUp", Some(row)) => beside(row, Element::previous_element_sibling),
            ("ArrowDown", Some(row)) => beside(row, Element::next_element_sibling),
            ("Enter", Some(row)) => {
                if self.open(row, Anchor::of(row)) {
                    event.prevent_default();
                }
                return;
            }
            ("Escape", Some(_)) => Some(log.clone()),
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = next {
            let _ = next.focus();
        }
    }

    fn open(self, row: &Element, anchor: Anchor) -> bool {
        let seq = row
            .get_attribute("data-seq")
            .and_then(|seq| seq.parse::<i64>().ok());
        let message = seq.and_then(|seq| {
            threads::peek(self.chat, |thread| {
                thread.messages().find(|it| it.seq == seq).cloned()
            })
            .flatten()
        });
        let message = message.filter(|message| !message.deleted);
        let chosen = message.map(Chosen::Message).or_else(|| {
            let which = row.get_attribute("data-waits")?;
            outbox::pending().with_untracked(|all| {
                let it = all.iter().find(|it| waiting(&it.client_id) == which);
                it.cloned().map(Chosen::Waiting)
            })
        });
        if chosen.is_none() {
            return false;
        }
        self.chosen.set(chosen);
        self.at.set(Some(anchor));
        true
    }
}

const ROW: &str = "[data-seq], [data-waits]";

fn is_row(element: &Element) -> bool {
    element.matches(ROW).unwrap_or_default()
}

/// The nearest element around what the event came from.
fn within(event: &web_sys::Event, selector: &str) -> Option<Element> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(selector).ok().flatten()
}

fn last_row(log: &HtmlElement) -> Option<HtmlElement> {
    let rows = log.query_selector_all(ROW).ok()?;
    rows.item(rows.length().checked_sub(1)?)?.dyn_into().ok()
}

/// The next message in a direction: days and dividers are passed over.
fn beside(row: &Element, step: fn(&Element) -> Option<Element>) -> Option<HtmlElement> {
    let mut next = step(row)?;
    while !is_row(&next) {
        next = step(&next)?;
    }
    next.dyn_into().ok()
}
