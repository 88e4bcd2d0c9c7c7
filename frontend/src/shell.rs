//! The static shell of `index.html`, which paints before any WASM arrives: what was typed into it
//! moves into the mounted program, and it learns what to show at the next visit.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, EventInit, HtmlElement, HtmlInputElement};

use crate::ui::storage;

/// What someone typed into the shell's field `name`, and whether they are still in it.
pub fn typed(name: &str) -> Option<(String, bool)> {
    let field = document()
        .query_selector(&format!("#shell [name='{name}']"))
        .ok()??
        .dyn_into::<HtmlInputElement>()
        .ok()?;
    let focused = document().active_element().as_ref() == Some(field.as_ref());
    Some((field.value(), focused))
}

/// Whether it's there.
pub fn there() -> bool {
    matches!(document().query_selector("#shell"), Ok(Some(_)))
}

/// Takes the shell away. Call it when the first screen is mounted.
pub fn remove() {
    let Ok(Some(shell)) = document().query_selector("#shell") else {
        return;
    };
    // What was typed since the program's fields are there.
    for name in ["login", "password"] {
        let field = document().query_selector(&format!("main:not(#shell *) [name='{name}']"));
        let field = field.ok().flatten();
        let field = field.and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        if let (Some(field), Some((value, _))) = (field, typed(name))
            && field.value() != value
        {
            field.set_value(&value);
            let options = EventInit::new();
            options.set_bubbles(true);
            if let Ok(input) = Event::new_with_event_init_dict("input", &options) {
                let _ = field.dispatch_event(&input);
            }
        }
    }
    shell.remove();
    if let Some(root) = document().document_element() {
        let _ = root.remove_attribute("data-shell");
    }
    let waiting = document()
        .query_selector("[data-take-focus]")
        .ok()
        .flatten();
    if let Some(field) = waiting.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = field.focus();
    }
}

/// Remembers on this device whether someone is signed in: the next visit's shell then paints the
/// skeleton of the list instead of the sign-in form. Only a hint, it grants nothing.
pub fn remember_signed_in(signed_in: bool) {
    if signed_in {
        storage::set("zvonok.signed-in", "1");
    } else {
        storage::remove("zvonok.signed-in");
    }
}

/// What [`remember_signed_in`] noted.
pub fn remembers_signed_in() -> bool {
    storage::get("zvonok.signed-in").is_some()
}
