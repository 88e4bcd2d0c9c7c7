//! SQL of guardian links.

use common::classes::ClassName;
use common::parents::{Child, LinkState};
use common::{AccountId, ClassId, GuardianLinkId, SchoolId};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::error::Result;
use crate::schema::guardian_links;

/// Links that aren't ended, with their parents: in which these people are the parent or the child.
pub async fn links_of(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    people: &[AccountId],
) -> Result<Vec<(AccountId, GuardianLinkId)>> {
    Ok(guardian_links::table
        .filter(guardian_links::school_id.eq(school))
        .filter(guardian_links::state.ne("ended"))
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
    id: GuardianLinkId,
    #[diesel(sql_type = Nullable<BigInt>)]
    child_id: Option<AccountId>,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    state: String,
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

/// A parent's children, in the order of the links' ids; of one link, or all. The class is the one
/// the child studies in now, or the one that the invite named.
pub async fn children(
    conn: &mut AsyncPgConnection,
    parent: AccountId,
    link: Option<GuardianLinkId>,
) -> Result<Vec<Child>> {
    let rows: Vec<ChildRow> = sql_query(
        "SELECT links.id, links.child_id, links.state,
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
              ORDER BY own.year DESC, own.id LIMIT 1),
             links.class_id)
         WHERE links.parent_id = $1 AND links.state <> 'ended'
           AND ($2::bigint IS NULL OR links.id = $2)
         ORDER BY links.id",
    )
    .bind::<BigInt, _>(parent)
    .bind::<Nullable<BigInt>, _>(link)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Child {
            link: row.id,
            account: row.child_id,
            name: row.name,
            state: match row.state.as_str() {
                "waiting" => LinkState::Waiting,
                "refused" => LinkState::Refused,
                _ if row.child_id.is_none() => LinkState::NoAccount,
                _ if row.registration_confirmed => LinkState::Confirmed,
                _ => LinkState::Unconfirmed,
            },
            school: row.school_id,
            school_name: row.school_name,
            class: ClassName {
                id: row.class_id,
                name: row.class_name,
            },
        })
        .collect())
}
