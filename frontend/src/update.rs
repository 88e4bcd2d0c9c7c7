//! The server is of another version: the program is loaded again, by itself, as soon as the person is
//! in the middle of nothing. What waits to be sent and what was begun is kept on the device meanwhile.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use common::realtime::PROTOCOL;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlTextAreaElement, VisibilityState};

use crate::ui::storage;
use crate::{api, outbox, socket};

/// So often it is looked whether the person has finished.
const BEAT: Duration = Duration::from_secs(2);

/// The versions for which this tab was loaded again, with the minute when that was: `3@29401532`, and commas
/// between them.
const TRIED: &str = "zvonok.updated";

thread_local! {
    /// The server's version, while the person is waited for.
    static WANTED: Cell<Option<u32>> = const { Cell::new(None) };
    /// Into what something was typed or chosen.
    static TOUCHED: RefCell<Vec<Element>> = const { RefCell::new(Vec::new()) };
}

/// Begins to notice what the person types.
pub(crate) fn watch() {
    window_event_listener(ev::input, |event| {
        let field = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        TOUCHED.with_borrow_mut(|all| {
            all.retain(|it| it.is_connected());
            all.extend(field.filter(|field| !all.contains(field)));
        });
    });
}

/// The server says which version it is of.
pub(crate) fn heard(version: u32) {
    let tried = storage::get_in_tab(TRIED).unwrap_or_default();
    let wanted = outdated(PROTOCOL, version, &tried, minute()).then_some(version);
    let waits = WANTED.replace(wanted).is_some();
    if !waits {
        look();
    }
}

fn minute() -> i64 {
    (js_sys::Date::now() / 60_000.0) as i64
}

/// If loading again didn't help (an old page from some cache, servers of two versions), it won't for so many
/// minutes.
const PAUSE: i64 = 10;

/// Whether the program should be loaded again for a server of the version `servers`, in the minute `now`.
fn outdated(ours: u32, servers: u32, tried: &str, now: i64) -> bool {
    let lately = |it: &str| {
        let (version, at) = it.split_once('@')?;
        let (version, at): (u32, i64) = (version.parse().ok()?, at.parse().ok()?);
        Some(version == servers && (at..at + PAUSE).contains(&now))
    };
    servers != ours && !tried.split(',').any(|it| lately(it) == Some(true))
}

fn look() {
    let Some(version) = WANTED.get() else { return };
    if busy() {
        set_timeout(look, BEAT);
        return;
    }
    WANTED.set(None);
    let tried = storage::get_in_tab(TRIED).unwrap_or_default();
    // What can't be remembered would be done again and again.
    if storage::set_in_tab(TRIED, &format!("{tried},{version}@{}", minute())) {
        let _ = window().location().reload();
    }
}

fn busy() -> bool {
    // Without a connection nothing would come in the place of what is there.
    !socket::connected()
        || api::waits()
        || !outbox::at_rest()
        || shows("dialog[open]")
        // Who reads what was said earlier would be thrown to the end.
        || in_sight() && shows(".log__down")
        || TOUCHED.with_borrow(|all| all.iter().any(holds))
}

fn shows(selector: &str) -> bool {
    !matches!(document().query_selector(selector), Ok(None))
}

fn in_sight() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

/// Whether a field has something that the person would miss, or writes at this moment.
fn holds(field: &Element) -> bool {
    if !field.is_connected() {
        return false;
    }
    let empty = if let Some(line) = field.dyn_ref::<HtmlInputElement>() {
        line.value().is_empty()
    } else if let Some(text) = field.dyn_ref::<HtmlTextAreaElement>() {
        text.value().is_empty()
    } else {
        false
    };
    let written = || document().active_element().as_ref() == Some(field) && in_sight();
    !empty && (!field.has_attribute("data-kept") || written())
}

#[cfg(test)]
mod tests {
    use super::outdated;

    #[test]
    fn another_version_is_fetched_once_in_a_while() {
        assert!(!outdated(2, 2, "", 100));
        assert!(outdated(2, 3, "", 100));
        // The server went back to an earlier one.
        assert!(outdated(2, 1, ",2@100", 100));
        // The page came from a cache and is still the old one.
        assert!(!outdated(2, 3, ",3@100", 100));
        assert!(!outdated(2, 3, ",3@100", 109));
        assert!(outdated(2, 3, ",3@100", 110));
        assert!(outdated(2, 30, ",3@100", 100));
        // The device's clock was put back.
        assert!(outdated(2, 3, ",3@100", 99));
        // As earlier versions kept it.
        assert!(outdated(2, 3, ",3", 100));
    }

    #[test]
    fn servers_of_two_versions_make_no_loop() {
        let (mut page, mut tried, mut loads) = (1, String::new(), 0);
        for (now, server) in (100..120).zip([2, 1].into_iter().cycle()) {
            if outdated(page, server, &tried, now) {
                tried = format!("{tried},{server}@{now}");
                (page, loads) = (server, loads + 1);
            }
        }
        // In twenty minutes.
        assert_eq!(loads, 4);
    }
}
