use common::classes::ClassName;
use common::page::Paged;
use common::permissions::Action;
use common::realtime::State;
use common::schools::applications::{Application, ApplicationState, GetApplications};
use common::{ClassId, SchoolId};
use leptos::prelude::*;

use super::lead::not_yours;
use super::office::Office;
use super::route::AdminRoute;
use super::screens::Screen;
use crate::{
    app,
    frame::{Frame, Place},
    load::Load,
    reactive::{Derived, effect},
    route::Route,
    router, split,
    store::{self, Session},
    t,
    ui::{ButtonLink, EmptyState, Icon, Page, Shape, Skeleton, live},
};

/// The administration: which screen a route shows, and what stands around it.
#[component]
pub fn Root() -> AnyView {
    let route = Derived::new(|| AdminRoute::parse(&router::path()));
    #[cfg(debug_assertions)]
    if let Some(gallery) = crate::gallery::at(&untrack(router::path)) {
        return gallery;
    }
    let session = Derived::new(store::session);
    effect(move || {
        if session.get() == Session::Out {
            store::return_here();
            router::go(Route::SignIn);
        }
    });
    let administers = store::select(|state| {
        let school = store::school();
        administered(state).any(|one| Some(one) == school)
    });
    // Who administers another school than the one in sight is brought there: the screens are of it.
    let elsewhere = store::select(|state| administered(state).next());
    // A class that one leads in a school that one doesn't administer. Derived, because what is drawn
    // must not follow every change of the state.
    let leads_elsewhere = Derived::new(move || match route.get() {
        AdminRoute::Class(class) => leads_elsewhere(class),
        _ => false,
    });
    effect(move || {
        let of_a_school = match route.get() {
            AdminRoute::Class(_) => !leads_elsewhere.get(),
            route => !route.operators(),
        };
        let there = elsewhere
            .get()
            .filter(|_| of_a_school && !administers.get());
        if let Some(school) = there {
            store::choose_school(school);
        }
    });
    let operates = store::select(|state| state.may(Action::ReviewApplications, None));
    let allowed = Derived::new(move || {
        let route = route.get();
        // Schools are admitted outside of all schools.
        let school = store::school().filter(|_| !route.operators());
        store::with(|state| state.may(route.needs(), school)).unwrap_or_default()
    });
    let asking = Load::when(move || operates.get().then_some(GetApplications { page: 0 }));
    // Those that wait come first; of more than a page it says as many as one has.
    let asking = Derived::new(move || asking.with(waiting).unwrap_or_default());
    let leads = store::select(|state| {
        let led = store::led(state).map(|(_, class)| class.clone());
        led.collect::<Vec<_>>()
    });
    let content = move || match session.get() {
        Session::In => {
            let route = route.get();
            match route {
                AdminRoute::Class(class) if leads_elsewhere.get() => {
                    split::structure(Screen::Lead(class))
                }
                route if allowed.get() => screen_of(route),
                AdminRoute::Class(class) => split::structure(Screen::Lead(class)),
                // Those who administer no school begin with what they have.
                AdminRoute::Structure if operates.get() => split::office(Office::Applications),
                _ => leads.with(|all| match all.first() {
                    Some(class) => split::structure(Screen::Lead(class.id)),
                    None => not_yours(),
                }),
            }
        }
        _ => view! { <Skeleton shape=Shape::Page /> }.into_any(),
    };
    let frame = move || {
        let places = if administers.get() {
            administration(route, operates.get().then_some(asking))
        } else if session.get() == Session::In {
            own(route, operates.get().then_some(asking), leads.get())
        } else {
            Vec::new()
        };
        view! { <Frame places banner=app::connection()>{live(content)}</Frame> }.into_any()
    };
    live(frame)
}

/// The schools that the person administers.
fn administered(state: &State) -> impl Iterator<Item = SchoolId> {
    let schools = state.schools.iter().map(|school| school.id);
    schools.filter(|school| store::administers(state, *school))
}

