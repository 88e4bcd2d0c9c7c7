//! SQL of who belongs where: what is so, and what a set writes. One statement for each kind of row,
//! whatever the number of people.

mod archive;
mod read;
mod write;

pub use archive::{Reader, archived, kept_out, present, readers};
pub use read::{chats, class_places, has_role, links, names, near, roles};
pub use write::write;
