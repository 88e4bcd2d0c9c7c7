//! Invites and join requests: how people come in.

pub mod queries;
