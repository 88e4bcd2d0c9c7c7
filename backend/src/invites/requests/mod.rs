//! Join requests (R57): without an invite, by the school's public code.
//!
//! A teacher asks the school, a student a class. A parent who asks gets a guardian link that waits,
//! exactly as by an invite: whoever leads the class decides once, about parent and child together.

pub mod askers;
pub mod handlers;
pub mod queries;
