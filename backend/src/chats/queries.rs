//! SQL of chats.

use std::collections::HashMap;

use common::chats::{Author, Chat, Message, PAGE, Page};
use common::permissions::{ChatFacts, ChatKind, Facts, Relation, Role, Roles, allows};
use common::{AccountId, ChatId, ClassId, ClientId, Name, SchoolId, Timestamp};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::audience::Changed;
use super::handlers::shown_name;
use super::sender::Send;
use crate::access;
use crate::error::Result;
use crate::hub::Subscriptions;
use crate::schema::{chat_members, chats};

/// What came of one send.
pub struct Written {
    pub seq: i64,
    pub sent_at: Timestamp,
    /// Of a repeat: what was written first.
    pub body: Option<String>,
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
}

/// Writes a batch in one statement: takes the numbers, inserts, and marks as read for the authors.
/// Keyed by the place in the batch; missing is who isn't in the chat.
pub async fn insert_messages(
    conn: &mut AsyncPgConnection,
    sends: &[Send],
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
             SELECT sends.place, messages.seq, messages.sent_at, messages.body
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
             UPDATE chat_members SET read_seq = newest.seq
             FROM (SELECT chat_id, author_id, max(seq) AS seq FROM numbered
                   GROUP BY chat_id, author_id) AS newest
             WHERE chat_members.chat_id = newest.chat_id
               AND chat_members.account_id = newest.author_id)
         SELECT sends.place, seq, numbered.sent_at, NULL AS body
         FROM sends JOIN numbered USING (chat_id, author_id, client_id)
         UNION ALL
         SELECT place, seq, sent_at, body FROM repeats",
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
                body: row.body,
            };
            (
                usize::try_from(row.place - 1).unwrap_or(usize::MAX),
                written,
            )
        })
        .collect())
}

#[derive(QueryableByName)]
struct MessageRow {
    #[diesel(sql_type = BigInt)]
    chat_id: ChatId,
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = Uuid)]
    client_id: ClientId,
    #[diesel(sql_type = Text)]
    body: String,
    #[diesel(sql_type = Timestamptz)]
    sent_at: Timestamp,
    #[diesel(embed)]
    author: AuthorRow,
}

#[derive(QueryableByName)]
struct AuthorRow {
    #[diesel(sql_type = BigInt)]
    author_id: AccountId,
    #[diesel(sql_type = Text)]
    surname: String,
    #[diesel(sql_type = Text)]
    given: String,
    #[diesel(sql_type = Nullable<Text>)]
    patronymic: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    roles: Vec<String>,
}

impl AuthorRow {
    fn author(self) -> Author {
        // Who has left the school keeps the name, and counts as a student would: the least.
        let role = access::roles(&self.roles).shown().unwrap_or(Role::Student);
        let name = Name {
            surname: self.surname,
            given: self.given,
            patronymic: self.patronymic,
        };
        Author {
            id: self.author_id,
            name: shown_name(&name, role),
            role,
        }
    }
}

impl MessageRow {
    fn message(self) -> Message {
        Message {
            seq: self.seq,
            author: self.author.author(),
            client_id: self.client_id,
            body: self.body,
            sent_at: self.sent_at,
        }
    }
}

/// Each message of `chosen` with its author, who needs the roles in the chat's school. The roles of
/// an author are looked up once per author, not per message.
const MESSAGES: &str = "SELECT chosen.chat_id, chosen.seq, chosen.client_id, chosen.body, \
        chosen.sent_at, chosen.author_id, authors.surname, authors.given, authors.patronymic, \
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

/// A page of history, ascending.
pub async fn messages(
    conn: &mut AsyncPgConnection,
    chat: ChatId,
    page: Page,
) -> Result<Vec<Message>> {
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
    Ok(rows.into_iter().map(MessageRow::message).collect())
}

#[derive(QueryableByName)]
struct ListedRow {
    #[diesel(sql_type = BigInt)]
    reader_id: AccountId,
    #[diesel(sql_type = BigInt)]
    id: ChatId,
    #[diesel(sql_type = BigInt)]
    school_id: SchoolId,
    #[diesel(sql_type = Nullable<BigInt>)]
    class_id: Option<ClassId>,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<Text>)]
    title: Option<String>,
    #[diesel(sql_type = Bool)]
    archived: bool,
    #[diesel(sql_type = BigInt)]
    last_seq: i64,
    #[diesel(sql_type = BigInt)]
    read_seq: i64,
    #[diesel(sql_type = BigInt)]
    others_read_seq: i64,
    #[diesel(sql_type = Array<Text>)]
    roles: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    class_roles: Vec<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    peer_id: Option<AccountId>,
}

