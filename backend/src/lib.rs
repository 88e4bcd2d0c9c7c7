//! The server.

pub mod config;
pub mod database;
pub mod postgres;
