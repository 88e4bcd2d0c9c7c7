//! SQL of classes that are archived, or come back.

use common::classes::ClassRole;
use common::permissions::ChatKind;
use common::{AccountId, ChatId, ClassId, SchoolId, Timestamp};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::sql_query;
use crate::error::Result;
use crate::invites::archived;
use crate::membership::change::ClassPlace;
use crate::membership::effects::Moves;
use crate::parents::link_status::LinkStatus;
use crate::schema::{
    chats, class_members, classes as table, current_chat_members, current_class_members,
    guardian_links,
};

/// Which of these classes are archived.
pub async fn archived(conn: &mut AsyncPgConnection, among: &[ClassId]) -> Result<Vec<ClassId>> {
    Ok(table::table
        .filter(table::id.eq_any(among))
        .filter(table::archived_at.is_not_null())
        .select(table::id)
        .load(conn)
        .await?)
}

/// Confirmed parents of students of these classes who have not been there by that child since they were
/// confirmed: who was is there, or was taken out by hand.
pub async fn kept_out(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    classes: &[ClassId],
) -> Result<Vec<ClassPlace>> {
    let since = class_members::table
        .filter(class_members::class_id.eq(current_class_members::class_id))
        .filter(class_members::account_id.eq(guardian_links::parent_id))
        .filter(class_members::child_id.eq(guardian_links::child_id))
        .filter(
            class_members::ended_at
                .is_null()
                .or(guardian_links::decided_at.is_null())
                .or(class_members::ended_at.ge(guardian_links::decided_at)),
        );
    let of_student = guardian_links::child_id
        .eq(current_class_members::account_id.nullable())
        .and(guardian_links::school_id.eq(current_class_members::school_id));
    let rows: Vec<(AccountId, ClassId, AccountId)> = current_class_members::table
        .inner_join(guardian_links::table.on(of_student))
        .filter(current_class_members::school_id.eq(school))
        .filter(current_class_members::class_id.eq_any(classes))
        .filter(current_class_members::role.eq(ClassRole::Student))
        .filter(guardian_links::state.eq(LinkStatus::Confirmed))
        .filter(not(exists(since)))
        .select((
            guardian_links::parent_id,
            current_class_members::class_id,
            current_class_members::account_id,
        ))
        .load(conn)
        .await?;
    let place = |(account, class, child)| ClassPlace {
        account,
        class,
        role: ClassRole::Parent,
        child: Some(child),
    };
    Ok(rows.into_iter().map(place).collect())
}

/// Who is in these classes, as what.
pub async fn present(
    conn: &mut AsyncPgConnection,
    classes: &[ClassId],
) -> Result<Vec<(AccountId, ClassRole)>> {
    Ok(current_class_members::table
        .filter(current_class_members::class_id.eq_any(classes))
        .select((
            current_class_members::account_id,
            current_class_members::role,
        ))
        .distinct()
        .load(conn)
        .await?)
}

/// Who is in a chat of a class.
#[derive(Queryable)]
pub struct Reader {
    pub class: ClassId,
    pub chat: ChatId,
    pub kind: ChatKind,
    pub account: AccountId,
}

/// Who is in the chats of these classes.
pub async fn readers(conn: &mut AsyncPgConnection, classes: &[ClassId]) -> Result<Vec<Reader>> {
    Ok(current_chat_members::table
        .inner_join(chats::table)
        .filter(chats::class_id.eq_any(classes))
        .order((
            current_chat_members::chat_id,
            current_chat_members::account_id,
        ))
        .select((
            chats::class_id.assume_not_null(),
            current_chat_members::chat_id,
            chats::kind,
            current_chat_members::account_id,
        ))
        .load(conn)
        .await?)
}

/// Nobody comes by an invite to a class that is archived.
///
/// # Errors
/// `Conflict::ClassName` when a class that comes back finds its name taken.
pub async fn write_archives(
    conn: &mut AsyncPgConnection,
    moves: &Moves<ClassId>,
    change: i64,
    now: Timestamp,
) -> Result<()> {
    if !moves.begin.is_empty() {
        let (classes, times): (Vec<ClassId>, Vec<Timestamp>) = moves.begin.iter().unzip();
        sql_query(
            "UPDATE classes SET archived_at = old.at, archived_with = $3
             FROM unnest($1, $2) AS old (id, at) WHERE classes.id = old.id",
        )
        .bind::<Array<BigInt>, _>(&classes)
        .bind::<Array<Timestamptz>, _>(times)
        .bind::<BigInt, _>(change)
        .execute(conn)
        .await?;
        archived::revoke(conn, &classes, now).await?;
    }
    if !moves.end.is_empty() {
        let classes: Vec<ClassId> = moves.end.keys().copied().collect();
        diesel::update(table::table.filter(table::id.eq_any(classes)))
            .set((
                table::archived_at.eq(None::<Timestamp>),
                table::restored_with.eq(change),
            ))
            .execute(conn)
            .await?;
    }
    Ok(())
}
