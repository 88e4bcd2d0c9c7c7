//! «Сегодня»: a parent's children first, then what is new and what waits; for everybody the home.

mod child;
mod today;

pub use child::ChildPage;
pub use today::Today;
