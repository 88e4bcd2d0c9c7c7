//! SQL of applications.

mod orders;

use common::realtime::Touched;
use common::schools::SchoolKind;
use common::schools::applications::{Application, ApplicationState, OrderFile, Questionnaire};
use common::{AccountId, ApplicationId, Name, Paged, SchoolId, Timestamp, text_enum};
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

pub use orders::{Order, delete_refused_orders, order, set_order};

use crate::accounts::queries::readable_phone;
use crate::database::{Counted, bounds, paged, sql_query};
use crate::error::{Failure, Result};
use crate::live::Recipients;
use crate::schema::applications;
use crate::secret::Hash;
use crate::write::Tx;

/// What every school has from its first day (R51, R88), by the names that it may change later.
const STAFF_ROOM: &str = "Учительская";
const SCHOOL_CHANNEL: &str = "Общешкольный";
const STAFF_CHANNEL: &str = "Сотрудники";

text_enum! {
    /// The words that the database has for an [`ApplicationState`].
    pub enum ApplicationStatus {
        Submitted = "submitted",
        Returned = "returned",
        Refused = "refused",
        Approved = "approved",
    }
}

/// An application, with what it doesn't show.
pub struct Found {
    pub application: Application,
    /// In E.164.
    pub phone: String,
    pub claimed_by: Option<AccountId>,
}

/// By what an application is found.
#[derive(Clone, Copy)]
pub enum Which<'a> {
    /// The operator's way.
    Id(ApplicationId),
    /// The applicant's.
    Secret(&'a Hash),
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: ApplicationId,
    #[diesel(sql_type = Text)]
    kind: SchoolKind,
    #[diesel(sql_type = Text)]
    full_name: String,
    #[diesel(sql_type = Text)]
    short_name: String,
    #[diesel(sql_type = Text)]
    region: String,
    #[diesel(sql_type = Text)]
    municipality: String,
    #[diesel(sql_type = Text)]
    settlement: String,
    #[diesel(sql_type = Text)]
    inn: String,
    #[diesel(sql_type = Text)]
    kpp: String,
    #[diesel(embed)]
    name: Name,
    #[diesel(sql_type = Text)]
    phone: String,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Nullable<Text>)]
    order_name: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    order_size: Option<i32>,
    #[diesel(sql_type = Text)]
    state: ApplicationStatus,
    #[diesel(sql_type = Nullable<Text>)]
    remarks: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    school_id: Option<SchoolId>,
    #[diesel(sql_type = Nullable<BigInt>)]
    claimed_by: Option<AccountId>,
    #[diesel(sql_type = Timestamptz)]
    submitted_at: Timestamp,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    decided_at: Option<Timestamp>,
}

/// All but the order's bytes.
const COLUMNS: &str = "id, kind, full_name, short_name, region, municipality, settlement, inn, kpp, \
    surname, given, patronymic, phone, email, order_name, octet_length(order_bytes) AS order_size, \
    state, remarks, school_id, claimed_by, submitted_at, decided_at";

impl Row {
    fn found(self) -> Result<Found> {
        let remarks = self.remarks.unwrap_or_default();
        let state = match self.state {
            ApplicationStatus::Submitted => ApplicationState::Submitted,
            ApplicationStatus::Returned => ApplicationState::Returned { remarks },
            ApplicationStatus::Refused => ApplicationState::Refused { reason: remarks },
            ApplicationStatus::Approved => ApplicationState::Approved {
                school: self
                    .school_id
                    .ok_or_else(|| Failure::unforeseen("an approved application has a school"))?,
                claimed: self.claimed_by.is_some(),
            },
        };
        let order = self.order_name.zip(self.order_size);
        let application = Application {
            id: self.id,
            questionnaire: Questionnaire {
                kind: self.kind,
                full_name: self.full_name,
                short_name: self.short_name,
                region: self.region,
                municipality: self.municipality,
                settlement: self.settlement,
                inn: self.inn,
                kpp: self.kpp,
                name: self.name,
                phone: readable_phone(&self.phone),
                email: self.email,
            },
            order: order.map(|(name, size)| OrderFile {
                name,
                size: u64::try_from(size).unwrap_or_default(),
            }),
            state,
            submitted_at: self.submitted_at,
            decided_at: self.decided_at,
        };
        Ok(Found {
            application,
            phone: self.phone,
            claimed_by: self.claimed_by,
        })
    }
}

/// The operators' screens are outdated: whatever writes an application calls it.
fn touch(tx: &mut Tx) {
    tx.touch(Recipients::Operators, Touched::Applications);
}

