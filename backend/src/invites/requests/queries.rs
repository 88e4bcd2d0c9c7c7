//! SQL of join requests.

use common::classes::ClassName;
use common::invites::{FoundSchool, JoinRequest, MyRequest};
use common::permissions::Role;
use common::{AccountId, ClassId, JoinRequestId, Name, SchoolId, Timestamp};
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::accounts::queries::readable_phone;
use crate::database::sql_query;
use crate::error::Result;
use crate::invites::request_status::RequestStatus;
use crate::schema::join_requests;
use crate::schools::zone::Zone;

#[derive(QueryableByName)]
struct FoundRow {
    #[diesel(sql_type = BigInt)]
    id: SchoolId,
    #[diesel(sql_type = Text)]
    full_name: String,
    #[diesel(sql_type = Text)]
    settlement: String,
    #[diesel(sql_type = Text)]
    time_zone: Zone,
}

#[derive(QueryableByName)]
struct ClassRow {
    #[diesel(sql_type = BigInt)]
    id: ClassId,
    #[diesel(sql_type = Text)]
    name: String,
}

/// In either case, with or without spaces; with the classes that may be asked. Of two with one name it's
/// the newer one.
pub async fn school_by_code(
    conn: &mut AsyncPgConnection,
    code: &str,
) -> Result<(FoundSchool, Zone)> {
    let code: String = code
        .chars()
        .filter(|c| c.is_alphanumeric())
        .take(32)
        .flat_map(char::to_lowercase)
        .collect();
    let found: FoundRow = sql_query(
        "SELECT id, full_name, settlement, time_zone FROM schools WHERE lower(code) = $1",
    )
    .bind::<Text, _>(code)
    .get_result(conn)
    .await?;
    let classes: Vec<ClassRow> = sql_query(
        "SELECT id, name FROM classes AS it
         WHERE school_id = $1 AND archived_at IS NULL AND kind <> 'staff_room'
           AND NOT EXISTS (
               SELECT FROM classes AS newer
               WHERE newer.school_id = $1 AND newer.name = it.name AND newer.year > it.year
                 AND newer.archived_at IS NULL)
         ORDER BY grade, letter, name",
    )
    .bind::<BigInt, _>(found.id)
    .load(conn)
    .await?;
    let school = FoundSchool {
        id: found.id,
        full_name: found.full_name,
        settlement: found.settlement,
        classes: classes
            .into_iter()
            .map(|row| ClassName {
                id: row.id,
                name: row.name,
            })
            .collect(),
    };
    Ok((school, found.time_zone))
}

/// A request to be stored.
pub struct Fresh<'a> {
    pub school: SchoolId,
    pub class: Option<ClassId>,
    pub account: AccountId,
    pub role: Role,
    pub message: &'a str,
    pub asked_at: Timestamp,
}

/// A repeat of one that waits is a `Conflict`.
pub async fn insert(conn: &mut AsyncPgConnection, request: &Fresh<'_>) -> Result<JoinRequestId> {
    Ok(diesel::insert_into(join_requests::table)
        .values((
            join_requests::school_id.eq(request.school),
            join_requests::class_id.eq(request.class),
            join_requests::account_id.eq(request.account),
            join_requests::role.eq(request.role),
            join_requests::message.eq(request.message),
            join_requests::asked_at.eq(request.asked_at),
        ))
        .returning(join_requests::id)
        .get_result(conn)
        .await?)
}

/// Which requests are over when their case comes up again.
#[derive(Clone, Copy)]
pub enum Over {
    /// Those that were refused: it is asked again.
    Refused,
    /// Those that wait, too: it has come true on another way.
    All,
}

/// Closes what the person asked for here.
pub async fn close(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    class: Option<ClassId>,
    account: AccountId,
    role: Role,
    over: Over,
) -> Result<Vec<JoinRequestId>> {
    let states: &[RequestStatus] = match over {
        Over::Refused => &[RequestStatus::Refused],
        Over::All => &[RequestStatus::Waiting, RequestStatus::Refused],
    };
    Ok(diesel::update(
        join_requests::table.filter(
            join_requests::account_id
                .eq(account)
                .and(join_requests::school_id.eq(school))
                .and(join_requests::class_id.is_not_distinct_from(class))
                .and(join_requests::role.eq(role))
                .and(join_requests::state.eq_any(states)),
        ),
    )
    .set(join_requests::state.eq(RequestStatus::Closed))
    .returning(join_requests::id)
    .get_results(conn)
    .await?)
}

/// What is decided about.
#[derive(Queryable)]
pub struct Asked {
    pub account: AccountId,
    pub class: Option<ClassId>,
    pub role: Role,
    pub status: RequestStatus,
}

/// Locks it until the transaction ends, so that it's decided once.
pub async fn lock(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    request: JoinRequestId,
) -> Result<Asked> {
    Ok(join_requests::table
        .filter(
            join_requests::id
                .eq(request)
                .and(join_requests::school_id.eq(school)),
        )
        .select((
            join_requests::account_id,
            join_requests::class_id,
            join_requests::role,
            join_requests::state,
        ))
        .for_update()
        .first(conn)
        .await?)
}

