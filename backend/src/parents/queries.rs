//! SQL of guardian links.

use common::classes::ClassName;
use common::parents::{Child, LinkState};
use common::{AccountId, ClassId, GuardianLinkId, Name, SchoolId, Timestamp};
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::link_status::LinkStatus;
use crate::database::sql_query;
use crate::error::Result;
use crate::schema::{accounts, guardian_links, memberships};

/// A parent asks to be linked to a child.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    pub school: SchoolId,
    pub class: ClassId,
    pub parent: AccountId,
    /// From the invite, or typed.
    pub child_name: &'a str,
    pub message: &'a str,
}

/// Links that aren't ended, with their parents: in which these people are the parent or the child.
pub async fn links_of(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    people: &[AccountId],
) -> Result<Vec<(AccountId, GuardianLinkId)>> {
    Ok(guardian_links::table
        .filter(guardian_links::school_id.eq(school))
        .filter(guardian_links::state.ne(LinkStatus::Ended))
        .filter(
            guardian_links::parent_id
                .eq_any(people)
                .or(guardian_links::child_id.eq_any(people)),
        )
        .order(guardian_links::id)
        .select((guardian_links::parent_id, guardian_links::id))
        .load(conn)
        .await?)
}

#[derive(QueryableByName)]
struct ChildRow {
    #[diesel(sql_type = BigInt)]
    parent_id: AccountId,
    #[diesel(sql_type = BigInt)]
    id: GuardianLinkId,
    #[diesel(sql_type = Nullable<BigInt>)]
    child_id: Option<AccountId>,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    state: LinkStatus,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
    #[diesel(sql_type = Bool)]
    registration_confirmed: bool,
    #[diesel(sql_type = BigInt)]
    school_id: SchoolId,
    #[diesel(sql_type = Text)]
    school_name: String,
    #[diesel(sql_type = BigInt)]
    class_id: ClassId,
    #[diesel(sql_type = Text)]
    class_name: String,
}

/// The children of these parents, in the order of the links' ids; of some links, or all. The class is
/// the one the child studies in now (a grade class before a study group), or the one that the invite
/// named.
pub async fn children(
    conn: &mut AsyncPgConnection,
    parents: &[AccountId],
    only: Option<&[GuardianLinkId]>,
) -> Result<Vec<(AccountId, Child)>> {
    let rows: Vec<ChildRow> = sql_query(
        "SELECT links.parent_id, links.id, links.child_id, links.state, links.reason,
                coalesce(accounts.surname || ' ' || accounts.given, links.child_name) AS name,
                registration_confirmed_at IS NOT NULL AS registration_confirmed,
                links.school_id, schools.short_name AS school_name,
                classes.id AS class_id, classes.name AS class_name
         FROM guardian_links AS links
         JOIN schools ON schools.id = links.school_id
         LEFT JOIN accounts ON accounts.id = links.child_id
         JOIN classes ON classes.id = coalesce(
             (SELECT class_id FROM class_members JOIN classes AS own ON own.id = class_id
              WHERE account_id = links.child_id AND class_members.school_id = links.school_id
                AND role = 'student' AND ended_at IS NULL AND own.kind IN ('grade', 'study_group')
                AND own.archived_at IS NULL
              ORDER BY own.kind <> 'grade', own.year DESC, own.id LIMIT 1),
             links.class_id)
         WHERE links.parent_id = ANY($1) AND links.state <> 'ended'
           AND ($2::bigint[] IS NULL OR links.id = ANY($2))
         ORDER BY links.id",
    )
    .bind::<Array<BigInt>, _>(parents)
    .bind::<Nullable<Array<BigInt>>, _>(only)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let child = Child {
                link: row.id,
                account: row.child_id,
                name: row.name,
                state: match row.state {
                    LinkStatus::Waiting => LinkState::Waiting,
                    LinkStatus::Refused => LinkState::Refused,
                    LinkStatus::Confirmed | LinkStatus::Ended => match row.child_id {
                        None => LinkState::NoAccount,
                        Some(_) if row.registration_confirmed => LinkState::Confirmed,
                        Some(_) => LinkState::Unconfirmed,
                    },
                },
                reason: row.reason,
                school: row.school_id,
                school_name: row.school_name,
                class: ClassName {
                    id: row.class_id,
                    name: row.class_name,
                },
            };
            (row.parent_id, child)
        })
        .collect())
}

/// A link of a parent in a class.
pub struct Link {
    pub id: GuardianLinkId,
    pub status: LinkStatus,
    pub child_name: String,
    /// The child's own, if it's known who that is: «Иванов Пётр».
    pub account_name: Option<String>,
}

type LinkRow = (GuardianLinkId, LinkStatus, String, Option<Name>);

pub async fn links_in_class(
    conn: &mut AsyncPgConnection,
    class: ClassId,
    parent: AccountId,
) -> Result<Vec<Link>> {
    let rows: Vec<LinkRow> = guardian_links::table
        .left_join(accounts::table.on(accounts::id.nullable().eq(guardian_links::child_id)))
        .filter(
            guardian_links::class_id
                .eq(class)
                .and(guardian_links::parent_id.eq(parent))
                .and(guardian_links::state.ne(LinkStatus::Ended)),
        )
        .select((
            guardian_links::id,
            guardian_links::state,
            guardian_links::child_name,
            (accounts::surname, accounts::given, accounts::patronymic).nullable(),
        ))
        .order(guardian_links::id)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, status, child_name, account)| Link {
            id,
            status,
            child_name,
            account_name: account.map(|name| name.short()),
        })
        .collect())
}

