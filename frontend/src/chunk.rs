//! How a chunk is shown, whichever it is: while it comes, when it doesn't, when it's there.

use std::pin::Pin;
use std::sync::Arc;

use leptos::reactive::{computed::ScopedFuture, owner::Owner};
use leptos::wasm_split::SplitLoaderError;
use leptos::{ev, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::reactive::effect;
use crate::ui::{ErrorState, Shape, Skeleton, live, toast};
use crate::{socket, t, text};

/// So many tries for a chunk are made by this page.
const RELOAD_AFTER: u32 = 2;

pub type Loading = Pin<Box<dyn Future<Output = Result<AnyView, SplitLoaderError>>>>;

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// Nobody has wanted it yet.
    Idle,
    Fetching,
    Failed,
    There,
}

/// A chunk, or what it makes.
#[derive(Clone, Copy)]
struct Fetched {
    state: RwSignal<State>,
    view: StoredValue<Option<AnyView>, LocalStorage>,
    /// For the first time, or again.
    fetch: Callback<()>,
}

impl Fetched {
    /// `instead`: nothing else of the screen would be lost by loading the page anew.
    fn new(load: Box<dyn Fn() -> Loading + Send + Sync>, instead: bool) -> Self {
        let state = RwSignal::new(State::Idle);
        let tries = StoredValue::new(0);
        let view = StoredValue::new_local(None::<AnyView>);
        // What the chunk makes belongs to this place, however late it comes.
        let owner = Owner::current().unwrap_or_default();
        let load: Arc<dyn Fn() -> Loading + Send + Sync> = Arc::from(load);
        let load = move || owner.with(|| ScopedFuture::new_untracked(load()));
        let fetch = Callback::new(move |()| {
            let tried = tries.get_value();
            tries.set_value(tried + 1);
            // The server is there and doesn't have it: it's another release, which forgot this one. The page is
            // loaded anew; what was typed is kept on the device.
            if instead && tried >= RELOAD_AFTER && socket::answers() {
                let _ = window().location().reload();
                return;
            }
            state.set(State::Fetching);
            let load = load.clone();
            spawn_local(async move {
                let (next, made) = match load().await {
                    Ok(made) => (State::There, Some(made)),
                    Err(_) => (State::Failed, None),
                };
                // The person may have gone elsewhere meanwhile.
                if view.try_set_value(made).is_none() {
                    state.try_set(next);
                }
            });
        });
        Self { state, view, fetch }
    }

    /// Once.
    fn take(self) -> AnyView {
        let view = self.view.try_update_value(Option::take);
        view.flatten().into_any()
    }
}

pub fn chunk(shape: Shape, load: impl Fn() -> Loading + Send + Sync + 'static) -> AnyView {
    framed(|inside| inside, shape, Box::new(load))
}

/// The skeleton until the chunk is there, or that it didn't come, with "again"; both in a frame.
pub fn framed(
    frame: fn(AnyView) -> AnyView,
    shape: Shape,
    load: Box<dyn Fn() -> Loading + Send + Sync>,
) -> AnyView {
    let fetched = Fetched::new(load, true);
    fetched.fetch.run(());
    live(move || match fetched.state.get() {
        State::Idle | State::Fetching => frame(view! { <Skeleton shape /> }.into_any()),
        State::Failed => frame(
            view! {
                <h1 class="unseen">{t!(ui.error_title)}</h1>
                <ErrorState message=t!(errors.network) on_retry=Some(fetched.fetch) />
            }
            .into_any(),
        ),
        State::There => fetched.take(),
    })
}

/// What floats over a screen while it is `open`: fetched when it's wanted for the first time. Who does something else
/// before it came, types, presses elsewhere, or presses Escape, wants it no longer; that it doesn't come is told,
/// and it can be wanted again.
pub fn floating(
    open: Signal<bool>,
    close: impl Fn() + Send + Sync + 'static,
    load: impl Fn() -> Loading + Send + Sync + 'static,
) -> AnyView {
    let fetched = Fetched::new(Box::new(load), false);
    let close: Arc<dyn Fn() + Send + Sync> = Arc::new(close);
    effect(move || {
        let wanted = matches!(fetched.state.get_untracked(), State::Idle | State::Failed);
        if open.get() && wanted {
            fetched.fetch.run(());
        }
    });
    let comes = move || {
        let open = open.try_get_untracked() == Some(true);
        open && fetched.state.try_get_untracked() == Some(State::Fetching)
    };
    let escaped = Arc::clone(&close);
    let escape = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" && comes() {
            event.prevent_default();
            escaped();
        }
    });
    let elsewhere = Arc::clone(&close);
    let press = window_event_listener(ev::pointerdown, move |event| {
        if !within(&event, "[aria-expanded=true]") && comes() {
            elsewhere();
        }
    });
    let types = Arc::clone(&close);
    let input = window_event_listener(ev::input, move |_| {
        if comes() {
            types();
        }
    });
    let goes = Arc::clone(&close);
    let focus = window_event_listener(ev::focusin, move |event| {
        if within(&event, "input, textarea, select") && comes() {
            goes();
        }
    });
    on_cleanup(move || {
        escape.remove();
        press.remove();
        input.remove();
        focus.remove();
    });
    effect(move || {
        let failed = fetched.state.get() == State::Failed;
        if failed && open.get_untracked() {
            close();
            toast::show(if socket::answers() {
                text!(ui.press_again)
            } else {
                text!(errors.network)
            });
        }
    });
    live(move || match fetched.state.get() {
        State::Fetching if open.get() => view! {
            <p class="fetching" role="status"><span class="unseen">{t!(common.loading)}</span></p>
        }
        .into_any(),
        State::There => fetched.take(),
        _ => ().into_any(),
    })
}

/// Whether the event comes from such an element, or what is in one.
fn within(event: &web_sys::Event, selector: &str) -> bool {
    let element = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    element.is_some_and(|it| matches!(it.closest(selector), Ok(Some(_))))
}
