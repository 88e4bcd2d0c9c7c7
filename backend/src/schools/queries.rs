//! SQL of schools.

use std::collections::BTreeMap;

use common::classes::ClassName;
use common::permissions::{Role, Roles};
use common::schools::{EditSchool, MySchool, School, SchoolInfo, SchoolKind};
use common::{AccountId, ClassId, SchoolId};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::{row, sql_query};
use crate::error::Result;
use crate::invites::request_status::RequestStatus;
use crate::parents::link_status::LinkStatus;
use crate::schema::{current_roles, guardian_links, join_requests, memberships, schools};

/// Someone's current roles, by school.
pub async fn roles(
    conn: &mut AsyncPgConnection,
    account: AccountId,
) -> Result<BTreeMap<SchoolId, Roles>> {
    let rows: Vec<(SchoolId, Role)> = current_roles::table
        .filter(current_roles::account_id.eq(account))
        .select((current_roles::school_id, current_roles::role))
        .load(conn)
        .await?;
    let mut all: BTreeMap<SchoolId, Roles> = BTreeMap::new();
    for (school, role) in rows {
        all.entry(school).or_default().add(role);
    }
    Ok(all)
}

/// Every school to which someone belongs or belonged: their name stands there.
pub async fn ever(conn: &mut AsyncPgConnection, account: AccountId) -> Result<Vec<SchoolId>> {
    Ok(memberships::table
        .filter(memberships::account_id.eq(account))
        .select(memberships::school_id)
        .distinct()
        .order(memberships::school_id)
        .load(conn)
        .await?)
}

/// Current members of the schools: for who is online.
pub async fn members(
    conn: &mut AsyncPgConnection,
    schools: &[SchoolId],
    among: &[AccountId],
) -> Result<Vec<AccountId>> {
    Ok(current_roles::table
        .filter(current_roles::school_id.eq_any(schools))
        .filter(current_roles::account_id.eq_any(among))
        .select(current_roles::account_id)
        .distinct()
        .load(conn)
        .await?)
}

row! {
    struct MineRow {
        account_id: AccountId as BigInt,
        id: SchoolId as BigInt,
        short_name: String as Text,
        roles: Roles as Array<Text>,
        leads_ids: Vec<ClassId> as Array<BigInt>,
        leads_names: Vec<String> as Array<Text>,
        waiting: i64 as BigInt,
    }
}

/// The schools that each of these people belongs to, in the order of ids; of one school, or all. One
/// statement.
pub async fn mine(
    conn: &mut AsyncPgConnection,
    people: &[AccountId],
    school: Option<SchoolId>,
) -> Result<Vec<(AccountId, MySchool)>> {
    let rows: Vec<MineRow> = sql_query(
        "WITH mine AS (
             SELECT account_id, school_id, array_agg(role) AS roles FROM current_roles
             WHERE account_id = ANY($1) AND ($2::bigint IS NULL OR school_id = $2)
             GROUP BY account_id, school_id),
         leads AS (
             SELECT account_id, classes.school_id, classes.id, classes.name
             FROM current_class_members JOIN classes ON classes.id = class_id
             WHERE account_id = ANY($1) AND role = 'class_teacher' AND archived_at IS NULL)
         SELECT mine.account_id, schools.id, short_name, mine.roles,
             ARRAY(SELECT leads.id FROM leads
                   WHERE leads.school_id = schools.id AND leads.account_id = mine.account_id
                   ORDER BY leads.id) AS leads_ids,
             ARRAY(SELECT leads.name FROM leads
                   WHERE leads.school_id = schools.id AND leads.account_id = mine.account_id
                   ORDER BY leads.id) AS leads_names,
             (SELECT count(*) FROM open_requests
              WHERE open_requests.school_id = schools.id
                AND ('administrator' = ANY(mine.roles)
                     OR open_requests.class_id IN (SELECT leads.id FROM leads
                                                   WHERE leads.account_id = mine.account_id)))
                 AS waiting
         FROM mine JOIN schools ON schools.id = mine.school_id
         ORDER BY mine.account_id, schools.id",
    )
    .bind::<Array<BigInt>, _>(people)
    .bind::<Nullable<BigInt>, _>(school)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let school = MySchool {
                id: row.id,
                short_name: row.short_name,
                roles: row.roles,
                leads: row
                    .leads_ids
                    .into_iter()
                    .zip(row.leads_names)
                    .map(|(id, name)| ClassName { id, name })
                    .collect(),
                waiting: u32::try_from(row.waiting).unwrap_or(u32::MAX),
            };
            (row.account_id, school)
        })
        .collect())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = schools, check_for_backend(Pg))]
struct SchoolRow {
    id: SchoolId,
    kind: SchoolKind,
    full_name: String,
    short_name: String,
    region: String,
    municipality: String,
    settlement: String,
    code: String,
    about: String,
    address: String,
    phone: String,
    email: String,
    site: String,
    hours: String,
    journal: String,
}

/// The information page.
pub async fn school(conn: &mut AsyncPgConnection, id: SchoolId) -> Result<School> {
    let row = schools::table
        .find(id)
        .select(SchoolRow::as_select())
        .get_result(conn)
        .await?;
    Ok(School {
        id: row.id,
        kind: row.kind,
        full_name: row.full_name,
        short_name: row.short_name,
        region: row.region,
        municipality: row.municipality,
        settlement: row.settlement,
        code: row.code,
        info: SchoolInfo {
            about: row.about,
            address: row.address,
            phone: row.phone,
            email: row.email,
            site: row.site,
            hours: row.hours,
            journal: row.journal,
        },
    })
}

/// Writes the information page; whether the short name is another than before.
pub async fn edit(conn: &mut AsyncPgConnection, edit: &EditSchool) -> Result<bool> {
    Ok(sql_query(
        "WITH before AS (SELECT short_name FROM schools WHERE id = $1 FOR UPDATE)
         UPDATE schools SET full_name = $2, short_name = $3, about = $4, address = $5, phone = $6,
                email = $7, site = $8, hours = $9, journal = $10
         FROM before WHERE id = $1
         RETURNING before.short_name <> $3",
    )
    .bind::<BigInt, _>(edit.school)
    .bind::<Text, _>(&edit.full_name)
    .bind::<Text, _>(&edit.short_name)
    .bind::<Text, _>(&edit.info.about)
    .bind::<Text, _>(&edit.info.address)
    .bind::<Text, _>(&edit.info.phone)
    .bind::<Text, _>(&edit.info.email)
    .bind::<Text, _>(&edit.info.site)
    .bind::<Text, _>(&edit.info.hours)
    .bind::<Text, _>(&edit.info.journal)
    .value::<Bool, _>(conn)
    .await?)
}

/// Who sees the school's name without being a member: those whose join request or link to a child
/// waits or was refused.
pub async fn outsiders(conn: &mut AsyncPgConnection, school: SchoolId) -> Result<Vec<AccountId>> {
    let asked = join_requests::table
        .filter(join_requests::school_id.eq(school))
        .filter(join_requests::state.ne(RequestStatus::Accepted))
        .select(join_requests::account_id);
    let parents = guardian_links::table
        .filter(guardian_links::school_id.eq(school))
        .filter(guardian_links::state.eq_any([LinkStatus::Waiting, LinkStatus::Refused]))
        .select(guardian_links::parent_id);
    let mut outsiders: Vec<AccountId> = asked.union(parents).load(conn).await?;
    outsiders.sort_unstable();
    Ok(outsiders)
}
