//! What parents see of their children, and class teachers of the parents who ask.

pub mod handlers;
pub mod pages;
mod queries;
