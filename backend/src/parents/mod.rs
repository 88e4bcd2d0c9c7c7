//! Parents: links to children.

pub mod handlers;
pub mod link_status;
pub mod links;
pub mod lists;
pub mod matching;
pub mod queries;
