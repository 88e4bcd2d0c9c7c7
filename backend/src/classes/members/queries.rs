//! SQL of who is in a class.

use common::classes::{ClassMember, ClassRole, PersonName};
use common::{AccountId, ClassId, Name, SchoolId, Timestamp};
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::sql_query;
use crate::error::Result;
use crate::schema::class_members;

#[derive(QueryableByName)]
struct MemberRow {
    #[diesel(sql_type = BigInt)]
    account_id: AccountId,
    #[diesel(embed)]
    name: Name,
    #[diesel(sql_type = Text)]
    role: ClassRole,
    #[diesel(sql_type = Timestamptz)]
    since: Timestamp,
    #[diesel(sql_type = Bool)]
    confirmed: bool,
}

#[derive(QueryableByName)]
struct FamilyRow {
    #[diesel(sql_type = BigInt)]
    account_id: AccountId,
    #[diesel(sql_type = Text)]
    role: ClassRole,
    #[diesel(sql_type = BigInt)]
    relative_id: AccountId,
    #[diesel(embed)]
    name: Name,
}

/// The people of a class: the class teacher first, then teachers, students and parents, by name.
/// Two statements. To those who aren't staff only names and roles are shown.
pub async fn members(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    class: ClassId,
    to_staff: bool,
) -> Result<Vec<ClassMember>> {
    let rows: Vec<MemberRow> = sql_query(
        "SELECT members.account_id, surname, given, patronymic, role, since,
                role = 'student' AND EXISTS (
                    SELECT FROM guardian_links
                    WHERE school_id = $1 AND child_id = members.account_id
                      AND state = 'confirmed' AND registration_confirmed_at IS NOT NULL)
                    AS confirmed
         FROM (SELECT account_id, role, min(started_at) AS since FROM class_members
               WHERE class_id = $2 AND ended_at IS NULL GROUP BY account_id, role) AS members
         JOIN accounts ON accounts.id = members.account_id
         ORDER BY array_position(ARRAY['class_teacher', 'teacher', 'student', 'parent'], role),
                  surname, given, patronymic, account_id",
    )
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(class)
    .load(conn)
    .await?;
    let mut families = if to_staff {
        families(conn, school, class).await?
    } else {
        Vec::new()
    };
    Ok(rows
        .into_iter()
        .map(|row| {
            let role = row.role;
            let family = families
                .extract_if(.., |(of, as_, _)| *of == row.account_id && *as_ == role)
                .map(|(_, _, relative)| relative)
                .collect();
            ClassMember {
                account: row.account_id,
                name: if role == ClassRole::Student && !to_staff {
                    row.name.short()
                } else {
                    row.name.full()
                },
                role,
                since: row.since,
                family,
                confirmed: to_staff && row.confirmed,
            }
        })
        .collect())
}

/// Whose children in the class are which students, and whose confirmed parents are which people.
async fn families(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    class: ClassId,
) -> Result<Vec<(AccountId, ClassRole, PersonName)>> {
    let rows: Vec<FamilyRow> = sql_query(
        "WITH members AS (
             SELECT account_id, role, child_id FROM class_members
             WHERE class_id = $2 AND ended_at IS NULL),
         relatives AS (
             SELECT account_id, role, child_id AS relative_id FROM members WHERE role = 'parent'
             UNION
             SELECT account_id, role, parent_id FROM members
             JOIN guardian_links ON guardian_links.child_id = account_id
             WHERE role = 'student' AND school_id = $1 AND state = 'confirmed')
         SELECT account_id, role, relative_id, surname, given, patronymic
         FROM relatives JOIN accounts ON accounts.id = relative_id
         ORDER BY surname, given, relative_id",
    )
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(class)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let relative = PersonName {
                id: row.relative_id,
                name: row.name.short(),
            };
            (row.account_id, row.role, relative)
        })
        .collect())
}

/// Who leads the class.
pub async fn class_teacher(
    conn: &mut AsyncPgConnection,
    class: ClassId,
) -> Result<Option<AccountId>> {
    Ok(class_members::table
        .filter(class_members::class_id.eq(class))
        .filter(class_members::role.eq(ClassRole::ClassTeacher))
        .filter(class_members::ended_at.is_null())
        .select(class_members::account_id)
        .first(conn)
        .await
        .optional()?)
}

/// The children of a parent who study in the class, by confirmed links.
pub async fn children_in(
    conn: &mut AsyncPgConnection,
    class: ClassId,
    parent: AccountId,
) -> Result<Vec<AccountId>> {
    Ok(sql_query(
        "SELECT account_id FROM class_members
         JOIN guardian_links ON guardian_links.child_id = account_id
              AND guardian_links.school_id = class_members.school_id
         WHERE class_members.class_id = $1 AND role = 'student' AND ended_at IS NULL
           AND parent_id = $2 AND state = 'confirmed'
         ORDER BY account_id",
    )
    .bind::<BigInt, _>(class)
    .bind::<BigInt, _>(parent)
    .values::<BigInt, _>(conn)
    .await?)
}
