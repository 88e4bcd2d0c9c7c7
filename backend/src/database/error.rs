//! What can be wrong with a database.

use std::fmt;

/// Why a database can't be used. The text tells the operator what to do.
#[derive(Debug)]
pub enum DatabaseError {
    /// It doesn't answer, or doesn't let us in.
    Unreachable(String),
    /// It answers, but would lose or corrupt data; one sentence for each fault.
    Unfit(Vec<String>),
    /// A migration failed, or the database is of another version of Zvonok.
    Migration(String),
    /// A statement failed.
    Query(diesel::result::Error),
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "the database can't be reached: {why}"),
            Self::Unfit(faults) => {
                write!(f, "the database is not fit to hold a school:")?;
                faults.iter().try_for_each(|fault| write!(f, "\n- {fault}"))
            }
            Self::Migration(why) => write!(f, "the database can't be brought up to date: {why}"),
            Self::Query(error) => write!(f, "the database answered with an error: {error}"),
        }
    }
}

impl std::error::Error for DatabaseError {}

impl From<diesel::result::Error> for DatabaseError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Query(error)
    }
}
