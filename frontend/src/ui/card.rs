use leptos::prelude::*;

use super::live::live;

/// A group of things that belong together, under a heading.
#[component]
pub fn Card(
    #[prop(optional, into)] title: Signal<String>,
    /// At the right of the heading.
    #[prop(optional, into)]
    action: Option<AnyView>,
    children: Children,
) -> AnyView {
    let heading = live(move || {
        (!title.with(String::is_empty)).then(|| view! { <h2 class="card__title">{title}</h2> })
    });
    view! {
        <section class="card">
            <header class="card__header">{heading} {action}</header>
            {children()}
        </section>
    }
    .into_any()
}
