//! Fills the rule book's [`Facts`] from the database: the only code that does.

mod questions;
mod readers;
mod relations;
mod remembered;
mod standing;

use std::collections::HashMap;

use common::permissions::{
    About, Facts, LinkFacts, Machine, MessageFacts, Outside, Place, Relation, Scope,
};
use common::{AccountId, ChatId, Timestamp};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

pub use questions::Access;
pub use readers::{ReadChat, reader_in_class};
pub use relations::{Pair, relation, relations, writable};
pub use standing::{Standing, roles};

use crate::actor::Actor;
use crate::database::{row, rows, sql_query};
use crate::error::Result;
use crate::parents::link_status::LinkStatus;
use crate::schema::{guardian_links, messages};
use crate::schools::zone::Zone;

row! {
    struct PlaceRow {
        standing: Standing,
        school: SchoolRow,
    }

    struct SchoolRow {
        turns: i64 as BigInt,
        time_zone: Zone as Text,
    }

    struct ChatRow {
        /// The place of the question.
        asked: i64 as BigInt,
        chat: ReadChat,
        member: bool as Bool,
        school: SchoolRow,
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

impl Known {
    /// These alone, which are of no school.
    pub(crate) const fn outside(facts: Facts) -> Self {
        Self {
            facts,
            turn: None,
            zone: None,
        }
    }
}

/// What a scope has besides its place, for which there's a statement of its own.
enum More {
    Nothing,
    Person(AccountId),
    GuardianLink(i64),
}

async fn place_facts(conn: &mut AsyncPgConnection, actor: &Actor, scope: Scope) -> Result<Known> {
    let me = actor.account;
    let school = "SELECT id AS school_id, NULL::bigint AS class_id FROM schools";
    let (source, id, more) = match scope {
        // Those are answered elsewhere: no place in a school, and a chat's.
        Scope::Installation | Scope::Application(_) | Scope::Chat(_) | Scope::Message(..) => {
            return Ok(nowhere(Some(actor)));
        }
        Scope::School(id) => (school, id.0, More::Nothing),
        Scope::Person(id, account) => (school, id.0, More::Person(account)),
        Scope::Class(id) => (
            "SELECT school_id, id AS class_id FROM classes",
            id.0,
            More::Nothing,
        ),
        Scope::Invite(id) => (
            "SELECT school_id, class_id FROM invites",
            id.0,
            More::Nothing,
        ),
        Scope::JoinRequest(id) => (
            "SELECT school_id, class_id FROM join_requests",
            id.0,
            More::Nothing,
        ),
        Scope::GuardianLink(id) => (
            "SELECT school_id, class_id FROM guardian_links",
            id.0,
            More::GuardianLink(id.0),
        ),
    };
    let place: Option<PlaceRow> = sql_query(format!(
        "SELECT {}, turns, time_zone FROM ({source} WHERE id = $2) AS place
         JOIN schools ON schools.id = place.school_id",
        Standing::columns("place", "$1")
    ))
    .bind::<BigInt, _>(me)
    .bind::<BigInt, _>(id)
    .get_result(conn)
    .await
    .optional()?;
    let Some(row) = place else {
        return Ok(nowhere(Some(actor)));
    };
    let place = row.standing.place();
    // After the school's number, like whatever takes a statement of its own.
    let about = match more {
        More::Nothing => About::Place(place),
        More::Person(other) => About::Person(place, relation(conn, place.school, me, other).await?),
        More::GuardianLink(link) => {
            let own_child = own_child(conn, me, link).await?;
            About::GuardianLink(place, LinkFacts { own_child })
        }
    };
    Ok(row.school.known(me, about))
}

/// Outside of every school.
pub fn nowhere(actor: Option<&Actor>) -> Known {
    let who = actor.map(|actor| (actor.account, actor.operator));
    Known::outside(outside(who))
}

/// The facts of another program.
#[must_use]
pub const fn machine(monitor: bool) -> Facts {
    Facts {
        account: None,
        about: About::Machine(Machine { monitor }),
    }
}

/// The facts of someone outside of every school: a stranger, or who it is and whether an operator.
#[must_use]
pub fn outside(who: Option<(AccountId, bool)>) -> Facts {
    Facts {
        account: who.map(|(account, _)| account),
        about: About::Outside(Outside {
            operator: who.is_some_and(|(_, operator)| operator),
        }),
    }
}

/// The facts of someone who looks at a person: for lists, which were asked for many at once.
fn toward(account: AccountId, place: Place, person: Relation) -> Facts {
    Facts {
        account: Some(account),
        about: About::Person(place, person),
    }
}

impl SchoolRow {
    fn known(self, account: AccountId, about: About) -> Known {
        Known {
            facts: Facts {
                account: Some(account),
                about,
            },
            turn: Some(self.turns),
            zone: Some(self.time_zone),
        }
    }
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

/// With the other person of a direct chat, and the message that is asked about.
async fn chat_facts(
    conn: &mut AsyncPgConnection,
    actor: &Actor,
    scope: Scope,
    row: ChatRow,
    now: Timestamp,
) -> Result<Known> {
    let me = actor.account;
    let peer = match row.chat.pair(me) {
        Some((school, me, peer)) => Some(relation(conn, school, me, peer).await?),
        None => None,
    };
    let message = match scope {
        Scope::Message(chat, seq) => message_facts(conn, me, chat, seq, now).await?,
        _ => None,
    };
    Ok(row.known(me, peer, message))
}

impl ChatRow {
    fn known(
        self,
        account: AccountId,
        peer: Option<Relation>,
        message: Option<MessageFacts>,
    ) -> Known {
        let place = self.chat.standing.place();
        let chat = self.chat.facts(self.member, peer);
        let about = match message {
            Some(message) => About::Message(place, chat, message),
            None => About::Chat(place, chat),
        };
        self.school.known(account, about)
    }
}

/// By the place of the question, from 1.
async fn chat_rows(
    conn: &mut AsyncPgConnection,
    questions: &[(AccountId, ChatId)],
) -> Result<HashMap<i64, ChatRow>> {
    let asked = rows(questions.len(), &["bigint", "bigint"]);
    let mut statement = sql_query(format!(
        "SELECT asked.place AS asked, {}, turns, time_zone,
                EXISTS (SELECT FROM current_chat_members
                        WHERE chat_id = chats.id AND account_id = asked.account) AS member
         FROM (VALUES {}) AS asked (account, chat, place)
         JOIN chats ON chats.id = asked.chat
         JOIN schools ON schools.id = chats.school_id
         LEFT JOIN classes ON classes.id = chats.class_id",
        ReadChat::columns("asked.account"),
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
