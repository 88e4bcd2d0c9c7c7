//! Messages: written in batches, read one by one or as they change.

use std::collections::HashMap;

use common::chats::{Author, Changes, GetChanges, Message, PAGE, WINDOW};
use common::permissions::{Role, Roles};
use common::{AccountId, ChatId, ClientId, Name, SchoolId, Timestamp};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access;
use crate::chats::new_message::NewMessage;
use crate::database::{SeenTurn, row, rows, sql_query};
use crate::error::Result;
use crate::schema::{chats, messages};

/// What came of one send.
pub struct Written {
    pub seq: i64,
    pub sent_at: Timestamp,
    /// Of the school, when the message was written or, if it's a repeat, found.
    pub turns: SeenTurn,
    /// Of a repeat: what was written first, as it is now.
    pub repeated: Option<Repeated>,
}

pub struct Repeated {
    pub body: String,
    pub version: i64,
    pub deleted: bool,
}

row! {
    struct WrittenRow {
        place: i64 as BigInt,
        seq: i64 as BigInt,
        sent_at: Timestamp as Timestamptz,
        body: Option<String> as Nullable<Text>,
        version: i64 as BigInt,
        deleted: bool as Bool,
        turns: SeenTurn as BigInt,
    }
}

/// How the rows that a batch updates are chosen: chats, then their members.
struct Chosen {
    chats: &'static str,
    members: &'static str,
}

/// Of one message there's no order.
const ONE: Chosen = Chosen {
    chats: "SELECT chat_id, count FROM counts",
    members: "SELECT chat_id, author_id AS account_id, seq FROM newest",
};

/// Of several they are locked in the order of their ids, since others may lock the same ones.
const SEVERAL: Chosen = Chosen {
    chats: "SELECT chats.id AS chat_id, count FROM counts JOIN chats ON chats.id = counts.chat_id
            ORDER BY chats.id FOR NO KEY UPDATE OF chats",
    members: "SELECT held.chat_id, held.account_id, seq FROM newest
              JOIN chat_members AS held
                  ON held.chat_id = newest.chat_id AND held.account_id = newest.author_id
              ORDER BY held.chat_id, held.account_id FOR NO KEY UPDATE OF held",
};

