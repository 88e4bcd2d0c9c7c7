use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement, MouseEvent};

use super::button::{Button, IconButton, Variant};
use super::icon::Icon;
use super::unique_id::unique_id;
use crate::reactive::effect;
use crate::t;

/// A modal window over the screen: the browser's own `<dialog>`, which keeps the focus inside,
/// closes on Escape, and gives the focus back. Its content lives only while it is open.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    children: ChildrenFn,
) -> AnyView {
    let dialog = NodeRef::<html::Dialog>::new();
    let title_id = unique_id();
    let labelled_by = title_id.clone();
    effect(move || {
        let wanted = open.get();
        let Some(dialog) = dialog.get() else { return };
        if wanted && !dialog.open() {
            let _ = dialog.show_modal();
            // Not the closing button, which the browser would choose, nor one that does something.
            request_animation_frame(move || focus_first(&dialog));
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    // Only the backdrop is the dialog itself: everything inside it has an element of its own. With a
    // form in it, a slip of the hand must not lose what was typed.
    let outside = move |event: MouseEvent| {
        let target = event.target();
        let itself = dialog.get_untracked();
        if let (Some(target), Some(itself)) = (target, itself)
            && target == ****itself
            && let Ok(None) = itself.query_selector("form")
        {
            open.set(false);
        }
    };
    view! {
        <dialog
            class="dialog"
            node_ref=dialog
            aria-labelledby=labelled_by
            on:close=move |_| open.set(false)
            on:mousedown=outside
        >
            {move || open.get().then(|| view! {
                <div class="dialog__box">
                    <header class="dialog__header">
                        <h2 class="dialog__title" id=title_id.clone() tabindex="-1">{title}</h2>
                        <IconButton label=t!(common.close) icon=Icon::X on_click=move || open.set(false) />
                    </header>
                    <div class="dialog__body">{children()}</div>
                </div>
            })}
        </dialog>
    }
    .into_any()
}

/// The first field, or the way back of a question, or else what the dialog is about.
fn focus_first(dialog: &HtmlDialogElement) {
    const FIELD: &str = ".dialog__body :is(input, select, textarea):not(:disabled)";
    const WAY_BACK: &str = ".dialog__body > [data-confirm] > button";
    let places = [FIELD, WAY_BACK, ".dialog__title"];
    let first = places
        .into_iter()
        .find_map(|place| dialog.query_selector(place).ok().flatten());
    if let Some(first) = first.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = first.focus();
    }
}

/// A question before something that can't be undone. `action` names what will happen
/// ("Отозвать"), never "OK".
#[component]
pub fn Confirm(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    /// What follows from it, in a sentence.
    #[prop(into)]
    text: Signal<String>,
    #[prop(into)] action: Signal<String>,
    #[prop(default = Variant::Danger)] variant: Variant,
    #[prop(into)] on_confirm: Callback<()>,
) -> AnyView {
    let confirm = move || {
        open.set(false);
        on_confirm.run(());
    };
    view! {
        <Dialog open title>
            <p>{text}</p>
            <div class="actions" data-confirm="">
                <Button label=t!(common.cancel) on_click=move || open.set(false) />
                <Button label=action variant on_click=confirm />
            </div>
        </Dialog>
    }
    .into_any()
}
