//! Channels: few write, many read. The list beside the posts of one, which are drawn by the
//! conversation of the chats as cards.

mod list;
mod seen;

use leptos::prelude::*;

pub use seen::Seen;

use crate::chats::Conversing;
use crate::reactive::Derived;
use crate::route::Route;
use crate::t;
use crate::ui::{EmptyState, Icon, Split, live};

/// The screen of channels: on a phone the list or the posts, on a desktop both.
#[component]
pub fn Channels(route: Derived<Route>, conversation: Conversing) -> AnyView {
    let open = Derived::new(move || match route.get() {
        Route::Channel(channel) => Some(channel),
        _ => None,
    });
    let detail = live(move || match open.get() {
        Some(chat) => conversation(chat, Route::Channels),
        None => view! {
            <EmptyState
                icon=Icon::MEGAPHONE
                title=t!(channels.choose)
                hint=t!(channels.choose_hint)
            />
        }
        .into_any(),
    });
    let shown = Signal::derive(move || open.get().is_some());
    view! { <Split list=list::list(open) open=shown>{detail}</Split> }.into_any()
}
