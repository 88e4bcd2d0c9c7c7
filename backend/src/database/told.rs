//! What only a row of the database says: nothing else can pass for it.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::pg::{Pg, PgValue};
use diesel::sql_types::BigInt;

/// The number of a school's last turn, as a statement has read it.
#[derive(Clone, Copy, Debug, FromSqlRow)]
pub struct SeenTurn(i64);

impl SeenTurn {
    #[must_use]
    pub const fn is(self, number: i64) -> bool {
        self.0 == number
    }
}

impl FromSql<BigInt, Pg> for SeenTurn {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Pg>>::from_sql(value).map(Self)
    }
}

/// What a statement answers that has written the very row which gives a right.
#[derive(Clone, Copy, Debug, FromSqlRow)]
pub struct OwnRow(i64);

impl OwnRow {
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }
}

impl FromSql<BigInt, Pg> for OwnRow {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Pg>>::from_sql(value).map(Self)
    }
}
