//! Short notices at the bottom of the screen: what was done, and a way to take it back.

use std::{cell::Cell, time::Duration};

use leptos::prelude::*;

use super::button::{Button, IconButton, Variant};
use super::icon::Icon;
use super::live::live;
use crate::t;

/// Long enough to read two lines and to reach the button.
const SHOWN: Duration = Duration::from_secs(7);

#[derive(Clone)]
struct Toast {
    id: u32,
    words: String,
    undo: Option<Callback<()>>,
}

thread_local! {
    static TOASTS: ArcRwSignal<Vec<Toast>> = ArcRwSignal::new(Vec::new());
    static NEXT: Cell<u32> = const { Cell::new(0) };
}

/// Says that something was done.
pub fn show(words: impl Into<String>) {
    push(words.into(), None);
}

/// Says that something was done and offers to take it back.
pub fn undo(words: impl Into<String>, undo: Callback<()>) {
    push(words.into(), Some(undo));
}

fn push(words: String, undo: Option<Callback<()>>) {
    let id = NEXT.with(|next| next.replace(next.get() + 1));
    TOASTS.with(|toasts| {
        toasts.update(|toasts| {
            // What is said again stands there once.
            toasts.retain(|it| it.words != words || it.undo.is_some());
            toasts.push(Toast { id, words, undo });
        });
    });
    set_timeout(move || close(id), SHOWN);
}

fn close(id: u32) {
    TOASTS.with(|toasts| toasts.update(|toasts| toasts.retain(|toast| toast.id != id)));
}

/// Where toasts appear: once per program, in the frame. The region is there before its first
/// toast, or a screen reader would miss it.
#[component]
pub fn Toasts() -> AnyView {
    let toasts = TOASTS.with(Clone::clone);
    let views =
        live(move || toasts.with(|toasts| toasts.iter().cloned().map(toast).collect::<Vec<_>>()));
    view! {
        <div class="toasts" role="status" aria-live="polite" aria-label=t!(ui.notifications)>
            {views}
        </div>
    }
    .into_any()
}

fn toast(Toast { id, words, undo }: Toast) -> AnyView {
    let take_back = undo.map(|undo| {
        let run = move || {
            undo.run(());
            close(id);
        };
        view! { <Button label=t!(common.undo) variant=Variant::Plain on_click=run /> }
    });
    view! {
        <div class="toast">
            <p class="toast__words">{words}</p>
            {take_back}
            <IconButton label=t!(common.close) icon=Icon::X on_click=move || close(id) />
        </div>
    }
    .into_any()
}
