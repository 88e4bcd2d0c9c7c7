//! Fills the rule book's [`Facts`] from the database: the only code that does.

mod relations;

use std::collections::HashMap;

use common::error::Error;
use common::permissions::{
    ChatFacts, ChatKind, Facts, InClass, MessageFacts, Relation, Roles, Scope,
};
use common::{AccountId, ChatId, ClassId, SchoolId, Timestamp};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::sync::{mpsc, oneshot};

pub use relations::{Pair, relation, relations};

use crate::actor::Actor;
use crate::database::{Pool, rows, sql_query};
use crate::error::Result;
use crate::queue::{Queue, Tally};
use crate::schema::messages;

#[derive(QueryableByName)]
struct PlaceRow {
    #[diesel(sql_type = BigInt)]
    school_id: SchoolId,
    #[diesel(sql_type = Nullable<BigInt>)]
    class_id: Option<ClassId>,
    #[diesel(sql_type = Array<Text>)]
    roles: Roles,
    #[diesel(sql_type = Array<Text>)]
    class_roles: InClass,
    /// Of the school.
    #[diesel(sql_type = BigInt)]
    turns: i64,
}

#[derive(QueryableByName)]
struct ChatRow {
    /// The place of the question.
    #[diesel(sql_type = BigInt, column_name = place)]
    asked: i64,
    #[diesel(embed)]
    place: PlaceRow,
    #[diesel(sql_type = Text)]
    kind: ChatKind,
    #[diesel(sql_type = Bool)]
    member: bool,
    #[diesel(sql_type = Bool)]
    archived: bool,
    #[diesel(sql_type = Nullable<BigInt>)]
    peer_id: Option<AccountId>,
}

/// What the rule book looks at, and as of when.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub facts: Facts,
    /// The school's number (see [`Tx::take_turns`](crate::write::Tx::take_turns)): who belongs where is so as
    /// long as it's the same. None outside of schools.
    pub turn: Option<i64>,
}

/// The person's current roles in a school, and what the person is in a class, for any `place`
/// with school_id and class_id. $1 is the person.
const ROLES: &str = "place.school_id, place.class_id, \
    ARRAY(SELECT role FROM memberships \
          WHERE school_id = place.school_id AND account_id = $1 AND ended_at IS NULL) AS roles, \
    ARRAY(SELECT role FROM class_members \
          WHERE class_id = place.class_id AND account_id = $1 AND ended_at IS NULL) AS class_roles, \
    (SELECT turns FROM schools WHERE schools.id = place.school_id) AS turns";

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
        "SELECT {ROLES} FROM ({source} WHERE id = $2) AS place"
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
    let facts = &mut known.facts;
    facts.school = Some(place.school_id);
    facts.class = place.class_id;
    facts.roles = place.roles;
    facts.in_class = place.class_roles;
}

/// Who asks about which chat, and where the answer goes.
type Question = (AccountId, ChatId, oneshot::Sender<Result<Option<ChatRow>>>);

/// Questions in one statement, at most.
const BATCH: usize = 256;

/// Questions that wait, at most; beyond that the server is overloaded and says so.
const WAITING: usize = 4096;

/// Fills the facts. Questions about chats, which every message asks, go together: all that came while
/// the last statement ran go with the next one, so that a busy school asks once for many.
#[derive(Clone)]
pub struct Access {
    pool: Pool,
    questions: mpsc::Sender<Question>,
    refused: Tally,
}

impl Access {
    /// Starts the task that asks; it ends with the last `Access`.
    #[must_use]
    pub fn start(pool: Pool) -> Self {
        let (questions, waiting) = mpsc::channel(WAITING);
        tokio::spawn(answer(pool.clone(), waiting));
        Self {
            pool,
            questions,
            refused: Tally::default(),
        }
    }

    #[must_use]
    pub fn queue(&self) -> Queue {
        let waiting = WAITING - self.questions.capacity();
        Queue::new("rules", waiting, &self.refused)
    }

    /// What the rule book looks at: one statement; another one for the other person of a direct
    /// chat, a message, a person or a guardian link; none outside of schools.
    ///
    /// # Errors
    /// The database's; `Unavailable` when too many wait. What doesn't exist gives facts without a
    /// school, on which every rule says «not found».
    pub async fn known(&self, actor: &Actor, scope: Scope, now: Timestamp) -> Result<Known> {
        let chat = match scope {
            Scope::Installation | Scope::Application(_) => return Ok(nowhere(Some(actor))),
            Scope::Chat(chat) | Scope::Message(chat, _) => chat,
            scope => return place_facts(&mut *self.pool.get().await?, actor, scope).await,
        };
        let row = self.chat_row(actor.account, chat).await?;
        let more = matches!(scope, Scope::Message(..));
        match row {
            Some(row) if more || row.peer_id.is_some() => {
                let mut conn = self.pool.get().await?;
                chat_facts(&mut conn, actor, scope, row, now).await
            }
            row => Ok(row.map_or(nowhere(Some(actor)), |row| of_chat(actor, row))),
        }
    }

    async fn chat_row(&self, account: AccountId, chat: ChatId) -> Result<Option<ChatRow>> {
        let (question, answer) = oneshot::channel();
        if self.questions.try_send((account, chat, question)).is_err() {
            self.refused.add();
            return Err(Error::Unavailable.into());
        }
        answer.await.map_err(|_| Error::Unavailable)?
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

async fn answer(pool: Pool, mut waiting: mpsc::Receiver<Question>) {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let questions = std::mem::take(&mut batch);
        let asked: Vec<_> = questions
            .iter()
            .map(|(who, chat, _)| (*who, *chat))
            .collect();
        let rows = async { chat_rows(&mut *pool.get().await?, &asked).await };
        match rows.await {
            Ok(mut rows) => {
                for (place, (_, _, answer)) in (1..).zip(questions) {
                    let _ = answer.send(Ok(rows.remove(&place)));
                }
            }
            Err(failure) => {
                tracing::error!(%failure, questions = questions.len(), "the rule book could not be asked");
                for (_, _, answer) in questions {
                    let _ = answer.send(Err(Error::Unavailable.into()));
                }
            }
        }
    }
}

/// By the place of the question, from 1.
async fn chat_rows(
    conn: &mut AsyncPgConnection,
    questions: &[(AccountId, ChatId)],
) -> Result<HashMap<i64, ChatRow>> {
    let asked = rows(questions.len(), &["bigint", "bigint"]);
    let mut statement = sql_query(format!(
        "SELECT asked.place, chats.school_id, chats.class_id, chats.kind, schools.turns,
                classes.archived_at IS NOT NULL AS archived,
                ARRAY(SELECT role FROM memberships
                      WHERE school_id = chats.school_id AND account_id = asked.account
                        AND ended_at IS NULL) AS roles,
                ARRAY(SELECT role FROM class_members
                      WHERE class_id = chats.class_id AND account_id = asked.account
                        AND ended_at IS NULL) AS class_roles,
                CASE WHEN low_id = asked.account THEN high_id ELSE low_id END AS peer_id,
                EXISTS (SELECT FROM chat_members
                        WHERE chat_id = chats.id AND account_id = asked.account
                          AND left_at IS NULL) AS member
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
    Ok(sql_query(
        "SELECT EXISTS (SELECT FROM guardian_links \
                        WHERE id = $2 AND parent_id = $1 AND state = 'confirmed')",
    )
    .bind::<BigInt, _>(me)
    .bind::<BigInt, _>(link)
    .value::<Bool, _>(conn)
    .await?)
}
