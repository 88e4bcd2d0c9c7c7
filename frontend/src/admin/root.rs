use leptos::prelude::*;

use super::AdminRoute;
use crate::{
    frame::{Frame, Place},
    router, t,
    ui::{ButtonLink, EmptyState, Icon, Page},
};

/// The administration: which screen a route shows, and what stands around it.
#[component]
pub fn Root() -> AnyView {
    let route = Memo::new(|_| AdminRoute::parse(&router::path()));
    view! { <Frame places=places(route)>{move || screen_of(route.get())}</Frame> }.into_any()
}

fn places(route: Memo<AdminRoute>) -> Vec<Place> {
    let place = |to: AdminRoute, icon, label| Place {
        href: to.href(),
        icon,
        label,
        count: Signal::stored(0),
        current: Signal::derive(move || route.get().href().starts_with(&to.href())),
    };
    vec![
        Place {
            current: Signal::derive(move || {
                matches!(route.get(), AdminRoute::Structure | AdminRoute::Class(_))
            }),
            ..place(AdminRoute::Structure, Icon::LAYOUT_GRID, t!(nav.structure))
        },
        place(AdminRoute::People, Icon::USERS_ROUND, t!(nav.people)),
        place(AdminRoute::Invites, Icon::QR_CODE, t!(nav.invites)),
        place(AdminRoute::Requests, Icon::INBOX, t!(nav.requests)),
        place(AdminRoute::Information, Icon::SCHOOL, t!(nav.information)),
    ]
}

fn screen_of(route: AdminRoute) -> AnyView {
    match route {
        // Screens come here, each from its feature.
        AdminRoute::NotFound => not_found(),
        _ => not_found(),
    }
}

fn not_found() -> AnyView {
    view! {
        <Page title=t!(common.not_found)>
            <EmptyState icon=Icon::MAP_PIN title=t!(common.not_found_hint)>
                <ButtonLink label=t!(common.to_home) href=AdminRoute::Structure />
            </EmptyState>
        </Page>
    }
    .into_any()
}
