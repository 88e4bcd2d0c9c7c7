//! Bulk inserts of the demo school. Ids are ours, counted from 1 in an empty database.

mod talk;

use common::{SchoolId, Timestamp};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::people::People;
use crate::database::sql_query;
use crate::error::Result;
use crate::schema::{accounts, schools};

pub use talk::{Place, finish, insert_direct_chats, insert_messages, places};

/// Whether nobody has ever used this database.
pub async fn is_empty(conn: &mut AsyncPgConnection) -> Result<bool> {
    let schools = schools::table.select(schools::id);
    let accounts = accounts::table.select(accounts::id);
    Ok(
        diesel::select(not(exists(schools)).and(not(exists(accounts))))
            .get_result(conn)
            .await?,
    )
}

pub async fn insert_accounts(
    conn: &mut AsyncPgConnection,
    people: &People,
    password_hash: &str,
    since: Timestamp,
) -> Result<()> {
    let all = &people.accounts;
    sql_query(
        "INSERT INTO accounts (id, phone, login, surname, given, patronymic, birth_date,
                               password_hash, created_at)
         OVERRIDING SYSTEM VALUE
         SELECT id, phone, login, surname, given, patronymic, birth_date, $8, $9
         FROM unnest($1, $2, $3, $4, $5, $6, $7)
             AS new (id, phone, login, surname, given, patronymic, birth_date)",
    )
    .bind::<Array<BigInt>, _>(all.iter().map(|one| one.id).collect::<Vec<_>>())
    .bind::<Array<Nullable<Text>>, _>(
        all.iter()
            .map(|one| one.phone.as_deref())
            .collect::<Vec<_>>(),
    )
    .bind::<Array<Nullable<Text>>, _>(
        all.iter()
            .map(|one| one.login.as_deref())
            .collect::<Vec<_>>(),
    )
    .bind::<Array<Text>, _>(
        all.iter()
            .map(|one| one.name.surname.as_str())
            .collect::<Vec<_>>(),
    )
    .bind::<Array<Text>, _>(
        all.iter()
            .map(|one| one.name.given.as_str())
            .collect::<Vec<_>>(),
    )
    .bind::<Array<Nullable<Text>>, _>(
        all.iter()
            .map(|one| one.name.patronymic.as_deref())
            .collect::<Vec<_>>(),
    )
    .bind::<Array<Date>, _>(all.iter().map(|one| one.birth_date).collect::<Vec<_>>())
    .bind::<Text, _>(password_hash)
    .bind::<Timestamptz, _>(since)
    .execute(conn)
    .await?;
    Ok(())
}

/// The classes with their chats. The staff room is there already.
pub async fn insert_classes(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    people: &People,
    year: i16,
    since: Timestamp,
) -> Result<()> {
    let all = &people.classes;
    sql_query(
        "INSERT INTO classes (id, school_id, kind, grade, letter, name, year, created_at)
         OVERRIDING SYSTEM VALUE
         SELECT id, $1, 'grade', grade, letter, grade || letter, $5, $6
         FROM unnest($2, $3, $4) AS new (id, grade, letter)",
    )
    .bind::<BigInt, _>(school)
    .bind::<Array<BigInt>, _>(all.iter().map(|class| class.id).collect::<Vec<_>>())
    .bind::<Array<SmallInt>, _>(all.iter().map(|class| class.grade).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(all.iter().map(|class| class.letter).collect::<Vec<_>>())
    .bind::<SmallInt, _>(year)
    .bind::<Timestamptz, _>(since)
    .execute(conn)
    .await?;
    sql_query(
        "INSERT INTO chats (school_id, class_id, kind, created_at)
         SELECT $1, classes.id, kinds.kind, $2
         FROM classes
         CROSS JOIN unnest(ARRAY['class_students', 'class_parents', 'class_teachers']) AS kinds (kind)
         WHERE school_id = $1 AND classes.kind = 'grade'
         ORDER BY classes.id, kinds.kind",
    )
    .bind::<BigInt, _>(school)
    .bind::<Timestamptz, _>(since)
    .execute(conn)
    .await?;
    Ok(())
}

/// Links that wait: the set confirms them.
pub async fn insert_links(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    people: &People,
    since: Timestamp,
) -> Result<()> {
    let all = &people.links;
    sql_query(
        "INSERT INTO guardian_links (id, school_id, class_id, parent_id, child_name,
                                     asked_at, registration_confirmed_at)
         OVERRIDING SYSTEM VALUE
         SELECT id, $1, class_id, parent_id, child_name, $6,
                -- Some parents have not confirmed the registration yet.
                CASE WHEN id % 17 = 0 THEN NULL ELSE $6 END
         FROM unnest($2, $3, $4, $5) AS new (id, class_id, parent_id, child_name)",
    )
    .bind::<BigInt, _>(school)
    .bind::<Array<BigInt>, _>(all.iter().map(|link| link.id).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(all.iter().map(|link| link.class).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(all.iter().map(|link| link.parent).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(
        all.iter()
            .map(|link| link.child_name.as_str())
            .collect::<Vec<_>>(),
    )
    .bind::<Timestamptz, _>(since)
    .execute(conn)
    .await?;
    Ok(())
}
