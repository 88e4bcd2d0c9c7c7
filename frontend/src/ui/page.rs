use leptos::prelude::*;

use super::icon::Icon;
use super::live::said;
use super::toast::Toasts;
use crate::{router, t};

/// A screen of one column inside the frame: heading, actions, content. It names the tab.
#[component]
pub fn Page(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] subtitle: Signal<String>,
    /// Where "back" leads: the screen above this one.
    #[prop(optional, into)]
    back: Option<String>,
    #[prop(optional, into)] actions: Option<AnyView>,
    /// The whole width of the screen, for grids and tables.
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> AnyView {
    view! {
        <div class="page" data-wide=wide.then_some("")>
            <PaneHeader title subtitle back=back.unwrap_or_default() actions=actions.into_any() />
            <div class="page__body">{children()}</div>
        </div>
    }
    .into_any()
}

/// The header of a screen or of a pane: an empty `back` shows no way back. A pane beside another
/// (`secondary`) has a lesser heading and leaves the tab's name alone.
#[component]
pub fn PaneHeader(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] subtitle: Signal<String>,
    #[prop(optional, into)] back: String,
    #[prop(optional, into)] actions: Option<AnyView>,
    #[prop(optional)] secondary: bool,
    /// Before the words: an avatar.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    let heading = if secondary {
        view! { <h2 class="pane-header__title">{title}</h2> }.into_any()
    } else {
        router::title(title);
        view! { <h1 class="pane-header__title">{title}</h1> }.into_any()
    };
    let way_back = (!back.is_empty()).then(|| {
        view! {
            <a class="icon-button pane-header__back" href=back aria-label=t!(common.back)>
                {Icon::ARROW_LEFT.view()}
            </a>
        }
    });
    view! {
        <header class="pane-header">
            {way_back}
            {children.map(|children| children())}
            <div class="pane-header__words">
                {heading}
                {said("pane-header__subtitle", subtitle)}
            </div>
            {actions.map(|actions| view! { <div class="pane-header__actions">{actions}</div> })}
        </header>
    }
    .into_any()
}

/// A screen for people who are not signed in: the brand, one card in the middle, the languages.
#[component]
pub fn PublicPage(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] lead: Signal<String>,
    /// For forms that need more room than three fields.
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> AnyView {
    router::title(title);
    view! {
        <div class="public" data-wide=wide.then_some("")>
            <header class="public__brand">
                <a class="brand" href="/">{brand_mark()} <span>{t!(common.product)}</span></a>
            </header>
            <main class="public__card" id="main">
                <h1 class="public__title">{title}</h1>
                {said("public__lead", lead)}
                {children()}
            </main>
            <footer class="public__footer"><crate::frame::LanguageLinks /></footer>
            <Toasts />
        </div>
    }
    .into_any()
}

/// The bell of the brand, drawn as in `icons/icon.svg`.
pub(crate) fn brand_mark() -> AnyView {
    const BELL: &str = "<path d='M12 3.2a1.6 1.6 0 0 1 1.6 1.6v.5c2.7.7 4.4 3 4.4 5.9v3.4l1.5 2.2a.8.8 0 0 1-.7 1.2H5.2a.8.8 0 0 1-.7-1.2L6 14.6v-3.4c0-2.9 1.7-5.2 4.4-5.9v-.5A1.6 1.6 0 0 1 12 3.2Z'/><path d='M9.6 19.3h4.8a2.4 2.4 0 0 1-4.8 0Z'/>";
    view! { <svg class="brand__mark" viewBox="0 0 24 24" aria-hidden="true" inner_html=BELL></svg> }
        .into_any()
}