/// The chats of these readers, as each one's list shows them; three statements, and one for each
/// reader and school with direct chats.
pub async fn listed(
    conn: &mut AsyncPgConnection,
    whom: &[(ChatId, AccountId)],
) -> Result<Vec<(AccountId, Chat)>> {
    if whom.is_empty() {
        return Ok(Vec::new());
    }
    let (chats, readers): (Vec<ChatId>, Vec<AccountId>) = whom.iter().copied().unzip();
    load_listed(
        conn,
        "JOIN unnest($1, $2) AS wanted (chat_id, account_id) \
           ON wanted.chat_id = reader.chat_id AND wanted.account_id = reader.account_id",
        chats,
        readers,
    )
    .await
}

/// All chats of one reader.
pub async fn list(conn: &mut AsyncPgConnection, reader: AccountId) -> Result<Vec<Chat>> {
    let all = load_listed(
        conn,
        "JOIN unnest($2) AS wanted (account_id) \
           ON wanted.account_id = reader.account_id AND cardinality($1) = 0",
        Vec::new(),
        vec![reader],
    )
    .await?;
    Ok(all.into_iter().map(|(_, chat)| chat).collect())
}

async fn load_listed(
    conn: &mut AsyncPgConnection,
    wanted: &str,
    chats: Vec<ChatId>,
    readers: Vec<AccountId>,
) -> Result<Vec<(AccountId, Chat)>> {
    let rows: Vec<ListedRow> = sql_query(format!(
        "SELECT reader.account_id AS reader_id, chats.id, chats.school_id, chats.class_id, \
                chats.kind, coalesce(chats.name, classes.name) AS title, \
                classes.archived_at IS NOT NULL AS archived, chats.last_seq, reader.read_seq, \
                CASE WHEN chats.kind = 'channel' THEN 0 ELSE coalesce( \
                    (SELECT max(others.read_seq) FROM chat_members AS others \
                     WHERE others.chat_id = chats.id AND others.account_id <> reader.account_id), 0) \
                END AS others_read_seq, \
                ARRAY(SELECT role FROM memberships \
                      WHERE school_id = chats.school_id AND account_id = reader.account_id \
                        AND ended_at IS NULL) AS roles, \
                ARRAY(SELECT role FROM class_members \
                      WHERE class_id = chats.class_id AND account_id = reader.account_id \
                        AND ended_at IS NULL) AS class_roles, \
                CASE WHEN chats.low_id = reader.account_id THEN chats.high_id ELSE chats.low_id END \
                    AS peer_id \
         FROM chat_members AS reader \
         {wanted} \
         JOIN chats ON chats.id = reader.chat_id \
         LEFT JOIN classes ON classes.id = chats.class_id \
         WHERE reader.left_at IS NULL"
    ))
    .bind::<Array<BigInt>, _>(chats)
    .bind::<Array<BigInt>, _>(readers)
    .load(conn)
    .await?;
    let last = last_messages(conn, &rows).await?;
    let peers = peers(conn, &rows).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| listed_chat(row, &last, &peers))
        .collect())
}

type Peers = HashMap<(AccountId, SchoolId, AccountId), (Author, Relation)>;

fn listed_chat(
    row: ListedRow,
    last: &HashMap<ChatId, Message>,
    peers: &Peers,
) -> Option<(AccountId, Chat)> {
    let kind = ChatKind::parse(&row.kind)?;
    let peer = row
        .peer_id
        .and_then(|peer| peers.get(&(row.reader_id, row.school_id, peer)));
    let facts = Facts {
        account: Some(row.reader_id),
        school: Some(row.school_id),
        roles: access::roles(&row.roles),
        class: row.class_id,
        in_class: access::in_class(&row.class_roles),
        chat: Some(ChatFacts {
            kind,
            member: true,
            archived: row.archived,
            peer: peer.map(|(_, relation)| *relation).unwrap_or_default(),
        }),
        ..Facts::default()
    };
    let peer = peer.map(|(author, _)| author.clone());
    let chat = Chat {
        id: row.id,
        school: row.school_id,
        class: row.class_id,
        kind,
        title: row
            .title
            .or_else(|| peer.as_ref().map(|peer| peer.name.clone()))
            .unwrap_or_default(),
        peer,
        writes: allows(&facts, common::permissions::Action::WriteChat).is_ok(),
        last_seq: row.last_seq,
        read_seq: row.read_seq,
        others_read_seq: row.others_read_seq,
        last: last.get(&row.id).cloned(),
    };
    Some((row.reader_id, chat))
}