pub async fn insert(
    conn: &mut AsyncPgConnection,
    ask: &Ask<'_>,
    now: Timestamp,
) -> Result<GuardianLinkId> {
    Ok(diesel::insert_into(guardian_links::table)
        .values((
            guardian_links::school_id.eq(ask.school),
            guardian_links::class_id.eq(ask.class),
            guardian_links::parent_id.eq(ask.parent),
            guardian_links::child_name.eq(ask.child_name),
            guardian_links::message.eq(ask.message),
            guardian_links::asked_at.eq(now),
        ))
        .returning(guardian_links::id)
        .get_result(conn)
        .await?)
}

/// The link is no more.
pub async fn end(conn: &mut AsyncPgConnection, link: GuardianLinkId) -> Result<()> {
    diesel::update(guardian_links::table.find(link))
        .set(guardian_links::state.eq(LinkStatus::Ended))
        .execute(conn)
        .await?;
    Ok(())
}

/// Every school to which the link's child belongs or belonged.
pub async fn schools_of_child(
    conn: &mut AsyncPgConnection,
    link: GuardianLinkId,
) -> Result<Vec<SchoolId>> {
    Ok(guardian_links::table
        .inner_join(
            memberships::table.on(memberships::account_id
                .nullable()
                .eq(guardian_links::child_id)),
        )
        .filter(guardian_links::id.eq(link))
        .select(memberships::school_id)
        .distinct()
        .load(conn)
        .await?)
}

/// What is decided about.
#[derive(Queryable)]
pub struct Locked {
    pub class: ClassId,
    pub parent: AccountId,
    pub child: Option<AccountId>,
    pub status: LinkStatus,
    /// Once already.
    pub decided: bool,
}

/// Locks it until the transaction ends, so that it's decided once.
pub async fn lock(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    link: GuardianLinkId,
) -> Result<Locked> {
    Ok(guardian_links::table
        .filter(
            guardian_links::id
                .eq(link)
                .and(guardian_links::school_id.eq(school)),
        )
        .select((
            guardian_links::class_id,
            guardian_links::parent_id,
            guardian_links::child_id,
            guardian_links::state,
            guardian_links::decided_at.is_not_null(),
        ))
        .for_update()
        .first(conn)
        .await?)
}

pub struct Decision {
    pub link: GuardianLinkId,
    pub by: AccountId,
    pub at: Timestamp,
}

pub async fn refuse(conn: &mut AsyncPgConnection, decision: &Decision, reason: &str) -> Result<()> {
    diesel::update(guardian_links::table.find(decision.link))
        .set((
            guardian_links::state.eq(LinkStatus::Refused),
            guardian_links::reason.eq(reason),
            guardian_links::decided_at.eq(decision.at),
            guardian_links::decided_by.eq(decision.by),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Confirms the link; where a parent has confirmed the child's registration already, this one need
/// not be asked again.
pub async fn confirm(
    conn: &mut AsyncPgConnection,
    decision: &Decision,
    child: Option<AccountId>,
) -> Result<()> {
    sql_query(
        "UPDATE guardian_links
         SET state = 'confirmed', child_id = $2, decided_by = $3, decided_at = $4,
             registration_confirmed_at = (
                 SELECT min(registration_confirmed_at) FROM guardian_links AS others
                 WHERE others.child_id = $2)
         WHERE id = $1",
    )
    .bind::<BigInt, _>(decision.link)
    .bind::<Nullable<BigInt>, _>(child)
    .bind::<BigInt, _>(decision.by)
    .bind::<Timestamptz, _>(decision.at)
    .execute(conn)
    .await?;
    Ok(())
}

/// The child got its account from its parent, which confirms the registration.
pub async fn register(
    conn: &mut AsyncPgConnection,
    link: GuardianLinkId,
    child: AccountId,
    now: Timestamp,
) -> Result<()> {
    diesel::update(guardian_links::table.find(link))
        .set((
            guardian_links::child_id.eq(child),
            guardian_links::registration_confirmed_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// One parent's word counts for all.
pub async fn confirm_registration(
    conn: &mut AsyncPgConnection,
    child: AccountId,
    now: Timestamp,
) -> Result<()> {
    diesel::update(
        guardian_links::table.filter(
            guardian_links::child_id
                .eq(child)
                .and(guardian_links::state.eq(LinkStatus::Confirmed))
                .and(guardian_links::registration_confirmed_at.is_null()),
        ),
    )
    .set(guardian_links::registration_confirmed_at.eq(now))
    .execute(conn)
    .await?;
    Ok(())
}

/// The confirmed link between these two, if there is one.
pub async fn confirmed_pair(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    parent: AccountId,
    child: AccountId,
) -> Result<Vec<GuardianLinkId>> {
    Ok(guardian_links::table
        .filter(
            guardian_links::school_id
                .eq(school)
                .and(guardian_links::parent_id.eq(parent))
                .and(guardian_links::child_id.eq(child))
                .and(guardian_links::state.eq(LinkStatus::Confirmed)),
        )
        .select(guardian_links::id)
        .load(conn)
        .await?)
}
