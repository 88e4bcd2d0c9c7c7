//! The administration, for administrators, operators and class teachers: a chunk of its own, which
//! families don't download ([`crate::split`]).

mod applications;
mod channels;
mod class;
mod create;
mod information;
mod lead;
mod members;
pub mod office;
mod people;
mod person;
mod root;
pub mod route;
pub mod screens;
mod staff;
mod structure;

pub use root::Root;
