use leptos::{ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent};

use super::icon::Icon;
use super::live::live;

/// A button of an icon that opens a short list of actions ([`MenuItem`]s).
#[component]
pub fn Menu(#[prop(into)] label: Signal<String>, children: ChildrenFn) -> AnyView {
    let at = RwSignal::new(None);
    view! {
        <MenuButton label icon=Icon::ELLIPSIS_VERTICAL at />
        <ContextMenu label at children />
    }
    .into_any()
}

/// The button alone: opens and closes the [`ContextMenu`] of the same `at`, which another chunk may bring.
#[component]
pub fn MenuButton(
    #[prop(into)] label: Signal<String>,
    icon: Icon,
    at: RwSignal<Option<Anchor>>,
) -> AnyView {
    let button = NodeRef::<html::Button>::new();
    let toggle = move |event: MouseEvent| {
        event.prevent_default();
        let Some(button) = button.get_untracked() else {
            return;
        };
        // Safari leaves the focus elsewhere; the list gives it back to where it was.
        let _ = button.focus();
        // Who presses again while it's on its way is impatient, and doesn't want it less.
        let open = at.get_untracked().is_some() && menu_is_open();
        at.set((!open).then(|| Anchor::of(&button)));
    };
    view! {
        <button
            class="icon-button"
            type="button"
            node_ref=button
            aria-label=label
            title=label
            aria-haspopup="menu"
            aria-expanded=move || if at.with(Option::is_some) { "true" } else { "false" }
            on:click=toggle
        >
            {icon.view()}
        </button>
    }
    .into_any()
}

/// Whether a list of actions is in sight.
pub fn menu_is_open() -> bool {
    let open = document().query_selector("[role=menu]");
    open.is_ok_and(|open| open.is_some())
}

/// What a list of actions floats beside, in the window's pixels.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Anchor {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Anchor {
    pub fn of(element: &Element) -> Self {
        let place = element.get_bounding_client_rect();
        Self {
            left: place.left(),
            top: place.top(),
            right: place.right(),
            bottom: place.bottom(),
        }
    }

    /// A point: where a pointer is.
    pub const fn point(x: f64, y: f64) -> Self {
        Self {
            left: x,
            top: y,
            right: x,
            bottom: y,
        }
    }
}

/// A short list of actions ([`MenuItem`]s) that floats beside `at`, while there is one. Arrows, Home,
/// End and Escape work, wherever the focus is; choosing an item closes it, and the focus goes back to
/// where it was.
#[component]
pub fn ContextMenu(
    #[prop(into)] label: Signal<String>,
    at: RwSignal<Option<Anchor>>,
    children: ChildrenFn,
) -> AnyView {
    let list = NodeRef::<html::Div>::new();
    let before = StoredValue::new_local(None::<HtmlElement>);
    let outside = move |event: &web_sys::Event| {
        let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        let within = target.is_some_and(|target| {
            list.get_untracked().is_some_and(|it| it.contains(Some(&target)))
                // Its own button closes it by itself.
                || matches!(target.closest("[aria-expanded=true]"), Ok(Some(_)))
        });
        !within && at.with_untracked(Option::is_some)
    };
    let pressed = window_event_listener(leptos::ev::pointerdown, move |event| {
        if outside(&event) {
            at.set(None);
        }
    });
    // Still open, so that it was opened by the finger that is lifted now: the mouse that the browser
    // makes of it would take the focus away.
    let lifted = window_event_listener(leptos::ev::mousedown, move |event| {
        if outside(&event) {
            event.prevent_default();
        }
    });
    let close = move || {
        at.set(None);
        if let Some(Some(before)) = before.try_update_value(Option::take) {
            let _ = before.focus();
        }
    };
    let keys = move |event: KeyboardEvent| {
        match event.key().as_str() {
            "ArrowDown" => step(list, Step::Next),
            "ArrowUp" => step(list, Step::Previous),
            "Home" => step(list, Step::First),
            "End" => step(list, Step::Last),
            "Escape" => close(),
            "Tab" => return at.set(None),
            _ => return,
        }
        event.prevent_default();
    };
    let keys = window_event_listener(leptos::ev::keydown, move |event| {
        if at.with_untracked(Option::is_some) {
            keys(event);
        }
    });
    on_cleanup(move || {
        pressed.remove();
        lifted.remove();
        keys.remove();
    });
    live(move || {
        let anchor = at.get()?;
        let focused = document().active_element();
        before.set_value(focused.and_then(|it| it.dyn_into().ok()));
        request_animation_frame(move || {
            place(anchor, list);
            step(list, Step::First);
        });
        provide_context(Close(Callback::new(move |()| close())));
        Some(view! {
            <div
                class="menu__list"
                role="menu"
                tabindex="-1"
                node_ref=list
                aria-label=label
            >
                {children()}
            </div>
        })
    })
}

/// Closes the list that an item stands in.
#[derive(Clone, Copy)]
struct Close(Callback<()>);

/// One action of a [`Menu`] or [`ContextMenu`].
#[component]
pub fn MenuItem(
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] icon: Option<Icon>,
    #[prop(optional)] danger: bool,
    #[prop(into)] on_choose: Callback<()>,
) -> AnyView {
    let menu = use_context::<Close>();
    let choose = move |_: MouseEvent| {
        if let Some(Close(close)) = menu {
            close.run(());
        }
        on_choose.run(());
    };
    view! {
        <button
            class="menu__item"
            type="button"
            role="menuitem"
            tabindex="-1"
            data-variant=danger.then_some("danger")
            on:click=choose
        >
            {icon.map(Icon::view)}
            <span>{label}</span>
        </button>
    }
    .into_any()
}

enum Step {
    First,
    Next,
    Previous,
    Last,
}

fn step(list: NodeRef<html::Div>, step: Step) {
    let Some(list) = list.get_untracked() else {
        return;
    };
    let items = list.children();
    let count = items.length();
    if count == 0 {
        return;
    }
    let active = document().active_element();
    let at = (0..count).find(|index| items.item(*index) == active);
    let next = match (step, at) {
        (Step::First, _) | (Step::Next, None) => 0,
        (Step::Last, _) | (Step::Previous, None) => count - 1,
        (Step::Next, Some(at)) => (at + 1) % count,
        (Step::Previous, Some(at)) => (at + count - 1) % count,
    };
    if let Some(item) = items
        .item(next)
        .and_then(|it| it.dyn_into::<HtmlElement>().ok())
    {
        let _ = item.focus();
    }
}

/// Puts the list beside what it belongs to, within the window: it floats above panes that scroll.
fn place(anchor: Anchor, list: NodeRef<html::Div>) {
    let Some(list) = list.get_untracked() else {
        return;
    };
    let size = |value: Result<wasm_bindgen::JsValue, _>| {
        value.ok().and_then(|it| it.as_f64()).unwrap_or(0.0)
    };
    let (width, height) = (size(window().inner_width()), size(window().inner_height()));
    let own = list.get_bounding_client_rect();
    let wanted = if anchor.left < width / 2.0 {
        anchor.left
    } else {
        anchor.right - own.width()
    };
    let left = wanted.clamp(8.0, (width - own.width() - 8.0).max(8.0));
    let below = anchor.bottom + 4.0;
    let top = if below + own.height() > height {
        (anchor.top - own.height() - 4.0).max(8.0)
    } else {
        below
    };
    let style = HtmlElement::style(&list);
    let _ = style.set_property("left", &format!("{}px", left as i32));
    let _ = style.set_property("top", &format!("{}px", top as i32));
}
