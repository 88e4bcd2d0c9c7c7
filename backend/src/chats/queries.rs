//! SQL of chats.

mod history;
mod list;
mod members;
mod messages;

pub use history::messages;
pub use list::{list, listed};
pub use members::{
    channels_of, direct_chat, direct_with, insert_direct_chat, insert_rightful, mark_read, members,
    of_classes, subscriptions, wrote,
};
pub use messages::{Written, authors, changes, delete_message, insert_messages, message};
