//! Accounts: signing in and out, sessions, passwords.

pub mod checked;
pub mod entry;
pub mod handlers;
pub mod passwords;
pub mod queries;
pub mod registration;
