//! The administration: a program of its own under `/admin`, for administrators and operators.

mod applications;
mod class;
mod create;
mod information;
mod members;
mod people;
mod person;
mod root;
mod route;
mod staff;
mod structure;

pub use root::Root;
pub use route::AdminRoute;
