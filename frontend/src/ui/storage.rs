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

/// All that is remembered.
pub fn keys() -> Vec<String> {
    let Some(storage) = local() else {
        return Vec::new();
    };
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
    window().session_storage().ok()??.get_item(key).ok()?
}

/// Whether this tab remembers it now.
pub fn set_in_tab(key: &str, value: &str) -> bool {
    let storage = window().session_storage().ok().flatten();
    storage.is_some_and(|storage| storage.set_item(key, value).is_ok())
}

fn local() -> Option<Storage> {
    window().local_storage().ok()?
}
