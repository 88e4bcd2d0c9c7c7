//! Screens that are downloaded when they are opened, each group a chunk: what a family doesn't need at
//! first costs its first visit nothing. The build splits the program at the functions of [`chunks`];
//! functions with one name share a chunk. A name more makes a chunk more for each set of others that
//! it shares code with, so they are few.

use std::pin::Pin;
use std::time::Duration;

use common::{ChatId, ClassId, GuardianLinkId};
use js_sys::Reflect;
use leptos::{prelude::*, task::spawn_local};

use crate::admin::office::Office;
use crate::admin::route::AdminRoute;
use crate::admin::screens::Screen;
use crate::chats::{MarksMenu, MessageMenu, Press};
use crate::chunk::{Loading, chunk, floating, framed};
use crate::frame::Frame;
use crate::route::Route;
use crate::ui::{Anchor, Shape};
use crate::{router, store};

/// So long after the first screen is there, the next likely chunk is fetched: not beside what the
/// person waits for.
const AHEAD: Duration = Duration::from_secs(5);

mod chunks {
    use common::{ChatId, ClassId, GuardianLinkId};
    use leptos::prelude::*;
    use leptos::wasm_split::{SplitLoaderError, wasm_split};

    use crate::accounts::{Profile, TakenPage};
    use crate::admin::Root;
    use crate::admin::office::{self, Office};
    use crate::admin::route::AdminRoute;
    use crate::admin::screens::{self, Screen};
    use crate::applications::{ApplicationPage, ApplyPage};
    use crate::chats::{self, Contacts, Conversation, MarksMenu, Menus, MessageMenu, Press};
    use crate::classes::ClassView;
    use crate::errors::rare;
    use crate::invites::{InvitePage, JoinPage};
    use crate::parents::{self, ChildPage};
    use crate::reactive::Derived;
    use crate::route::Route;
    use crate::router;
    use crate::schools::SchoolPage;
    use crate::ui::live;

    type Chunk = Result<AnyView, SplitLoaderError>;

    #[wasm_split(admin, wasm_split_path = leptos::wasm_split, fallible, preload(fetch_admin))]
    pub fn administration() -> Chunk {
        rare::bring();
        Ok(view! { <Root /> }.into_any())
    }

    #[wasm_split(structure, wasm_split_path = leptos::wasm_split, fallible, preload(fetch_structure))]
    pub fn structure(which: Screen) -> Chunk {
        Ok(screens::screen(which))
    }

    #[wasm_split(office, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn office(which: Office) -> Chunk {
        Ok(office::screen(which))
    }

    #[wasm_split(apply, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn application() -> Chunk {
        rare::bring();
        let route = Derived::new(|| AdminRoute::parse(&router::path()));
        Ok(live(move || match route.get() {
            AdminRoute::Applicant(secret) => view! { <ApplicationPage secret /> }.into_any(),
            _ => view! { <ApplyPage /> }.into_any(),
        }))
    }

    #[wasm_split(apply, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn join(code: String) -> Chunk {
        rare::bring();
        Ok(view! { <JoinPage code /> }.into_any())
    }

    #[wasm_split(join, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn invite(secret: String) -> Chunk {
        rare::bring();
        Ok(view! { <InvitePage secret /> }.into_any())
    }

    #[wasm_split(school, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn taken() -> Chunk {
        Ok(view! { <TakenPage /> }.into_any())
    }

    #[wasm_split(school, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn profile() -> Chunk {
        Ok(view! { <Profile /> }.into_any())
    }

    #[wasm_split(school, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn child(link: GuardianLinkId) -> Chunk {
        rare::bring();
        let registering = super::register_child;
        Ok(view! { <ChildPage link registering /> }.into_any())
    }

    #[wasm_split(school, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn register_child(link: GuardianLinkId, name: String, open: RwSignal<bool>) -> Chunk {
        rare::bring();
        Ok(parents::register_child(link, name, open))
    }

    #[wasm_split(conversation, wasm_split_path = leptos::wasm_split, fallible, preload(fetch_conversation))]
    pub fn conversation(chat: ChatId, back: Route) -> Chunk {
        let menus = Menus {
            message: super::message_actions,
            marks: super::marks_menu,
            mark: super::mark,
        };
        Ok(view! { <Conversation chat back menus /> }.into_any())
    }

    #[wasm_split(menus, wasm_split_path = leptos::wasm_split, fallible, preload(fetch_menus))]
    pub fn message_actions(menu: MessageMenu) -> Chunk {
        Ok(chats::message_actions(menu))
    }

    #[wasm_split(menus, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn marks_menu(menu: MarksMenu) -> Chunk {
        Ok(chats::marks_menu(menu))
    }

    #[wasm_split(menus, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn mark(press: Press) -> Result<Option<String>, SplitLoaderError> {
        Ok(chats::insert(press))
    }

    #[wasm_split(school, wasm_split_path = leptos::wasm_split, fallible, preload(fetch_school))]
    pub fn school() -> Chunk {
        Ok(view! { <SchoolPage /> }.into_any())
    }

    #[wasm_split(school, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn class(class: ClassId) -> Chunk {
        Ok(view! { <ClassView class /> }.into_any())
    }

    #[wasm_split(school, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn contacts() -> Chunk {
        Ok(view! { <Contacts /> }.into_any())
    }
}

