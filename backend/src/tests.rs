//! Every statement in SQL, held to the migrated schema.
//!
//! Nothing else would notice a text that has fallen behind a migration, or a row that is read as another
//! type, before somebody calls it. So each is sent once, to the demo school; then PostgreSQL prepares what
//! was sent with the types of what was bound, and its columns are compared with what the rows are read by.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use common::chats::{Author, GetChanges, Page};
use common::classes::ClassRole;
use common::invites::Revoke;
use common::permissions::{Role, Scope};
use common::{AccountId, ChatId, ClassId, ClientId, Date, Name, SchoolId, SessionId, Timestamp};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use tokio_postgres::{Client, NoTls};

use crate::accounts::passwords::Passwords;
use crate::actor::Actor;
use crate::chats::new_message::NewMessage;
use crate::database::seen::{self, Statement};
use crate::database::{self, Connection, NAME};
use crate::live::Authors;
use crate::membership::{Change, Place, Set, Why};
use crate::people::queries::Which;
use crate::postgres::Cluster;
use crate::schema::{
    current_chat_members, current_class_members, current_roles, guardian_links,
    invites as invite_rows, join_requests,
};
use crate::{
    access, accounts, channels, chats, classes, demo, invites, membership, parents, people, schools,
};

const SCHOOL: SchoolId = SchoolId(1);
const NOW: Timestamp = Timestamp(
    Date {
        year: 2026,
        month: 11,
        day: 16,
    }
    .days() as i64
        * Timestamp::DAY,
);

#[tokio::test]
async fn every_statement_in_sql_fits_the_schema() {
    let cluster = Cluster::throw_away().unwrap();
    database::create_if_absent(&cluster.url("postgres"), NAME)
        .await
        .unwrap();
    let url = cluster.url(NAME);
    database::migrate(&url).await.unwrap();
    let mut conn = database::open(&url).await.unwrap();
    demo::fill(&mut conn, &Passwords::new().unwrap(), NOW)
        .await
        .unwrap();
    read(&mut conn).await;
    write(&mut conn).await;

    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    let spoken = tokio::spawn(connection);
    let mut unsent = written();
    let mut faults = Vec::new();
    for statement in seen::all() {
        unsent.remove(&(statement.place.file().into(), statement.place.line()));
        faults.extend(fault(&client, &statement).await);
    }
    drop(client);
    spoken.await.unwrap().unwrap();
    faults.dedup();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    assert!(unsent.is_empty(), "send these, too: {unsent:#?}");
}

