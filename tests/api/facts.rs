//! The facts of the test's world, gathered apart from the server's own `access.rs`: whole tables are
//! read, and what they mean is worked out here.

use common::classes::ClassRole;
use common::permissions::{
    About, ChatFacts, ChatKind, Facts, InClass, LinkFacts, Machine, MessageFacts, Outside, Place,
    Relation, Role, Roles, Scope,
};
use common::{AccountId, ChatId, ClassId, SchoolId};
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl as _;
use tests::World;

const TABLES: &str = "
    SELECT 'operator' AS kind, account_id AS id, NULL::bigint AS school, NULL::bigint AS class,
           NULL::bigint AS one, NULL::bigint AS other, '' AS word, false AS mark FROM operators
    UNION ALL SELECT 'school', id, id, NULL, NULL, NULL, '', false FROM schools
    UNION ALL SELECT 'role', id, school_id, NULL, account_id, NULL, role, false FROM memberships
        WHERE ended_at IS NULL
    UNION ALL SELECT 'class', id, school_id, id, NULL, NULL, kind, archived_at IS NOT NULL
        FROM classes
    UNION ALL SELECT 'in_class', id, school_id, class_id, account_id, child_id, role, false
        FROM class_members WHERE ended_at IS NULL
    UNION ALL SELECT 'link', id, school_id, class_id, parent_id, child_id, state, false
        FROM guardian_links
    UNION ALL SELECT 'invite', id, school_id, class_id, NULL, NULL, role, false FROM invites
    UNION ALL SELECT 'request', id, school_id, class_id, account_id, NULL, role, false
        FROM join_requests
    UNION ALL SELECT 'chat', id, school_id, class_id, low_id, high_id, kind, false FROM chats
    UNION ALL SELECT 'message', chat_id, seq, NULL, author_id, NULL, '', false FROM messages
    UNION ALL SELECT 'in_chat', chat_id, NULL, NULL, account_id, NULL, '', false FROM chat_members
        WHERE left_at IS NULL";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    school: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    class: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    one: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    other: Option<i64>,
    #[diesel(sql_type = Text)]
    word: String,
    #[diesel(sql_type = Bool)]
    mark: bool,
}

/// Of the program that watches over the server.
pub fn monitor() -> Facts {
    Facts {
        account: None,
        about: About::Machine(Machine { monitor: true }),
    }
}

pub struct Tables(Vec<Row>);

impl Tables {
    pub async fn load(world: &World) -> Self {
        let mut conn = world.conn().await;
        Self(sql_query(TABLES).load(&mut *conn).await.unwrap())
    }

    /// What the rule book should look at when this account (None: a stranger) acts there.
    pub fn facts(&self, account: Option<AccountId>, scope: Scope) -> Facts {
        let about = account.map(|me| self.about(me.0, scope));
        let stranger = About::Outside(Outside { operator: false });
        Facts {
            account,
            about: about.unwrap_or(stranger),
        }
    }

    fn about(&self, me: i64, scope: Scope) -> About {
        let row = match scope {
            Scope::Installation | Scope::Application(_) => None,
            Scope::School(school) | Scope::Person(school, _) => self.one("school", school.0),
            Scope::Class(class) => self.one("class", class.0),
            Scope::Chat(chat) | Scope::Message(chat, _) => self.one("chat", chat.0),
            Scope::Invite(invite) => self.one("invite", invite.0),
            Scope::JoinRequest(request) => self.one("request", request.0),
            Scope::GuardianLink(link) => self.one("link", link.0),
        };
        let Some(row) = row else {
            return About::Outside(Outside {
                operator: self.all("operator").any(|row| row.id == me),
            });
        };
        let school = row.school.unwrap();
        let place = Place {
            school: SchoolId(school),
            roles: self.roles(school, me),
            class: row.class.map(ClassId),
            in_class: self.in_class(row.class, me),
        };
        match scope {
            Scope::Chat(_) => About::Chat(place, self.chat(row, me)),
            Scope::Message(chat, seq) => match self.message(chat, seq) {
                Some(author) => {
                    // All was sent this morning.
                    let (own, age_ms) = (author == me, 0);
                    About::Message(place, self.chat(row, me), MessageFacts { own, age_ms })
                }
                None => About::Chat(place, self.chat(row, me)),
            },
            Scope::Person(_, other) => About::Person(place, self.relation(school, me, other.0)),
            Scope::GuardianLink(_) => {
                let own_child = row.one == Some(me) && row.word == "confirmed";
                About::GuardianLink(place, LinkFacts { own_child })
            }
            _ => About::Place(place),
        }
    }

    fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Row> {
        self.0.iter().filter(move |row| row.kind == kind)
    }

    fn one(&self, kind: &str, id: i64) -> Option<&Row> {
        self.0.iter().find(|row| row.kind == kind && row.id == id)
    }

    fn roles(&self, school: i64, account: i64) -> Roles {
        self.all("role")
            .filter(|row| row.school == Some(school) && row.one == Some(account))
            .filter_map(|row| Role::parse(&row.word))
            .collect()
    }

    fn in_class(&self, class: Option<i64>, account: i64) -> InClass {
        self.all("in_class")
            .filter(|row| row.class == class && row.one == Some(account))
            .filter_map(|row| ClassRole::parse(&row.word))
            .collect()
    }

    fn chat(&self, row: &Row, me: i64) -> ChatFacts {
        let class = row.class.and_then(|class| self.one("class", class));
        let peer = if row.one == Some(me) {
            row.other
        } else {
            row.one
        };
        ChatFacts {
            kind: ChatKind::parse(&row.word).unwrap(),
            member: self
                .all("in_chat")
                .any(|it| it.id == row.id && it.one == Some(me)),
            archived: class.is_some_and(|class| class.mark),
            peer: peer.map(|peer| self.relation(row.school.unwrap(), me, peer)),
        }
    }

    /// Who wrote it.
    fn message(&self, chat: ChatId, seq: i64) -> Option<i64> {
        self.all("message")
            .find(|row| row.id == chat.0 && row.school == Some(seq))?
            .one
    }

    fn relation(&self, school: i64, me: i64, other: i64) -> Relation {
        let both = |mine: &[&str], theirs: &[&str]| {
            let places = |who: i64, roles: &[&str]| -> Vec<i64> {
                self.all("in_class")
                    .filter(|it| it.school == Some(school) && it.one == Some(who))
                    .filter(|it| roles.contains(&it.word.as_str()))
                    .filter_map(|it| it.class)
                    .filter(|class| self.one("class", *class).is_some_and(|it| !it.mark))
                    .collect()
            };
            let theirs = places(other, theirs);
            places(me, mine).iter().any(|class| theirs.contains(class))
        };
        let linked = |parent: i64, child: i64| {
            self.all("link").any(|it| {
                it.school == Some(school)
                    && (it.one, it.other) == (Some(parent), Some(child))
                    && it.word == "confirmed"
            })
        };
        let teachers = ["teacher", "class_teacher"];
        Relation {
            self_: me == other,
            roles: self.roles(school, other),
            classmate: both(&["student"], &["student"]),
            my_teacher: both(&["student"], &teachers),
            my_parent: linked(other, me),
            my_child: linked(me, other),
            my_childs_teacher: both(&["parent"], &teachers),
            fellow_parent: both(&["parent"], &["parent"]),
        }
    }
}
