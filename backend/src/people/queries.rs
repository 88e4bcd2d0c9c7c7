//! SQL of people and their roles.

use std::collections::HashMap;

use common::classes::{ClassName, ClassRole};
use common::people::Person;
use common::permissions::{Role, Roles};
use common::{AccountId, ClassId, Name, Paged, SchoolId, Timestamp};
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::search::Search;
use crate::accounts::queries::readable_phone;
use crate::database::{Counted, bounds, paged, sql_query};
use crate::error::Result;
use crate::schema::memberships;

/// Which people of a school; the conditions are combined.
#[derive(Default)]
pub struct Which {
    pub search: Search,
    pub role: Option<Role>,
    pub class: Option<ClassId>,
    pub account: Option<AccountId>,
}

#[derive(QueryableByName)]
struct PersonRow {
    #[diesel(sql_type = BigInt)]
    id: AccountId,
    #[diesel(embed)]
    name: Name,
    #[diesel(sql_type = Nullable<Text>)]
    phone: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    login: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    roles: Roles,
    #[diesel(sql_type = Timestamptz)]
    joined_at: Timestamp,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_seen_at: Option<Timestamp>,
}

/// Words of a name as a search compares them: lower case, ё is е, parts of double names apart.
pub(super) const WORDS: &str =
    "translate(lower(concat_ws(' ', '', surname, given, patronymic)), 'ё-', 'е ')";

/// The account of one of the `people`. OFFSET 0 keeps the planner from looking for the words among
/// all accounts of the installation first: how many have them it can't know, and it bets on few.
pub(super) const ACCOUNT: &str = "SELECT * FROM accounts WHERE id = people.account_id OFFSET 0";

/// A page of the people who fit, by name, and how many there are in all. Two statements; a page
/// after the last one has nobody, and the total of zero.
pub async fn people(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    which: &Which,
    page: u32,
) -> Result<Paged<Person>> {
    let (limit, offset) = bounds(page);
    let rows: Vec<Counted<PersonRow>> = sql_query(format!(
        "WITH people AS MATERIALIZED (
             SELECT account_id, array_agg(role) AS roles, min(started_at) AS joined_at
             FROM memberships
             WHERE school_id = $1 AND ended_at IS NULL AND ($6::bigint IS NULL OR account_id = $6)
             GROUP BY account_id)
         SELECT count(*) OVER () AS total, id, surname, given, patronymic, phone, login, roles,
                joined_at, last_seen_at
         FROM people CROSS JOIN LATERAL ({ACCOUNT}) AS account
         WHERE (cardinality($2) = 0 OR {WORDS} || ' ' || coalesce(login, '') LIKE ALL ($2))
           AND (cardinality($3) = 0 OR phone LIKE ANY ($3))
           AND ($4::text IS NULL OR $4 = ANY(roles))
           AND ($5::bigint IS NULL OR EXISTS (
                    SELECT FROM class_members
                    WHERE class_id = $5 AND class_members.school_id = $1
                      AND class_members.account_id = account.id
                      AND ended_at IS NULL))
         ORDER BY surname, given, patronymic, id
         LIMIT $7 OFFSET $8"
    ))
    .bind::<BigInt, _>(school)
    .bind::<Array<Text>, _>(&which.search.names)
    .bind::<Array<Text>, _>(&which.search.phones)
    .bind::<Nullable<Text>, _>(which.role)
    .bind::<Nullable<BigInt>, _>(which.class)
    .bind::<Nullable<BigInt>, _>(which.account)
    .bind::<BigInt, _>(limit)
    .bind::<BigInt, _>(offset)
    .load(conn)
    .await?;
    let page = paged(rows);
    let ids: Vec<AccountId> = page.rows.iter().map(|row| row.id).collect();
    let mut classes = classes_of(conn, school, &ids).await?;
    page.try_map(|row| {
        Ok(Person {
            id: row.id,
            name: row.name.full(),
            phone: row.phone.as_deref().map(readable_phone),
            login: row.login,
            roles: row.roles,
            classes: classes.remove(&row.id).unwrap_or_default(),
            joined_at: row.joined_at,
            last_seen_at: row.last_seen_at,
        })
    })
}

type Classes = HashMap<AccountId, Vec<(ClassName, ClassRole)>>;

/// What these people are in which classes, without the archived.
async fn classes_of(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    people: &[AccountId],
) -> Result<Classes> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        account_id: AccountId,
        #[diesel(sql_type = BigInt)]
        id: ClassId,
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        role: ClassRole,
    }
    let rows: Vec<Row> = sql_query(
        "SELECT account_id, classes.id, name, role
         FROM class_members JOIN classes ON classes.id = class_id
         WHERE class_members.school_id = $1 AND account_id = ANY($2) AND ended_at IS NULL
           AND archived_at IS NULL
         GROUP BY account_id, classes.id, role
         ORDER BY account_id, kind = 'staff_room', grade NULLS LAST, letter, name, classes.id, role",
    )
    .bind::<BigInt, _>(school)
    .bind::<Array<BigInt>, _>(people)
    .load(conn)
    .await?;
    let mut classes = Classes::new();
    for row in rows {
        let (id, name) = (row.id, row.name);
        let class = ClassName { id, name };
        classes
            .entry(row.account_id)
            .or_default()
            .push((class, row.role));
    }
    Ok(classes)
}

pub async fn has_administrator(conn: &mut AsyncPgConnection, school: SchoolId) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(
        memberships::table
            .filter(memberships::school_id.eq(school))
            .filter(memberships::role.eq(Role::Administrator))
            .filter(memberships::ended_at.is_null()),
    ))
    .get_result(conn)
    .await?)
}

/// Whether the person belongs to this school and to no other, administers nothing, and doesn't run
/// the installation: only then the school may give out a password.
pub async fn is_ours_alone(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    account: AccountId,
) -> Result<bool> {
    Ok(sql_query(
        "SELECT coalesce(bool_and(school_id = $1 AND role <> 'administrator'), false)
                AND NOT EXISTS (SELECT FROM operators WHERE account_id = $2)
         FROM memberships WHERE account_id = $2 AND ended_at IS NULL",
    )
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(account)
    .value::<Bool, _>(conn)
    .await?)
}
