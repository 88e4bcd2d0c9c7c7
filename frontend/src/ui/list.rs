use leptos::prelude::*;

use super::Count;

/// A list of [`ListItem`]s; `label` names it for screen readers.
#[component]
pub fn List(#[prop(into)] label: Signal<String>, children: Children) -> AnyView {
    view! { <ul class="list" role="list" aria-label=label>{children()}</ul> }.into_any()
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
