//! SQL of what parents and class teachers see of the links.

use common::classes::{ClassName, PersonName};
use common::parents::{ChildTeacher, GuardianLink};
use common::{AccountId, ClassId, GuardianLinkId, Name, SchoolId, Timestamp};
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::accounts::queries::readable_phone;
use crate::database::sql_query;
use crate::error::Result;
use crate::schema::accounts;

#[derive(QueryableByName)]
struct PersonRow {
    #[diesel(sql_type = BigInt)]
    account_id: AccountId,
    #[diesel(embed)]
    name: Name,
}

impl PersonRow {
    fn person(&self) -> PersonName {
        PersonName {
            id: self.account_id,
            name: self.name.full(),
        }
    }
}

#[derive(QueryableByName)]
struct TeacherRow {
    #[diesel(sql_type = BigInt)]
    class_id: ClassId,
    #[diesel(embed)]
    person: PersonRow,
    #[diesel(sql_type = Bool)]
    class_teacher: bool,
}

/// Who teaches in these classes: the class teacher first, then by name.
pub async fn teachers(
    conn: &mut AsyncPgConnection,
    classes: &[ClassId],
) -> Result<Vec<(ClassId, ChildTeacher)>> {
    let rows: Vec<TeacherRow> = sql_query(
        "SELECT class_id, account_id, surname, given, patronymic,
                bool_or(role = 'class_teacher') AS class_teacher
         FROM class_members JOIN accounts ON accounts.id = account_id
         WHERE class_id = ANY($1) AND role IN ('class_teacher', 'teacher') AND ended_at IS NULL
         GROUP BY class_id, account_id, surname, given, patronymic
         ORDER BY class_id, class_teacher DESC, surname, given, account_id",
    )
    .bind::<Array<BigInt>, _>(classes)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let teacher = ChildTeacher {
                person: row.person.person(),
                class_teacher: row.class_teacher,
            };
            (row.class_id, teacher)
        })
        .collect())
}

/// The logins of those who have one.
pub async fn logins(
    conn: &mut AsyncPgConnection,
    of: &[AccountId],
) -> Result<Vec<(AccountId, String)>> {
    Ok(accounts::table
        .filter(accounts::id.eq_any(of).and(accounts::login.is_not_null()))
        .select((accounts::id, accounts::login.assume_not_null()))
        .load(conn)
        .await?)
}

#[derive(QueryableByName)]
struct OpenRow {
    #[diesel(sql_type = BigInt)]
    id: GuardianLinkId,
    #[diesel(sql_type = BigInt)]
    class_id: ClassId,
    #[diesel(sql_type = Text)]
    class_name: String,
    #[diesel(embed)]
    parent: PersonRow,
    #[diesel(sql_type = Nullable<Text>)]
    phone: Option<String>,
    #[diesel(sql_type = Text)]
    child_name: String,
    #[diesel(sql_type = Text)]
    message: String,
    #[diesel(sql_type = Bool)]
    confirmed: bool,
    #[diesel(sql_type = Timestamptz)]
    asked_at: Timestamp,
}

/// Those that wait, then the confirmed ones without an account; each the oldest first, without
/// students, at most 100. Of one class, or all.
pub async fn open_links(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    class: Option<ClassId>,
) -> Result<Vec<GuardianLink>> {
    let rows: Vec<OpenRow> = sql_query(
        "SELECT links.id, class_id, classes.name AS class_name, parent_id AS account_id,
                surname, given, patronymic, phone, child_name, message,
                decided_at IS NOT NULL AS confirmed, asked_at
         FROM guardian_links AS links
         JOIN classes ON classes.id = class_id
         JOIN accounts ON accounts.id = parent_id
         WHERE links.school_id = $1 AND ($2::bigint IS NULL OR class_id = $2)
           AND state = 'waiting'
         ORDER BY confirmed, asked_at, links.id
         LIMIT 100",
    )
    .bind::<BigInt, _>(school)
    .bind::<Nullable<BigInt>, _>(class)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| GuardianLink {
            id: row.id,
            class: ClassName {
                id: row.class_id,
                name: row.class_name,
            },
            parent: row.parent.person(),
            parent_phone: row.phone.as_deref().map(readable_phone),
            child_name: row.child_name,
            message: row.message,
            confirmed: row.confirmed,
            suggestions: Vec::new(),
            exact: None,
            others: Vec::new(),
            asked_at: row.asked_at,
        })
        .collect())
}

/// A student of one of the classes.
pub struct Student {
    pub class: ClassId,
    pub person: PersonName,
    pub name: Name,
}

#[derive(QueryableByName)]
struct StudentRow {
    #[diesel(sql_type = BigInt)]
    class_id: ClassId,
    #[diesel(embed)]
    person: PersonRow,
}

/// By name.
pub async fn students(conn: &mut AsyncPgConnection, classes: &[ClassId]) -> Result<Vec<Student>> {
    let rows: Vec<StudentRow> = sql_query(
        "SELECT class_id, account_id, surname, given, patronymic
         FROM class_members JOIN accounts ON accounts.id = account_id
         WHERE class_id = ANY($1) AND role = 'student' AND ended_at IS NULL
         ORDER BY surname, given, account_id",
    )
    .bind::<Array<BigInt>, _>(classes)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Student {
            class: row.class_id,
            person: row.person.person(),
            name: row.person.name,
        })
        .collect())
}
