//! `localStorage`, which may be full, forbidden or gone: then nothing is remembered, and no more.

use leptos::prelude::window;
use web_sys::Storage;

pub fn get(key: &str) -> Option<String> {
    local()?.get_item(key).ok()?
}

pub fn set(key: &str, value: &str) {
    if let Some(storage) = local() {
        let _ = storage.set_item(key, value);
    }
}

pub fn remove(key: &str) {
    if let Some(storage) = local() {
        let _ = storage.remove_item(key);
    }
}

fn local() -> Option<Storage> {
    window().local_storage().ok()?
}
