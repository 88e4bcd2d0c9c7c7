//! Screens that are downloaded when they are opened, each group a chunk: what a family doesn't need at
//! first costs its first visit nothing. The build splits the program at the functions of [`chunks`];
//! functions with one name share a chunk. A name more makes a chunk more for each set of others that
//! it shares code with, so they are few.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use common::{ChatId, ClassId, GuardianLinkId};
use js_sys::Reflect;
use leptos::reactive::{computed::ScopedFuture, owner::Owner};
use leptos::wasm_split::SplitLoaderError;
use leptos::{prelude::*, task::spawn_local};

use crate::admin::office::Office;
use crate::admin::route::AdminRoute;
use crate::admin::screens::Screen;
use crate::frame::Frame;
use crate::route::Route;
use crate::ui::{ErrorState, Shape, Skeleton, live};
use crate::{router, socket, store, t};

/// So long after the first screen is there, the next likely chunk is fetched: not beside what the
/// person waits for.
const AHEAD: Duration = Duration::from_secs(5);

mod chunks {
    use common::{ChatId, ClassId, GuardianLinkId};
    use leptos::prelude::*;
    use leptos::wasm_split::{SplitLoaderError, wasm_split};

    use crate::accounts::Profile;
    use crate::admin::Root;
    use crate::admin::office::{self, Office};
    use crate::admin::route::AdminRoute;
    use crate::admin::screens::{self, Screen};
    use crate::applications::{ApplicationPage, ApplyPage};
    use crate::chats::{Contacts, Conversation};
    use crate::classes::ClassView;
    use crate::errors::rare;
    use crate::invites::{InvitePage, JoinPage};
    use crate::parents::ChildPage;
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

    #[wasm_split(join, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn invite(secret: String) -> Chunk {
        rare::bring();
        Ok(view! { <InvitePage secret /> }.into_any())
    }

    #[wasm_split(join, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn join(code: String) -> Chunk {
        rare::bring();
        Ok(view! { <JoinPage code /> }.into_any())
    }

    #[wasm_split(join, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn child(link: GuardianLinkId) -> Chunk {
        rare::bring();
        Ok(view! { <ChildPage link /> }.into_any())
    }

    #[wasm_split(school, wasm_split_path = leptos::wasm_split, fallible)]
    pub fn profile() -> Chunk {
        Ok(view! { <Profile /> }.into_any())
    }

    #[wasm_split(conversation, wasm_split_path = leptos::wasm_split, fallible, preload(fetch_conversation))]
    pub fn conversation(chat: ChatId, back: Route) -> Chunk {
        Ok(view! { <Conversation chat back /> }.into_any())
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

/// A child of one's own, who may be registered there.
pub fn child(link: GuardianLinkId) -> AnyView {
    chunk(Shape::Page, move || Box::pin(chunks::child(link)))
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

/// So many tries for a chunk are made by this page.
const RELOAD_AFTER: u32 = 2;

type Loading = Pin<Box<dyn Future<Output = Result<AnyView, SplitLoaderError>>>>;

#[derive(Clone, Copy, PartialEq)]
enum Load {
    Fetching,
    Failed,
    There,
}

fn chunk(shape: Shape, load: impl Fn() -> Loading + Send + Sync + 'static) -> AnyView {
    framed(|inside| inside, shape, Box::new(load))
}

/// The skeleton until the chunk is there, or that it didn't come, with "again"; both in a frame.
fn framed(
    frame: fn(AnyView) -> AnyView,
    shape: Shape,
    load: Box<dyn Fn() -> Loading + Send + Sync>,
) -> AnyView {
    let state = RwSignal::new(Load::Fetching);
    let tries = StoredValue::new(0);
    let screen = StoredValue::new_local(None::<AnyView>);
    // What the chunk makes belongs to this place, however late it comes.
    let owner = Owner::current().unwrap_or_default();
    let load: Arc<dyn Fn() -> Loading + Send + Sync> = Arc::from(load);
    let load = move || owner.with(|| ScopedFuture::new_untracked(load()));
    let fetch = Callback::new(move |()| {
        let tried = tries.get_value();
        tries.set_value(tried + 1);
        // The server is there and doesn't have it: it's another release, which forgot this one. The page is
        // loaded anew; what was typed is kept on the device.
        if tried >= RELOAD_AFTER && socket::answers() {
            let _ = window().location().reload();
            return;
        }
        state.set(Load::Fetching);
        let load = load.clone();
        spawn_local(async move {
            let (next, view) = match load().await {
                Ok(view) => (Load::There, Some(view)),
                Err(_) => (Load::Failed, None),
            };
            // The person may have gone elsewhere meanwhile.
            if screen.try_set_value(view).is_none() {
                state.try_set(next);
            }
        });
    });
    fetch.run(());
    live(move || match state.get() {
        Load::Fetching => frame(view! { <Skeleton shape /> }.into_any()),
        Load::Failed => frame(
            view! {
                <h1 class="unseen">{t!(ui.error_title)}</h1>
                <ErrorState message=t!(errors.network) on_retry=Some(fetch) />
            }
            .into_any(),
        ),
        Load::There => screen.try_update_value(Option::take).flatten().into_any(),
    })
}
