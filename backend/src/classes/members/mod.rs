//! People in and out of classes.

pub mod handlers;
pub mod queries;
