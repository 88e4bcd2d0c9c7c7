//! SQL of schools.

use std::collections::BTreeMap;

use common::classes::ClassName;
use common::permissions::{Role, Roles};
use common::schools::applications::Questionnaire;
use common::schools::{Information, MySchool, School, SchoolInfo, SchoolKind};
use common::{AccountId, ClassId, SchoolId, Timestamp};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::{row, sql_query};
use crate::error::Result;
use crate::invites::request_status::RequestStatus;
use crate::parents::link_status::LinkStatus;
use crate::schema::{current_roles, guardian_links, join_requests, memberships, schools};

/// What every school has from its first day (R51, R88), by the names that it may change later.
const STAFF_ROOM: &str = "Учительская";
const SCHOOL_CHANNEL: &str = "Общешкольный";
const STAFF_CHANNEL: &str = "Сотрудники";

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
        let roles = all.entry(school).or_insert(Roles::NONE);
        *roles = roles.with(role);
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
        time_zone: String as Text,
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
         SELECT mine.account_id, schools.id, short_name, time_zone, mine.roles,
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
                time_zone: row.time_zone,
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
    time_zone: String,
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
        time_zone: row.time_zone,
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
pub async fn edit(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    edit: &Information,
) -> Result<bool> {
    Ok(sql_query(
        "WITH before AS (SELECT short_name FROM schools WHERE id = $1 FOR UPDATE)
         UPDATE schools SET full_name = $2, short_name = $3, about = $4, address = $5, phone = $6,
                email = $7, site = $8, hours = $9, journal = $10, time_zone = $11
         FROM before WHERE id = $1
         RETURNING before.short_name <> $3",
    )
    .bind::<BigInt, _>(school)
    .bind::<Text, _>(&edit.full_name)
    .bind::<Text, _>(&edit.short_name)
    .bind::<Text, _>(&edit.info.about)
    .bind::<Text, _>(&edit.info.address)
    .bind::<Text, _>(&edit.info.phone)
    .bind::<Text, _>(&edit.info.email)
    .bind::<Text, _>(&edit.info.site)
    .bind::<Text, _>(&edit.info.hours)
    .bind::<Text, _>(&edit.info.journal)
    .bind::<Text, _>(&edit.time_zone)
    .value::<Bool, _>(conn)
    .await?)
}

/// Makes a school with its staff room, the staff room's chat and the two system channels (R51, R88);
/// None if another school has the code.
pub async fn create(
    conn: &mut AsyncPgConnection,
    questionnaire: &Questionnaire,
    code: &str,
    year: i16,
    now: Timestamp,
) -> Result<Option<SchoolId>> {
    Ok(sql_query(
        "WITH school AS (
             INSERT INTO schools (kind, full_name, short_name, region, municipality, settlement,
                                  time_zone, code, created_at)
             VALUES ($6, $7, $8, $9, $10, $11, $12, $1, $2)
             ON CONFLICT (code) DO NOTHING
             RETURNING id),
         staff_room AS (
             INSERT INTO classes (school_id, kind, name, year, created_at)
             SELECT id, 'staff_room', $4, $3, $2 FROM school
             RETURNING id, school_id),
         staff_chat AS (
             INSERT INTO chats (school_id, class_id, kind, created_at)
             SELECT school_id, id, 'class_teachers', $2 FROM staff_room),
         channels AS (
             INSERT INTO chats (school_id, kind, name, audience, created_at)
             SELECT id, 'channel', names.name, names.audience, $2
             FROM school, unnest($5, ARRAY['school', 'staff']) AS names (name, audience))
         SELECT id FROM school",
    )
    .bind::<Text, _>(code)
    .bind::<Timestamptz, _>(now)
    .bind::<SmallInt, _>(year)
    .bind::<Text, _>(STAFF_ROOM)
    .bind::<Array<Text>, _>([SCHOOL_CHANNEL, STAFF_CHANNEL].as_slice())
    .bind::<Text, _>(questionnaire.kind)
    .bind::<Text, _>(&questionnaire.full_name)
    .bind::<Text, _>(&questionnaire.short_name)
    .bind::<Text, _>(&questionnaire.region)
    .bind::<Text, _>(&questionnaire.municipality)
    .bind::<Text, _>(&questionnaire.settlement)
    .bind::<Text, _>(&questionnaire.time_zone)
    .value::<BigInt, _>(conn)
    .await
    .optional()?)
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