/// Whether the person leads the class and doesn't administer its school. Tracked.
fn leads_elsewhere(class: ClassId) -> bool {
    store::with(|state| {
        let led = store::led(state).find(|(_, led)| led.id == class);
        led.is_some_and(|(school, _)| !store::administers(state, school.id))
    })
    .unwrap_or_default()
}

fn place(
    route: Derived<AdminRoute>,
    to: AdminRoute,
    icon: Icon,
    label: impl Into<Signal<String>>,
) -> Place {
    Place {
        href: to.href(),
        icon,
        label: label.into(),
        count: Signal::stored(0),
        current: Signal::derive(move || route.with(|at| at.href().starts_with(&to.href()))),
    }
}

fn back() -> Place {
    Place {
        href: Route::Chats.href(),
        icon: Icon::MESSAGE_CIRCLE,
        label: t!(nav.to_app).into(),
        count: Signal::stored(0),
        current: Signal::stored(false),
    }
}

/// For those who administer no school: the classes they lead, the schools they admit.
fn own(
    route: Derived<AdminRoute>,
    asking: Option<Derived<u32>>,
    leads: Vec<ClassName>,
) -> Vec<Place> {
    let classes = leads.into_iter().map(|class| {
        let to = AdminRoute::Class(class.id);
        place(route, to, Icon::GRADUATION_CAP, Signal::stored(class.name))
    });
    let mut places: Vec<Place> = classes.collect();
    places.extend(asking.map(|asking| applications(route, asking)));
    places.push(back());
    places
}

/// For operators: the schools that ask to be admitted.
fn applications(route: Derived<AdminRoute>, asking: Derived<u32>) -> Place {
    let label = t!(nav.applications);
    Place {
        count: asking.into(),
        ..place(route, AdminRoute::Applications, Icon::FILE_TEXT, label)
    }
}

fn waiting(page: &Paged<Application>) -> u32 {
    let waits = |it: &&Application| it.state == ApplicationState::Submitted;
    page.rows.iter().filter(waits).count() as u32
}

fn administration(route: Derived<AdminRoute>, asking: Option<Derived<u32>>) -> Vec<Place> {
    let place = |to, icon, label: Signal<&'static str>| place(route, to, icon, label);
    let waiting = store::select(|state| {
        let school = store::school();
        state
            .schools
            .iter()
            .filter(|one| Some(one.id) == school)
            .map(|one| one.waiting)
            .sum::<u32>()
    });
    let mut places = vec![
        Place {
            current: Signal::derive(move || {
                route.with(|at| matches!(at, AdminRoute::Structure | AdminRoute::Class(_)))
            }),
            ..place(AdminRoute::Structure, Icon::LAYOUT_GRID, t!(nav.structure))
        },
        Place {
            current: Signal::derive(move || {
                route.with(|at| matches!(at, AdminRoute::People | AdminRoute::Invites))
            }),
            ..place(AdminRoute::People, Icon::USERS_ROUND, t!(nav.people))
        },
        Place {
            count: waiting.into(),
            ..place(AdminRoute::Requests, Icon::INBOX, t!(nav.requests))
        },
        Place {
            current: Signal::derive(move || {
                route.with(|at| matches!(at, AdminRoute::Information | AdminRoute::Channels))
            }),
            ..place(AdminRoute::Information, Icon::SCHOOL, t!(nav.information))
        },
    ];
    places.extend(asking.map(|asking| applications(route, asking)));
    places.push(back());
    places
}

fn screen_of(route: AdminRoute) -> AnyView {
    match route {
        AdminRoute::Structure => split::structure(Screen::Structure),
        AdminRoute::Class(class) => split::structure(Screen::Class(class)),
        AdminRoute::People => split::office(Office::People),
        AdminRoute::Invites => split::structure(Screen::Invites),
        AdminRoute::Requests => split::structure(Screen::Requests),
        AdminRoute::Information => split::office(Office::Information),
        AdminRoute::Channels => split::office(Office::Channels),
        AdminRoute::Applications => split::office(Office::Applications),
        AdminRoute::Application(application) => split::office(Office::Application(application)),
        // Applications are screens of their own.
        AdminRoute::Apply | AdminRoute::Applicant(_) | AdminRoute::NotFound => not_found(),
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
