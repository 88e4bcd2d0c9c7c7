//! The main program: which screen a route shows, and what stands around it.

use leptos::prelude::*;

use crate::{
    frame::{Frame, Place},
    route::{Route, Section},
    router, t,
    ui::{ButtonLink, EmptyState, Icon, Page},
};

#[component]
pub fn App() -> AnyView {
    let route = Memo::new(|_| Route::parse(&router::path()));
    // A Memo, so that moving from one chat to another builds neither the frame nor the list anew.
    let screen = Memo::new(move |_| route.get().screen());
    let public = Memo::new(move |_| route.get().section() == Section::Public);
    #[cfg(debug_assertions)]
    if let Some(gallery) = crate::gallery::at(&untrack(router::path)) {
        return gallery;
    }
    (move || {
        if public.get() {
            (move || screen_of(&screen.get())).into_any()
        } else {
            view! { <Frame places=places(route)>{move || screen_of(&screen.get())}</Frame> }
                .into_any()
        }
    })
    .into_any()
}

/// The five places of the bottom bar.
pub(crate) fn places(route: Memo<Route>) -> Vec<Place> {
    let place = |to: Route, icon, label| {
        let section = to.section();
        Place {
            href: to.href(),
            icon,
            label,
            count: Signal::stored(0),
            current: Signal::derive(move || route.with(Route::section) == section),
        }
    };
    vec![
        place(Route::Home, Icon::HOUSE, t!(nav.today)),
        place(Route::Chats, Icon::MESSAGE_CIRCLE, t!(nav.chats)),
        place(Route::Channels, Icon::MEGAPHONE, t!(nav.channels)),
        place(Route::School, Icon::SCHOOL, t!(nav.school)),
        place(Route::Profile, Icon::USER_ROUND, t!(nav.profile)),
    ]
}

fn screen_of(screen: &Route) -> AnyView {
    match screen {
        // Screens come here, each from its feature: `Route::Chats => chats::Chats(…).into_any()`.
        Route::NotFound => not_found(),
        _ => not_found(),
    }
}

fn not_found() -> AnyView {
    view! {
        <Page title=t!(common.not_found)>
            <EmptyState icon=Icon::MAP_PIN title=t!(common.not_found_hint)>
                <ButtonLink label=t!(common.to_home) href=Route::Home />
            </EmptyState>
        </Page>
    }
    .into_any()
}
