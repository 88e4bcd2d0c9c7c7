//! The people of a school, their roles, and whom one may write to.

pub mod contacts;
pub mod handlers;
pub mod queries;
mod search;
