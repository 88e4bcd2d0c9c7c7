//! Who is in which chat, and how far they have read.

use std::collections::HashMap;

use common::permissions::{Action, ChatKind, allows};
use common::{AccountId, ChatId, ClassId, SchoolId, Timestamp};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access::{self, ReadChat};
use crate::database::{OwnRow, row, sql_query};
use crate::error::Result;
use crate::live::{Recipients, Subscriptions, types};
use crate::schema::{chat_members, chats, current_chat_members, messages, rightful_chat_members};

/// The direct chat of two people in a school.
pub async fn direct_chat(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    one: AccountId,
    other: AccountId,
) -> Result<Option<ChatId>> {
    let (low, high) = (one.min(other), one.max(other));
    Ok(chats::table
        .filter(
            chats::school_id
                .eq(school)
                .and(chats::kind.eq(ChatKind::Direct)),
        )
        .filter(chats::low_id.eq(low).and(chats::high_id.eq(high)))
        .select(chats::id)
        .first(conn)
        .await
        .optional()?)
}

/// The two have none yet, and the school's turn is taken.
pub async fn insert_direct_chat(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    one: AccountId,
    other: AccountId,
    now: Timestamp,
) -> Result<ChatId> {
    Ok(diesel::insert_into(chats::table)
        .values((
            chats::school_id.eq(school),
            chats::kind.eq(ChatKind::Direct),
            chats::low_id.eq(one.min(other)),
            chats::high_id.eq(one.max(other)),
            chats::created_at.eq(now),
        ))
        .returning(chats::id)
        .get_result(conn)
        .await?)
}

/// Moves the mark forward, never beyond the newest message; None if it didn't move.
pub async fn mark_read(
    conn: &mut AsyncPgConnection,
    chat: ChatId,
    account: AccountId,
    seq: i64,
) -> Result<Option<OwnRow>> {
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
    Ok(current_chat_members::table
        .filter(current_chat_members::chat_id.eq_any(chats))
        .select((
            current_chat_members::chat_id,
            current_chat_members::account_id,
        ))
        .load(conn)
        .await?)
}

/// Direct chats with these people.
pub async fn direct_with(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    people: &[AccountId],
) -> Result<Vec<ChatId>> {
    Ok(chat_members::table
        .inner_join(chats::table)
        .filter(chat_members::account_id.eq_any(people))
        .filter(chats::school_id.eq(school))
        .filter(chats::kind.eq(ChatKind::Direct))
        .order(chats::id)
        .select(chats::id)
        .distinct()
        .load(conn)
        .await?)
}

/// In which chats these people have written, those that they have left included.
pub async fn wrote(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    people: &[AccountId],
) -> Result<Vec<(ChatId, AccountId)>> {
    let theirs = messages::table
        .filter(messages::chat_id.eq(chat_members::chat_id))
        .filter(messages::author_id.eq(chat_members::account_id));
    Ok(chat_members::table
        .inner_join(chats::table)
        .filter(chat_members::account_id.eq_any(people))
        .filter(chats::school_id.eq(school))
        .filter(diesel::dsl::exists(theirs))
        .order((chat_members::chat_id, chat_members::account_id))
        .select((chat_members::chat_id, chat_members::account_id))
        .load(conn)
        .await?)
}

/// The channels that these people read.
pub async fn channels_of(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    people: &[AccountId],
) -> Result<Vec<(ChatId, AccountId)>> {
    Ok(current_chat_members::table
        .inner_join(chats::table)
        .filter(current_chat_members::account_id.eq_any(people))
        .filter(
            chats::school_id
                .eq(school)
                .and(chats::kind.eq(ChatKind::Channel)),
        )
        .select((
            current_chat_members::chat_id,
            current_chat_members::account_id,
        ))
        .load(conn)
        .await?)
}

row! {
    struct ClassChatRow {
        class_id: ClassId as BigInt,
        id: ChatId as BigInt,
    }
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
             SELECT class_id FROM current_class_members
             WHERE school_id = $1 AND account_id = ANY($2)
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

/// Makes all whom the rule names members of a new chat: who they are.
pub async fn insert_rightful(
    conn: &mut AsyncPgConnection,
    chat: ChatId,
    now: Timestamp,
) -> Result<Vec<(ChatId, AccountId)>> {
    Ok(rightful_chat_members::table
        .inner_join(chats::table)
        .filter(rightful_chat_members::chat_id.eq(chat))
        .select((
            rightful_chat_members::chat_id,
            rightful_chat_members::account_id,
            chats::last_seq,
            now.into_sql::<Timestamptz>(),
        ))
        .insert_into(chat_members::table)
        .into_columns((
            chat_members::chat_id,
            chat_members::account_id,
            chat_members::read_seq,
            chat_members::joined_at,
        ))
        .returning((chat_members::chat_id, chat_members::account_id))
        .get_results(conn)
        .await?)
}

row! {
    struct SubscribedRow {
        id: ChatId as BigInt,
        chat: ReadChat,
    }
}

/// What a new socket is told of. Three statements at most.
pub async fn subscriptions(
    conn: &mut AsyncPgConnection,
    account: AccountId,
) -> Result<Subscriptions> {
    let rows: Vec<SubscribedRow> = sql_query(format!(
        "SELECT chats.id, {}
         FROM current_chat_members AS reader
         JOIN chats ON chats.id = reader.chat_id
         LEFT JOIN classes ON classes.id = chats.class_id
         WHERE reader.account_id = $1",
        ReadChat::columns("reader.account_id")
    ))
    .bind::<BigInt, _>(account)
    .load(conn)
    .await?;
    let pairs = rows.iter().filter_map(|row| row.chat.pair(account));
    let pairs: Vec<access::Pair> = pairs.collect();
    let peers = if pairs.is_empty() {
        HashMap::new()
    } else {
        access::relations(conn, &pairs).await?
    };
    let subscribed = |row: &SubscribedRow| {
        let pair = row.chat.pair(account);
        let peer = pair.and_then(|pair| peers.get(&pair).copied());
        let facts = row.chat.reader(account, peer);
        let writes = allows(&facts, Action::WriteChat).is_ok();
        (row.id, types(row.chat.kind, writes))
    };
    let roles = crate::schools::queries::roles(conn, account).await?;
    Ok(Subscriptions {
        name: String::new(),
        chats: rows.iter().map(subscribed).collect(),
        schools: roles
            .iter()
            .map(|(school, roles)| (*school, Recipients::staff(*roles)))
            .collect(),
    })
}
