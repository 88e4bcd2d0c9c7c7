//! SQL of chats.

mod list;
mod members;
mod messages;

pub use list::{list, listed};
pub use members::{direct_chat, insert_audience, mark_read, members, showing, subscriptions};
pub use messages::{Written, changes, delete_message, insert_messages, message, messages};
