//! Fills the rule book's [`Facts`] from the database: the only code that does.

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

use crate::app::Actor;
use crate::database::{Pool, rows, sql_query};
use crate::error::Result;
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

/// The person's current roles in a school, and what the person is in a class, for any `place`
/// with school_id and class_id. $1 is the person.
const ROLES: &str = "place.school_id, place.class_id, \
    ARRAY(SELECT role FROM memberships \
          WHERE school_id = place.school_id AND account_id = $1 AND ended_at IS NULL) AS roles, \
    ARRAY(SELECT role FROM class_members \
          WHERE class_id = place.class_id AND account_id = $1 AND ended_at IS NULL) AS class_roles";

async fn place_facts(conn: &mut AsyncPgConnection, actor: &Actor, scope: Scope) -> Result<Facts> {
    let mut facts = outside(Some(actor));
    let me = actor.account;
    let (source, id) = match scope {
        // Those are answered elsewhere: no place in a school, and a chat's.
        Scope::Installation | Scope::Application(_) | Scope::Chat(_) | Scope::Message(..) => {
            return Ok(facts);
        }
        Scope::School(id) => (
            "SELECT id AS school_id, NULL::bigint AS class_id FROM schools",
            id.0,
        ),
        Scope::Class(id) => ("SELECT school_id, id AS class_id FROM classes", id.0),
        Scope::Invite(id) => ("SELECT school_id, class_id FROM invites", id.0),
        Scope::JoinRequest(id) => ("SELECT school_id, class_id FROM join_requests", id.0),
        Scope::GuardianLink(id) => {
            facts.own_child = own_child(conn, me, id.0).await?;
            ("SELECT school_id, class_id FROM guardian_links", id.0)
        }
        Scope::Person(school, account) => {
            facts.person = Some(relation(conn, school, me, account).await?);
            (
                "SELECT id AS school_id, NULL::bigint AS class_id FROM schools",
                school.0,
            )
        }
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
        fill(&mut facts, place);
    }
    Ok(facts)
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

fn fill(facts: &mut Facts, place: PlaceRow) {
    facts.school = Some(place.school_id);
    facts.class = place.class_id;
    facts.roles = place.roles;
    facts.in_class = place.class_roles;
}

/// Who asks about which chat, and where the answer goes.
type Question = (AccountId, ChatId, oneshot::Sender<Result<Option<ChatRow>>>);

/// Questions in one statement, at most.
const BATCH: usize = 256;

/// Fills the facts. Questions about chats, which every message asks, go together: all that came while
/// the last statement ran go with the next one, so that a busy school asks once for many.
#[derive(Clone)]
pub struct Access {
    pool: Pool,
    questions: mpsc::UnboundedSender<Question>,
}

impl Access {
    /// Starts the task that asks; it ends with the last `Access`.
    #[must_use]
    pub fn start(pool: Pool) -> Self {
        let (questions, waiting) = mpsc::unbounded_channel();
        tokio::spawn(answer(pool.clone(), waiting));
        Self { pool, questions }
    }

    /// What the rule book looks at: one statement; another one for the other person of a direct
    /// chat, a message, a person or a guardian link; none outside of schools.
    ///
    /// # Errors
    /// The database's. What doesn't exist gives facts without a school, on which every rule says
    /// «not found».
    pub async fn facts(&self, actor: &Actor, scope: Scope, now: Timestamp) -> Result<Facts> {
        match scope {
            Scope::Installation | Scope::Application(_) => Ok(outside(Some(actor))),
            Scope::Chat(chat) => self.chat_facts(actor, chat).await,
            Scope::Message(chat, seq) => {
                let mut facts = self.chat_facts(actor, chat).await?;
                let mut conn = self.pool.get().await?;
                facts.message = message_facts(&mut conn, actor.account, chat, seq, now).await?;
                Ok(facts)
            }
            scope => place_facts(&mut *self.pool.get().await?, actor, scope).await,
        }
    }

    async fn chat_facts(&self, actor: &Actor, chat: ChatId) -> Result<Facts> {
        let mut facts = outside(Some(actor));
        let (question, answer) = oneshot::channel();
        self.questions
            .send((actor.account, chat, question))
            .map_err(|_| Error::Unavailable)?;
        let Some(row) = answer.await.map_err(|_| Error::Unavailable)?? else {
            return Ok(facts);
        };
        let peer = match row.peer_id {
            Some(peer) => {
                let mut conn = self.pool.get().await?;
                relation(&mut conn, row.place.school_id, actor.account, peer).await?
            }
            None => Relation::default(),
        };
        facts.chat = Some(ChatFacts {
            kind: row.kind,
            member: row.member,
            archived: row.archived,
            peer,
        });
        fill(&mut facts, row.place);
        Ok(facts)
    }
}

async fn answer(pool: Pool, mut waiting: mpsc::UnboundedReceiver<Question>) {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let questions = std::mem::take(&mut batch);
        match chat_rows(&pool, &questions).await {
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
async fn chat_rows(pool: &Pool, questions: &[Question]) -> Result<HashMap<i64, ChatRow>> {
    let asked = rows(questions.len(), &["bigint", "bigint"]);
    let mut statement = sql_query(format!(
        "SELECT asked.place, chats.school_id, chats.class_id, chats.kind,
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
         LEFT JOIN classes ON classes.id = chats.class_id",
        asked.text
    ));
    for place in 0..asked.places {
        let question = questions.get(place);
        statement = statement
            .bind::<Nullable<BigInt>, _>(question.map(|(account, ..)| *account))
            .bind::<Nullable<BigInt>, _>(question.map(|(_, chat, _)| *chat));
    }
    let rows: Vec<ChatRow> = statement.load(&mut *pool.get().await?).await?;
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

#[derive(QueryableByName)]
struct RelationRow {
    #[diesel(sql_type = BigInt)]
    other: AccountId,
    #[diesel(sql_type = Array<Text>)]
    roles: Roles,
    #[diesel(sql_type = Bool)]
    classmate: bool,
    #[diesel(sql_type = Bool)]
    my_teacher: bool,
    #[diesel(sql_type = Bool)]
    my_parent: bool,
    #[diesel(sql_type = Bool)]
    my_child: bool,
    #[diesel(sql_type = Bool)]
    my_childs_teacher: bool,
    #[diesel(sql_type = Bool)]
    fellow_parent: bool,
}

/// How others stand to a person in a school: what the contact rule (R72 to R74) looks at, for all
/// of them in one statement.
pub async fn relations(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    me: AccountId,
    others: &[AccountId],
) -> Result<Vec<(AccountId, Relation)>> {
    let rows: Vec<RelationRow> = sql_query(
        "WITH mine AS MATERIALIZED (
             SELECT class_id, role FROM class_members JOIN classes ON classes.id = class_id
             WHERE account_id = $2 AND class_members.school_id = $1 AND ended_at IS NULL
               AND archived_at IS NULL)
         SELECT others.id AS other,
             ARRAY(SELECT role FROM memberships
                   WHERE school_id = $1 AND account_id = others.id AND ended_at IS NULL) AS roles,
             EXISTS (SELECT FROM class_members AS theirs JOIN mine USING (class_id)
                     WHERE theirs.account_id = others.id AND theirs.ended_at IS NULL AND mine.role = 'student' AND theirs.role = 'student') AS classmate,
             EXISTS (SELECT FROM class_members AS theirs JOIN mine USING (class_id)
                     WHERE theirs.account_id = others.id AND theirs.ended_at IS NULL AND mine.role = 'student'
                       AND theirs.role IN ('teacher', 'class_teacher')) AS my_teacher,
             EXISTS (SELECT FROM guardian_links
                     WHERE school_id = $1 AND child_id = $2 AND parent_id = others.id
                       AND state = 'confirmed') AS my_parent,
             EXISTS (SELECT FROM guardian_links
                     WHERE school_id = $1 AND parent_id = $2 AND child_id = others.id
                       AND state = 'confirmed') AS my_child,
             EXISTS (SELECT FROM class_members AS theirs JOIN mine USING (class_id)
                     WHERE theirs.account_id = others.id AND theirs.ended_at IS NULL AND mine.role = 'parent'
                       AND theirs.role IN ('teacher', 'class_teacher')) AS my_childs_teacher,
             EXISTS (SELECT FROM class_members AS theirs JOIN mine USING (class_id)
                     WHERE theirs.account_id = others.id AND theirs.ended_at IS NULL AND mine.role = 'parent' AND theirs.role = 'parent') AS fellow_parent
         FROM unnest($3) AS others (id)",
    )
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(me)
    .bind::<Array<BigInt>, _>(others)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let relation = Relation {
                self_: row.other == me,
                roles: row.roles,
                classmate: row.classmate,
                my_teacher: row.my_teacher,
                my_parent: row.my_parent,
                my_child: row.my_child,
                my_childs_teacher: row.my_childs_teacher,
                fellow_parent: row.fellow_parent,
            };
            (row.other, relation)
        })
        .collect())
}

/// How one person stands to another in a school.
pub async fn relation(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    me: AccountId,
    other: AccountId,
) -> Result<Relation> {
    let all = relations(conn, school, me, &[other]).await?;
    Ok(all
        .into_iter()
        .next()
        .map_or_else(Relation::default, |(_, relation)| relation))
}
