//! The grid of rights, as a head teacher could read it: who may do what, and where.

use std::collections::HashSet;
use std::fmt::Write as _;

use backend::access;
use common::chats::Chat;
use common::endpoints::ALL;
use common::permissions::{Action, Denial, Reason, Role, Scope, allows};
use common::realtime::{GetState, State};
use common::{
    AccountId, ApplicationId, ChatId, ClassId, GuardianLinkId, Name, SessionId, Timestamp,
};
use tests::place::{
    CLASS, PARENTS_CHAT, SCHOOL, SCHOOL_CHANNEL, STAFF_CHANNEL, STAFF_ROOM, STUDENTS_CHAT,
    TEACHERS_CHAT,
};
use tests::{Actor, TestSchool};

use crate::facts::{self, Tables};
use crate::samples::{WORLD, samples};

/// A channel of 7А; and 9В, archived, with the same class teacher, student and parent.
const MORE: &str = "
    INSERT INTO classes (id, school_id, kind, grade, letter, name, year, created_at, archived_at)
    OVERRIDING SYSTEM VALUE VALUES
        (90, 1, 'grade', 9, 'В', '9В', 2026, '2026-11-16 06:00:00+00', '2026-11-16 06:00:00+00');
    INSERT INTO class_members (school_id, class_id, account_id, role, started_at) VALUES
        (1, 90, 2, 'class_teacher', '2026-11-16 06:00:00+00'),
        (1, 90, 5, 'student', '2026-11-16 06:00:00+00');
    INSERT INTO chats (id, school_id, class_id, kind, name, audience, created_at)
    OVERRIDING SYSTEM VALUE VALUES
        (90, 1, 90, 'class_students', NULL, NULL, '2026-11-16 06:00:00+00'),
        (91, 1, 1, 'channel', 'Новости 7А', 'class', '2026-11-16 06:00:00+00');
    INSERT INTO chats (id, school_id, kind, low_id, high_id, created_at)
    OVERRIDING SYSTEM VALUE VALUES
        (92, 1, 'direct', 4, 5, '2026-11-16 06:00:00+00'),
        (93, 1, 'direct', 5, 7, '2026-11-16 06:00:00+00');
    INSERT INTO chat_members (chat_id, account_id, read_seq, joined_at)
    SELECT chat_id, account_id, 0, '2026-11-16 06:00:00+00' FROM rightful_chat_members
    WHERE chat_id BETWEEN 90 AND 93;
    INSERT INTO messages (chat_id, seq, author_id, client_id, body, sent_at) VALUES
        (1, 1, 5, gen_random_uuid(), 'Завтра контрольная?', '2026-11-16 06:00:00+00'),
        (90, 1, 5, gen_random_uuid(), 'До встречи', '2026-11-16 06:00:00+00'),
        (8, 1, 1, gen_random_uuid(), 'Завтра карантин', '2026-11-16 06:00:00+00');
    UPDATE chats SET last_seq = 1 WHERE id IN (1, 8, 90);";

const ARCHIVED_CHAT: ChatId = ChatId(90);
const CLASS_CHANNEL: ChatId = ChatId(91);
/// The other teacher wrote to the student.
const FROM_STAFF: ChatId = ChatId(92);
/// The student and the one in 7Б were classmates once.
const WITHOUT_CONTACT: ChatId = ChatId(93);

