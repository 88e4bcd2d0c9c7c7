//! `localStorage`, and `sessionStorage` for one tab, which may be full, forbidden or gone: then nothing is remembered, and no more.

use leptos::prelude::window;
use web_sys::Storage;

pub fn get(key: &str) -> Option<String> {
    local()?.get_item(key).ok()?
}

/// Whether it is remembered now.
pub fn set(key: &str, value: &str) -> bool {
    local().is_some_and(|storage| storage.set_item(key, value).is_ok())
}

/// All that is remembered, but by a tab alone.
pub fn keys() -> Vec<String> {
    local().as_ref().map(keys_of).unwrap_or_default()
}

/// Forgets these, of this tab, too.
pub fn forget(which: impl Fn(&str) -> bool) {
    for storage in [local(), in_tab()].into_iter().flatten() {
        forget_in(&storage, &which);
    }
}

/// Forgets these of what this tab alone remembers.
pub fn forget_in_tab(which: impl Fn(&str) -> bool) {
    if let Some(storage) = in_tab() {
        forget_in(&storage, &which);
    }
}

fn forget_in(storage: &Storage, which: &dyn Fn(&str) -> bool) {
    for key in keys_of(storage).iter().filter(|key| which(key)) {
        let _ = storage.remove_item(key);
    }
}

fn keys_of(storage: &Storage) -> Vec<String> {
    (0..storage.length().unwrap_or_default())
        .filter_map(|index| storage.key(index).ok()?)
        .collect()
}

pub fn remove(key: &str) {
    if let Some(storage) = local() {
        let _ = storage.remove_item(key);
    }
}

/// What this tab alone remembers, until it is closed: also after the page was loaded again.
pub fn get_in_tab(key: &str) -> Option<String> {
    in_tab()?.get_item(key).ok()?
}

/// Whether this tab remembers it now.
pub fn set_in_tab(key: &str, value: &str) -> bool {
    in_tab().is_some_and(|storage| storage.set_item(key, value).is_ok())
}

fn local() -> Option<Storage> {
    window().local_storage().ok()?
}

fn in_tab() -> Option<Storage> {
    window().session_storage().ok()?
}
