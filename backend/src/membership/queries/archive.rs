//! SQL of classes that are archived, or come back.

use std::collections::HashSet;

use common::classes::ClassRole;
use common::permissions::{ChatKind, Role};
use common::{AccountId, ChatId, ClassId, SchoolId, Timestamp};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::classes;
use crate::database::sql_query;
use crate::error::Result;
use crate::membership::change::ClassPlace;
use crate::membership::effects::{Effects, Moves};
use crate::parents::link_status::LinkStatus;
use crate::schema::{
    chats, class_members, classes as table, current_chat_members, current_class_members,
    current_roles, guardian_links,
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

/// Who writes in the chats of the classes as long as these aren't archived: all who are there, but in
/// channels those who lead the class or the school. Without those who leave anyway.
pub async fn writers(conn: &mut AsyncPgConnection, effects: &mut Effects) -> Result<()> {
    let classes: Vec<ClassId> = effects.archives.items().copied().collect();
    let leads = current_class_members::table
        .filter(
            current_class_members::class_id
                .nullable()
                .eq(chats::class_id),
        )
        .filter(current_class_members::account_id.eq(current_chat_members::account_id))
        .filter(current_class_members::role.eq(ClassRole::ClassTeacher));
    let administers = current_roles::table
        .filter(current_roles::school_id.eq(chats::school_id))
        .filter(current_roles::account_id.eq(current_chat_members::account_id))
        .filter(current_roles::role.eq(Role::Administrator));
    let rows: Vec<(Option<ClassId>, ChatId, AccountId)> = current_chat_members::table
        .inner_join(chats::table)
        .filter(chats::class_id.eq_any(classes))
        .filter(
            chats::kind
                .ne(ChatKind::Channel)
                .or(exists(leads))
                .or(exists(administers)),
        )
        .order((
            current_chat_members::chat_id,
            current_chat_members::account_id,
        ))
        .select((
            chats::class_id,
            current_chat_members::chat_id,
            current_chat_members::account_id,
        ))
        .load(conn)
        .await?;
    let leave: HashSet<(ChatId, AccountId)> = effects.leaves.iter().copied().collect();
    for (class, chat, account) in rows {
        if leave.contains(&(chat, account)) {
            continue;
        }
        let closes = class.is_some_and(|class| effects.archives.begin.contains_key(&class));
        let moves = if closes {
            &mut effects.closes
        } else {
            &mut effects.opens
        };
        moves.push((chat, account));
    }
    Ok(())
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
        classes::queries::revoke_invites(conn, &classes, now).await?;
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
