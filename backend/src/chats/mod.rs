//! Chats: messages, read marks, direct chats; who is in which chat.

pub mod audience;
mod handlers;
pub mod queries;
mod sender;

pub use sender::{NewMessage, Sender};

use crate::serve::Registry;

pub fn mount(registry: &mut Registry) {
    registry.on(handlers::open_direct_chat);
    registry.on(handlers::get_messages);
    registry.on(handlers::get_changes);
    registry.on(handlers::send_message);
    registry.on(handlers::delete_message);
    registry.on(handlers::mark_read);
}
