//! SQL of people and their roles.

use common::permissions::Role;
use common::{AccountId, SchoolId, Timestamp};
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::error::Result;

/// Gives the role, or holds on to it: until the transaction's end nobody ends it. Whether it's new.
pub async fn start_role(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    account: AccountId,
    role: Role,
    now: Timestamp,
) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        new: bool,
    }
    let row: Row = sql_query(
        "INSERT INTO memberships (school_id, account_id, role, started_at)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (school_id, account_id, role) WHERE ended_at IS NULL
         DO UPDATE SET role = excluded.role
         RETURNING xmax = 0 AS new",
    )
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(account)
    .bind::<Text, _>(role.as_str())
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?;
    Ok(row.new)
}
