//! Messages: written in batches, read in pages.

use std::collections::HashMap;

use common::chats::{Author, Changes, GetChanges, History, Message, PAGE, Page};
use common::permissions::{Role, Roles};
use common::{AccountId, ChatId, ClientId, Name, Timestamp};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::super::sender::NewMessage;
use crate::database::sql_query;
use crate::error::Result;
use crate::schema::chats;

/// What came of one send.
pub struct Written {
    pub seq: i64,
    pub sent_at: Timestamp,
    /// Of a repeat: what was written first, as it is now.
    pub repeated: Option<Repeated>,
}

pub struct Repeated {
    pub body: String,
    pub version: i64,
    pub deleted: bool,
}

#[derive(QueryableByName)]
struct WrittenRow {
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = Timestamptz)]
    sent_at: Timestamp,
    #[diesel(sql_type = Nullable<Text>)]
    body: Option<String>,
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = Bool)]
    deleted: bool,
}

/// Writes a batch in one statement: takes the numbers, inserts, and marks as read for the authors.
/// Keyed by the place in the batch; missing is who isn't in the chat.
pub async fn insert_messages(
    conn: &mut AsyncPgConnection,
    sends: &[NewMessage],
) -> Result<HashMap<usize, Written>> {
    let chats: Vec<ChatId> = sends.iter().map(|send| send.chat).collect();
    let authors: Vec<AccountId> = sends.iter().map(|send| send.author.id).collect();
    let client_ids: Vec<ClientId> = sends.iter().map(|send| send.client_id).collect();
    let bodies: Vec<&str> = sends.iter().map(|send| send.body.as_str()).collect();
    let times: Vec<Timestamp> = sends.iter().map(|send| send.sent_at).collect();
    let rows: Vec<WrittenRow> = sql_query(
        "WITH sends AS (
             SELECT sends.* FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY
                 AS sends (chat_id, author_id, client_id, body, sent_at, place)
             JOIN chat_members USING (chat_id)
             WHERE chat_members.account_id = author_id AND left_at IS NULL),
         repeats AS (
             SELECT sends.place, messages.seq, messages.sent_at,
                    CASE WHEN deleted_at IS NULL THEN messages.body ELSE '' END AS body,
                    messages.version, deleted_at IS NOT NULL AS deleted
             FROM sends JOIN messages USING (chat_id, author_id, client_id)),
         fresh AS (
             SELECT DISTINCT ON (chat_id, author_id, client_id) * FROM sends
             WHERE place NOT IN (SELECT place FROM repeats)
             ORDER BY chat_id, author_id, client_id, place),
         counts AS (SELECT chat_id, count(*) AS count FROM fresh GROUP BY chat_id),
         taken AS (
             UPDATE chats SET last_seq = last_seq + count FROM counts WHERE chats.id = counts.chat_id
             RETURNING chats.id AS chat_id, last_seq - count AS before),
         numbered AS (
             SELECT fresh.*, before + row_number() OVER (PARTITION BY chat_id ORDER BY place) AS seq
             FROM fresh JOIN taken USING (chat_id)),
         inserted AS (
             INSERT INTO messages (chat_id, seq, author_id, client_id, body, sent_at)
             SELECT chat_id, seq, author_id, client_id, body, sent_at FROM numbered),
         marked AS (
             UPDATE chat_members SET read_seq = newest.seq, seen_seq = newest.seq
             FROM (SELECT chat_id, author_id, max(seq) AS seq FROM numbered
                   GROUP BY chat_id, author_id) AS newest
             WHERE chat_members.chat_id = newest.chat_id
               AND chat_members.account_id = newest.author_id)
         SELECT sends.place, seq, numbered.sent_at,
                CASE WHEN sends.place <> numbered.place THEN numbered.body END AS body,
                0::bigint AS version, false AS deleted
         FROM sends JOIN numbered USING (chat_id, author_id, client_id)
         UNION ALL
         SELECT place, seq, sent_at, body, version, deleted FROM repeats",
    )
    .bind::<Array<BigInt>, _>(chats)
    .bind::<Array<BigInt>, _>(authors)
    .bind::<Array<Uuid>, _>(client_ids)
    .bind::<Array<Text>, _>(bodies)
    .bind::<Array<Timestamptz>, _>(times)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let written = Written {
                seq: row.seq,
                sent_at: row.sent_at,
                repeated: row.body.map(|body| Repeated {
                    body,
                    version: row.version,
                    deleted: row.deleted,
                }),
            };
            (
                usize::try_from(row.place - 1).unwrap_or(usize::MAX),
                written,
            )
        })
        .collect())
}

#[derive(QueryableByName)]
pub(super) struct MessageRow {
    #[diesel(sql_type = BigInt)]
    pub(super) chat_id: ChatId,
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = Uuid)]
    client_id: ClientId,
    #[diesel(sql_type = Text)]
    body: String,
    #[diesel(sql_type = Timestamptz)]
    sent_at: Timestamp,
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = Bool)]
    deleted: bool,
    /// Of the chat, when the row was read.
    #[diesel(sql_type = BigInt)]
    last_change: i64,
    #[diesel(embed)]
    author: AuthorRow,
}

#[derive(QueryableByName)]
pub(super) struct AuthorRow {
    #[diesel(sql_type = BigInt)]
    author_id: AccountId,
    #[diesel(embed)]
    name: Name,
    #[diesel(sql_type = Array<Text>)]
    roles: Roles,
}

impl AuthorRow {
    pub(super) fn author(self) -> Author {
        // Who has left the school keeps the name, and counts as a student would: the least.
        let role = self.roles.shown().unwrap_or(Role::Student);
        Author {
            id: self.author_id,
            name: self.name.shown(role),
            role,
        }
    }
}

