//! Who is in which chat, and how far they have read.

use common::permissions::{ChatKind, Roles};
use common::{AccountId, ChatId, ClassId, SchoolId, Timestamp};
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::super::audience::Changed;
use crate::database::sql_query;
use crate::error::Result;
use crate::live::Subscriptions;
use crate::schema::{chat_members, chats};

/// The direct chat of two people in a school, and whether it's new.
pub async fn direct_chat(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    one: AccountId,
    other: AccountId,
    now: Timestamp,
) -> Result<(ChatId, bool)> {
    let (low, high) = (one.min(other), one.max(other));
    let new: Option<ChatId> = sql_query(
        "INSERT INTO chats (school_id, kind, low_id, high_id, created_at)
         VALUES ($1, 'direct', $2, $3, $4)
         ON CONFLICT (school_id, low_id, high_id) WHERE kind = 'direct' DO NOTHING
         RETURNING id",
    )
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(low)
    .bind::<BigInt, _>(high)
    .bind::<Timestamptz, _>(now)
    .value::<BigInt, _>(conn)
    .await
    .optional()?;
    if let Some(new) = new {
        return Ok((new, true));
    }
    let id = chats::table
        .filter(
            chats::school_id
                .eq(school)
                .and(chats::kind.eq(ChatKind::Direct)),
        )
        .filter(chats::low_id.eq(low).and(chats::high_id.eq(high)))
        .select(chats::id)
        .first(conn)
        .await?;
    Ok((id, false))
}

/// Moves the mark forward, never beyond the newest message; None if it didn't move.
pub async fn mark_read(
    conn: &mut AsyncPgConnection,
    chat: ChatId,
    account: AccountId,
    seq: i64,
) -> Result<Option<i64>> {
    Ok(sql_query(
        "UPDATE chat_members SET read_seq = least($3, chats.last_seq),
                                 seen_seq = least($3, chats.last_seq) FROM chats
         WHERE chats.id = $1 AND chat_id = $1 AND account_id = $2 AND left_at IS NULL
           AND read_seq < least($3, chats.last_seq)
         RETURNING read_seq",
    )
    .bind::<BigInt, _>(chat)
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(seq)
    .value::<BigInt, _>(conn)
    .await
    .optional()?)
}

/// Who is in these chats now.
pub async fn members(
    conn: &mut AsyncPgConnection,
    chats: &[ChatId],
) -> Result<Vec<(ChatId, AccountId)>> {
    Ok(chat_members::table
        .filter(
            chat_members::chat_id
                .eq_any(chats)
                .and(chat_members::left_at.is_null()),
        )
        .select((chat_members::chat_id, chat_members::account_id))
        .load(conn)
        .await?)
}

/// Direct chats with these people, and chats where one of them wrote last.
pub async fn showing(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    people: &[AccountId],
) -> Result<Vec<ChatId>> {
    Ok(sql_query(
        "SELECT DISTINCT chats.id
         FROM chat_members JOIN chats ON chats.id = chat_members.chat_id
         LEFT JOIN messages ON messages.chat_id = chats.id AND messages.seq = chats.last_seq
         WHERE chat_members.account_id = ANY($2) AND chats.school_id = $1
           AND (chats.kind = 'direct' OR messages.author_id = ANY($2))
         ORDER BY chats.id",
    )
    .bind::<BigInt, _>(school)
    .bind::<Array<BigInt>, _>(people)
    .values::<BigInt, _>(conn)
    .await?)
}

#[derive(QueryableByName)]
struct ClassChatRow {
    #[diesel(sql_type = BigInt)]
    class_id: ClassId,
    #[diesel(sql_type = BigInt)]
    id: ChatId,
}

