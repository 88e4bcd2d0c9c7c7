//! Invites and join requests: how people come in.

pub mod accept;
pub mod archived;
pub mod handlers;
mod qr;
pub mod queries;
pub mod request_status;
pub mod requests;