/// Writes a batch in one statement: takes the numbers, inserts, and marks as read for the authors.
/// Keyed by the place in the batch; missing is what the rule book allowed before somebody's place in
/// the school changed, so that it has to be asked again. The sends are of one school.
pub async fn insert_messages(
    conn: &mut AsyncPgConnection,
    sends: &[NewMessage],
) -> Result<HashMap<usize, Written>> {
    let given = rows(
        sends.len(),
        &["bigint", "bigint", "uuid", "text", "timestamptz", "bigint"],
    );
    let school = given.places * 6 + 1;
    let Chosen { chats, members } = if sends.len() == 1 { ONE } else { SEVERAL };
    let mut statement = sql_query(format!(
        "WITH sends AS (
             SELECT sends.*, turns
             FROM (VALUES {}) AS sends (chat_id, author_id, client_id, body, sent_at, turn, place)
             JOIN schools ON schools.id = ${school} AND turn = turns),
         repeats AS (
             SELECT sends.place, turns, messages.seq, messages.sent_at,
                    CASE WHEN deleted_at IS NULL THEN messages.body ELSE '' END AS body,
                    messages.version, deleted_at IS NOT NULL AS deleted
             FROM sends JOIN messages USING (chat_id, author_id, client_id)),
         fresh AS (
             SELECT DISTINCT ON (chat_id, author_id, client_id) * FROM sends
             WHERE place NOT IN (SELECT place FROM repeats)
             ORDER BY chat_id, author_id, client_id, place),
         counts AS (SELECT chat_id, count(*) AS count FROM fresh GROUP BY chat_id),
         these AS ({chats}),
         taken AS (
             UPDATE chats SET last_seq = last_seq + count FROM these WHERE chats.id = these.chat_id
             RETURNING chats.id AS chat_id, last_seq - count AS before),
         numbered AS (
             SELECT fresh.*, before + row_number() OVER (PARTITION BY chat_id ORDER BY place) AS seq
             FROM fresh JOIN taken USING (chat_id)),
         inserted AS (
             INSERT INTO messages (chat_id, seq, author_id, client_id, body, sent_at)
             SELECT chat_id, seq, author_id, client_id, body, sent_at FROM numbered),
         newest AS (
             SELECT chat_id, author_id, max(seq) AS seq FROM numbered GROUP BY chat_id, author_id),
         authors AS ({members}),
         marked AS (
             UPDATE chat_members SET read_seq = authors.seq, seen_seq = authors.seq FROM authors
             WHERE chat_members.chat_id = authors.chat_id
               AND chat_members.account_id = authors.account_id)
         SELECT sends.place, seq, numbered.sent_at,
                CASE WHEN sends.place <> numbered.place THEN numbered.body END AS body,
                0::bigint AS version, false AS deleted, sends.turns
         FROM sends JOIN numbered USING (chat_id, author_id, client_id)
         UNION ALL
         SELECT place, seq, sent_at, body, version, deleted, turns FROM repeats",
        given.text
    ));
    for place in 0..given.places {
        let send = sends.get(place);
        statement = statement
            .bind::<Nullable<BigInt>, _>(send.map(|send| send.chat))
            .bind::<Nullable<BigInt>, _>(send.map(|send| send.author.id))
            .bind::<Nullable<Uuid>, _>(send.map(|send| send.client_id))
            .bind::<Nullable<Text>, _>(send.map(|send| send.body.as_str()))
            .bind::<Nullable<Timestamptz>, _>(send.map(|send| send.sent_at))
            .bind::<Nullable<BigInt>, _>(send.map(|send| send.turn));
    }
    let statement = statement.bind::<Nullable<BigInt>, _>(sends.first().map(|send| send.school));
    let rows: Vec<WrittenRow> = statement.load(conn).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let written = Written {
                seq: row.seq,
                sent_at: row.sent_at,
                turns: row.turns,
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

row! {
    pub(super) struct MessageRow {
        chat_id: ChatId as BigInt,
        seq: i64 as BigInt,
        client_id: ClientId as Uuid,
        body: String as Text,
        sent_at: Timestamp as Timestamptz,
        version: i64 as BigInt,
        deleted: bool as Bool,
        author_id: AccountId as BigInt,
        name: Name,
        /// One of the author's in the school.
        role: Option<Role> as Nullable<Text>,
    }

    struct AuthorRow {
        author_id: AccountId as BigInt,
        name: Name,
        roles: Roles as Array<Text>,
    }

    struct PersonRow {
        school_id: SchoolId as BigInt,
        author: AuthorRow,
    }
}

impl AuthorRow {
    fn author(self) -> Author {
        // Who has left the school keeps the name, and counts as a student would: the least.
        let role = self.roles.shown().unwrap_or(Role::Student);
        Author {
            id: self.author_id,
            name: self.name.shown(role),
            role,
        }
    }
}

pub type Authors = HashMap<(SchoolId, AccountId), Author>;

/// People as they are shown in schools.
pub async fn authors(
    conn: &mut AsyncPgConnection,
    people: &[(SchoolId, AccountId)],
) -> Result<Authors> {
    let (schools, people): (Vec<SchoolId>, Vec<AccountId>) = people.iter().copied().unzip();
    let rows: Vec<PersonRow> = sql_query(format!(
        "SELECT wanted.school_id, accounts.id AS author_id, surname, given, patronymic,
                {} AS roles
         FROM unnest($1, $2) AS wanted (school_id, account_id)
         JOIN accounts ON accounts.id = wanted.account_id",
        access::roles("wanted.school_id", "accounts.id")
    ))
    .bind::<Array<BigInt>, _>(schools)
    .bind::<Array<BigInt>, _>(people)
    .load(conn)
    .await?;
    let author = |row: PersonRow| {
        let author = row.author.author();
        ((row.school_id, author.id), author)
    };
    Ok(rows.into_iter().map(author).collect())
}

/// A message that was read, with its chat.
pub(super) struct Read {
    pub(super) chat: ChatId,
    pub(super) message: Message,
}

/// The statement that reads the messages of a query with their authors, who need the roles in the chat's
/// school: a row for each role, those of a message one after the other (see [`read`]). Plain joins,
/// because their plan is kept with the statement: with roles gathered in subqueries it was made
/// anew for each page, which took longer than the reading.
pub(super) fn with_authors(chosen: &str) -> String {
    format!(
        "SELECT chosen.chat_id, chosen.seq, chosen.client_id, \
                CASE WHEN deleted_at IS NULL THEN chosen.body ELSE '' END AS body, \
                chosen.sent_at, chosen.version, deleted_at IS NOT NULL AS deleted, \
                chosen.author_id, surname, given, patronymic, roles.role \
         FROM ({chosen}) AS chosen \
         JOIN chats ON chats.id = chosen.chat_id \
         JOIN accounts ON accounts.id = chosen.author_id \
         LEFT JOIN current_roles AS roles ON roles.school_id = chats.school_id \
             AND roles.account_id = chosen.author_id \
         ORDER BY chosen.chat_id, chosen.seq"
    )
}

/// What the rows of [`with_authors`] say.
pub(super) fn read(rows: Vec<MessageRow>) -> Vec<Read> {
    let mut found: Vec<(MessageRow, Roles)> = Vec::new();
    for row in rows {
        let role = row.role;
        match found.last_mut() {
            Some((same, roles)) if (same.chat_id, same.seq) == (row.chat_id, row.seq) => {
                *roles = role.into_iter().fold(*roles, Roles::with);
            }
            _ => found.push((row, role.into_iter().collect())),
        }
    }
    let read = |(row, roles): (MessageRow, Roles)| Read {
        chat: row.chat_id,
        message: Message {
            seq: row.seq,
            author: AuthorRow {
                author_id: row.author_id,
                name: row.name,
                roles,
            }
            .author(),
            client_id: row.client_id,
            body: row.body,
            sent_at: row.sent_at,
            version: row.version,
            deleted: row.deleted,
        },
    };
    found.into_iter().map(read).collect()
}

/// What has happened to the messages that a client holds.
pub async fn changes(conn: &mut AsyncPgConnection, asked: &GetChanges) -> Result<Changes> {
    // Before the messages: what changes in between is in them and will be told again.
    let last_change = chats::table
        .find(asked.chat)
        .select(chats::last_change)
        .first(conn)
        .await?;
    let statement = with_authors(&format!(
        "SELECT * FROM messages
         WHERE chat_id = $1 AND version > 0 AND version > $2 AND seq BETWEEN $3 AND $4
         ORDER BY version LIMIT {PAGE}"
    ));
    let rows: Vec<MessageRow> = sql_query(statement)
        .bind::<BigInt, _>(asked.chat)
        .bind::<BigInt, _>(asked.after)
        .bind::<BigInt, _>(asked.first)
        .bind::<BigInt, _>(asked.last)
        .load(conn)
        .await?;
    let mut messages: Vec<Message> = read(rows).into_iter().map(|it| it.message).collect();
    messages.sort_unstable_by_key(|message| message.version);
    let up_to = match messages.last() {
        Some(newest) if messages.len() == PAGE => newest.version,
        // Nothing is left out.
        _ => last_change,
    };
    // Of what a client holds at most, whatever it asks.
    let last = asked
        .last
        .min(asked.first.saturating_add(WINDOW as i64 - 1));
    let wrote: Vec<(SchoolId, AccountId)> = messages::table
        .inner_join(chats::table.on(chats::id.eq(messages::chat_id)))
        .filter(messages::chat_id.eq(asked.chat))
        .filter(messages::seq.between(asked.first, last))
        .select((chats::school_id, messages::author_id))
        .distinct()
        .load(conn)
        .await?;
    let mut authors: Vec<Author> = authors(conn, &wrote).await?.into_values().collect();
    authors.sort_unstable_by_key(|author| author.id);
    Ok(Changes {
        messages,
        up_to,
        authors,
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
    let chosen = "SELECT * FROM messages WHERE chat_id = $1 AND seq = $2";
    let rows: Vec<MessageRow> = sql_query(with_authors(chosen))
        .bind::<BigInt, _>(chat)
        .bind::<BigInt, _>(seq)
        .load(conn)
        .await?;
    Ok(read(rows).pop().map(|it| it.message))
}