/// Who stands in which column.
fn columns(school: &TestSchool) -> [(&'static str, Option<&Actor>); 13] {
    [
        ("администратор", Some(&school.admin)),
        ("кл. рук. 7А", Some(&school.class_teacher)),
        ("учитель 7А", Some(&school.teacher)),
        ("кл. рук. 7Б", Some(&school.other_teacher)),
        ("ученик 7А", Some(&school.student)),
        ("ученица 7А", Some(&school.classmate)),
        ("ученик 7Б", Some(&school.other_student)),
        ("родитель ученика 7А", Some(&school.parent)),
        ("родитель ученицы 7А", Some(&school.fellow_parent)),
        ("родитель из 7Б", Some(&school.other_parent)),
        ("админ. чужой школы", Some(&school.outside_admin)),
        ("оператор", Some(&school.operator)),
        ("не вошёл", None),
    ]
}

fn rows() -> Vec<(Action, &'static str, Scope)> {
    let school = Scope::School(SCHOOL);
    let class = Scope::Class(CLASS);
    let person = |number| Scope::Person(SCHOOL, AccountId(number));
    let mut rows = vec![
        (Action::Anyone, "", Scope::Installation),
        (Action::UseAccount, "", Scope::Installation),
        (
            Action::ReviewApplications,
            "",
            Scope::Application(ApplicationId(1)),
        ),
        (Action::SeeMetrics, "", Scope::Installation),
        (Action::SeeSchool, "", school),
        (Action::EditSchool, "", school),
        (Action::SeeStructure, "", school),
        (Action::EditStructure, "", school),
        (Action::SeePeople, "", school),
        (Action::ManagePeople, "", school),
        (Action::SeeContacts, "", school),
        (Action::ManageChannels, "", school),
        (Action::SeeClass, "7А", class),
        (Action::SeeClass, "«Учительская»", Scope::Class(STAFF_ROOM)),
        (Action::SeeClass, "9В в архиве", Scope::Class(ClassId(90))),
        (Action::LeadClass, "7А", class),
    ];
    for role in Role::ALL {
        rows.push((Action::Invite(role), "7А", class));
    }
    for (action, place, scope) in [
        (Action::ManageInvites, "школа", school),
        (Action::ManageInvites, "7А", class),
        (Action::DecideRequest, "школа", school),
        (Action::DecideRequest, "7А", class),
    ] {
        rows.push((action, place, scope));
    }
    let chats = [
        ("ученики 7А", STUDENTS_CHAT),
        ("родители 7А", PARENTS_CHAT),
        ("учителя 7А", TEACHERS_CHAT),
        ("ученики 9В в архиве", ARCHIVED_CHAT),
        ("«Общешкольный»", SCHOOL_CHANNEL),
        ("«Сотрудники»", STAFF_CHANNEL),
        ("канал 7А", CLASS_CHANNEL),
        ("ученик 7А и кл. рук. 7Б", FROM_STAFF),
        ("ученики 7А и 7Б", WITHOUT_CONTACT),
    ];
    for action in [Action::ReadChat, Action::WriteChat] {
        rows.extend(chats.map(|(name, chat)| (action, name, Scope::Chat(chat))));
    }
    for (name, chat) in &chats[4..7] {
        rows.push((Action::SeeViews, name, Scope::Chat(*chat)));
    }
    for (name, chat, seq) in [
        ("ученика 7А ученикам", STUDENTS_CHAT, 1),
        ("в архиве", ARCHIVED_CHAT, 1),
        ("админ. всей школе", SCHOOL_CHANNEL, 1),
    ] {
        rows.push((Action::DeleteMessage, name, Scope::Message(chat, seq)));
    }
    for (name, number) in [
        ("администратору", 1),
        ("кл. рук. 7А", 2),
        ("учителю 7А", 3),
        ("кл. рук. 7Б", 4),
        ("ученику 7А", 5),
        ("ученице 7А", 6),
        ("ученику 7Б", 7),
        ("родителю ученика 7А", 8),
        ("родителю ученицы 7А", 9),
        ("родителю из 7Б", 10),
        ("в чужую школу", 13),
    ] {
        rows.push((Action::WriteTo, name, person(number)));
    }
    let link = Scope::GuardianLink(GuardianLinkId(1));
    rows.push((Action::ActForChild, "ученик 7А", link));
    rows
}

/// A new action doesn't compile without its words.
fn words(action: Action) -> &'static str {
    match action {
        Action::Anyone => "войти, подать заявку, открыть приглашение",
        Action::UseAccount => "свой профиль: сеансы, пароль, принять приглашение",
        Action::ReviewApplications => "рассматривать заявки школ",
        Action::SeeMetrics => "следить за сервером",
        Action::SeeSchool => "видеть страницу школы",
        Action::EditSchool => "править страницу школы",
        Action::SeeStructure => "видеть все классы",
        Action::EditStructure => "создавать и менять классы",
        Action::SeePeople => "видеть список людей с телефонами",
        Action::ManagePeople => "роли, администраторы, сброс пароля",
        Action::SeeContacts => "видеть, кому можно написать",
        Action::SeeClass => "видеть класс",
        Action::LeadClass => "вести класс: состав, родители",
        Action::Invite(Role::Administrator) => "пригласить администратора",
        Action::Invite(Role::Teacher) => "пригласить учителя",
        Action::Invite(Role::Student) => "пригласить ученика",
        Action::Invite(Role::Parent) => "пригласить родителя",
        Action::ManageInvites => "видеть и отзывать приглашения",
        Action::DecideRequest => "решать по просьбам о вступлении",
        Action::ReadChat => "читать",
        Action::WriteChat => "писать",
        Action::DeleteMessage => "удалить сообщение для всех",
        Action::SeeViews => "видеть просмотры",
        Action::ManageChannels => "создавать каналы",
        Action::WriteTo => "начать переписку",
        Action::ActForChild => "регистрировать и подтверждать ребёнка",
    }
}

