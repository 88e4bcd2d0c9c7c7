use std::pin::Pin;

use leptos::prelude::*;
use web_sys::HtmlTextAreaElement;

use super::marks::Mark;
use super::marks_menu::MarksMenu;
use super::message_menu::MessageMenu;

/// The menus of a conversation: a chunk of its own, which this room doesn't know. A context.
#[derive(Clone, Copy)]
pub struct Menus {
    pub message: fn(MessageMenu) -> AnyView,
    pub marks: fn(MarksMenu) -> AnyView,
    pub mark: Marking,
}

/// Marks what is selected in a field, and answers with the whole text; None where it didn't come.
pub type Marking = fn(HtmlTextAreaElement, Mark) -> Pin<Box<dyn Future<Output = Option<String>>>>;
