use common::classes::ClassRole;
use common::permissions::Role;
use common::{AccountId, ChatId, ClassId, GuardianLinkId, SchoolId, Timestamp};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::sql_query;
use crate::error::Result;
use crate::membership::change::{ClassPlace, Set};
use crate::membership::effects::{Effects, LinkMove, Moves};
use crate::membership::queries::archive::write_archives;
use crate::parents::link_status::LinkStatus;
use crate::schema::{guardian_links, membership_changes};

/// Makes the effects so. What ends ends first, so that a class never has two class teachers.
///
/// # Errors
/// `Conflict`s of the constraints, the last guard behind the turn.
pub async fn write(conn: &mut AsyncPgConnection, set: &Set<'_>, effects: &Effects) -> Result<()> {
    let change = insert_change(conn, set).await?;
    write_roles(conn, set.school, &effects.roles, change).await?;
    write_places(conn, set.school, &effects.classes, change).await?;
    write_links(conn, set, effects, change).await?;
    write_archives(conn, &effects.archives, change, set.at).await?;
    join_chats(conn, &effects.joins, &effects.leaves, set.at).await?;
    leave_chats(conn, &effects.leaves, set.at).await
}

async fn insert_change(conn: &mut AsyncPgConnection, set: &Set<'_>) -> Result<i64> {
    Ok(diesel::insert_into(membership_changes::table)
        .values((
            membership_changes::school_id.eq(set.school),
            membership_changes::by_id.eq(set.by),
            membership_changes::why.eq(set.why),
            membership_changes::made_at.eq(set.at),
        ))
        .returning(membership_changes::id)
        .get_result(conn)
        .await?)
}

async fn write_roles(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    moves: &Moves<(AccountId, Role)>,
    change: i64,
) -> Result<()> {
    let columns = |all: &std::collections::BTreeMap<(AccountId, Role), Timestamp>| {
        let accounts: Vec<AccountId> = all.keys().map(|one| one.0).collect();
        let roles: Vec<Role> = all.keys().map(|one| one.1).collect();
        let times: Vec<Timestamp> = all.values().copied().collect();
        (accounts, roles, times)
    };
    for (all, statement) in [
        (
            &moves.end,
            "UPDATE memberships SET ended_at = old.at, ended_with = $5
             FROM unnest($2, $3, $4) AS old (account_id, role, at)
             WHERE memberships.school_id = $1 AND memberships.account_id = old.account_id
               AND memberships.role = old.role AND ended_at IS NULL",
        ),
        (
            &moves.begin,
            "INSERT INTO memberships (school_id, account_id, role, started_at, began_with)
             SELECT $1, account_id, role, at, $5
             FROM unnest($2, $3, $4) AS new (account_id, role, at)",
        ),
    ] {
        if all.is_empty() {
            continue;
        }
        let (accounts, roles, times) = columns(all);
        sql_query(statement)
            .bind::<BigInt, _>(school)
            .bind::<Array<BigInt>, _>(accounts)
            .bind::<Array<Text>, _>(roles)
            .bind::<Array<Timestamptz>, _>(times)
            .bind::<BigInt, _>(change)
            .execute(conn)
            .await?;
    }
    Ok(())
}

async fn write_places(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    moves: &Moves<ClassPlace>,
    change: i64,
) -> Result<()> {
    for (all, statement) in [
        (
            &moves.end,
            "UPDATE class_members AS held SET ended_at = old.at, ended_with = $7
             FROM unnest($2, $3, $4, $5, $6) AS old (account_id, class_id, role, child_id, at)
             WHERE held.school_id = $1 AND held.account_id = old.account_id
               AND held.class_id = old.class_id AND held.role = old.role
               AND held.child_id IS NOT DISTINCT FROM old.child_id AND ended_at IS NULL",
        ),
        (
            &moves.begin,
            "INSERT INTO class_members (school_id, account_id, class_id, role, child_id, started_at,
                                        began_with)
             SELECT $1, account_id, class_id, role, child_id, at, $7
             FROM unnest($2, $3, $4, $5, $6) AS new (account_id, class_id, role, child_id, at)",
        ),
    ] {
        if all.is_empty() {
            continue;
        }
        let accounts: Vec<AccountId> = all.keys().map(|one| one.account).collect();
        let classes: Vec<ClassId> = all.keys().map(|one| one.class).collect();
        let roles: Vec<ClassRole> = all.keys().map(|one| one.role).collect();
        let children: Vec<Option<AccountId>> = all.keys().map(|one| one.child).collect();
        let times: Vec<Timestamp> = all.values().copied().collect();
        sql_query(statement)
            .bind::<BigInt, _>(school)
            .bind::<Array<BigInt>, _>(accounts)
            .bind::<Array<BigInt>, _>(classes)
            .bind::<Array<Text>, _>(roles)
            .bind::<Array<Nullable<BigInt>>, _>(children)
            .bind::<Array<Timestamptz>, _>(times)
            .bind::<BigInt, _>(change)
            .execute(conn)
            .await?;
    }
    Ok(())
}