/// `questionnaire` is checked.
pub async fn insert(
    tx: &mut Tx,
    questionnaire: &Questionnaire,
    secret: &Hash,
    now: Timestamp,
) -> Result<()> {
    touch(tx);
    diesel::insert_into(applications::table)
        .values((
            applications::secret_hash.eq(secret.as_slice()),
            applications::state.eq(ApplicationStatus::Submitted),
            applications::submitted_at.eq(now),
            answers(questionnaire),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// # Errors
/// `NotFound`.
pub async fn find(conn: &mut AsyncPgConnection, which: Which<'_>) -> Result<Found> {
    one(conn, which, "").await
}

/// As [`find`]; nobody else changes it until the transaction ends.
pub async fn lock(conn: &mut AsyncPgConnection, which: Which<'_>) -> Result<Found> {
    one(conn, which, "FOR UPDATE").await
}

async fn one(conn: &mut AsyncPgConnection, which: Which<'_>, lock: &str) -> Result<Found> {
    let (id, hash) = match which {
        Which::Id(id) => (Some(id), None),
        Which::Secret(hash) => (None, Some(hash.as_slice())),
    };
    let row: Row = sql_query(format!(
        "SELECT {COLUMNS} FROM applications WHERE id = $1 OR secret_hash = $2 {lock}"
    ))
    .bind::<Nullable<BigInt>, _>(id)
    .bind::<Nullable<Binary>, _>(hash)
    .get_result(conn)
    .await?;
    row.found()
}

/// Those that wait first, then the newest.
pub async fn page(conn: &mut AsyncPgConnection, page: u32) -> Result<Paged<Application>> {
    let (limit, offset) = bounds(page);
    let rows: Vec<Counted<Row>> = sql_query(format!(
        "SELECT count(*) OVER () AS total, {COLUMNS} FROM applications
         ORDER BY state = 'submitted' DESC, submitted_at DESC, id DESC
         LIMIT $1 OFFSET $2"
    ))
    .bind::<BigInt, _>(limit)
    .bind::<BigInt, _>(offset)
    .load(conn)
    .await?;
    paged(rows).try_map(|row| Ok(row.found()?.application))
}

/// `questionnaire` is checked.
pub async fn resubmit(
    tx: &mut Tx,
    application: ApplicationId,
    questionnaire: &Questionnaire,
    now: Timestamp,
) -> Result<Application> {
    touch(tx);
    diesel::update(applications::table.find(application))
        .set((
            applications::state.eq(ApplicationStatus::Submitted),
            applications::remarks.eq(None::<String>),
            applications::submitted_at.eq(now),
            applications::decided_at.eq(None::<Timestamp>),
            applications::decided_by.eq(None::<AccountId>),
            answers(questionnaire),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(find(tx, Which::Id(application)).await?.application)
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = applications, treat_none_as_null = true)]
struct Answers<'a> {
    kind: SchoolKind,
    full_name: &'a str,
    short_name: &'a str,
    region: &'a str,
    municipality: &'a str,
    settlement: &'a str,
    inn: &'a str,
    kpp: &'a str,
    surname: &'a str,
    given: &'a str,
    patronymic: Option<&'a str>,
    phone: &'a str,
    email: &'a str,
}

fn answers(questionnaire: &Questionnaire) -> Answers<'_> {
    Answers {
        kind: questionnaire.kind,
        full_name: &questionnaire.full_name,
        short_name: &questionnaire.short_name,
        region: &questionnaire.region,
        municipality: &questionnaire.municipality,
        settlement: &questionnaire.settlement,
        inn: &questionnaire.inn,
        kpp: &questionnaire.kpp,
        surname: &questionnaire.name.surname,
        given: &questionnaire.name.given,
        patronymic: questionnaire.name.patronymic.as_deref(),
        phone: &questionnaire.phone,
        email: &questionnaire.email,
    }
}

pub async fn decide(
    tx: &mut Tx,
    application: ApplicationId,
    state: &ApplicationState,
    operator: AccountId,
    now: Timestamp,
) -> Result<Application> {
    touch(tx);
    let (state, remarks, school) = match state {
        ApplicationState::Submitted => (ApplicationStatus::Submitted, None, None),
        ApplicationState::Returned { remarks } => {
            (ApplicationStatus::Returned, Some(remarks), None)
        }
        ApplicationState::Refused { reason } => (ApplicationStatus::Refused, Some(reason), None),
        ApplicationState::Approved { school, .. } => {
            (ApplicationStatus::Approved, None, Some(*school))
        }
    };
    let row: Row = sql_query(format!(
        "UPDATE applications
         SET state = $2, remarks = $3, school_id = $4, decided_by = $5, decided_at = $6
         WHERE id = $1 RETURNING {COLUMNS}"
    ))
    .bind::<BigInt, _>(application)
    .bind::<Text, _>(state)
    .bind::<Nullable<Text>, _>(remarks)
    .bind::<Nullable<BigInt>, _>(school)
    .bind::<BigInt, _>(operator)
    .bind::<Timestamptz, _>(now)
    .get_result(&mut **tx)
    .await?;
    Ok(row.found()?.application)
}

/// Makes a school with its staff room, the staff room's chat and the two system channels (R51, R88);
/// None if another school has the code.
pub async fn create_school(
    conn: &mut AsyncPgConnection,
    questionnaire: &Questionnaire,
    code: &str,
    year: i16,
    now: Timestamp,
) -> Result<Option<SchoolId>> {
    Ok(sql_query(
        "WITH school AS (
             INSERT INTO schools (kind, full_name, short_name, region, municipality, settlement,
                                  code, created_at)
             VALUES ($6, $7, $8, $9, $10, $11, $1, $2)
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
    .value::<BigInt, _>(conn)
    .await
    .optional()?)
}

/// The account has taken over the school.
pub async fn claim(tx: &mut Tx, application: ApplicationId, account: AccountId) -> Result<()> {
    touch(tx);
    diesel::update(applications::table.find(application))
        .set(applications::claimed_by.eq(account))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
