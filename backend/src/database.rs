//! The connection pool, the embedded migrations, and the checks that a database must pass.
//!
//! Everything here works on any PostgreSQL (15 or newer), the embedded one ([`crate::postgres`])
//! or the one that `DATABASE_URL` names.

mod check;
mod connect;
mod connection;
mod error;
mod establish;
mod health;
mod migrate;
mod paged;
mod pool;
pub mod purpose;
pub mod row;
mod rows;
#[cfg(test)]
pub mod seen;
mod source;
mod statement;
mod told;
mod unsure;

pub use check::check;
pub use connect::{connect, create_if_absent, open, wait_little};
pub use connection::{Connection, Pooled};
pub use error::DatabaseError;
pub use health::Health;
pub use migrate::{migrate, revert_all};
pub use paged::{bounds, paged, total};
pub use pool::Pool;
pub use purpose::Purpose;
pub(crate) use row::row;
pub use rows::rows;
pub use source::{Database, NAME};
pub use statement::{Sql, sql_query};
pub use told::{OwnRow, SeenTurn};
pub use unsure::is_unsure;
