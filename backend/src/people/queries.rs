//! SQL of people and their roles.

use std::collections::HashMap;

use common::classes::{ClassName, ClassRole};
use common::people::Person;
use common::permissions::{Role, Roles};
use common::{AccountId, ClassId, GuardianLinkId, Name, Paged, SchoolId, Timestamp};
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::search::Search;
use crate::accounts::queries::readable_phone;
use crate::database::{Counted, bounds, paged, sql_query};
use crate::error::Result;
use crate::schema::{memberships, schools};

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

/// Gives the role, or holds on to it: until the transaction's end nobody ends it. Whether it's new.
pub async fn start_role(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    account: AccountId,
    role: Role,
    now: Timestamp,
) -> Result<bool> {
    Ok(sql_query(
        "INSERT INTO memberships (school_id, account_id, role, started_at)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (school_id, account_id, role) WHERE ended_at IS NULL
         DO UPDATE SET role = excluded.role
         RETURNING xmax = 0",
    )
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(account)
    .bind::<Text, _>(role)
    .bind::<Timestamptz, _>(now)
    .value::<Bool, _>(conn)
    .await?)
}

/// Whether the person has the role; until the transaction's end nobody ends it.
pub async fn hold_role(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    account: AccountId,
    role: Role,
) -> Result<bool> {
    let held: Option<i64> = memberships::table
        .filter(memberships::school_id.eq(school))
        .filter(memberships::account_id.eq(account))
        .filter(memberships::role.eq(role))
        .filter(memberships::ended_at.is_null())
        .select(memberships::id)
        // As strong as what follows needs: two who share it would wait for each other.
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    Ok(held.is_some())
}

/// One at a time changes who administers the school.
pub async fn lock_school(conn: &mut AsyncPgConnection, school: SchoolId) -> Result<()> {
    schools::table
        .find(school)
        .select(schools::id)
        .for_no_key_update()
        .first::<SchoolId>(conn)
        .await?;
    Ok(())
}

/// Whether there was one to end.
pub async fn end_role(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    account: AccountId,
    role: Role,
    now: Timestamp,
) -> Result<bool> {
    let ended = diesel::update(
        memberships::table
            .filter(memberships::school_id.eq(school))
            .filter(memberships::account_id.eq(account))
            .filter(memberships::role.eq(role))
            .filter(memberships::ended_at.is_null()),
    )
    .set(memberships::ended_at.eq(now))
    .execute(conn)
    .await?;
    Ok(ended > 0)
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

/// Whose links end.
#[derive(Clone, Copy, Debug)]
pub enum End {
    OfParent(AccountId),
    OfChild(AccountId),
}

/// A link that was ended.
#[derive(QueryableByName)]
pub struct EndedLink {
    #[diesel(sql_type = BigInt)]
    pub link: GuardianLinkId,
    #[diesel(sql_type = BigInt)]
    pub parent: AccountId,
    #[diesel(sql_type = BigInt)]
    pub class: ClassId,
    /// It had not been decided yet.
    #[diesel(sql_type = Bool)]
    pub waited: bool,
}

pub async fn end_links(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    which: End,
    by: AccountId,
    now: Timestamp,
) -> Result<Vec<EndedLink>> {
    let (side, account) = match which {
        End::OfParent(account) => ("parent_id", account),
        End::OfChild(account) => ("child_id", account),
    };
    Ok(sql_query(format!(
        "WITH before AS (
             SELECT id, state FROM guardian_links
             WHERE school_id = $1 AND {side} = $2 AND state <> 'ended' FOR UPDATE)
         UPDATE guardian_links SET state = 'ended', decided_at = $4, decided_by = $3
         FROM before WHERE guardian_links.id = before.id
         RETURNING before.id AS link, parent_id AS parent, class_id AS class,
                   before.state = 'waiting' AS waited"
    ))
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(by)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?)
}

/// Ends the role of those parents who have no link to a child in the school any more.
pub async fn end_childless_parents(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    parents: &[AccountId],
    now: Timestamp,
) -> Result<()> {
    sql_query(
        "UPDATE memberships SET ended_at = $3
         WHERE school_id = $1 AND account_id = ANY($2) AND role = 'parent' AND ended_at IS NULL
           AND NOT EXISTS (SELECT FROM guardian_links
                           WHERE school_id = $1 AND parent_id = account_id
                             AND state IN ('waiting', 'confirmed'))",
    )
    .bind::<BigInt, _>(school)
    .bind::<Array<BigInt>, _>(parents)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
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
