use leptos::{ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::badge::Count;

/// A list of [`ListItem`]s; `label` names it for screen readers. Arrows move between the rows.
#[component]
pub fn List(#[prop(into)] label: Signal<String>, children: Children) -> AnyView {
    let list = NodeRef::<html::Ul>::new();
    let keys = move |event: KeyboardEvent| {
        let down = match event.key().as_str() {
            "ArrowDown" => true,
            "ArrowUp" => false,
            _ => return,
        };
        if let Some(list) = list.get_untracked() {
            event.prevent_default();
            step(&list, down);
        }
    };
    view! {
        <ul class="list" role="list" aria-label=label node_ref=list on:keydown=keys>
            {children()}
        </ul>
    }
    .into_any()
}

fn step(list: &HtmlElement, down: bool) {
    let Ok(rows) = list.query_selector_all(".list__link") else {
        return;
    };
    let active = document().active_element();
    let row = |index: u32| rows.item(index)?.dyn_into::<HtmlElement>().ok();
    let at = (0..rows.length()).find(|index| row(*index).as_deref() == active.as_ref());
    let next = match at {
        Some(at) if down => at + 1,
        Some(at) => at.wrapping_sub(1),
        None => 0,
    };
    if let Some(row) = row(next) {
        let _ = row.focus();
    }
}

/// A row that leads somewhere. The children are what stands before the words: an avatar or an icon.
#[component]
pub fn ListItem(
    #[prop(into)] href: String,
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] subtitle: Signal<String>,
    /// At the right of the title, quiet: a time.
    #[prop(optional, into)]
    meta: Signal<String>,
    #[prop(optional, into)] count: Signal<u32>,
    /// Whether the row is what the pane beside shows.
    #[prop(optional, into)]
    current: Signal<bool>,
    /// At the right of the subtitle: a badge, a state.
    #[prop(optional, into)]
    trailing: Option<AnyView>,
    #[prop(optional)] children: Option<Children>,
) -> AnyView {
    view! {
        <li class="list__row">
            <a class="list__link" href=href aria-current=move || current.get().then_some("true")>
                {children.map(|children| children())}
                <span class="list__words">
                    <span class="list__line">
                        <span class="list__title">{title}</span>
                        <span class="list__meta">{meta}</span>
                    </span>
                    <span class="list__line">
                        <span class="list__subtitle">{subtitle}</span>
                        {trailing}
                        <Count value=count />
                    </span>
                </span>
            </a>
        </li>
    }
    .into_any()
}