async fn write_links(
    conn: &mut AsyncPgConnection,
    set: &Set<'_>,
    effects: &Effects,
    change: i64,
) -> Result<()> {
    let ended: Vec<&LinkMove> = effects.links_after(LinkStatus::Ended).collect();
    if !ended.is_empty() {
        sql_query(
            "UPDATE guardian_links SET state = 'ended', ended_at = old.at, ended_with = $3
             FROM unnest($1, $2) AS old (id, at) WHERE guardian_links.id = old.id",
        )
        .bind::<Array<BigInt>, _>(ended.iter().map(|one| one.link).collect::<Vec<_>>())
        .bind::<Array<Timestamptz>, _>(ended.iter().map(|one| one.at).collect::<Vec<_>>())
        .bind::<BigInt, _>(change)
        .execute(conn)
        .await?;
    }
    let reopened = effects.links_after(LinkStatus::Waiting);
    let reopened: Vec<GuardianLinkId> = reopened.map(|one| one.link).collect();
    if !reopened.is_empty() {
        diesel::update(guardian_links::table.filter(guardian_links::id.eq_any(reopened)))
            .set(guardian_links::state.eq(LinkStatus::Waiting))
            .execute(conn)
            .await?;
    }
    confirm_links(conn, set, effects, change).await?;
    insert_links(conn, set, effects, change).await
}

/// Where a parent has confirmed the child's registration already, the others need not be asked again.
/// A link begins when it's confirmed for the first time; to which child it leads may be known later.
async fn confirm_links(
    conn: &mut AsyncPgConnection,
    set: &Set<'_>,
    effects: &Effects,
    change: i64,
) -> Result<()> {
    let all: Vec<&LinkMove> = effects.links_after(LinkStatus::Confirmed).collect();
    if all.is_empty() {
        return Ok(());
    }
    let children: Vec<Option<AccountId>> = all.iter().map(|one| one.child).collect();
    sql_query(
        "UPDATE guardian_links AS links
         SET state = 'confirmed', child_id = new.child_id,
             began_with = CASE WHEN state = 'confirmed' THEN began_with
                               ELSE coalesce(began_with, $5) END,
             decided_at = CASE WHEN state = 'confirmed' THEN decided_at ELSE new.at END,
             decided_by = CASE WHEN state = 'confirmed' THEN decided_by ELSE $4 END,
             registration_confirmed_at = coalesce(registration_confirmed_at, others.first_at)
         FROM unnest($1, $2, $3) AS new (id, child_id, at)
         LEFT JOIN (SELECT child_id, min(registration_confirmed_at) AS first_at
                    FROM guardian_links WHERE child_id = ANY($2) GROUP BY child_id) AS others
             ON others.child_id = new.child_id
         WHERE links.id = new.id",
    )
    .bind::<Array<BigInt>, _>(all.iter().map(|one| one.link).collect::<Vec<_>>())
    .bind::<Array<Nullable<BigInt>>, _>(children)
    .bind::<Array<Timestamptz>, _>(all.iter().map(|one| one.at).collect::<Vec<_>>())
    .bind::<Nullable<BigInt>, _>(set.by)
    .bind::<BigInt, _>(change)
    .execute(conn)
    .await?;
    Ok(())
}

