//! SQL of chats.

mod history;
mod list;
mod members;
mod messages;

pub use history::messages;
pub use list::{list, listed};
pub use members::{direct_chat, mark_read, members, refresh_members, showing, subscriptions};
pub use messages::{Written, changes, delete_message, insert_messages, message};