impl MessageRow {
    pub(super) fn message(self) -> Message {
        Message {
            seq: self.seq,
            author: self.author.author(),
            client_id: self.client_id,
            body: self.body,
            sent_at: self.sent_at,
            version: self.version,
            deleted: self.deleted,
        }
    }
}

/// Each message of `chosen` with its author, who needs the roles in the chat's school. The roles of
/// an author are looked up once per author, not per message.
pub(super) const MESSAGES: &str = "SELECT chosen.chat_id, chosen.seq, chosen.client_id, \
        CASE WHEN deleted_at IS NULL THEN chosen.body ELSE '' END AS body, chosen.sent_at, \
        chosen.version, deleted_at IS NOT NULL AS deleted, chats.last_change, chosen.author_id, authors.surname, authors.given, authors.patronymic, \
        authors.roles \
     FROM chosen JOIN ( \
         SELECT each.author_id, each.school_id, surname, given, patronymic, \
                ARRAY(SELECT role FROM memberships \
                      WHERE school_id = each.school_id AND account_id = each.author_id \
                        AND ended_at IS NULL) AS roles \
         FROM (SELECT DISTINCT author_id, school_id \
               FROM chosen JOIN chats ON chats.id = chosen.chat_id) AS each \
         JOIN accounts ON accounts.id = each.author_id) AS authors \
       ON authors.author_id = chosen.author_id \
     JOIN chats ON chats.id = chosen.chat_id AND chats.school_id = authors.school_id";

/// A page of history.
pub async fn messages(conn: &mut AsyncPgConnection, chat: ChatId, page: Page) -> Result<History> {
    let (condition, seq) = match page {
        Page::Newest => ("seq < $2 ORDER BY seq DESC LIMIT $3", i64::MAX),
        Page::Before(seq) => ("seq < $2 ORDER BY seq DESC LIMIT $3", seq),
        Page::After(seq) => ("seq > $2 ORDER BY seq LIMIT $3", seq),
        Page::Around(seq) => (
            "seq > $2 ORDER BY seq LIMIT $3",
            seq.saturating_sub(PAGE as i64 / 2).max(0),
        ),
    };
    let rows: Vec<MessageRow> = sql_query(format!(
        "WITH chosen AS MATERIALIZED (SELECT * FROM messages WHERE chat_id = $1 AND {condition}) \
         {MESSAGES} ORDER BY chosen.seq"
    ))
    .bind::<BigInt, _>(chat)
    .bind::<BigInt, _>(seq)
    .bind::<BigInt, _>(PAGE as i64)
    .load(conn)
    .await?;
    Ok(History {
        change: rows.last().map_or(0, |row| row.last_change),
        messages: rows.into_iter().map(MessageRow::message).collect(),
    })
}

/// What has happened to the messages that a client holds.
pub async fn changes(conn: &mut AsyncPgConnection, asked: &GetChanges) -> Result<Changes> {
    // Before the messages: what changes in between is in them and will be told again.
    let last_change = chats::table
        .find(asked.chat)
        .select(chats::last_change)
        .first(conn)
        .await?;
    let rows: Vec<MessageRow> = sql_query(format!(
        "WITH chosen AS MATERIALIZED (
             SELECT * FROM messages
             WHERE chat_id = $1 AND version > 0 AND version > $2 AND seq BETWEEN $3 AND $4
             ORDER BY version LIMIT {PAGE})
         {MESSAGES} ORDER BY chosen.version"
    ))
    .bind::<BigInt, _>(asked.chat)
    .bind::<BigInt, _>(asked.after)
    .bind::<BigInt, _>(asked.first)
    .bind::<BigInt, _>(asked.last)
    .load(conn)
    .await?;
    let up_to = match rows.last() {
        Some(newest) if rows.len() == PAGE => newest.version,
        // Nothing is left out.
        _ => last_change,
    };
    Ok(Changes {
        messages: rows.into_iter().map(MessageRow::message).collect(),
        up_to,
    })
}

/// Deletes an author's message for everybody. None: it is deleted already.
pub async fn delete_message(
    conn: &mut AsyncPgConnection,
    chat: ChatId,
    seq: i64,
    author: AccountId,
    now: Timestamp,
) -> Result<Option<i64>> {
    // The chat's row first, as sends do; with nothing to delete, no number is taken.
    Ok(sql_query(
        "WITH taken AS (
             UPDATE chats SET last_change = last_change + 1
             WHERE id = $1 AND EXISTS (
                 SELECT FROM messages
                 WHERE chat_id = $1 AND seq = $2 AND author_id = $3 AND deleted_at IS NULL)
             RETURNING last_change)
         UPDATE messages SET deleted_at = $4, version = last_change FROM taken
         WHERE chat_id = $1 AND seq = $2 AND author_id = $3 AND deleted_at IS NULL
         RETURNING version",
    )
    .bind::<BigInt, _>(chat)
    .bind::<BigInt, _>(seq)
    .bind::<BigInt, _>(author)
    .bind::<Timestamptz, _>(now)
    .value::<BigInt, _>(conn)
    .await
    .optional()?)
}

/// One message; None if there is none of this number.
pub async fn message(
    conn: &mut AsyncPgConnection,
    chat: ChatId,
    seq: i64,
) -> Result<Option<Message>> {
    let row: Option<MessageRow> = sql_query(format!(
        "WITH chosen AS MATERIALIZED (SELECT * FROM messages WHERE chat_id = $1 AND seq = $2)
         {MESSAGES}"
    ))
    .bind::<BigInt, _>(chat)
    .bind::<BigInt, _>(seq)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(MessageRow::message))
}
