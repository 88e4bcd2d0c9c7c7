//! Support for the tests: a school in one line, with people who call endpoints and listen on
//! sockets, and the check after everything they do.
//!
//! ```ignore
//! let school = TestSchool::open().await;
//! let chat = school.student.does(OpenDirectChat { school: SCHOOL, account: school.classmate.id() }).await;
//! ```

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that can't be set up has failed"
)]

mod actor;
mod check;
mod database;
mod difference;
mod http;
pub mod place;
mod school;
mod server;
mod socket;
mod statements;

pub use actor::Actor;
pub use database::Database;
pub use http::{Body, Reply, send};
pub use place::PASSWORD;
pub use school::{Setup, TestSchool, World};
pub use socket::connect;
pub use statements::Statements;
