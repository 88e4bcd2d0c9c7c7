use leptos::{ev::KeyboardEvent, html, prelude::*};
use web_sys::PointerEvent;

use super::storage;
use crate::t;

/// In pixels: narrower hides names, wider wastes the conversation's room.
const NARROWEST: i32 = 260;
const WIDEST: i32 = 520;
const USUAL: i32 = 340;
const STEP: i32 = 20;

/// A list and what is chosen from it. Side by side on a desktop, with a border that can be dragged
/// (or moved by arrows); on a phone one at a time: `open` says whether the detail is in sight.
/// Both stay mounted, so the list keeps its place.
#[component]
pub fn Split(list: AnyView, #[prop(into)] open: Signal<bool>, children: Children) -> AnyView {
    let split = NodeRef::<html::Div>::new();
    let width = RwSignal::new(remembered());
    let set = move |wanted: i32| {
        let wanted = wanted.clamp(NARROWEST, WIDEST);
        width.set(wanted);
        storage::set("zvonok.list-width", &wanted.to_string());
    };
    let drag = move |event: PointerEvent| {
        let dragged = event.buttons() == 1;
        if let (true, Some(split)) = (dragged, split.get_untracked()) {
            set(event.client_x() - split.get_bounding_client_rect().left() as i32);
        }
    };
    let grip = NodeRef::<html::Div>::new();
    let hold = move |event: PointerEvent| {
        if let Some(grip) = grip.get_untracked() {
            let _ = grip.set_pointer_capture(event.pointer_id());
        }
    };
    let keys = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowLeft" => set(width.get_untracked() - STEP),
        "ArrowRight" => set(width.get_untracked() + STEP),
        _ => {}
    };
    view! {
        <div
            class="split"
            node_ref=split
            style:--list-width=move || format!("{}px", width.get())
            data-open=move || open.get().then_some("")
        >
            <div class="split__list">{list}</div>
            <div
                class="split__grip"
                role="separator"
                tabindex="0"
                aria-orientation="vertical"
                aria-label=t!(ui.resize_list)
                aria-valuemin=NARROWEST.to_string()
                aria-valuemax=WIDEST.to_string()
                aria-valuenow=move || width.get().to_string()
                node_ref=grip
                on:pointerdown=hold
                on:pointermove=drag
                on:keydown=keys
            ></div>
            <div class="split__detail">{children()}</div>
        </div>
    }
    .into_any()
}

fn remembered() -> i32 {
    storage::get("zvonok.list-width")
        .and_then(|width| width.parse().ok())
        .map_or(USUAL, |width: i32| width.clamp(NARROWEST, WIDEST))
}
