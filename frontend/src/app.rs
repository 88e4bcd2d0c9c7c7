//! Which screen a route shows, and what stands around it.

use common::chats::Chat;
use common::permissions::ChatKind;
use leptos::prelude::*;

use crate::{
    accounts::SignInPage,
    admin::route::AdminRoute,
    channels, chats,
    frame::{Frame, Place},
    parents::Today,
    reactive::{Derived, effect},
    route::{Route, Section},
    router, shell, socket, split,
    store::{self, Session},
    t,
    ui::{Banner, ButtonLink, EmptyState, Icon, Page, Shape, Skeleton, Tone, live, time},
    update,
};

#[component]
pub fn App() -> AnyView {
    update::watch();
    time::watch();
    store::start();
    let part = Derived::new(|| Part::of(&router::path()));
    effect(|| {
        if store::session() == Session::In {
            split::fetch_ahead();
        }
    });
    effect(|| {
        if !undecided() {
            // When what takes its place is there.
            request_animation_frame(shell::remove);
        }
    });
    let taken = Derived::new(|| store::session() == Session::Taken);
    live(move || match part.get() {
        _ if taken.get() => split::taken(),
        Part::Everyday => everyday(),
        Part::Administration => split::administration(),
        Part::Application => split::application(),
    })
}

/// Nobody was signed in here before, and whether somebody is now isn't known yet: the shell's form is in sight, and
/// may be typed into. Tracked.
fn undecided() -> bool {
    let path = router::path();
    store::session() == Session::Unknown
        && shell::there()
        && !shell::remembers_signed_in()
        && Part::of(&path) == Part::Everyday
        && Route::parse(&path).section() != Section::Public
}

/// What has surroundings of its own.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Everyday,
    Administration,
    Application,
}

impl Part {
    fn of(path: &str) -> Self {
        if !AdminRoute::owns(path) {
            Self::Everyday
        } else if AdminRoute::parse(path).public() {
            Self::Application
        } else {
            Self::Administration
        }
    }
}

fn everyday() -> AnyView {
    let route = Derived::new(|| Route::parse(&router::path()));
    // A Memo, so that moving from one chat to another builds neither the frame nor the list anew.
    let screen = Derived::new(move || route.get().screen());
    let public = Derived::new(move || route.get().section() == Section::Public);
    let session = Derived::new(store::session);
    let waits = Derived::new(undecided);
    effect(move || match (session.get(), public.get()) {
        (Session::Out, false) => router::replace(Route::SignIn),
        (Session::In, _) if route.get() == Route::SignIn => {
            router::replace(store::place_to_return().unwrap_or_else(|| Route::Home.href()));
        }
        _ => {}
    });
    live(move || {
        if public.get() {
            return live(move || screen_of(&screen.get(), route));
        }
        if waits.get() {
            return ().into_any();
        }
        let content = live(move || match session.get() {
            Session::In => screen_of(&screen.get(), route),
            _ => view! { <Skeleton shape=Shape::List /> }.into_any(),
        });
        view! { <Frame places=places(route) banner=connection()>{content}</Frame> }.into_any()
    })
}

/// Says that there is no connection, and that nothing is lost by it.
pub(crate) fn connection() -> AnyView {
    let shown = Signal::derive(socket::broken);
    view! { <Banner shown words=t!(ui.offline) icon=Icon::WIFI_OFF tone=Tone::Warn /> }.into_any()
}

/// Unread messages of the school in sight, of its channels or of its chats.
fn unread(channels: bool) -> Signal<u32> {
    let unread = Derived::new(move || {
        let school = store::school();
        let unread = store::with(|state| {
            let chats = state.chats.0.values();
            chats
                .filter(|chat| Some(chat.school) == school)
                .filter(|chat| (chat.kind == ChatKind::Channel) == channels)
                .map(Chat::unread)
                .sum::<i64>()
        });
        u32::try_from(unread.unwrap_or_default()).unwrap_or_default()
    });
    unread.into()
}

/// The five places of the bottom bar.
pub(crate) fn places(route: Derived<Route>) -> Vec<Place> {
    let place = |to: Route, icon, label: Signal<&'static str>, count| {
        let section = to.section();
        Place {
            href: to.href(),
            icon,
            label: label.into(),
            count,
            current: Signal::derive(move || route.with(Route::section) == section),
        }
    };
    vec![
        place(Route::Home, Icon::HOUSE, t!(nav.today), Signal::stored(0)),
        place(
            Route::Chats,
            Icon::MESSAGE_CIRCLE,
            t!(nav.chats),
            unread(false),
        ),
        place(
            Route::Channels,
            Icon::MEGAPHONE,
            t!(nav.channels),
            unread(true),
        ),
        place(
            Route::School,
            Icon::SCHOOL,
            t!(nav.school),
            Signal::stored(0),
        ),
        place(
            Route::Profile,
            Icon::USER_ROUND,
            t!(nav.profile),
            Signal::stored(0),
        ),
    ]
}

fn screen_of(screen: &Route, route: Derived<Route>) -> AnyView {
    match screen {
        // Screens come here, each from its feature.
        Route::Chats => {
            split::fetch_conversation();
            let conversation = split::conversation;
            view! { <chats::Chats route conversation /> }.into_any()
        }
        Route::Channels => {
            split::fetch_conversation();
            let conversation = split::conversation;
            view! { <channels::Channels route conversation /> }.into_any()
        }
        Route::People => split::contacts(),
        Route::SignIn => view! { <SignInPage /> }.into_any(),
        Route::Invite(secret) => split::invite(secret.clone()),
        Route::Join => split::join(String::new()),
        Route::JoinCode(code) => split::join(code.clone()),
        Route::Profile => split::profile(),
        Route::Home | Route::Children => {
            let registering = split::register_child;
            view! { <Today registering /> }.into_any()
        }
        Route::Child(link) => split::child(*link),
        Route::Class(class) => split::class(*class),
        Route::School => split::school(),
        // Their lists draw them.
        Route::Chat(_) | Route::Channel(_) | Route::NotFound => not_found(),
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
