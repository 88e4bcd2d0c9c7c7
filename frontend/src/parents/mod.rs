//! «Сегодня»: a parent's children first, then what is new and what waits; for everybody the home.

mod child;
mod register_child;
mod today;

pub use child::{ChildPage, Registering};
pub use register_child::register_child;
pub use today::Today;
