//! SQL of classes.

use common::classes::ClassRole;
use common::{AccountId, ClassId, SchoolId, Timestamp};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::error::Result;
use crate::schema::classes;

#[derive(QueryableByName)]
struct AccountRow {
    #[diesel(sql_type = BigInt)]
    account_id: AccountId,
}

pub async fn staff_room(conn: &mut AsyncPgConnection, school: SchoolId) -> Result<Option<ClassId>> {
    Ok(classes::table
        .filter(
            classes::school_id
                .eq(school)
                .and(classes::kind.eq("staff_room")),
        )
        .select(classes::id)
        .first(conn)
        .await
        .optional()?)
}

/// Whether that is new. Who leads a class isn't made a teacher of it besides.
pub async fn insert_member(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    class: ClassId,
    account: AccountId,
    role: ClassRole,
    child: Option<AccountId>,
    now: Timestamp,
) -> Result<bool> {
    let inserted = sql_query(
        "INSERT INTO class_members (school_id, class_id, account_id, role, child_id, started_at)
         SELECT $1, $2, $3, $4, $5, $6
         WHERE $4 <> 'teacher' OR NOT EXISTS (
             SELECT FROM class_members
             WHERE class_id = $2 AND account_id = $3 AND role = 'class_teacher'
               AND ended_at IS NULL)
         ON CONFLICT (class_id, account_id, role, child_id) WHERE ended_at IS NULL DO NOTHING",
    )
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(class)
    .bind::<BigInt, _>(account)
    .bind::<Text, _>(role.as_str())
    .bind::<Nullable<BigInt>, _>(child)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(inserted > 0)
}

/// Brings the confirmed parents of a student into the class: who they are.
pub async fn insert_parents(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    class: ClassId,
    student: AccountId,
    now: Timestamp,
) -> Result<Vec<AccountId>> {
    let rows: Vec<AccountRow> = sql_query(
        "WITH parents AS (
             SELECT parent_id FROM guardian_links
             WHERE school_id = $1 AND child_id = $3 AND state = 'confirmed'),
         roles AS (
             INSERT INTO memberships (school_id, account_id, role, started_at)
             SELECT $1, parent_id, 'parent', $4 FROM parents
             ON CONFLICT (school_id, account_id, role) WHERE ended_at IS NULL DO NOTHING)
         INSERT INTO class_members (school_id, class_id, account_id, role, child_id, started_at)
         SELECT $1, $2, parent_id, 'parent', $3, $4 FROM parents
         ON CONFLICT (class_id, account_id, role, child_id) WHERE ended_at IS NULL DO NOTHING
         RETURNING account_id",
    )
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(class)
    .bind::<BigInt, _>(student)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.account_id).collect())
}

/// Whether there was something to end.
pub async fn end_member(
    conn: &mut AsyncPgConnection,
    class: ClassId,
    account: AccountId,
    role: ClassRole,
    child: Option<AccountId>,
    now: Timestamp,
) -> Result<bool> {
    let ended = sql_query(
        "UPDATE class_members SET ended_at = $5
         WHERE class_id = $1 AND account_id = $2 AND role = $3 AND ended_at IS NULL
           AND ($4::bigint IS NULL OR child_id = $4)",
    )
    .bind::<BigInt, _>(class)
    .bind::<BigInt, _>(account)
    .bind::<Text, _>(role.as_str())
    .bind::<Nullable<BigInt>, _>(child)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(ended > 0)
}

/// Ends what parents are by this child, in the class or everywhere in the school: who they are.
pub async fn end_parents(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    class: Option<ClassId>,
    child: AccountId,
    now: Timestamp,
) -> Result<Vec<AccountId>> {
    let rows: Vec<AccountRow> = sql_query(
        "UPDATE class_members SET ended_at = $4
         WHERE school_id = $1 AND ($2::bigint IS NULL OR class_id = $2) AND child_id = $3
           AND ended_at IS NULL
         RETURNING account_id",
    )
    .bind::<BigInt, _>(school)
    .bind::<Nullable<BigInt>, _>(class)
    .bind::<BigInt, _>(child)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.account_id).collect())
}
