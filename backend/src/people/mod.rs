//! The people of a school and their roles.

pub mod queries;
