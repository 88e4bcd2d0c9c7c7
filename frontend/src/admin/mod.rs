//! The administration: a program of its own for administrators, operators, class
//! teachers, and those who ask for a school. What a family never needs is drawn here, so that their
//! first visit does not download it.

mod applications;
mod channels;
mod class;
mod create;
mod errors;
mod information;
mod lead;
mod members;
mod people;
mod person;
mod root;
mod route;
mod staff;
mod structure;

pub use errors::sentence;
pub use root::Root;
pub use route::AdminRoute;
