//! What the server does, asked over HTTP and heard over sockets.

#![expect(clippy::unwrap_used, reason = "a test that gets no answer has failed")]

mod accounts;
mod changes;
mod channels;
mod chats;
mod classes;
mod demo;
mod direct;
mod endpoints;
mod facts;
mod invites;
mod inviting;
mod join_requests;
mod lanes;
mod membership;
mod migrations;
mod monitoring;
mod parents;
mod people;
mod queues;
mod races;
mod requests;
mod retention;
mod rights;
mod samples;
mod schools;
mod sessions;
mod sockets;
mod statements;
mod told;
mod touched;
mod turns;
mod undone;
mod unread;
mod withdrawn;
