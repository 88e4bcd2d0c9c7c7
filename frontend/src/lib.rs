//! The browser's half of Zvonok: screens over the store, drawn with one design system.
//!
//! Two programs are made of this library: `bin/app.rs`, which everybody downloads, and
//! `bin/admin.rs` for administrators and operators. What a program does not call is not in it.

pub mod accounts;
pub mod admin;
pub mod api;
pub mod app;
pub mod applications;
pub mod channels;
pub mod chats;
pub mod classes;
pub mod errors;
pub mod frame;
#[cfg(debug_assertions)]
pub mod gallery;
pub mod i18n;
pub mod invites;
pub mod load;
pub mod outbox;
pub mod parents;
pub mod reactive;
pub mod route;
pub mod router;
pub mod schools;
pub mod shell;
pub mod socket;
pub mod store;
pub mod ui;
