//! Fills the rule book's [`Facts`] from the database: the only code that does.

mod questions;
mod relations;
mod remembered;

use std::collections::HashMap;

use common::permissions::{
    ChatFacts, ChatKind, Facts, InClass, MessageFacts, Relation, Roles, Scope,
};
use common::{AccountId, ChatId, ClassId, SchoolId, Timestamp};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

pub use questions::Access;
pub use relations::{Pair, relation, relations};

use crate::actor::Actor;
use crate::database::{row, rows, sql_query};
use crate::error::Result;
use crate::parents::link_status::LinkStatus;
use crate::schema::{guardian_links, messages};
use crate::schools::zone::Zone;

row! {
    struct PlaceRow {
        school_id: SchoolId as BigInt,
        class_id: Option<ClassId> as Nullable<BigInt>,
        roles: Roles as Array<Text>,
        class_roles: InClass as Array<Text>,
        /// Of the school, as the next.
        turns: i64 as BigInt,
        time_zone: Zone as Text,
    }

    struct ChatRow {
        /// The place of the question.
        asked: i64 as BigInt,
        place: PlaceRow,
        kind: ChatKind as Text,
        member: bool as Bool,
        archived: bool as Bool,
        peer_id: Option<AccountId> as Nullable<BigInt>,
    }
}

/// What the rule book looks at, and as of when.
#[derive(Clone, Debug)]
pub struct Known {
    pub facts: Facts,
    /// The school's number (see [`Tx::take_turns`](crate::write::Tx::take_turns)): who belongs where is so as
    /// long as it's the same. None outside of schools.
    pub turn: Option<i64>,
    /// The school's. None outside of schools.
    pub zone: Option<Zone>,
}

/// The person's current roles in a school, and what the person is in a class, for any `place`
/// with school_id and class_id, joined with its school. $1 is the person.
const ROLES: &str = "place.school_id, place.class_id, \
    ARRAY(SELECT role FROM current_roles \
          WHERE school_id = place.school_id AND account_id = $1) AS roles, \
    ARRAY(SELECT role FROM current_class_members \
          WHERE class_id = place.class_id AND account_id = $1) AS class_roles, \
    turns, time_zone";

async fn place_facts(conn: &mut AsyncPgConnection, actor: &Actor, scope: Scope) -> Result<Known> {
    let mut known = nowhere(Some(actor));
    let me = actor.account;
    let (source, id) = match scope {
        // Those are answered elsewhere: no place in a school, and a chat's.
        Scope::Installation | Scope::Application(_) | Scope::Chat(_) | Scope::Message(..) => {
            return Ok(known);
        }
        Scope::School(id) => (
            "SELECT id AS school_id, NULL::bigint AS class_id FROM schools",
            id.0,
        ),
        Scope::Class(id) => ("SELECT school_id, id AS class_id FROM classes", id.0),
        Scope::Invite(id) => ("SELECT school_id, class_id FROM invites", id.0),
        Scope::JoinRequest(id) => ("SELECT school_id, class_id FROM join_requests", id.0),
        Scope::GuardianLink(id) => ("SELECT school_id, class_id FROM guardian_links", id.0),
        Scope::Person(school, _) => (
            "SELECT id AS school_id, NULL::bigint AS class_id FROM schools",
            school.0,
        ),
    };
    let place: Option<PlaceRow> = sql_query(format!(
        "SELECT {ROLES} FROM ({source} WHERE id = $2) AS place
         JOIN schools ON schools.id = place.school_id"
    ))
    .bind::<BigInt, _>(me)
    .bind::<BigInt, _>(id)
    .get_result(conn)
    .await
    .optional()?;
    if let Some(place) = place {
        fill(&mut known, place);
    }
    // After the school's number, like whatever takes a statement of its own.
    match scope {
        Scope::GuardianLink(id) => known.facts.own_child = own_child(conn, me, id.0).await?,
        Scope::Person(school, account) => {
            known.facts.person = Some(relation(conn, school, me, account).await?);
        }
        _ => {}
    }
    Ok(known)
}

/// Outside of every school.
pub fn nowhere(actor: Option<&Actor>) -> Known {
    Known {
        facts: outside(actor),
        turn: None,
        zone: None,
    }
}

/// The facts of someone outside of every school.
#[must_use]
pub fn outside(actor: Option<&Actor>) -> Facts {
    Facts {
        account: actor.map(|actor| actor.account),
        operator: actor.is_some_and(|actor| actor.operator),
        school: None,
        roles: Roles::default(),
        class: None,
        in_class: InClass::default(),
        chat: None,
        message: None,
        person: None,
        own_child: false,
    }
}

/// The facts of someone who reads a chat: for lists, which were asked for many chats at once.
#[must_use]
pub fn reader(account: AccountId, place: Place, chat: ChatFacts) -> Facts {
    Facts {
        account: Some(account),
        school: Some(place.school),
        roles: place.roles,
        class: place.class,
        in_class: place.in_class,
        chat: Some(chat),
        ..outside(None)
    }
}