/// The chats, without channels, of the classes in which these people are, and of those to which these
/// chats belong.
pub async fn of_classes(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    people: &[AccountId],
    among: &[ChatId],
) -> Result<Vec<(ClassId, ChatId)>> {
    let rows: Vec<ClassChatRow> = sql_query(
        "SELECT class_id, id FROM chats
         WHERE kind <> 'channel' AND class_id IN (
             SELECT class_id FROM class_members
             WHERE school_id = $1 AND account_id = ANY($2) AND ended_at IS NULL
             UNION SELECT class_id FROM chats WHERE id = ANY($3))
         ORDER BY id",
    )
    .bind::<BigInt, _>(school)
    .bind::<Array<BigInt>, _>(people)
    .bind::<Array<BigInt>, _>(among)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.class_id, row.id)).collect())
}

#[derive(QueryableByName)]
struct MoveRow {
    #[diesel(sql_type = BigInt)]
    chat_id: ChatId,
    #[diesel(sql_type = BigInt)]
    account_id: AccountId,
    #[diesel(sql_type = Bool)]
    joined: bool,
}

/// Makes `chat_members` what `chat_audience` says, and answers with who joined (true) or left.
pub async fn refresh_members(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    changed: Changed<'_>,
    now: Timestamp,
) -> Result<Vec<(ChatId, AccountId, bool)>> {
    let (people, chat) = match changed {
        Changed::People(people) => (Some(people), None),
        Changed::Chat(chat) => (None, Some(chat)),
    };
    let rows: Vec<MoveRow> = sql_query(
        "WITH audience AS MATERIALIZED (
             SELECT chat_id, account_id FROM chat_audience
             WHERE school_id = $1
               AND ($2::bigint[] IS NULL OR account_id = ANY($2))
               AND ($3::bigint IS NULL OR chat_id = $3)),
         current AS MATERIALIZED (
             SELECT chat_id, account_id FROM chat_members
             WHERE left_at IS NULL
               AND ($2::bigint[] IS NULL OR account_id = ANY($2))
               AND ($3::bigint IS NULL OR chat_id = $3)
               AND chat_id IN (SELECT id FROM chats WHERE school_id = $1)),
         joined AS (
             INSERT INTO chat_members (chat_id, account_id, read_seq, joined_at)
             SELECT chat_id, account_id, last_seq, $4
             FROM (SELECT * FROM audience EXCEPT SELECT * FROM current) AS new
             JOIN chats ON chats.id = new.chat_id
             ON CONFLICT (chat_id, account_id)
             DO UPDATE SET left_at = NULL, joined_at = $4,
                           read_seq = greatest(chat_members.read_seq, excluded.read_seq)
             RETURNING chat_id, account_id),
         gone AS (
             UPDATE chat_members SET left_at = $4
             FROM (SELECT * FROM current EXCEPT SELECT * FROM audience) AS old
             WHERE chat_members.chat_id = old.chat_id
               AND chat_members.account_id = old.account_id
             RETURNING chat_members.chat_id, chat_members.account_id)
         SELECT chat_id, account_id, true AS joined FROM joined
         UNION ALL
         SELECT chat_id, account_id, false FROM gone
         ORDER BY chat_id, account_id",
    )
    .bind::<BigInt, _>(school)
    .bind::<Nullable<Array<BigInt>>, _>(people)
    .bind::<Nullable<BigInt>, _>(chat)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.chat_id, row.account_id, row.joined))
        .collect())
}

/// What a new socket is told of.
pub async fn subscriptions(
    conn: &mut AsyncPgConnection,
    account: AccountId,
) -> Result<Subscriptions> {
    let chats: Vec<(ChatId, ChatKind)> = chat_members::table
        .inner_join(chats::table)
        .filter(
            chat_members::account_id
                .eq(account)
                .and(chat_members::left_at.is_null()),
        )
        .select((chats::id, chats::kind))
        .load(conn)
        .await?;
    let roles = crate::schools::queries::roles(conn, account).await?;
    Ok(Subscriptions {
        chats: chats.into_iter().collect(),
        schools: roles
            .into_iter()
            .map(|(school, roles): (SchoolId, Roles)| (school, roles.staff()))
            .collect(),
    })
}
