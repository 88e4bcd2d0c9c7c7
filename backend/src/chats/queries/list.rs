//! The chats of a reader, as the list shows them.

use std::collections::HashMap;

use common::chats::{Author, Chat, DELETED, Message};
use common::permissions::{Action, Denial, Relation, allows};
use common::{AccountId, ChatId, SchoolId};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use diesel_async::AsyncPgConnection;

use super::messages::{MessageRow, authors, read, with_authors};
use crate::access::{self, ReadChat};
use crate::database::{row, sql_query};
use crate::error::Result;

row! {
    struct ListedRow {
        reader_id: AccountId as BigInt,
        id: ChatId as BigInt,
        chat: ReadChat,
        title: Option<String> as Nullable<Text>,
        staff_room: bool as Bool,
        last_seq: i64 as BigInt,
        last_change: i64 as BigInt,
        read_seq: i64 as BigInt,
        /// The newest first.
        deleted: Vec<i64> as Array<BigInt>,
        others_read_seq: i64 as BigInt,
    }
}

/// The chats of these readers, as each one's list shows them. Four statements at most.
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
        "SELECT reader.account_id AS reader_id, chats.id, {}, \
                coalesce(chats.name, classes.name) AS title, \
                coalesce(classes.kind = 'staff_room', false) AS staff_room, \
                chats.last_seq, chats.last_change, reader.read_seq, \
                ARRAY(SELECT seq FROM messages \
                      WHERE chat_id = chats.id AND seq > reader.read_seq \
                        AND deleted_at IS NOT NULL \
                      ORDER BY seq DESC LIMIT {DELETED}) AS deleted, \
                CASE WHEN chats.kind = 'channel' THEN 0 ELSE coalesce( \
                    (SELECT max(others.seen_seq) FROM chat_members AS others \
                     WHERE others.chat_id = chats.id AND others.account_id <> reader.account_id), 0) \
                END AS others_read_seq \
         FROM current_chat_members AS reader \
         {wanted} \
         JOIN chats ON chats.id = reader.chat_id \
         LEFT JOIN classes ON classes.id = chats.class_id",
        ReadChat::columns("reader.account_id")
    ))
    .bind::<Array<BigInt>, _>(chats)
    .bind::<Array<BigInt>, _>(readers)
    .load(conn)
    .await?;
    let last = last_messages(conn, &rows).await?;
    let peers = peers(conn, &rows).await?;
    Ok(rows
        .into_iter()
        .map(|row| listed_chat(row, &last, &peers))
        .collect())
}

type Peers = HashMap<access::Pair, (Author, Relation)>;

fn listed_chat(
    row: ListedRow,
    last: &HashMap<ChatId, Message>,
    peers: &Peers,
) -> (AccountId, Chat) {
    let pair = row.chat.pair(row.reader_id);
    let peer = pair.and_then(|pair| peers.get(&pair));
    let relation = peer.map(|(_, relation)| *relation);
    let facts = row.chat.reader(row.reader_id, relation);
    let peer = peer.map(|(author, _)| author.clone());
    let chat = Chat {
        id: row.id,
        school: row.chat.standing.school_id,
        class: row.chat.standing.class_id,
        kind: row.chat.kind,
        title: row
            .title
            .or_else(|| peer.as_ref().map(|peer| peer.name.clone()))
            .unwrap_or_default(),
        peer,
        staff_room: row.staff_room,
        closed: match allows(&facts, Action::WriteChat) {
            Err(Denial::Forbidden(reason)) => Some(reason),
            Ok(()) | Err(Denial::SignIn | Denial::Unseen) => None,
        },
        last_seq: row.last_seq,
        last_change: row.last_change,
        read_seq: row.read_seq,
        deleted: row.deleted.into_iter().rev().collect(),
        others_read_seq: row.others_read_seq,
        last: last
            .get(&row.id)
            .map(|last| last.clone().read_by(row.reader_id)),
    };
    (row.reader_id, chat)
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
    let chosen = "SELECT messages.* FROM unnest($1, $2) AS newest (chat_id, seq)
                  JOIN messages USING (chat_id, seq)";
    let rows: Vec<MessageRow> = sql_query(with_authors(chosen))
        .bind::<Array<BigInt>, _>(chats)
        .bind::<Array<BigInt>, _>(seqs)
        .load(conn)
        .await?;
    let messages = read(rows).into_iter();
    Ok(messages.map(|it| (it.chat, it.message)).collect())
}

/// The other ones of direct chats: names, and how they stand to the reader. Two statements.
async fn peers(conn: &mut AsyncPgConnection, rows: &[ListedRow]) -> Result<Peers> {
    let pairs: Vec<access::Pair> = rows
        .iter()
        .filter_map(|row| row.chat.pair(row.reader_id))
        .collect();
    if pairs.is_empty() {
        return Ok(Peers::new());
    }
    let mut wanted: Vec<(SchoolId, AccountId)> =
        pairs.iter().map(|pair| (pair.0, pair.2)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let authors = authors(conn, &wanted).await?;
    let relations = access::relations(conn, &pairs).await?;
    Ok(pairs
        .into_iter()
        .filter_map(|pair| {
            let (school, _, peer) = pair;
            let author = authors.get(&(school, peer))?.clone();
            Some((pair, (author, *relations.get(&pair)?)))
        })
        .collect())
}
