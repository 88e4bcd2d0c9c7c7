//! Channels: few write, many read; views are counted (R88 to R90). What is posted is a message of a
//! chat of the kind `channel`: see `chats`.

mod handlers;
mod queries;

use crate::serve::Registry;

pub fn mount(registry: &mut Registry) {
    registry.on(handlers::create_channel);
    registry.on(handlers::rename_channel);
    registry.on(handlers::get_views);
}
