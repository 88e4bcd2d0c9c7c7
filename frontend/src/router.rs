//! Where the person is: the address bar as a signal, without a router crate's bytes.
//!
//! A link is an ordinary `<a href=Route::Chat(id)>`: one listener on the window turns clicks on
//! links to screens into navigation and leaves all others to the browser. After
//! a navigation the new screen's `<h1>` takes the focus, so that a screen reader says where one is.

use std::cell::RefCell;

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlAnchorElement, HtmlElement};

use crate::reactive::effect;
use crate::route::Route;

thread_local! {
    static PATH: ArcRwSignal<String> = ArcRwSignal::new(pathname());
    /// Where the person came from among the screens, unless by the browser's "back".
    static BEFORE: RefCell<String> = const { RefCell::new(String::new()) };
    /// The steps of this screen: how each is undone.
    static STEPS: RefCell<Vec<Box<dyn Fn()>>> = const { RefCell::new(Vec::new()) };
}

/// Of links that lead one level up.
const BACK: &str = ".pane-header__back";

/// The path of the address bar. Tracked.
pub fn path() -> String {
    PATH.with(ArcRwSignal::get)
}

/// Goes to `href`, a new entry in the history: `router::go(Route::Chats)`. What isn't a screen is
/// loaded as a page.
pub fn go(href: impl Into<String>) {
    let href = href.into();
    if !Route::owns(&href) {
        let _ = window().location().assign(&href);
        return;
    }
    BEFORE.replace(pathname());
    STEPS.take();
    push(&href);
    arrived();
}

/// Makes a step of a form an entry in the history: the browser's "back" and [`back`] call `undo`
/// and stay on the screen.
pub fn step(undo: impl Fn() + 'static) {
    push("");
    STEPS.with_borrow_mut(|steps| steps.push(Box::new(undo)));
}

/// As the browser's "back".
pub fn back() {
    if let Ok(history) = window().history() {
        let _ = history.back();
    }
}

fn push(href: &str) {
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(href));
    }
}

/// Goes to `href` in place of the present entry: for redirections, which "back" must not meet.
pub fn replace(href: impl Into<String>) {
    let href = href.into();
    if !Route::owns(&href) {
        let _ = window().location().replace(&href);
        return;
    }
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&href));
    }
    arrived();
}

/// Begins to listen.
pub fn start() {
    window_event_listener(ev::popstate, |_| popped());
    window_event_listener(ev::click, |event| follow(&event));
}

/// The tab's title follows the screen: "Чаты · Звонок".
pub fn title(title: Signal<String>) {
    effect(move || {
        let product = crate::text!(common.product);
        title.with(|title| {
            document().set_title(&if title.is_empty() {
                product.to_owned()
            } else {
                format!("{title} · {product}")
            });
        });
    });
}

fn pathname() -> String {
    window().location().pathname().unwrap_or_default()
}

fn popped() {
    BEFORE.take();
    match STEPS.with_borrow_mut(Vec::pop) {
        Some(undo) => undo(),
        None => arrived(),
    }
}

fn arrived() {
    let now = pathname();
    let moved = PATH.with(|path| path.with_untracked(|before| *before != now));
    if moved {
        PATH.with(|path| path.set(now));
        request_animation_frame(focus_heading);
    }
}

fn follow(event: &web_sys::MouseEvent) {
    let elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || elsewhere {
        return;
    }
    let link = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|element| element.closest("a[href]").ok().flatten())
        .and_then(|element| element.dyn_into::<HtmlAnchorElement>().ok());
    let Some(link) = link else { return };
    let same_site = window()
        .location()
        .origin()
        .is_ok_and(|it| it == link.origin());
    let plain = link.target().is_empty() && !link.has_attribute("download");
    if same_site && plain && link.hash().is_empty() && Route::owns(&link.pathname()) {
        event.prevent_default();
        // One level up to where one came from: the browser's "back" must not lead down again.
        if link.matches(BACK) == Ok(true) && BEFORE.take() == link.pathname() {
            return back();
        }
        go(link.pathname() + &link.search());
    }
}

fn focus_heading() {
    // Who was typing into the shell goes on.
    if let Ok(Some(_)) = document().query_selector("[data-take-focus]:focus") {
        return;
    }
    let heading = ["main h1", "main"]
        .into_iter()
        .find_map(|place| document().query_selector(place).ok().flatten());
    if let Some(heading) = heading.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        heading.set_tab_index(-1);
        let _ = heading.focus();
    }
}
