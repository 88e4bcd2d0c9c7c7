use std::pin::Pin;

use leptos::prelude::*;

use super::marks::Press;
use super::marks_menu::MarksMenu;
use super::message_menu::MessageMenu;

/// The menus of a conversation: a chunk of its own, which this room doesn't know. A context.
#[derive(Clone, Copy)]
pub struct Menus {
    pub message: fn(MessageMenu) -> AnyView,
    pub marks: fn(MarksMenu) -> AnyView,
    pub mark: Marking,
}

/// Marks what is selected, and answers with the whole text, if nothing else was typed meanwhile. An error: it didn't
/// come.
pub type Marking = fn(Press) -> Pin<Box<dyn Future<Output = Result<Option<String>, ()>>>>;