async fn insert_links(
    conn: &mut AsyncPgConnection,
    set: &Set<'_>,
    effects: &Effects,
    change: i64,
) -> Result<()> {
    if effects.new_links.is_empty() {
        return Ok(());
    }
    let new = &effects.new_links;
    let (parents, children): (Vec<AccountId>, Vec<AccountId>) = new.keys().copied().unzip();
    let (classes, times): (Vec<ClassId>, Vec<Timestamp>) = new.values().copied().unzip();
    sql_query(
        "INSERT INTO guardian_links (school_id, class_id, parent_id, child_id, child_name, asked_at,
                                     state, decided_at, decided_by, began_with)
         SELECT $1, class_id, parent_id, child_id, surname || ' ' || given, at, 'confirmed', at, $6,
                $7
         FROM unnest($2, $3, $4, $5) AS new (class_id, parent_id, child_id, at)
         JOIN accounts ON accounts.id = child_id",
    )
    .bind::<BigInt, _>(set.school)
    .bind::<Array<BigInt>, _>(classes)
    .bind::<Array<BigInt>, _>(parents)
    .bind::<Array<BigInt>, _>(children)
    .bind::<Array<Timestamptz>, _>(times)
    .bind::<Nullable<BigInt>, _>(set.by)
    .bind::<BigInt, _>(change)
    .execute(conn)
    .await?;
    Ok(())
}

/// Who joins a chat begins with everything read. Whoever is moved is locked in the order of chats and
/// people, as by those who write there meanwhile.
async fn join_chats(
    conn: &mut AsyncPgConnection,
    joins: &[(ChatId, AccountId)],
    leaves: &[(ChatId, AccountId)],
    now: Timestamp,
) -> Result<()> {
    if joins.is_empty() {
        return Ok(());
    }
    let (chats, accounts): (Vec<ChatId>, Vec<AccountId>) = joins.iter().copied().unzip();
    let (left, leavers): (Vec<ChatId>, Vec<AccountId>) = leaves.iter().copied().unzip();
    sql_query(
        "WITH moved AS (
             SELECT held.chat_id FROM chat_members AS held
             JOIN unnest($1::bigint[] || $4::bigint[], $2::bigint[] || $5::bigint[])
                 AS moved (chat_id, account_id) USING (chat_id, account_id)
             ORDER BY held.chat_id, held.account_id FOR NO KEY UPDATE OF held)
         INSERT INTO chat_members (chat_id, account_id, read_seq, joined_at)
         SELECT chats.id, account_id, last_seq, $3
         FROM unnest($1, $2) AS new (chat_id, account_id) JOIN chats ON chats.id = new.chat_id
         WHERE (SELECT count(*) FROM moved) >= 0
         ON CONFLICT (chat_id, account_id)
         DO UPDATE SET left_at = NULL, joined_at = $3,
                       read_seq = greatest(chat_members.read_seq, excluded.read_seq)",
    )
    .bind::<Array<BigInt>, _>(chats)
    .bind::<Array<BigInt>, _>(accounts)
    .bind::<Timestamptz, _>(now)
    .bind::<Array<BigInt>, _>(left)
    .bind::<Array<BigInt>, _>(leavers)
    .execute(conn)
    .await?;
    Ok(())
}

async fn leave_chats(
    conn: &mut AsyncPgConnection,
    leaves: &[(ChatId, AccountId)],
    now: Timestamp,
) -> Result<()> {
    if leaves.is_empty() {
        return Ok(());
    }
    let (chats, accounts): (Vec<ChatId>, Vec<AccountId>) = leaves.iter().copied().unzip();
    sql_query(
        "WITH old AS (
             SELECT held.chat_id, held.account_id FROM chat_members AS held
             JOIN unnest($1, $2) AS leaver (chat_id, account_id) USING (chat_id, account_id)
             ORDER BY held.chat_id, held.account_id FOR NO KEY UPDATE OF held)
         UPDATE chat_members SET left_at = $3 FROM old
         WHERE chat_members.chat_id = old.chat_id AND chat_members.account_id = old.account_id",
    )
    .bind::<Array<BigInt>, _>(chats)
    .bind::<Array<BigInt>, _>(accounts)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}
