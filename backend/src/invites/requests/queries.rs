//! SQL of join requests.

use common::classes::{ClassKind, ClassName};
use common::invites::{FoundSchool, JoinRequest, MyRequest};
use common::permissions::Role;
use common::{AccountId, ClassId, JoinRequestId, Name, SchoolId, Timestamp};
use diesel::dsl::{exists, not};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::accounts::queries::readable_phone;
use crate::error::Result;
use crate::invites::request_status::RequestStatus;
use crate::schema::{
    accounts, classes, current_roles, join_requests, lower, name, schools, translate,
};
use crate::schools::zone::Zone;

#[derive(Queryable, Selectable)]
#[diesel(table_name = schools, check_for_backend(Pg))]
struct FoundRow {
    id: SchoolId,
    full_name: String,
    settlement: String,
    time_zone: Zone,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = classes, check_for_backend(Pg))]
struct ClassRow {
    id: ClassId,
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
    let found = schools::table
        .filter(lower(schools::code).eq(code))
        .select(FoundRow::as_select())
        .get_result(conn)
        .await?;
    let other = diesel::alias!(classes as other);
    let newer = other
        .filter(other.field(classes::school_id).eq(found.id))
        .filter(other.field(classes::name).eq(classes::name))
        .filter(other.field(classes::year).gt(classes::year))
        .filter(other.field(classes::archived_at).is_null());
    let classes = classes::table
        .filter(classes::school_id.eq(found.id))
        .filter(classes::archived_at.is_null())
        .filter(classes::kind.ne(ClassKind::StaffRoom))
        .filter(not(exists(newer)))
        .order((classes::grade, classes::letter, classes::name))
        .select(ClassRow::as_select())
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
#[derive(Queryable, Selectable)]
#[diesel(table_name = join_requests, check_for_backend(Pg))]
pub struct Asked {
    #[diesel(column_name = account_id)]
    pub account: AccountId,
    #[diesel(column_name = class_id)]
    pub class: Option<ClassId>,
    pub role: Role,
    #[diesel(column_name = state)]
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
        .select(Asked::as_select())
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

#[derive(Queryable, Selectable)]
#[diesel(table_name = join_requests, check_for_backend(Pg))]
struct WaitingRow {
    id: JoinRequestId,
    #[diesel(select_expression = name())]
    name: Name,
    #[diesel(select_expression = accounts::phone)]
    phone: Option<String>,
    class_id: Option<ClassId>,
    #[diesel(select_expression = classes::name.nullable())]
    class_name: Option<String>,
    role: Role,
    message: String,
    asked_at: Timestamp,
}

/// Those that wait, the oldest first, at most 100; of one class, or all.
pub async fn waiting(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    class: Option<ClassId>,
) -> Result<Vec<JoinRequest>> {
    let other = diesel::alias!(accounts as other);
    let (surname, given) = (other.field(accounts::surname), other.field(accounts::given));
    let namesakes = current_roles::table
        .inner_join(other.on(other.field(accounts::id).eq(current_roles::account_id)))
        .filter(current_roles::school_id.eq(school))
        .filter(current_roles::account_id.ne(accounts::id))
        .filter(folded(surname).eq(folded(accounts::surname)))
        .filter(folded(given).eq(folded(accounts::given)));
    let mut waiting = join_requests::table
        .inner_join(accounts::table)
        .left_join(classes::table)
        .filter(join_requests::school_id.eq(school))
        .filter(join_requests::state.eq(RequestStatus::Waiting))
        .order((join_requests::asked_at, join_requests::id))
        .limit(100)
        .select((WaitingRow::as_select(), exists(namesakes)))
        .into_boxed();
    if let Some(class) = class {
        waiting = waiting.filter(join_requests::class_id.eq(class));
    }
    let rows: Vec<(WaitingRow, bool)> = waiting.load(conn).await?;
    Ok(rows
        .into_iter()
        .map(|(row, namesake)| JoinRequest {
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
            namesake,
        })
        .collect())
}

/// Of a part of a name: as people compare them.
#[diesel::dsl::auto_type]
fn folded<T: AsExpression<Text>>(part: T) -> _ {
    translate(lower(part), "ё", "е")
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = join_requests, check_for_backend(Pg))]
struct MyRow {
    account_id: AccountId,
    id: JoinRequestId,
    #[diesel(select_expression = schools::short_name)]
    school_name: String,
    #[diesel(select_expression = classes::name.nullable())]
    class_name: Option<String>,
    role: Role,
    state: RequestStatus,
    reason: Option<String>,
}

/// The requests of these people that wait or were refused, in the order of ids; or only some of them.
/// A refused one is shown until the person asks the same again or comes in on another way.
pub async fn mine(
    conn: &mut AsyncPgConnection,
    people: &[AccountId],
    only: Option<&[JoinRequestId]>,
) -> Result<Vec<(AccountId, MyRequest)>> {
    let mut mine = join_requests::table
        .inner_join(schools::table)
        .left_join(classes::table)
        .filter(join_requests::account_id.eq_any(people))
        .filter(join_requests::state.eq_any([RequestStatus::Waiting, RequestStatus::Refused]))
        .order(join_requests::id)
        .select(MyRow::as_select())
        .into_boxed();
    if let Some(only) = only {
        mine = mine.filter(join_requests::id.eq_any(only));
    }
    let rows = mine.load(conn).await?;
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
