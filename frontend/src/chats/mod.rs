//! Chats: the list beside the conversation. Channels show their posts by the same conversation.

mod bubble;
mod composer;
mod contacts;
mod conversation;
pub mod formatted;
mod list;
mod log;
mod marks;
mod marks_menu;
mod menus;
mod message_actions;
mod message_menu;
mod place;
mod reading;
mod rows;
pub mod said;
pub mod school_switch;
pub mod title;
mod unsent;
pub mod write_to;

use common::ChatId;
use leptos::prelude::*;

pub use contacts::Contacts;
pub use conversation::Conversation;
pub use marks::{Press, insert};
pub use marks_menu::{MarksMenu, marks_menu};
pub use menus::Menus;
pub use message_actions::message_actions;
pub use message_menu::MessageMenu;

use crate::reactive::Derived;
use crate::route::Route;
use crate::t;
use crate::ui::{EmptyState, Icon, Split, live};

/// What shows a conversation, beside the list that it was chosen from: a chunk of its own, which this room
/// doesn't know.
pub type Conversing = fn(ChatId, Route) -> AnyView;

/// The screen of chats: on a phone the list or a conversation, on a desktop both.
#[component]
pub fn Chats(route: Derived<Route>, conversation: Conversing) -> AnyView {
    let open = Derived::new(move || match route.get() {
        Route::Chat(chat) => Some(chat),
        _ => None,
    });
    let detail = live(move || match open.get() {
        Some(chat) => conversation(chat, Route::Chats),
        None => view! {
            <EmptyState
                icon=Icon::MESSAGE_CIRCLE
                title=t!(chats.choose)
                hint=t!(chats.choose_hint)
            />
        }
        .into_any(),
    });
    let shown = Signal::derive(move || open.get().is_some());
    view! { <Split list=list::list(open) open=shown>{detail}</Split> }.into_any()
}
