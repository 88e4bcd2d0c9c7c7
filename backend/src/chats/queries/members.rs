//! Who is in which chat, and how far they have read.

use std::collections::HashMap;

use common::permissions::{Action, ChatFacts, ChatKind, ClassRole, InClass, Place, Roles, allows};
use common::{AccountId, ChatId, ClassId, SchoolId, Timestamp};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access;
use crate::database::{OwnRow, row, sql_query};
use crate::error::Result;
use crate::live::{Recipients, Subscriptions, types};
use crate::schema::{
    chat_members, chats, classes, current_chat_members, current_class_members, messages,
    rightful_chat_members,
};

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

#[derive(Queryable)]
struct SubscribedRow {
    chat: ChatId,
    school: SchoolId,
    class: Option<ClassId>,
    kind: ChatKind,
    low: Option<AccountId>,
    high: Option<AccountId>,
    /// Of the class.
    archived_at: Option<Timestamp>,
}

impl SubscribedRow {
    /// Of a direct chat: who reads it, and the other one.
    fn pair(&self, me: AccountId) -> Option<access::Pair> {
        let other = if self.low == Some(me) {
            self.high
        } else {
            self.low
        };
        Some((self.school, me, other?))
    }
}

/// What a new socket is told of. Four statements at most.
pub async fn subscriptions(
    conn: &mut AsyncPgConnection,
    account: AccountId,
) -> Result<Subscriptions> {
    let rows: Vec<SubscribedRow> = current_chat_members::table
        .inner_join(chats::table.left_join(classes::table))
        .filter(current_chat_members::account_id.eq(account))
        .select((
            chats::id,
            chats::school_id,
            chats::class_id,
            chats::kind,
            chats::low_id,
            chats::high_id,
            classes::archived_at.nullable(),
        ))
        .load(conn)
        .await?;
    let pairs: Vec<access::Pair> = rows.iter().filter_map(|row| row.pair(account)).collect();
    let peers = if pairs.is_empty() {
        HashMap::new()
    } else {
        access::relations(conn, &pairs).await?
    };
    let roles = crate::schools::queries::roles(conn, account).await?;
    let in_classes = in_classes(conn, account).await?;
    let subscribed = |row: &SubscribedRow| {
        let peer = row.pair(account).and_then(|pair| peers.get(&pair).copied());
        let in_class = row.class.and_then(|class| in_classes.get(&class).copied());
        let place = Place {
            school: row.school,
            roles: roles.get(&row.school).copied().unwrap_or(Roles::NONE),
            class: row.class,
            in_class: in_class.unwrap_or(InClass::NOTHING),
        };
        let chat = ChatFacts {
            kind: row.kind,
            member: true,
            archived: row.archived_at.is_some(),
            peer,
        };
        let facts = access::reader(account, place, chat);
        let writes = allows(&facts, Action::WriteChat).is_ok();
        (row.chat, types(row.kind, writes))
    };
    Ok(Subscriptions {
        name: String::new(),
        chats: rows.iter().map(subscribed).collect(),
        schools: roles
            .iter()
            .map(|(school, roles)| (*school, Recipients::staff(*roles)))
            .collect(),
    })
}

/// What someone is in each class.
async fn in_classes(
    conn: &mut AsyncPgConnection,
    account: AccountId,
) -> Result<HashMap<ClassId, InClass>> {
    let rows: Vec<(ClassId, ClassRole)> = current_class_members::table
        .filter(current_class_members::account_id.eq(account))
        .select((current_class_members::class_id, current_class_members::role))
        .load(conn)
        .await?;
    let mut all: HashMap<ClassId, InClass> = HashMap::new();
    for (class, role) in rows {
        let in_class = all.entry(class).or_insert(InClass::NOTHING);
        *in_class = in_class.with(role);
    }
    Ok(all)
}
