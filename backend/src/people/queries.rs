//! SQL of people and their roles.

use std::collections::HashMap;

use common::classes::{ClassKind, ClassName, ClassRole};
use common::people::Person;
use common::permissions::{Role, Roles};
use common::{AccountId, ClassId, Name, Paged, SchoolId, Timestamp};
use diesel::dsl::{exists, not};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::search::Search;
use crate::accounts::queries::readable_phone;
use crate::database::{bounds, paged, row, sql_query};
use crate::error::Result;
use crate::schema::{classes, current_class_members, current_roles, operators};

/// Which people of a school; the conditions are combined.
#[derive(Default)]
pub struct Which {
    pub search: Search,
    pub role: Option<Role>,
    pub class: Option<ClassId>,
    pub account: Option<AccountId>,
}

row! {
    struct PersonRow {
        id: AccountId as BigInt,
        name: Name,
        phone: Option<String> as Nullable<Text>,
        login: Option<String> as Nullable<Text>,
        roles: Roles as Array<Text>,
        joined_at: Timestamp as Timestamptz,
        last_seen_at: Option<Timestamp> as Nullable<Timestamptz>,
        /// How many people fit in all.
        total: i64 as BigInt,
    }
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
    let rows: Vec<PersonRow> = sql_query(format!(
        "WITH people AS MATERIALIZED (
             SELECT account_id, array_agg(role) AS roles, min(started_at) AS joined_at
             FROM current_roles
             WHERE school_id = $1 AND ($6::bigint IS NULL OR account_id = $6)
             GROUP BY account_id)
         SELECT count(*) OVER () AS total, id, surname, given, patronymic, phone, login, roles,
                joined_at, last_seen_at
         FROM people CROSS JOIN LATERAL ({ACCOUNT}) AS account
         WHERE (cardinality($2) = 0 OR {WORDS} || ' ' || coalesce(login, '') LIKE ALL ($2))
           AND (cardinality($3) = 0 OR phone LIKE ANY ($3))
           AND ($4::text IS NULL OR $4 = ANY(roles))
           AND ($5::bigint IS NULL OR EXISTS (
                    SELECT FROM current_class_members AS members
                    WHERE class_id = $5 AND members.school_id = $1
                      AND members.account_id = account.id))
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
    let page = paged(rows.into_iter().map(|row| (row.total, row)).collect());
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
    #[derive(PartialEq, Queryable, Selectable)]
    #[diesel(table_name = current_class_members, check_for_backend(Pg))]
    struct Row {
        account_id: AccountId,
        #[diesel(select_expression = classes::id)]
        id: ClassId,
        #[diesel(select_expression = classes::name)]
        name: String,
        role: ClassRole,
    }
    let mut rows = current_class_members::table
        .inner_join(classes::table)
        .filter(current_class_members::school_id.eq(school))
        .filter(current_class_members::account_id.eq_any(people))
        .filter(classes::archived_at.is_null())
        .order((
            current_class_members::account_id,
            classes::kind.eq(ClassKind::StaffRoom),
            classes::grade,
            classes::letter,
            classes::name,
            classes::id,
            current_class_members::role,
        ))
        .select(Row::as_select())
        .load(conn)
        .await?;
    // A parent is in a class by each child.
    rows.dedup();
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
    Ok(diesel::select(exists(
        current_roles::table
            .filter(current_roles::school_id.eq(school))
            .filter(current_roles::role.eq(Role::Administrator)),
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
    let roles = current_roles::table.filter(current_roles::account_id.eq(account));
    let elsewhere = current_roles::school_id.ne(school);
    let more = roles.filter(elsewhere.or(current_roles::role.eq(Role::Administrator)));
    let operator = operators::table.find(account);
    Ok(diesel::select(
        exists(roles)
            .and(not(exists(more)))
            .and(not(exists(operator))),
    )
    .get_result(conn)
    .await?)
}
