//! What a new account is made of.

use common::{Date, Name};

/// A new account whose fields are in order and whose password is hashed.
pub struct Checked {
    pub name: Name,
    pub phone: Option<String>,
    pub login: Option<String>,
    /// None: an operator, who is made on the command line.
    pub birth_date: Option<Date>,
    pub password_hash: String,
}