fn cell(answer: Result<(), Denial>) -> &'static str {
    match answer {
        Ok(()) => "да",
        Err(Denial::SignIn) => "войдите",
        Err(Denial::Unseen) => "—",
        Err(Denial::Forbidden(reason)) => match reason {
            Reason::AdministratorOnly => "админ",
            Reason::ClassTeacherOnly => "кл. рук.",
            Reason::StaffOnly => "учителя",
            Reason::ReadersOnly => "читатель",
            Reason::ClassReadersOnly => "чит. кл.",
            Reason::NoContact => "не знаком",
            Reason::Archived => "архив",
            Reason::OtherPhone => "телефон",
            Reason::AuthorOnly => "автор",
            Reason::TooLate => "поздно",
        },
    }
}

const LEGEND: &str = "\
да: можно; —: для этого человека такого нет («не найдено»); слово: видно, но нельзя, и почему:
админ: только администратор; кл. рук.: только классный руководитель и администратор;
учителя: только сотрудники школы; читатель: в канал пишут администраторы; чит. кл.: в канал класса
пишут классный руководитель и администраторы; не знаком: нет общего класса; архив: класс в архиве, всё
сказанное остаётся; автор: только тот, кто написал; поздно: прошло больше двух суток.
";

#[tokio::test]
async fn the_grid_of_rights() {
    let school = TestSchool::offline().await;
    school.sql(MORE).await;
    let tables = Tables::load(&school).await;
    let columns = columns(&school);
    let mut grid = String::from(LEGEND);
    let names = columns.iter().map(|(name, _)| *name);
    let names: Vec<&str> = names.chain(["программа с ключом"]).collect();
    for (number, name) in names.iter().enumerate() {
        writeln!(grid, "{:>2}  {name}", number + 1).unwrap();
    }
    let mut line = |what: &str, place: &str, cells: &[String]| {
        let cells: String = cells.iter().map(|it| format!(" {it:<9}")).collect();
        writeln!(grid, "{what:<49} {place:<24}{}", cells.trim_end()).unwrap();
    };
    let numbers: Vec<String> = (1..=names.len()).map(|it| it.to_string()).collect();
    line("", "", &numbers);
    for (action, place, scope) in rows() {
        let cells: Vec<String> = columns
            .iter()
            .map(|(_, actor)| tables.facts(actor.map(Actor::id), scope))
            .chain([facts::monitor()])
            .map(|facts| cell(allows(&facts, action)).to_owned())
            .collect();
        line(words(action), place, &cells);
    }
    insta::assert_snapshot!(grid);
}

/// When the messages of the two worlds were sent.
const SENT: Timestamp = Timestamp(1_794_808_800_000);