/// Where a chat is, and what its reader is there.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub school: SchoolId,
    pub roles: Roles,
    pub class: Option<ClassId>,
    pub in_class: InClass,
}

fn fill(known: &mut Known, place: PlaceRow) {
    known.turn = Some(place.turns);
    known.zone = Some(place.time_zone);
    let facts = &mut known.facts;
    facts.school = Some(place.school_id);
    facts.class = place.class_id;
    facts.roles = place.roles;
    facts.in_class = place.class_roles;
}

/// As [`Access::known`], asked on this connection: within a transaction.
///
/// # Errors
/// The database's.
pub async fn known_in(
    conn: &mut AsyncPgConnection,
    actor: &Actor,
    scope: Scope,
    now: Timestamp,
) -> Result<Known> {
    match scope {
        Scope::Installation | Scope::Application(_) => Ok(nowhere(Some(actor))),
        Scope::Chat(chat) | Scope::Message(chat, _) => {
            let mut rows = chat_rows(conn, &[(actor.account, chat)]).await?;
            match rows.remove(&1) {
                Some(row) => chat_facts(conn, actor, scope, row, now).await,
                None => Ok(nowhere(Some(actor))),
            }
        }
        scope => place_facts(conn, actor, scope).await,
    }
}

fn of_chat(actor: &Actor, row: ChatRow) -> Known {
    let mut known = nowhere(Some(actor));
    known.facts.chat = Some(ChatFacts {
        kind: row.kind,
        member: row.member,
        archived: row.archived,
        peer: Relation::default(),
    });
    fill(&mut known, row.place);
    known
}

/// With the other person of a direct chat, and the message that is asked about.
async fn chat_facts(
    conn: &mut AsyncPgConnection,
    actor: &Actor,
    scope: Scope,
    row: ChatRow,
    now: Timestamp,
) -> Result<Known> {
    let (me, school, peer) = (actor.account, row.place.school_id, row.peer_id);
    let mut known = of_chat(actor, row);
    if let (Some(chat), Some(peer)) = (&mut known.facts.chat, peer) {
        chat.peer = relation(conn, school, me, peer).await?;
    }
    if let Scope::Message(chat, seq) = scope {
        known.facts.message = message_facts(conn, me, chat, seq, now).await?;
    }
    Ok(known)
}

/// By the place of the question, from 1.
async fn chat_rows(
    conn: &mut AsyncPgConnection,
    questions: &[(AccountId, ChatId)],
) -> Result<HashMap<i64, ChatRow>> {
    let asked = rows(questions.len(), &["bigint", "bigint"]);
    let mut statement = sql_query(format!(
        "SELECT asked.place AS asked, chats.school_id, chats.class_id, chats.kind, turns, time_zone,
                classes.archived_at IS NOT NULL AS archived,
                ARRAY(SELECT role FROM current_roles
                      WHERE school_id = chats.school_id AND account_id = asked.account) AS roles,
                ARRAY(SELECT role FROM current_class_members
                      WHERE class_id = chats.class_id AND account_id = asked.account)
                    AS class_roles,
                CASE WHEN low_id = asked.account THEN high_id ELSE low_id END AS peer_id,
                EXISTS (SELECT FROM current_chat_members
                        WHERE chat_id = chats.id AND account_id = asked.account) AS member
         FROM (VALUES {}) AS asked (account, chat, place)
         JOIN chats ON chats.id = asked.chat
         JOIN schools ON schools.id = chats.school_id
         LEFT JOIN classes ON classes.id = chats.class_id",
        asked.text
    ));
    for place in 0..asked.places {
        let question = questions.get(place);
        statement = statement
            .bind::<Nullable<BigInt>, _>(question.map(|(account, _)| *account))
            .bind::<Nullable<BigInt>, _>(question.map(|(_, chat)| *chat));
    }
    let rows: Vec<ChatRow> = statement.load(conn).await?;
    Ok(rows.into_iter().map(|row| (row.asked, row)).collect())
}

async fn message_facts(
    conn: &mut AsyncPgConnection,
    me: AccountId,
    chat: ChatId,
    seq: i64,
    now: Timestamp,
) -> Result<Option<MessageFacts>> {
    let found: Option<(AccountId, Timestamp)> = messages::table
        .find((chat, seq))
        .select((messages::author_id, messages::sent_at))
        .first(conn)
        .await
        .optional()?;
    Ok(found.map(|(author, sent_at)| MessageFacts {
        own: author == me,
        age_ms: now.0 - sent_at.0,
    }))
}

async fn own_child(conn: &mut AsyncPgConnection, me: AccountId, link: i64) -> Result<bool> {
    let own = guardian_links::table
        .find(link)
        .filter(guardian_links::parent_id.eq(me))
        .filter(guardian_links::state.eq(LinkStatus::Confirmed));
    Ok(diesel::select(exists(own)).get_result(conn).await?)
}
