use leptos::{ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, MouseEvent};

use super::{Icon, unique_id};

/// A button of an icon that opens a short list of actions ([`MenuItem`]s). Arrows, Home, End and
/// Escape work; choosing an item closes it and gives the focus back.
#[component]
pub fn Menu(
    #[prop(into)] label: Signal<String>,
    #[prop(default = Icon::ELLIPSIS_VERTICAL)] icon: Icon,
    children: ChildrenFn,
) -> AnyView {
    let id = unique_id();
    let open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    let list = NodeRef::<html::Div>::new();
    provide_context(MenuState { open });

    let outside = window_event_listener(leptos::ev::pointerdown, move |event| {
        let inside = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Node>().ok())
            .is_some_and(|target| {
                let holds = |node: &web_sys::Node| node.contains(Some(&target));
                list.get_untracked().is_some_and(|it| holds(&it))
                    || button.get_untracked().is_some_and(|it| holds(&it))
            });
        if !inside && open.get_untracked() {
            open.set(false);
        }
    });
    on_cleanup(move || outside.remove());

    let toggle = move |event: MouseEvent| {
        event.prevent_default();
        open.update(|open| *open = !*open);
        if open.get_untracked() {
            request_animation_frame(move || {
                place(button, list);
                step(list, Step::First);
            });
        }
    };
    let close = move || {
        open.set(false);
        if let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
    };
    let keys = move |event: KeyboardEvent| {
        match event.key().as_str() {
            "ArrowDown" => step(list, Step::Next),
            "ArrowUp" => step(list, Step::Previous),
            "Home" => step(list, Step::First),
            "End" => step(list, Step::Last),
            "Escape" => close(),
            "Tab" => return open.set(false),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <div class="menu">
            <button
                class="icon-button"
                type="button"
                node_ref=button
                aria-label=label
                title=label
                aria-haspopup="menu"
                aria-controls=id.clone()
                aria-expanded=move || if open.get() { "true" } else { "false" }
                on:click=toggle
            >
                {icon.view()}
            </button>
            {move || open.get().then(|| view! {
                <div
                    class="menu__list"
                    id=id.clone()
                    role="menu"
                    node_ref=list
                    aria-label=label
                    on:keydown=keys
                    on:click=move |_| close()
                >
                    {children()}
                </div>
            })}
        </div>
    }
    .into_any()
}

#[derive(Clone, Copy)]
struct MenuState {
    open: RwSignal<bool>,
}

/// One action of a [`Menu`].
#[component]
pub fn MenuItem(
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] icon: Option<Icon>,
    #[prop(optional)] danger: bool,
    #[prop(into)] on_choose: Callback<()>,
) -> AnyView {
    let menu = use_context::<MenuState>();
    let choose = move |_: MouseEvent| {
        if let Some(menu) = menu {
            menu.open.set(false);
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

/// Puts the list beside its button, within the window: it floats above panes that scroll.
fn place(button: NodeRef<html::Button>, list: NodeRef<html::Div>) {
    let (Some(button), Some(list)) = (button.get_untracked(), list.get_untracked()) else {
        return;
    };
    let size = |value: Result<wasm_bindgen::JsValue, _>| {
        value.ok().and_then(|it| it.as_f64()).unwrap_or(0.0)
    };
    let (width, height) = (size(window().inner_width()), size(window().inner_height()));
    let (anchor, own) = (
        button.get_bounding_client_rect(),
        list.get_bounding_client_rect(),
    );
    let wanted = if anchor.left() < width / 2.0 {
        anchor.left()
    } else {
        anchor.right() - own.width()
    };
    let left = wanted.clamp(8.0, (width - own.width() - 8.0).max(8.0));
    let below = anchor.bottom() + 4.0;
    let top = if below + own.height() > height {
        (anchor.top() - own.height() - 4.0).max(8.0)
    } else {
        below
    };
    let style = HtmlElement::style(&list);
    let _ = style.set_property("left", &format!("{}px", left as i32));
    let _ = style.set_property("top", &format!("{}px", top as i32));
}
