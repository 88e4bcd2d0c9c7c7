//! Chats of the demo school and what is said in them.

use common::permissions::ChatKind;
use common::{AccountId, ChatId, ClassId, ClientId, SchoolId, Timestamp};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};

use crate::database::sql_query;
use crate::demo::talk::Line;
use crate::error::Result;
use crate::schema::{chat_members, chats, rightful_chat_members};

/// A chat of the school, with what decides on its talk.
#[derive(Queryable, Selectable)]
#[diesel(table_name = chats, check_for_backend(Pg))]
pub struct Place {
    #[diesel(column_name = id)]
    pub chat: ChatId,
    pub kind: ChatKind,
    #[diesel(column_name = class_id)]
    pub class: Option<ClassId>,
    pub audience: Option<String>,
}

pub async fn places(conn: &mut AsyncPgConnection, school: SchoolId) -> Result<Vec<Place>> {
    Ok(chats::table
        .filter(chats::school_id.eq(school))
        .order(chats::id)
        .select(Place::as_select())
        .load(conn)
        .await?)
}

/// Direct chats of pairs, with both in them; in the order of the pairs.
pub async fn insert_direct_chats(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    pairs: &[(AccountId, AccountId)],
    since: Timestamp,
) -> Result<Vec<ChatId>> {
    let (low, high): (Vec<AccountId>, Vec<AccountId>) = pairs
        .iter()
        .map(|(one, other)| (*one.min(other), *one.max(other)))
        .unzip();
    let direct: Vec<ChatId> = sql_query(
        "INSERT INTO chats (school_id, kind, low_id, high_id, created_at)
         SELECT $1, 'direct', low, high, $4
         FROM unnest($2, $3) WITH ORDINALITY AS new (low, high, place) ORDER BY place
         RETURNING id",
    )
    .bind::<BigInt, _>(school)
    .bind::<Array<BigInt>, _>(low)
    .bind::<Array<BigInt>, _>(high)
    .bind::<Timestamptz, _>(since)
    .values::<BigInt, _>(conn)
    .await?;
    let both = rightful_chat_members::table
        .filter(rightful_chat_members::chat_id.eq_any(direct.clone()))
        .select((
            rightful_chat_members::chat_id,
            rightful_chat_members::account_id,
            0_i64.into_sql::<BigInt>(),
            since.into_sql::<Timestamptz>(),
        ));
    diesel::insert_into(chat_members::table)
        .values(both)
        .into_columns((
            chat_members::chat_id,
            chat_members::account_id,
            chat_members::read_seq,
            chat_members::joined_at,
        ))
        .execute(conn)
        .await?;
    Ok(direct)
}

pub async fn insert_messages(
    conn: &mut AsyncPgConnection,
    messages: &[(ChatId, i64, ClientId, Line)],
) -> Result<()> {
    for batch in messages.chunks(5000) {
        sql_query(
            "INSERT INTO messages (chat_id, seq, client_id, author_id, body, sent_at)
             SELECT * FROM unnest($1, $2, $3, $4, $5, $6)",
        )
        .bind::<Array<BigInt>, _>(batch.iter().map(|row| row.0).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(batch.iter().map(|row| row.1).collect::<Vec<_>>())
        .bind::<Array<Uuid>, _>(batch.iter().map(|row| row.2).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(batch.iter().map(|row| row.3.author).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(
            batch
                .iter()
                .map(|row| row.3.body.as_str())
                .collect::<Vec<_>>(),
        )
        .bind::<Array<Timestamptz>, _>(batch.iter().map(|row| row.3.sent_at).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// Counts what was written, lets everyone have read most of it, and lets the sequences go on behind our ids.
pub async fn finish(conn: &mut AsyncPgConnection) -> Result<()> {
    sql_query(
        "UPDATE chats SET last_seq = counted.last
         FROM (SELECT chat_id, max(seq) AS last FROM messages GROUP BY chat_id) AS counted
         WHERE chats.id = counted.chat_id",
    )
    .execute(conn)
    .await?;
    sql_query(
        "UPDATE chat_members AS members
         SET read_seq = greatest(0,
                         -- Most have read all, some not the last few.
                         last_seq - greatest(0, (account_id * 31 + chat_id * 17) % 12 - 6),
                         (SELECT max(seq) FROM messages
                          WHERE messages.chat_id = members.chat_id
                            AND messages.author_id = members.account_id))
         FROM chats WHERE chats.id = members.chat_id",
    )
    .execute(conn)
    .await?;
    diesel::update(chat_members::table)
        .set(chat_members::seen_seq.eq(chat_members::read_seq))
        .execute(conn)
        .await?;
    conn.batch_execute(
        "SELECT setval(pg_get_serial_sequence('accounts', 'id'), (SELECT max(id) FROM accounts));
         SELECT setval(pg_get_serial_sequence('classes', 'id'), (SELECT max(id) FROM classes));
         SELECT setval(pg_get_serial_sequence('guardian_links', 'id'),
                       (SELECT max(id) FROM guardian_links));
         ANALYZE",
    )
    .await?;
    Ok(())
}
