//! People in and out of classes.

pub(super) mod handlers;
pub mod queries;
