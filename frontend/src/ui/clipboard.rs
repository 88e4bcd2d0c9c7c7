use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use super::toast;
use crate::text;

/// Puts words on the clipboard and says so. A browser that refuses leaves them to be marked by hand.
pub fn copy(words: &str) {
    let copied = JsFuture::from(window().navigator().clipboard().write_text(words));
    spawn_local(async move {
        if copied.await.is_ok() {
            toast::show(text!(common.copied));
        }
    });
}
