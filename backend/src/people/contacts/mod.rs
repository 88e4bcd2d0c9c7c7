//! Whom a person may write to.

pub mod handlers;
pub mod queries;
