//! The chats of a reader, as the list shows them.

use std::collections::HashMap;

use common::chats::{Author, Chat, DELETED, Message};
use common::permissions::{
    Action, ChatFacts, ChatKind, Denial, InClass, Place, Relation, Roles, allows,
};
use common::{AccountId, ChatId, ClassId, SchoolId};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use diesel_async::AsyncPgConnection;

use super::messages::{MessageRow, authors, read, with_authors};
use crate::access;
use crate::database::{row, sql_query};
use crate::error::Result;

row! {
    struct ListedRow {
        reader_id: AccountId as BigInt,
        id: ChatId as BigInt,
        school_id: SchoolId as BigInt,
        class_id: Option<ClassId> as Nullable<BigInt>,
        kind: ChatKind as Text,
        title: Option<String> as Nullable<Text>,
        archived: bool as Bool,
        staff_room: bool as Bool,
        last_seq: i64 as BigInt,
        last_change: i64 as BigInt,
        read_seq: i64 as BigInt,
        /// The newest first.
        deleted: Vec<i64> as Array<BigInt>,
        others_read_seq: i64 as BigInt,
        roles: Roles as Array<Text>,
        class_roles: InClass as Array<Text>,
        peer_id: Option<AccountId> as Nullable<BigInt>,
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
        "SELECT reader.account_id AS reader_id, chats.id, chats.school_id, chats.class_id, \
                chats.kind, coalesce(chats.name, classes.name) AS title, \
                classes.archived_at IS NOT NULL AS archived, \
                coalesce(classes.kind = 'staff_room', false) AS staff_room, \
                chats.last_seq, chats.last_change, reader.read_seq, \
                ARRAY(SELECT seq FROM messages \
                      WHERE chat_id = chats.id AND seq > reader.read_seq \
                        AND deleted_at IS NOT NULL \
                      ORDER BY seq DESC LIMIT {DELETED}) AS deleted, \
                CASE WHEN chats.kind = 'channel' THEN 0 ELSE coalesce( \
                    (SELECT max(others.seen_seq) FROM chat_members AS others \
                     WHERE others.chat_id = chats.id AND others.account_id <> reader.account_id), 0) \
                END AS others_read_seq, \
                ARRAY(SELECT role FROM current_roles \
                      WHERE school_id = chats.school_id AND account_id = reader.account_id) \
                    AS roles, \
                ARRAY(SELECT role FROM current_class_members \
                      WHERE class_id = chats.class_id AND account_id = reader.account_id) \
                    AS class_roles, \
                CASE WHEN chats.low_id = reader.account_id THEN chats.high_id ELSE chats.low_id END \
                    AS peer_id \
         FROM current_chat_members AS reader \
         {wanted} \
         JOIN chats ON chats.id = reader.chat_id \
         LEFT JOIN classes ON classes.id = chats.class_id"
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

type Peers = HashMap<(AccountId, SchoolId, AccountId), (Author, Relation)>;

fn listed_chat(
    row: ListedRow,
    last: &HashMap<ChatId, Message>,
    peers: &Peers,
) -> (AccountId, Chat) {
    let peer = row
        .peer_id
        .and_then(|peer| peers.get(&(row.reader_id, row.school_id, peer)));
    let place = Place {
        school: row.school_id,
        roles: row.roles,
        class: row.class_id,
        in_class: row.class_roles,
    };
    let chat = ChatFacts {
        kind: row.kind,
        member: true,
        archived: row.archived,
        peer: peer.map(|(_, relation)| *relation),
    };
    let facts = access::reader(row.reader_id, place, chat);
    let peer = peer.map(|(author, _)| author.clone());
    let chat = Chat {
        id: row.id,
        school: row.school_id,
        class: row.class_id,
        kind: row.kind,
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
        .filter_map(|row| Some((row.school_id, row.reader_id, row.peer_id?)))
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
            let (school, reader, peer) = pair;
            let author = authors.get(&(school, peer))?.clone();
            let relation = *relations.get(&pair)?;
            Some(((reader, school, peer), (author, relation)))
        })
        .collect())
}
