//! SQL of applications.

mod orders;

use common::realtime::Touched;
use common::schools::SchoolKind;
use common::schools::applications::{Application, ApplicationState, OrderFile, Questionnaire};
use common::{AccountId, ApplicationId, Name, Paged, SchoolId, Timestamp, text_enum};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

pub use orders::{Order, delete_refused_orders, order, set_order};

use crate::accounts::queries::readable_phone;
use crate::database::{bounds, paged, total};
use crate::error::{Failure, Result};
use crate::live::Recipients;
use crate::schema::{applications, octet_length};
use crate::schools::zone::Zone;
use crate::secret::Hash;
use crate::write::Tx;

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
    /// Of the school to be.
    pub zone: Zone,
}

impl Found {
    /// Whether these are its answers; they are checked.
    pub fn says(&self, questionnaire: &Questionnaire) -> bool {
        let stored = Questionnaire {
            phone: self.phone.clone(),
            ..self.application.questionnaire.clone()
        };
        stored == *questionnaire
    }
}

/// By what an application is found.
#[derive(Clone, Copy)]
pub enum Which<'a> {
    /// The operator's way.
    Id(ApplicationId),
    /// The applicant's.
    Secret(&'a Hash),
}

type Condition<'a> = Box<dyn BoxableExpression<applications::table, Pg, SqlType = Bool> + 'a>;

impl<'a> Which<'a> {
    fn condition(self) -> Condition<'a> {
        match self {
            Self::Id(id) => Box::new(applications::id.eq(id)),
            Self::Secret(hash) => Box::new(applications::secret_hash.eq(hash.as_slice())),
        }
    }
}

/// All but the order's bytes.
#[derive(Queryable, Selectable)]
#[diesel(table_name = applications, check_for_backend(Pg))]
struct Row {
    id: ApplicationId,
    kind: SchoolKind,
    full_name: String,
    short_name: String,
    region: String,
    municipality: String,
    settlement: String,
    time_zone: Zone,
    inn: String,
    kpp: String,
    #[diesel(select_expression = (applications::surname, applications::given, applications::patronymic))]
    name: Name,
    phone: String,
    email: String,
    order_name: Option<String>,
    #[diesel(select_expression = octet_length(applications::order_bytes))]
    order_size: Option<i32>,
    state: ApplicationStatus,
    remarks: Option<String>,
    school_id: Option<SchoolId>,
    claimed_by: Option<AccountId>,
    submitted_at: Timestamp,
    decided_at: Option<Timestamp>,
    version: i32,
}

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
                time_zone: self.time_zone.name().to_owned(),
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
            version: self.version,
        };
        Ok(Found {
            application,
            phone: self.phone,
            claimed_by: self.claimed_by,
            zone: self.time_zone,
        })
    }
}

/// The operators' screens are outdated: whatever writes an application calls it.
pub fn touch(tx: &mut Tx) {
    tx.touch(Recipients::Operators, Touched::Applications);
}

/// `questionnaire` is checked. False, and nothing is written: there is one by this secret, or another one
/// of the organisation that isn't refused.
pub async fn insert(
    tx: &mut Tx,
    questionnaire: &Questionnaire,
    secret: &Hash,
    now: Timestamp,
) -> Result<bool> {
    touch(tx);
    let inserted = diesel::insert_into(applications::table)
        .values((
            applications::secret_hash.eq(secret.as_slice()),
            applications::state.eq(ApplicationStatus::Submitted),
            applications::submitted_at.eq(now),
            answers(questionnaire),
        ))
        .on_conflict_do_nothing()
        .execute(&mut **tx)
        .await?;
    Ok(inserted > 0)
}

/// # Errors
/// `NotFound`.
pub async fn find(conn: &mut AsyncPgConnection, which: Which<'_>) -> Result<Found> {
    applications::table
        .filter(which.condition())
        .select(Row::as_select())
        .get_result(conn)
        .await?
        .found()
}

/// As [`find`]; nobody else changes it until the transaction ends.
pub async fn lock(conn: &mut AsyncPgConnection, which: Which<'_>) -> Result<Found> {
    applications::table
        .filter(which.condition())
        .select(Row::as_select())
        .for_update()
        .get_result(conn)
        .await?
        .found()
}

/// Those that wait first, then the newest.
pub async fn page(conn: &mut AsyncPgConnection, page: u32) -> Result<Paged<Application>> {
    let (limit, offset) = bounds(page);
    let rows: Vec<(i64, Row)> = applications::table
        .order((
            applications::state.eq(ApplicationStatus::Submitted).desc(),
            applications::submitted_at.desc(),
            applications::id.desc(),
        ))
        .limit(limit)
        .offset(offset)
        .select((total(), Row::as_select()))
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
            applications::version.eq(applications::version + 1),
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
    time_zone: &'a str,
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
        time_zone: &questionnaire.time_zone,
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
    let row = diesel::update(applications::table.find(application))
        .set((
            applications::state.eq(state),
            applications::remarks.eq(remarks),
            applications::school_id.eq(school),
            applications::decided_by.eq(operator),
            applications::decided_at.eq(now),
        ))
        .returning(Row::as_returning())
        .get_result(&mut **tx)
        .await?;
    Ok(row.found()?.application)
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