/// Sends the statements that read.
async fn read(conn: &mut Connection) {
    let (student, class) = someone(conn, ClassRole::Student).await;
    let (parent, _) = someone(conn, ClassRole::Parent).await;
    let (chat, reader) = current_chat_members::table
        .select((
            current_chat_members::chat_id,
            current_chat_members::account_id,
        ))
        .first::<(ChatId, AccountId)>(conn)
        .await
        .unwrap();
    let actor = Actor {
        account: student,
        session: SessionId(1),
        operator: false,
        name: Name::default(),
    };
    // The demo school has neither.
    let invite = diesel::insert_into(invite_rows::table)
        .values((
            invite_rows::school_id.eq(SCHOOL),
            invite_rows::class_id.eq(class),
            invite_rows::role.eq(Role::Student),
            invite_rows::secret_hash.eq(vec![1; 32]),
            invite_rows::created_by.eq(student),
            invite_rows::created_at.eq(NOW),
            invite_rows::expires_at.eq(NOW),
            invite_rows::max_uses.eq(1),
        ))
        .returning(invite_rows::id)
        .get_result(conn)
        .await;
    let request = diesel::insert_into(join_requests::table)
        .values((
            join_requests::school_id.eq(SCHOOL),
            join_requests::class_id.eq(class),
            join_requests::account_id.eq(student),
            join_requests::role.eq(Role::Student),
            join_requests::message.eq(""),
            join_requests::asked_at.eq(NOW),
        ))
        .returning(join_requests::id)
        .get_result(conn)
        .await;
    let link = guardian_links::table.select(guardian_links::id);
    let link = link.first(conn).await;
    for scope in [
        Scope::Class(class),
        Scope::Chat(chat),
        Scope::Person(SCHOOL, parent),
        Scope::Invite(invite.unwrap()),
        Scope::JoinRequest(request.unwrap()),
        Scope::GuardianLink(link.unwrap()),
    ] {
        let known = access::known_in(conn, &actor, scope, NOW).await.unwrap();
        assert_eq!(known.facts.school(), Some(SCHOOL));
    }
    let views = channels::queries::views(conn, chat, 1, 3).await.unwrap();
    assert_eq!(views.len(), 3);

    let authors = Authors::default();
    for page in [Page::Newest, Page::Before(9), Page::After(1)] {
        let history = chats::queries::messages(conn, &authors, SCHOOL, chat, page);
        assert!(!history.await.unwrap().0.messages.is_empty());
    }
    let changes = GetChanges {
        chat,
        after: 0,
        first: 1,
        last: 9,
    };
    chats::queries::changes(conn, &changes).await.unwrap();
    chats::queries::message(conn, chat, 1)
        .await
        .unwrap()
        .unwrap();
    assert!(!chats::queries::list(conn, parent).await.unwrap().is_empty());
    let listed = chats::queries::listed(conn, &[(chat, reader)]).await;
    assert_eq!(listed.unwrap().len(), 1);
    let subscriptions = chats::queries::subscriptions(conn, reader).await;
    assert!(subscriptions.unwrap().chats.contains_key(&chat));
    let wrote = chats::queries::wrote(conn, SCHOOL, &[student]).await;
    wrote.unwrap();
    let of_classes = chats::queries::of_classes(conn, SCHOOL, &[student], &[chat]).await;
    assert!(!of_classes.unwrap().is_empty());

    let structure = classes::queries::classes(conn, SCHOOL, None).await;
    assert!(structure.unwrap().len() > 30);
    let members = classes::members::queries::members(conn, SCHOOL, class, true).await;
    assert!(members.unwrap().iter().any(|one| !one.family.is_empty()));
    for lock in [true, false] {
        let held = invites::queries::held(conn, &[0; 32], lock, NOW).await;
        assert!(held.is_err(), "there's no such invite");
    }
    let children = parents::queries::children(conn, &[parent], None).await;
    assert!(!children.unwrap().is_empty());
    let found = people::queries::people(conn, SCHOOL, &Which::default(), 0).await;
    assert!(found.unwrap().total > 2000);
    for staff in [true, false] {
        let everybody = Which::default().search;
        let candidates =
            people::contacts::queries::candidates(conn, SCHOOL, student, staff, &everybody, 9);
        assert_eq!(candidates.await.unwrap().len(), 9);
    }
    let mine = schools::queries::mine(conn, &[student], None).await;
    assert_eq!(mine.unwrap().len(), 1);
}