/// The server's facts are what the tables say, of everybody in every kind of scope.
#[tokio::test]
async fn the_server_knows_the_facts() {
    let grid = rows().into_iter().map(|(_, _, scope)| scope);
    let sent = ALL.iter().flat_map(|it| samples(it.name));
    let sent = sent.map(|sample| sample.scope);
    let worlds: [(&str, Vec<Scope>); 2] = [(MORE, grid.collect()), (WORLD, sent.collect())];
    let mut kinds = HashSet::new();
    for (world, scopes) in worlds {
        let school = TestSchool::offline().await;
        school.sql(world).await;
        let tables = Tables::load(&school).await;
        let mut conn = school.conn().await;
        for actor in school.everybody() {
            let me = backend::actor::Actor {
                account: actor.id(),
                session: SessionId(0),
                operator: actor.id() == school.operator.id(),
                name: Name::default(),
            };
            for scope in &scopes {
                let known = access::known_in(&mut conn, &me, *scope, SENT).await;
                let told = tables.facts(Some(actor.id()), *scope);
                assert_eq!(known.unwrap().facts, told, "{actor:?}: {scope:?}");
                kinds.insert(std::mem::discriminant(scope));
            }
        }
    }
    assert_eq!(kinds.len(), 10, "each kind of scope");
}

/// What the interface shows by what the state knows is what the server would answer.
#[tokio::test]
async fn the_interface_knows_the_rights() {
    let school = TestSchool::offline().await;
    school.sql(MORE).await;
    let tables = Tables::load(&school).await;
    let (mut same, mut unknown) = (0, Vec::new());
    for (who, actor) in columns(&school) {
        let Some(actor) = actor else {
            continue;
        };
        let state = actor.call(GetState {}).await.unwrap();
        for (action, place, scope) in rows() {
            let Some(shown) = shown(&state, action, scope) else {
                continue;
            };
            let facts = tables.facts(Some(actor.id()), scope);
            let allowed = allows(&facts, action).is_ok();
            assert!(allowed || !shown, "{who} may not {action:?} {place}");
            if allowed == shown {
                same += 1;
            } else {
                unknown.push((who, action, place));
            }
        }
    }
    assert!(same > 400, "{same}");
    // That they are in the class is in the list of its chats; by what, only the server knows.
    let inside = [
        "ученик 7А",
        "ученица 7А",
        "родитель ученика 7А",
        "родитель ученицы 7А",
    ];
    let mut missing = inside.map(|who| (who, Action::SeeClass, "7А")).to_vec();
    missing.insert(1, ("ученик 7А", Action::SeeClass, "9В в архиве"));
    assert_eq!(unknown, missing);
}

/// None: the state can't know.
fn shown(state: &State, action: Action, scope: Scope) -> Option<bool> {
    Some(match scope {
        Scope::Installation | Scope::Application(_) => state.may(action, None),
        Scope::School(school) => state.may(action, Some(school)),
        Scope::Class(class) => state.may_in_class(action, SCHOOL, class),
        Scope::Chat(chat) if action == Action::WriteChat => {
            state.chats.0.get(&chat).is_some_and(Chat::writes)
        }
        Scope::Chat(chat) => state.may_in_chat(action, chat),
        Scope::Message(chat, seq) => {
            let last = state.chats.0.get(&chat).and_then(|it| it.last.as_ref());
            let message = last.filter(|message| message.seq == seq);
            message.is_some_and(|it| state.may_with(action, chat, it, it.sent_at))
        }
        Scope::Person(..) | Scope::Invite(_) | Scope::JoinRequest(_) | Scope::GuardianLink(_) => {
            return None;
        }
    })
}

#[test]
fn every_action_that_an_endpoint_needs_is_in_the_grid() {
    let rows = rows();
    for endpoint in ALL {
        for sample in samples(endpoint.name) {
            assert!(
                rows.iter().any(|(action, ..)| *action == sample.action),
                "{:?} of {}",
                sample.action,
                endpoint.name
            );
        }
    }
}
