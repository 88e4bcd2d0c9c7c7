//! The browser's half of Zvonok: screens over the store, drawn with one design system.
//!
//! What everybody needs at first is one download; the rest are chunks that come when they are opened
//! ([`split`]).

pub mod accounts;
pub mod admin;
pub mod api;
pub mod app;
pub mod applications;
pub mod channels;
pub mod chats;
mod chunk;
pub mod classes;
mod clock;
mod delay;
pub mod errors;
pub mod frame;
#[cfg(debug_assertions)]
pub mod gallery;
pub mod i18n;
pub mod invites;
pub mod load;
pub mod outbox;
pub mod parents;
mod random;
pub mod reactive;
pub mod route;
pub mod router;
pub mod schools;
pub mod shell;
pub mod socket;
pub mod split;
pub mod store;
pub mod ui;
pub mod update;
