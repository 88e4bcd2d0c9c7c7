//! What someone has begun to write in a form, kept on this device until it's sent: a page is left by a slip of
//! the hand, and a phone closes a tab when it likes.

use leptos::prelude::*;

use super::private::place;
use crate::reactive::effect;
use crate::ui::storage;

/// What was begun in a form and not sent. `form` says which, and of what: `refusal.link.12`.
pub fn begun(form: &str) -> Option<String> {
    storage::get(&place(&key(form))?)
}

/// Keeps what is written in it. Blank: it's sent, or as it was before.
pub fn keep_begun(form: &str, written: &str) {
    let Some(place) = place(&key(form)) else {
        return;
    };
    if written.trim().is_empty() {
        storage::remove(&place);
    } else {
        storage::set(&place, written);
    }
}

/// A field of which every keystroke is kept.
#[derive(Clone)]
pub struct KeptField {
    form: String,
    pub value: RwSignal<String>,
}

impl KeptField {
    pub fn new(form: String) -> Self {
        let value = RwSignal::new(begun(&form).unwrap_or_default());
        let kept = form.clone();
        effect(move || value.with(|written| keep_begun(&kept, written)));
        Self { form, value }
    }

    /// It's sent. The screen may be gone by then.
    pub fn sent(&self) {
        keep_begun(&self.form, "");
    }
}

/// How many there are on this device.
pub(super) fn count() -> usize {
    let Some(mine) = place(&key("")) else {
        return 0;
    };
    let keys = storage::keys();
    keys.iter().filter(|key| key.starts_with(&mine)).count()
}

fn key(form: &str) -> String {
    format!("form.{form}")
}