pub struct Decision<'a> {
    pub request: JoinRequestId,
    /// None: accepted.
    pub refusal: Option<&'a str>,
    pub by: AccountId,
    pub at: Timestamp,
}

pub async fn decide(conn: &mut AsyncPgConnection, decision: &Decision<'_>) -> Result<()> {
    let state = if decision.refusal.is_some() {
        RequestStatus::Refused
    } else {
        RequestStatus::Accepted
    };
    diesel::update(join_requests::table.find(decision.request))
        .set((
            join_requests::state.eq(state),
            join_requests::reason.eq(decision.refusal),
            join_requests::decided_at.eq(decision.at),
            join_requests::decided_by.eq(decision.by),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct WaitingRow {
    #[diesel(sql_type = BigInt)]
    id: JoinRequestId,
    #[diesel(embed)]
    name: Name,
    #[diesel(sql_type = Nullable<Text>)]
    phone: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    class_id: Option<ClassId>,
    #[diesel(sql_type = Nullable<Text>)]
    class_name: Option<String>,
    #[diesel(sql_type = Text)]
    role: Role,
    #[diesel(sql_type = Text)]
    message: String,
    #[diesel(sql_type = Timestamptz)]
    asked_at: Timestamp,
    #[diesel(sql_type = Bool)]
    namesake: bool,
}

/// Those that wait, the oldest first, at most 100; of one class, or all.
pub async fn waiting(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    class: Option<ClassId>,
) -> Result<Vec<JoinRequest>> {
    let rows: Vec<WaitingRow> = sql_query(
        "SELECT requests.id, asker.surname, asker.given, asker.patronymic, asker.phone,
                class_id, classes.name AS class_name, role, message, asked_at,
                EXISTS (SELECT FROM memberships
                        JOIN accounts AS other ON other.id = memberships.account_id
                        WHERE memberships.school_id = $1 AND memberships.ended_at IS NULL
                          AND other.id <> asker.id
                          AND translate(lower(other.surname), 'ё', 'е')
                            = translate(lower(asker.surname), 'ё', 'е')
                          AND translate(lower(other.given), 'ё', 'е')
                            = translate(lower(asker.given), 'ё', 'е')) AS namesake
         FROM join_requests AS requests
         JOIN accounts AS asker ON asker.id = requests.account_id
         LEFT JOIN classes ON classes.id = class_id
         WHERE requests.school_id = $1 AND state = 'waiting'
           AND ($2::bigint IS NULL OR class_id = $2)
         ORDER BY asked_at, requests.id
         LIMIT 100",
    )
    .bind::<BigInt, _>(school)
    .bind::<Nullable<BigInt>, _>(class)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| JoinRequest {
            id: row.id,
            name: row.name.full(),
            phone: row.phone.as_deref().map(readable_phone),
            class: row
                .class_id
                .zip(row.class_name)
                .map(|(id, name)| ClassName { id, name }),
            role: row.role,
            message: row.message,
            asked_at: row.asked_at,
            namesake: row.namesake,
        })
        .collect())
}

#[derive(QueryableByName)]
struct MyRow {
    #[diesel(sql_type = BigInt)]
    account_id: AccountId,
    #[diesel(sql_type = BigInt)]
    id: JoinRequestId,
    #[diesel(sql_type = Text)]
    school_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    class_name: Option<String>,
    #[diesel(sql_type = Text)]
    role: Role,
    #[diesel(sql_type = Text)]
    state: RequestStatus,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
}

/// The requests of these people that wait or were refused, in the order of ids; or only some of them.
/// A refused one is shown until the person asks the same again or comes in on another way.
pub async fn mine(
    conn: &mut AsyncPgConnection,
    people: &[AccountId],
    only: Option<&[JoinRequestId]>,
) -> Result<Vec<(AccountId, MyRequest)>> {
    let rows: Vec<MyRow> = sql_query(
        "SELECT requests.account_id, requests.id, schools.short_name AS school_name,
                classes.name AS class_name, requests.role, requests.state, requests.reason
         FROM join_requests AS requests
         JOIN schools ON schools.id = requests.school_id
         LEFT JOIN classes ON classes.id = requests.class_id
         WHERE requests.account_id = ANY($1) AND requests.state IN ('waiting', 'refused')
           AND ($2::bigint[] IS NULL OR requests.id = ANY($2))
         ORDER BY requests.id",
    )
    .bind::<Array<BigInt>, _>(people)
    .bind::<Nullable<Array<BigInt>>, _>(only)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let request = MyRequest {
                id: row.id,
                school_name: row.school_name,
                class_name: row.class_name,
                role: row.role,
                refused: (row.state == RequestStatus::Refused)
                    .then(|| row.reason.unwrap_or_default()),
            };
            (row.account_id, request)
        })
        .collect())
}
