//! What the rule book looks at when another program acts.

use common::permissions::{About, Facts, Machine, Place, Program, Scope};
use diesel_async::AsyncPgConnection;

use super::{Access, Known, nowhere, place_row};
use crate::error::Result;

/// The facts of a program that has shown who it is: outside of every school.
#[must_use]
pub const fn program(program: Program) -> Facts {
    facts(program, None)
}

const fn facts(program: Program, place: Option<Place>) -> Facts {
    Facts {
        account: None,
        about: About::Machine(Machine { program, place }),
    }
}

impl Access {
    /// As [`Access::known`], of a program: no statement outside of schools, else one.
    ///
    /// # Errors
    /// The database's.
    pub async fn known_of_program(&self, of: Program, scope: Scope) -> Result<Known> {
        match scope {
            Scope::Installation | Scope::Application(_) => Ok(Known::outside(program(of))),
            scope => program_in(&mut *self.conn().await?, of, scope).await,
        }
    }
}

/// As [`Access::known_of_program`], asked on this connection: within a transaction. Where nothing is, the
/// program is nobody, so no rule needs to ask whether the place is there.
///
/// # Errors
/// The database's.
pub async fn program_in(conn: &mut AsyncPgConnection, of: Program, scope: Scope) -> Result<Known> {
    if matches!(scope, Scope::Installation | Scope::Application(_)) {
        return Ok(Known::outside(program(of)));
    }
    let row = place_row(conn, None, scope).await?;
    Ok(row.map_or_else(
        || nowhere(None),
        |row| Known {
            facts: facts(of, Some(row.standing.place())),
            turn: Some(row.school.turns),
            zone: Some(row.school.time_zone),
        },
    ))
}
