use leptos::prelude::*;

use super::AdminRoute;
use super::applications::{ApplicationReview, Applications};
use super::class::ClassAdmin;
use super::information::Information;
use super::people::People;
use super::staff::{Requests, StaffInvites};
use super::structure::Structure;
use crate::{
    app,
    frame::{Frame, Place},
    router,
    store::{self, Session},
    t,
    ui::{ButtonLink, EmptyState, Icon, Page, Shape, Skeleton},
};

/// The administration: which screen a route shows, and what stands around it.
#[component]
pub fn Root() -> AnyView {
    let route = Memo::new(|_| AdminRoute::parse(&router::path()));
    store::start();
    let session = Memo::new(|_| store::session());
    Effect::new(move || {
        if session.get() == Session::Out {
            store::return_here();
            router::leave("/sign-in");
        }
    });
    let administers = store::select(|state| {
        state
            .schools
            .iter()
            .any(|school| school.roles.administrator)
    });
    let content = move || match session.get() {
        Session::In => {
            let route = route.get();
            // An operator who administers no school has only the applications.
            if administers.get() || route.operators() {
                screen_of(route)
            } else {
                view! { <Applications /> }.into_any()
            }
        }
        Session::Unknown | Session::Out => view! { <Skeleton shape=Shape::Page /> }.into_any(),
    };
    let frame = move || {
        view! { <Frame places=places(route, administers.get()) banner=app::connection()>{content}</Frame> }
    };
    frame.into_any()
}

fn places(route: Memo<AdminRoute>, administers: bool) -> Vec<Place> {
    let place = |to: AdminRoute, icon, label| Place {
        href: to.href(),
        icon,
        label,
        count: Signal::stored(0),
        current: Signal::derive(move || route.get().href().starts_with(&to.href())),
    };
    let back = Place {
        href: "/".to_owned(),
        icon: Icon::MESSAGE_CIRCLE,
        label: t!(nav.to_app),
        count: Signal::stored(0),
        current: Signal::stored(false),
    };
    if !administers {
        return vec![
            place(AdminRoute::Applications, Icon::INBOX, t!(nav.applications)),
            back,
        ];
    }
    let waiting = store::select(|state| {
        let school = store::school();
        state
            .schools
            .iter()
            .filter(|one| Some(one.id) == school)
            .map(|one| one.waiting)
            .sum::<u32>()
    });
    vec![
        Place {
            current: Signal::derive(move || {
                matches!(route.get(), AdminRoute::Structure | AdminRoute::Class(_))
            }),
            ..place(AdminRoute::Structure, Icon::LAYOUT_GRID, t!(nav.structure))
        },
        place(AdminRoute::People, Icon::USERS_ROUND, t!(nav.people)),
        place(AdminRoute::Invites, Icon::QR_CODE, t!(nav.invites)),
        Place {
            count: waiting.into(),
            ..place(AdminRoute::Requests, Icon::INBOX, t!(nav.requests))
        },
        place(AdminRoute::Information, Icon::SCHOOL, t!(nav.information)),
        back,
    ]
}

fn screen_of(route: AdminRoute) -> AnyView {
    match route {
        AdminRoute::Structure => view! { <Structure /> }.into_any(),
        AdminRoute::Class(class) => view! { <ClassAdmin class /> }.into_any(),
        AdminRoute::People => view! { <People /> }.into_any(),
        AdminRoute::Invites => view! { <StaffInvites /> }.into_any(),
        AdminRoute::Requests => view! { <Requests /> }.into_any(),
        AdminRoute::Information => view! { <Information /> }.into_any(),
        AdminRoute::Applications => view! { <Applications /> }.into_any(),
        AdminRoute::Application(application) => {
            view! { <ApplicationReview application /> }.into_any()
        }
        AdminRoute::NotFound => not_found(),
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
