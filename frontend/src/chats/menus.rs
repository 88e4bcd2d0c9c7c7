use leptos::prelude::*;

use super::marks_menu::MarksMenu;
use super::message_menu::MessageMenu;

/// The menus of a conversation: a chunk of its own, which this room doesn't know. A context.
#[derive(Clone, Copy)]
pub struct Menus {
    pub message: fn(MessageMenu) -> AnyView,
    pub marks: fn(MarksMenu) -> AnyView,
}
