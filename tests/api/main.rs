//! What the server does, asked over HTTP and heard over sockets.

#![expect(clippy::unwrap_used, reason = "a test that gets no answer has failed")]

mod channels;
mod chats;
mod classes;
mod invites;
mod inviting;
mod join_requests;
mod parents;
mod people;
mod schools;
