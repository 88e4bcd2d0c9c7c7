use leptos::{ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::badge::Count;
use super::unique_id::unique_id;

/// One tab: its words, and a number that asks for attention (0 shows nothing).
pub struct Tab {
    label: Signal<String>,
    count: Signal<u32>,
}

impl Tab {
    pub fn new(label: impl Into<Signal<String>>) -> Self {
        Self {
            label: label.into(),
            count: Signal::stored(0),
        }
    }

    #[must_use]
    pub fn count(mut self, count: impl Into<Signal<u32>>) -> Self {
        self.count = count.into();
        self
    }
}

/// Several views of one thing, one in sight. The children are the panel: match on `selected` there.
#[component]
pub fn Tabs(
    #[prop(into)] label: Signal<String>,
    tabs: Vec<Tab>,
    /// The index into `tabs`.
    selected: RwSignal<usize>,
    children: Children,
) -> AnyView {
    let id = unique_id();
    let panel = format!("{id}-panel");
    let count = tabs.len();
    let list = NodeRef::<html::Div>::new();
    let keys = move |event: KeyboardEvent| {
        let at = selected.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => (at + 1) % count,
            "ArrowLeft" => (at + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        selected.set(next);
        let tab = list
            .get_untracked()
            .and_then(|list| list.children().item(next as u32));
        if let Some(tab) = tab.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            let _ = tab.focus();
        }
    };
    let buttons = tabs
        .into_iter()
        .enumerate()
        .map(|(index, Tab { label, count })| {
            let chosen = move || selected.get() == index;
            view! {
                <button
                    class="tabs__tab"
                    type="button"
                    role="tab"
                    id=format!("{id}-{index}")
                    aria-controls=panel.clone()
                    aria-selected=move || if chosen() { "true" } else { "false" }
                    tabindex=move || if chosen() { "0" } else { "-1" }
                    on:click=move |_| selected.set(index)
                >
                    <span>{label}</span>
                    <Count value=count />
                </button>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    let labelled_by = move || format!("{id}-{}", selected.get());
    view! {
        <div class="tabs">
            <div class="tabs__list" role="tablist" aria-label=label node_ref=list on:keydown=keys>
                {buttons}
            </div>
            <div class="tabs__panel" role="tabpanel" id=panel.clone() aria-labelledby=labelled_by>
                {children()}
            </div>
        </div>
    }
    .into_any()
}
