use std::sync::{Arc, Mutex};

use leptos::prelude::*;

/// A part of a screen that is drawn anew when a signal that it reads changes: for a closure that is
/// not written in place in `view!`. All have one type, so that the machinery around a closure
/// (effect, state, mounting) is downloaded once and not for each of them.
pub fn live<V: IntoAny>(mut view: impl FnMut() -> V + Send + 'static) -> AnyView {
    let view: Arc<Mutex<dyn FnMut() -> AnyView + Send>> =
        Arc::new(Mutex::new(move || view().into_any()));
    view.into_any()
}

/// A paragraph that is there while it says something.
pub fn said(class: &'static str, words: Signal<String>) -> AnyView {
    live(move || {
        let shown = words.with(|words| !words.is_empty());
        shown.then(|| view! { <p class=class>{words}</p> }.into_any())
    })
}