async fn last_messages(
    conn: &mut AsyncPgConnection,
    rows: &[ListedRow],
) -> Result<HashMap<ChatId, Message>> {
    let mut newest: Vec<(ChatId, i64)> = rows
        .iter()
        .filter(|row| row.last_seq > 0)
        .map(|row| (row.id, row.last_seq))
        .collect();
    newest.sort_unstable();
    newest.dedup();
    if newest.is_empty() {
        return Ok(HashMap::new());
    }
    let (chats, seqs): (Vec<ChatId>, Vec<i64>) = newest.into_iter().unzip();
    let messages: Vec<MessageRow> = sql_query(format!(
        "WITH chosen AS MATERIALIZED (
             SELECT messages.* FROM unnest($1, $2) AS newest (chat_id, seq)
             JOIN messages USING (chat_id, seq)) {MESSAGES}"
    ))
    .bind::<Array<BigInt>, _>(chats)
    .bind::<Array<BigInt>, _>(seqs)
    .load(conn)
    .await?;
    Ok(messages
        .into_iter()
        .map(|row| (row.chat_id, row.message()))
        .collect())
}

#[derive(QueryableByName)]
struct PeerRow {
    #[diesel(embed)]
    author: AuthorRow,
}

/// The other ones of direct chats: names, and how they stand to the reader.
async fn peers(conn: &mut AsyncPgConnection, rows: &[ListedRow]) -> Result<Peers> {
    let mut wanted: HashMap<(AccountId, SchoolId), Vec<AccountId>> = HashMap::new();
    for row in rows {
        if let Some(peer) = row.peer_id {
            wanted
                .entry((row.reader_id, row.school_id))
                .or_default()
                .push(peer);
        }
    }
    let mut peers = HashMap::new();
    for ((reader, school), others) in wanted {
        let names: Vec<PeerRow> = sql_query(
            "SELECT id AS author_id, surname, given, patronymic,
                    ARRAY(SELECT role FROM memberships
                          WHERE school_id = $1 AND account_id = accounts.id
                            AND ended_at IS NULL) AS roles
             FROM accounts WHERE id = ANY($2)",
        )
        .bind::<BigInt, _>(school)
        .bind::<Array<BigInt>, _>(&others)
        .load(conn)
        .await?;
        let relations: HashMap<AccountId, Relation> =
            access::relations(conn, school, reader, &others)
                .await?
                .into_iter()
                .collect();
        for row in names {
            let author = row.author.author();
            let relation = relations.get(&author.id).copied().unwrap_or_default();
            peers.insert((reader, school, author.id), (author, relation));
        }
    }
    Ok(peers)
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = BigInt)]
    id: ChatId,
}

/// The direct chat of two people in a school, and whether it's new.
pub async fn direct_chat(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    one: AccountId,
    other: AccountId,
    now: Timestamp,
) -> Result<(ChatId, bool)> {
    let (low, high) = (one.min(other), one.max(other));
    let new: Option<IdRow> = sql_query(
        "INSERT INTO chats (school_id, kind, low_id, high_id, created_at)
         VALUES ($1, 'direct', $2, $3, $4)
         ON CONFLICT (school_id, low_id, high_id) WHERE kind = 'direct' DO NOTHING
         RETURNING id",
    )
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(low)
    .bind::<BigInt, _>(high)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?;
    if let Some(new) = new {
        return Ok((new.id, true));
    }
    let id = chats::table
        .filter(chats::school_id.eq(school).and(chats::kind.eq("direct")))
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
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        read_seq: i64,
    }
    let row: Option<Row> = sql_query(
        "UPDATE chat_members SET read_seq = least($3, chats.last_seq) FROM chats
         WHERE chats.id = $1 AND chat_id = $1 AND account_id = $2 AND left_at IS NULL
           AND read_seq < least($3, chats.last_seq)
         RETURNING read_seq",
    )
    .bind::<BigInt, _>(chat)
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(seq)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|row| row.read_seq))
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
    let rows: Vec<IdRow> = sql_query(
        "SELECT id FROM chats WHERE school_id = $1 AND kind = 'direct' AND low_id = ANY($2)
         UNION
         SELECT id FROM chats WHERE school_id = $1 AND kind = 'direct' AND high_id = ANY($2)
         UNION
         SELECT chats.id FROM chats
         JOIN messages ON messages.chat_id = chats.id AND messages.seq = chats.last_seq
         WHERE school_id = $1 AND last_seq > 0 AND messages.author_id = ANY($2)
         ORDER BY id",
    )
    .bind::<BigInt, _>(school)
    .bind::<Array<BigInt>, _>(people)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
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
    let kinds: Vec<(ChatId, String)> = chat_members::table
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
        chats: kinds
            .into_iter()
            .filter_map(|(id, kind)| Some((id, ChatKind::parse(&kind)?)))
            .collect(),
        schools: roles
            .into_iter()
            .map(|(school, roles): (SchoolId, Roles)| (school, roles.staff()))
            .collect(),
    })
}
