//! Classes: the structure of the school, and who belongs where in it.

pub mod handlers;
pub mod members;
mod names;
pub mod queries;