/// Sends the statements that write, but those by which the demo school was made.
async fn write(conn: &mut Connection) {
    accounts::queries::delete_idle_sessions(conn, NOW, 1)
        .await
        .unwrap();
    schools::applications::queries::delete_refused_orders(conn, NOW, 1)
        .await
        .unwrap();
    let unused = Revoke::UnusedOfSchool { school: SCHOOL };
    invites::queries::revoke(conn, SCHOOL, &unused, NOW)
        .await
        .unwrap();
    accounts::queries::use_session(conn, &[0; 32], NOW, NOW)
        .await
        .unwrap();
    classes::queries::insert(conn, SCHOOL, 2026, &[], NOW)
        .await
        .unwrap();
    let (student, class) = someone(conn, ClassRole::Student).await;
    let teacher = current_roles::table
        .filter(current_roles::role.eq(Role::Teacher))
        .select(current_roles::account_id)
        .first::<AccountId>(conn)
        .await
        .unwrap();
    // The student leaves; a teacher becomes a parent.
    let changes = [
        Change::end(student, Place::School(Role::Student), NOW),
        Change::begin(
            teacher,
            Place::Family {
                child: other_student(conn, student).await,
                class,
            },
            NOW,
        ),
    ];
    let set = Set {
        school: SCHOOL,
        changes: &changes,
        why: Why::Staff,
        by: None,
        at: NOW,
    };
    let effects = membership::write(conn, &set).await.unwrap();
    assert!(!effects.new_links.is_empty() && !effects.leaves.is_empty());
    for change in [Change::archive(class, NOW), Change::restore(class, NOW)] {
        let archive = Set {
            changes: &[change],
            ..set
        };
        let shown = membership::preview(conn, &archive).await.unwrap();
        assert!(shown.closes.len() + shown.opens.len() > 30);
        let effects = membership::write(conn, &archive).await.unwrap();
        assert_eq!(effects, shown.effects);
    }

    let (chat, author) = current_chat_members::table
        .select((
            current_chat_members::chat_id,
            current_chat_members::account_id,
        ))
        .first::<(ChatId, AccountId)>(conn)
        .await
        .unwrap();
    let send = |client_id| NewMessage {
        school: SCHOOL,
        turn: 0,
        chat,
        author: Author {
            id: author,
            name: String::new(),
            role: Role::Student,
        },
        client_id: ClientId(client_id),
        body: "Доброе утро".into(),
        sent_at: NOW,
    };
    // One is written by another text than several.
    let one = chats::queries::insert_messages(conn, &[send(1)]).await;
    let seq = one.unwrap()[&0].seq;
    let several = chats::queries::insert_messages(conn, &[send(2), send(3)]).await;
    let several = several.unwrap();
    assert_eq!([several[&0].seq, several[&1].seq], [seq + 1, seq + 2]);
    let deleted = chats::queries::delete_message(conn, chat, seq, author, NOW).await;
    assert_eq!(deleted.unwrap(), Some(1));
    chats::queries::mark_read(conn, chat, author, seq)
        .await
        .unwrap();
}

/// Who is something in a class.
async fn someone(conn: &mut Connection, role: ClassRole) -> (AccountId, ClassId) {
    current_class_members::table
        .filter(current_class_members::role.eq(role))
        .order(current_class_members::account_id)
        .select((
            current_class_members::account_id,
            current_class_members::class_id,
        ))
        .first(conn)
        .await
        .unwrap()
}

async fn other_student(conn: &mut Connection, than: AccountId) -> AccountId {
    current_class_members::table
        .filter(current_class_members::role.eq(ClassRole::Student))
        .filter(current_class_members::account_id.ne(than))
        .order(current_class_members::account_id)
        .select(current_class_members::account_id)
        .first(conn)
        .await
        .unwrap()
}

/// What is wrong with a statement.
async fn fault(client: &Client, statement: &Statement) -> Option<String> {
    let Statement {
        place, text, bound, ..
    } = statement;
    let prepared = match client.prepare_typed(text, bound).await {
        Ok(prepared) => prepared,
        Err(error) => {
            let cause = error.as_db_error().map(ToString::to_string);
            return Some(format!("{place}: {}", cause.unwrap_or(error.to_string())));
        }
    };
    let columns = prepared.columns();
    statement.read.iter().find_map(|read| {
        let found = match read.name {
            Some(name) => columns.iter().find(|column| column.name() == name),
            None => columns.first(),
        };
        let type_ = found.map(|column| column.type_().clone());
        (type_.as_ref() != Some(&read.type_))
            .then(|| format!("{place}: reads {read:?}, and that is {type_:?}"))
    })
}

/// Where `sql_query` is called: file and line.
fn written() -> BTreeSet<(String, u32)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    gather(&root.join("src"), &mut files);
    let mut places = BTreeSet::new();
    for file in files {
        let path = file.strip_prefix(root.parent().unwrap()).unwrap();
        let path = path.to_str().unwrap();
        // The tests' own; the function; and what asks for settings, without a table.
        if ["tests.rs", "database/statement.rs", "database/check.rs"]
            .iter()
            .any(|other| path.ends_with(other))
        {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        for (line, code) in (1..).zip(text.lines()) {
            if code.contains("sql_query(") && !code.trim_start().starts_with("//") {
                places.insert((path.to_owned(), line));
            }
        }
    }
    assert!(places.len() > 30, "{places:?}");
    places
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
}
