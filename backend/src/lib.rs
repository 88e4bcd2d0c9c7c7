//! The server.

pub mod assets;
pub mod config;
pub mod database;
pub mod postgres;
pub mod tls;
