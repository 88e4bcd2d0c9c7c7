//! SQL of contacts.

use common::classes::ClassRole;
use common::permissions::Roles;
use common::{AccountId, Name, SchoolId};
use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::sql_query;
use crate::error::Result;
use crate::people::queries::{ACCOUNT, WORDS};
use crate::people::search::Search;

/// Someone whom a person may perhaps write to.
#[derive(QueryableByName)]
pub struct Candidate {
    #[diesel(sql_type = BigInt)]
    pub id: AccountId,
    #[diesel(embed)]
    pub name: Name,
    #[diesel(sql_type = Array<Text>)]
    pub roles: Roles,
}

/// Those whom the contact rule (R72 to R74) may allow, by name; of staff: all members. The rule
/// book has the last word.
pub async fn candidates(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    me: AccountId,
    staff: bool,
    search: &Search,
    limit: i64,
) -> Result<Vec<Candidate>> {
    let candidates = if staff {
        "SELECT account_id AS id FROM memberships
         WHERE school_id = $1 AND ended_at IS NULL AND account_id <> $2"
    } else {
        "SELECT account_id AS id
         FROM class_members AS theirs JOIN mine USING (class_id)
         WHERE theirs.ended_at IS NULL AND account_id <> $2
           AND ((mine.role = 'student' AND theirs.role <> 'parent')
                OR (mine.role = 'parent' AND theirs.role <> 'student'))
         UNION
         SELECT parent_id FROM guardian_links
         WHERE school_id = $1 AND child_id = $2 AND state = 'confirmed'
         UNION
         SELECT child_id FROM guardian_links
         WHERE school_id = $1 AND parent_id = $2 AND state = 'confirmed'"
    };
    Ok(sql_query(format!(
        "WITH mine AS MATERIALIZED (
             SELECT class_id, role FROM class_members JOIN classes ON classes.id = class_id
             WHERE account_id = $2 AND class_members.school_id = $1 AND ended_at IS NULL
               AND archived_at IS NULL),
         candidates AS ({candidates}),
         people AS MATERIALIZED (
             SELECT account_id, array_agg(role) AS roles FROM memberships
             WHERE school_id = $1 AND ended_at IS NULL
               AND account_id IN (SELECT id FROM candidates)
             GROUP BY account_id)
         SELECT id, surname, given, patronymic, roles
         FROM people CROSS JOIN LATERAL ({ACCOUNT}) AS account
         WHERE cardinality($3) = 0 OR {WORDS} LIKE ALL ($3)
         ORDER BY surname, given, patronymic, id
         LIMIT $4"
    ))
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(me)
    .bind::<Array<Text>, _>(&search.names)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// What someone is in a class, and of a parent for which child: what tells namesakes apart.
#[derive(QueryableByName)]
pub struct Place {
    #[diesel(sql_type = BigInt)]
    pub account_id: AccountId,
    #[diesel(sql_type = Text)]
    pub role: ClassRole,
    #[diesel(sql_type = Text)]
    pub class: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub child: Option<String>,
}

/// The places of these people, led classes first; to those who aren't staff only what is in classes
/// of their own.
pub async fn places(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    me: AccountId,
    staff: bool,
    people: &[AccountId],
) -> Result<Vec<Place>> {
    Ok(sql_query(
        "SELECT account_id, role, classes.name AS class,
                children.surname || ' ' || children.given AS child
         FROM class_members JOIN classes ON classes.id = class_id
         LEFT JOIN accounts AS children ON children.id = child_id
         WHERE class_members.school_id = $1 AND account_id = ANY($4) AND ended_at IS NULL
           AND archived_at IS NULL AND kind <> 'staff_room'
           AND ($3 OR class_id IN (SELECT class_id FROM class_members
                                   WHERE account_id = $2 AND ended_at IS NULL))
         ORDER BY account_id, role, grade NULLS LAST, letter, name, child",
    )
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(me)
    .bind::<Bool, _>(staff)
    .bind::<Array<BigInt>, _>(people)
    .load(conn)
    .await?)
}
