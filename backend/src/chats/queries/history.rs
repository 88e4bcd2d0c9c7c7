//! Pages of history.

use std::collections::{HashMap, HashSet};

use common::chats::{Author, History, Message, PAGE, Page};
use common::{AccountId, ChatId, ClientId, SchoolId, Timestamp};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::messages::authors;
use crate::database::{SeenTurn, row, sql_query};
use crate::error::Result;
use crate::live::Authors;
use crate::schema::schools;

row! {
    struct PageRow {
        seq: i64 as BigInt,
        client_id: ClientId as Uuid,
        body: String as Text,
        sent_at: Timestamp as Timestamptz,
        version: i64 as BigInt,
        deleted: bool as Bool,
        /// Of the chat, when the row was read.
        last_change: i64 as BigInt,
        /// Of the school, likewise.
        turns: SeenTurn as BigInt,
        author_id: AccountId as BigInt,
    }
}

/// A page of history, and the number of the school's last turn when it was read. Whose authors are known is
/// read without them: they would take longer than the page.
pub async fn messages(
    conn: &mut AsyncPgConnection,
    known: &Authors,
    school: SchoolId,
    chat: ChatId,
    page: Page,
) -> Result<(History, SeenTurn)> {
    let (condition, seq) = match page {
        // Without a bound, for which it would be planned anew each time.
        Page::Newest => ("ORDER BY seq DESC", None),
        Page::Before(seq) => ("AND seq < $3 ORDER BY seq DESC", Some(seq)),
        Page::After(seq) => ("AND seq > $3 ORDER BY seq", Some(seq)),
        Page::Around(seq) => (
            "AND seq > $3 ORDER BY seq",
            Some(seq.saturating_sub(PAGE as i64 / 2).max(0)),
        ),
    };
    // The limit is written out for the same reason.
    let mut statement = sql_query(format!(
        "SELECT seq, client_id, CASE WHEN deleted_at IS NULL THEN body ELSE '' END AS body, sent_at, version,
                deleted_at IS NOT NULL AS deleted, author_id,
                (SELECT last_change FROM chats WHERE id = $1) AS last_change,
                (SELECT turns FROM schools WHERE id = $2) AS turns
         FROM messages WHERE chat_id = $1 {condition} LIMIT {PAGE}"
    ))
    .bind::<BigInt, _>(chat)
    .bind::<BigInt, _>(school);
    if let Some(seq) = seq {
        statement = statement.bind::<BigInt, _>(seq);
    }
    let mut rows: Vec<PageRow> = statement.load(conn).await?;
    let turn = match rows.as_slice().first() {
        Some(row) => row.turns,
        None => turns(conn, school).await?,
    };
    rows.sort_unstable_by_key(|row| row.seq);
    let authors = authors_of(conn, known, school, &rows).await?;
    let message = |row: &PageRow| {
        Some(Message {
            seq: row.seq,
            author: authors.get(&row.author_id)?.clone(),
            client_id: row.client_id,
            body: row.body.clone(),
            sent_at: row.sent_at,
            version: row.version,
            deleted: row.deleted,
        })
    };
    let history = History {
        change: rows.last().map_or(0, |row| row.last_change),
        messages: rows.iter().filter_map(message).collect(),
    };
    Ok((history, turn))
}

/// The number of the school's last turn. If it's still the same after an empty page, it was so before.
async fn turns(conn: &mut AsyncPgConnection, school: SchoolId) -> Result<SeenTurn> {
    Ok(schools::table
        .find(school)
        .select(schools::turns)
        .first(conn)
        .await?)
}

async fn authors_of(
    conn: &mut AsyncPgConnection,
    known: &Authors,
    school: SchoolId,
    rows: &[PageRow],
) -> Result<HashMap<AccountId, Author>> {
    let people: HashSet<AccountId> = rows.iter().map(|row| row.author_id).collect();
    let (mut found, moment) = known.of(school, people.iter().copied());
    let missing: Vec<(SchoolId, AccountId)> = people
        .into_iter()
        .filter(|person| !found.contains_key(person))
        .map(|person| (school, person))
        .collect();
    if !missing.is_empty() {
        let read = authors(conn, &missing).await?;
        known.learn(&read, moment);
        found.extend(read.into_iter().map(|((_, id), author)| (id, author)));
    }
    Ok(found)
}
