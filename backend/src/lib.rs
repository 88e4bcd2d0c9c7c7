//! The server.

pub mod access;
pub mod accounts;
pub mod actor;
pub mod app;
pub mod assets;
pub mod channels;
pub mod chats;
pub mod classes;
pub mod clock;
pub mod config;
pub mod database;
pub mod demo;
pub mod error;
pub mod invites;
pub mod limits;
pub mod live;
pub mod membership;
pub mod metrics;
pub mod parents;
pub mod people;
pub mod postgres;
pub mod queue;
pub mod realtime;
pub mod routes;
pub mod schema;
pub mod schools;
pub mod secret;
pub mod serve;
pub mod server;
pub mod session;
pub mod socket;
#[cfg(test)]
mod tests;
pub mod tls;
pub mod write;
