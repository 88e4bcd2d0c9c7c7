//! Chats: messages, read marks, direct chats; who is in which chat.

pub mod handlers;
pub mod new_message;
pub mod queries;
pub mod readers;
pub mod sender;
