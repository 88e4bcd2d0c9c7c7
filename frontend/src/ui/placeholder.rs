//! What a place shows while it has nothing to show: loading, empty, failed.

use leptos::prelude::*;

use super::button::Button;
use super::icon::Icon;
use super::live::said;
use crate::t;

/// The shape of what is coming, so that nothing jumps when it comes.
#[derive(Clone, Copy)]
pub enum Shape {
    List,
    Conversation,
    Form,
    Page,
}

/// Stands in for content that is being loaded.
#[component]
pub fn Skeleton(shape: Shape) -> AnyView {
    let (name, rows) = match shape {
        Shape::List => ("list", 8),
        Shape::Conversation => ("conversation", 6),
        Shape::Form => ("form", 4),
        Shape::Page => ("page", 5),
    };
    let rows = (0..rows)
        .map(|_| view! { <div class="skeleton__row"></div> }.into_any())
        .collect::<Vec<_>>();
    view! {
        <div class="skeleton" data-shape=name aria-busy="true">
            <span class="unseen" role="status">{t!(common.loading)}</span>
            {rows}
        </div>
    }
    .into_any()
}

/// Says that there is nothing yet and what to do next; the children are the action.
#[component]
pub fn EmptyState(
    icon: Icon,
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] hint: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> AnyView {
    view! {
        <div class="placeholder">
            <span class="placeholder__icon">{icon.view()}</span>
            <p class="placeholder__title">{title}</p>
            {said("placeholder__hint", hint)}
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// Says what happened and offers "again", unless there is nothing that could come.
#[component]
pub fn ErrorState(
    /// The sentence that came with the error; without one, "check your connection".
    #[prop(optional, into)]
    message: Option<Signal<String>>,
    #[prop(optional_no_strip, into)] on_retry: Option<Callback<()>>,
) -> AnyView {
    let hint = message.unwrap_or_else(|| t!(ui.error_hint).into());
    let (icon, title) = match on_retry {
        Some(_) => (Icon::TRIANGLE_ALERT, t!(ui.error_title)),
        None => (Icon::MAP_PIN, t!(ui.lost_title)),
    };
    let again = on_retry.map(|again| {
        view! {
            <div class="actions">
                <Button label=t!(common.retry) icon=Icon::REFRESH_CW on_click=again />
            </div>
        }
    });
    view! {
        <div class="placeholder" role="alert">
            <span class="placeholder__icon" data-tone="danger">{icon.view()}</span>
            <p class="placeholder__title">{title}</p>
            <p class="placeholder__hint">{hint}</p>
            {again}
        </div>
    }
    .into_any()
}
