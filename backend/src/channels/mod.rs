//! Channels: few write, many read; views are counted (R88 to R90). What is posted is a message of a
//! chat of the kind `channel`: see `chats`.

pub mod handlers;
pub mod queries;