/// All that begins with `/admin`. Which places its bar has depends on the person, and it brings them.
pub fn administration() -> AnyView {
    let frame = |inside| view! { <Frame places=Vec::new()>{inside}</Frame> }.into_any();
    // Its first screen is a chunk, too: both at once.
    if untrack(router::path) == AdminRoute::Structure.href() {
        spawn_local(async {
            let _ = chunks::fetch_structure().await;
        });
    }
    framed(
        frame,
        Shape::Page,
        Box::new(|| Box::pin(chunks::administration())),
    )
}

/// Of the administration what is about classes and who comes into them.
pub fn structure(which: Screen) -> AnyView {
    chunk(Shape::Page, move || Box::pin(chunks::structure(which)))
}

/// Of the administration the rest: a school's people, information and channels, and applications.
pub fn office(which: Office) -> AnyView {
    chunk(Shape::Page, move || Box::pin(chunks::office(which)))
}

/// A school asks to be admitted.
pub fn application() -> AnyView {
    chunk(Shape::Form, || Box::pin(chunks::application()))
}

pub fn invite(secret: String) -> AnyView {
    chunk(Shape::Form, move || {
        Box::pin(chunks::invite(secret.clone()))
    })
}

/// `code` is the school's; empty: to be typed.
pub fn join(code: String) -> AnyView {
    chunk(Shape::Form, move || Box::pin(chunks::join(code.clone())))
}

/// The dialog in which a parent registers a child.
pub fn register_child(link: GuardianLinkId, name: String, open: RwSignal<bool>) -> AnyView {
    floating(
        open.into(),
        move || open.set(false),
        move || Box::pin(chunks::register_child(link, name.clone(), open)),
    )
}

/// A child of one's own.
pub fn child(link: GuardianLinkId) -> AnyView {
    chunk(Shape::Page, move || Box::pin(chunks::child(link)))
}

/// Somebody else is signed in now.
pub fn taken() -> AnyView {
    chunk(Shape::Form, || Box::pin(chunks::taken()))
}

pub fn profile() -> AnyView {
    chunk(Shape::Form, || Box::pin(chunks::profile()))
}

/// What was said in a chat or channel; `back` is the list that it was chosen from.
pub fn conversation(chat: ChatId, back: Route) -> AnyView {
    chunk(Shape::Conversation, move || {
        Box::pin(chunks::conversation(chat, back.clone()))
    })
}

/// What can be done with a message of a conversation.
fn message_actions(menu: MessageMenu) -> AnyView {
    menu_at(menu.at, move || Box::pin(chunks::message_actions(menu)))
}

/// The formatting of what is being written.
fn marks_menu(menu: MarksMenu) -> AnyView {
    menu_at(menu.at, move || Box::pin(chunks::marks_menu(menu)))
}

fn mark(press: Press) -> Pin<Box<dyn Future<Output = Result<Option<String>, ()>>>> {
    Box::pin(async move { chunks::mark(press).await.map_err(|_| ()) })
}

fn menu_at(
    at: RwSignal<Option<Anchor>>,
    load: impl Fn() -> Loading + Send + Sync + 'static,
) -> AnyView {
    let open = Signal::derive(move || at.with(Option::is_some));
    floating(open, move || at.set(None), load)
}

/// Where somebody will open a conversation, or is about to.
pub fn fetch_conversation() {
    spawn_local(async {
        // Without it, it's fetched when it is opened.
        let _ = chunks::fetch_conversation().await;
    });
}

pub fn school() -> AnyView {
    chunk(Shape::Page, || Box::pin(chunks::school()))
}

pub fn class(class: ClassId) -> AnyView {
    chunk(Shape::List, move || Box::pin(chunks::class(class)))
}

pub fn contacts() -> AnyView {
    chunk(Shape::List, || Box::pin(chunks::contacts()))
}

/// Fetches the chunks that the person will probably open next, when the browser has nothing else to do; not
/// for those who save data.
pub fn fetch_ahead() {
    if saves_data() {
        return;
    }
    let fetch = || {
        // Safari doesn't say when it is idle.
        if request_idle_callback_with_handle(|| spawn_local(fetch_likely())).is_err() {
            spawn_local(fetch_likely());
        }
    };
    set_timeout(fetch, AHEAD);
}

/// What doesn't come is fetched when it is opened.
async fn fetch_likely() {
    let _ = chunks::fetch_conversation().await;
    let _ = chunks::fetch_menus().await;
    let administers = store::peek(|state| {
        let mut schools = state.schools.iter();
        schools.any(|school| store::administers(state, school.id))
    });
    match administers {
        Some(true) => {
            let _ = chunks::fetch_admin().await;
            let _ = chunks::fetch_structure().await;
        }
        Some(false) => {
            let _ = chunks::fetch_school().await;
        }
        None => (),
    }
}

/// What the browser is told to do, where it can be told.
fn saves_data() -> bool {
    let navigator = window().navigator();
    ["connection", "saveData"]
        .iter()
        .try_fold(navigator.into(), |from, name| {
            Reflect::get(&from, &(*name).into())
        })
        .is_ok_and(|saves| saves.is_truthy())
}
