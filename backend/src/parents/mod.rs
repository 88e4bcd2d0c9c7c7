//! Parents: links to children.

pub mod queries;
