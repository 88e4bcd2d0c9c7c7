//! Classes: the structure of the school, and who belongs where in it.

mod members;
pub mod queries;

pub use members::{enter_staff_room, join, leave, settle};
