//! SQL of channels.

use common::channels::{Audience, Views};
use common::permissions::ChatKind;
use common::{ChatId, SchoolId, Timestamp};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::{row, sql_query};
use crate::error::Result;
use crate::schema::{chats, classes};

/// # Errors
/// `NotFound` if the class isn't one of the school, or is archived.
pub async fn insert(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    name: &str,
    audience: Audience,
    now: Timestamp,
) -> Result<ChatId> {
    let Audience::Class(class) = audience else {
        return Ok(diesel::insert_into(chats::table)
            .values((
                chats::school_id.eq(school),
                chats::kind.eq(ChatKind::Channel),
                chats::name.eq(name),
                chats::audience.eq(audience.as_str()),
                chats::created_at.eq(now),
            ))
            .returning(chats::id)
            .get_result(conn)
            .await?);
    };
    Ok(classes::table
        .filter(classes::id.eq(class))
        .filter(classes::school_id.eq(school))
        .filter(classes::archived_at.is_null())
        .select((
            classes::school_id,
            classes::id.nullable(),
            ChatKind::Channel.into_sql::<Text>(),
            name.into_sql::<Nullable<Text>>(),
            audience.as_str().into_sql::<Nullable<Text>>(),
            now.into_sql::<Timestamptz>(),
        ))
        .insert_into(chats::table)
        .into_columns((
            chats::school_id,
            chats::class_id,
            chats::kind,
            chats::name,
            chats::audience,
            chats::created_at,
        ))
        .returning(chats::id)
        .get_result(conn)
        .await?)
}

/// Whether there is such a channel in the school.
pub async fn rename(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    channel: ChatId,
    name: &str,
) -> Result<bool> {
    let changed = diesel::update(chats::table.find(channel))
        .filter(
            chats::school_id
                .eq(school)
                .and(chats::kind.eq(ChatKind::Channel)),
        )
        .set(chats::name.eq(name))
        .execute(conn)
        .await?;
    Ok(changed > 0)
}

row! {
    struct ViewsRow {
        seq: i64 as BigInt,
        seen: i64 as BigInt,
        of: i64 as BigInt,
    }
}

/// Of the posts from one number to another, ascending. Counts those who read the channel now and did
/// when it was posted, without the author.
pub async fn views(
    conn: &mut AsyncPgConnection,
    channel: ChatId,
    from: i64,
    to: i64,
) -> Result<Vec<Views>> {
    let rows: Vec<ViewsRow> = sql_query(
        // Readers are first counted by the posts that they came before and read up to: comparing each
        // of them with each post takes a tenth of a second for a school.
        "WITH posts AS (
             SELECT seq, author_id, sent_at, row_number() OVER (ORDER BY seq) AS place FROM messages
             WHERE chat_id = $1 AND seq BETWEEN $2 AND $3),
         times AS (
             SELECT array_agg(sent_at ORDER BY seq) AS sent, array_agg(seq ORDER BY seq) AS seqs FROM posts),
         readers AS (
             SELECT width_bucket(joined_at - interval '1 microsecond', sent) AS missed,
                    width_bucket(read_seq, seqs) AS seen, count(*) AS count
             FROM current_chat_members, times WHERE chat_id = $1 GROUP BY 1, 2)
         SELECT posts.seq,
                coalesce(sum(count) FILTER (WHERE missed < place AND seen >= place), 0)::bigint
                    - count(DISTINCT author.account_id) FILTER (WHERE author.read_seq >= posts.seq) AS seen,
                coalesce(sum(count) FILTER (WHERE missed < place), 0)::bigint
                    - count(DISTINCT author.account_id) AS of
         FROM posts
         LEFT JOIN current_chat_members AS author
           ON author.chat_id = $1 AND author.account_id = posts.author_id
          AND author.joined_at <= posts.sent_at
         LEFT JOIN readers ON true
         GROUP BY posts.seq ORDER BY posts.seq",
    )
    .bind::<BigInt, _>(channel)
    .bind::<BigInt, _>(from)
    .bind::<BigInt, _>(to)
    .load(conn)
    .await?;
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(rows
        .into_iter()
        .map(|row| Views {
            seq: row.seq,
            seen: count(row.seen),
            of: count(row.of),
        })
        .collect())
}
