//! SQL of guardian links.

use common::classes::ClassName;
use common::parents::{Child, LinkState};
use common::{AccountId, ClassId, GuardianLinkId, Name, SchoolId, Timestamp};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::link_status::LinkStatus;
use crate::database::{row, sql_query};
use crate::error::Result;
use crate::schema::{accounts, guardian_links, memberships, name};

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

row! {
    struct ChildRow {
        parent_id: AccountId as BigInt,
        id: GuardianLinkId as BigInt,
        child_id: Option<AccountId> as Nullable<BigInt>,
        name: String as Text,
        state: LinkStatus as Text,
        reason: Option<String> as Nullable<Text>,
        registration_confirmed: bool as Bool,
        school_id: SchoolId as BigInt,
        school_name: String as Text,
        class_id: ClassId as BigInt,
        class_name: String as Text,
    }
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
             (SELECT class_id
              FROM current_class_members AS members JOIN classes AS own ON own.id = class_id
              WHERE account_id = links.child_id AND members.school_id = links.school_id
                AND role = 'student' AND own.kind IN ('grade', 'study_group')
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
#[derive(Queryable, Selectable)]
#[diesel(table_name = guardian_links, check_for_backend(Pg))]
pub struct Link {
    pub id: GuardianLinkId,
    #[diesel(column_name = state)]
    pub status: LinkStatus,
    pub child_name: String,
    /// The child's own, if it's known who that is.
    #[diesel(select_expression = name().nullable())]
    pub account: Option<Name>,
}

pub async fn links_in_class(
    conn: &mut AsyncPgConnection,
    class: ClassId,
    parent: AccountId,
) -> Result<Vec<Link>> {
    Ok(guardian_links::table
        .left_join(accounts::table.on(accounts::id.nullable().eq(guardian_links::child_id)))
        .filter(
            guardian_links::class_id
                .eq(class)
                .and(guardian_links::parent_id.eq(parent))
                .and(guardian_links::state.ne(LinkStatus::Ended)),
        )
        .select(Link::as_select())
        .order(guardian_links::id)
        .load(conn)
        .await?)
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
#[derive(Queryable, Selectable)]
#[diesel(table_name = guardian_links, check_for_backend(Pg))]
pub struct Locked {
    #[diesel(column_name = class_id)]
    pub class: ClassId,
    #[diesel(column_name = parent_id)]
    pub parent: AccountId,
    #[diesel(column_name = child_id)]
    pub child: Option<AccountId>,
    #[diesel(column_name = state)]
    pub status: LinkStatus,
    /// Once already.
    #[diesel(select_expression = guardian_links::decided_at.is_not_null())]
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
        .select(Locked::as_select())
        .for_update()
        .first(conn)
        .await?)
}

pub struct Refusal<'a> {
    pub link: GuardianLinkId,
    pub by: AccountId,
    pub at: Timestamp,
    pub reason: &'a str,
}

/// Confirmed and ended links are written by `membership` alone.
pub async fn refuse(conn: &mut AsyncPgConnection, refusal: &Refusal<'_>) -> Result<()> {
    diesel::update(guardian_links::table.find(refusal.link))
        .set((
            guardian_links::state.eq(LinkStatus::Refused),
            guardian_links::reason.eq(refusal.reason),
            guardian_links::decided_at.eq(refusal.at),
            guardian_links::decided_by.eq(refusal.by),
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
