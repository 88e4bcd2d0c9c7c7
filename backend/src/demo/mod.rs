//! The demo school: real in size, the same every time, made in seconds. Invented people.
//!
//! 33 classes, about 900 students, 1,400 parents, 60 staff, 60,000 messages of half a year.

mod names;
mod people;
pub mod queries;
mod school;
mod scripts;
mod talk;

use common::channels::Audience;
use common::permissions::ChatKind;
use common::{AccountId, ChatId, ClassId, ClientId, Password, Timestamp};
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use self::people::{Class, People};
use self::talk::{Line, Times, Voices};
use crate::accounts;
use crate::accounts::passwords::Passwords;
use crate::accounts::queries::readable_phone;
use crate::database::Connection;
use crate::error::{Failure, Result};
use crate::membership;

/// Everybody's password in the demo school.
pub const PASSWORD: &str = "zvonok-demo";

/// The staff room is the school's first class.
const STAFF_ROOM: ClassId = ClassId(1);

/// One who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// «Администратор»
    pub who: &'static str,
    pub name: String,
    /// A phone or a login.
    pub login: String,
}

/// Fills an empty database. The same `now` gives the same school.
///
/// # Errors
/// The database is not empty, or fails.
pub async fn fill(
    conn: &mut Connection,
    passwords: &Passwords,
    now: Timestamp,
) -> Result<Vec<Face>> {
    use diesel_async::TransactionManager as _;
    type Manager = <Connection as diesel_async::AsyncConnection>::TransactionManager;

    if !queries::is_empty(conn).await? {
        return Err(Failure::unforeseen(
            "the demo school needs an empty database: choose another data directory",
        ));
    }
    let hash = passwords.hash(&Password(PASSWORD.into())).await?;
    let mut rng = ChaCha8Rng::seed_from_u64(44);
    let zone = school::zone()?;
    let (today, times) = (zone.day(now), Times { zone: &zone, now });
    let people = People::draw(&mut rng, today);
    let since = now.plus_days(-184);

    Manager::begin_transaction(conn).await?;
    queries::insert_accounts(conn, &people, &hash, since).await?;
    let school = school::create(conn, today.school_year(), since).await?;
    accounts::queries::insert_operator(conn, people.staff[1], since).await?;
    queries::insert_classes(conn, school, &people, today.school_year(), since).await?;
    queries::insert_links(conn, school, &people, since).await?;
    let set = membership::Set {
        school,
        changes: &people.changes(since),
        why: membership::Why::Founding,
        by: None,
        at: since,
    };
    membership::write(conn, &set).await?;

    let mut messages = Vec::with_capacity(64_000);
    for place in queries::places(conn, school).await? {
        let lines = talk_in(&mut rng, &people, &place, times);
        number(&mut rng, &mut messages, place.chat, lines);
    }
    let pairs = direct_pairs(&mut rng, &people);
    let chats = queries::insert_direct_chats(conn, school, &pairs, since).await?;
    for (chat, (family, teacher)) in chats.into_iter().zip(pairs) {
        let voices = Voices {
            teacher,
            others: &[family],
        };
        let lines = talk::conversation(&mut rng, scripts::DIRECT, &voices, 11, times);
        number(&mut rng, &mut messages, chat, lines);
    }
    queries::insert_messages(conn, &messages).await?;
    queries::finish(conn).await?;
    Manager::commit_transaction(conn).await?;
    Ok(faces(&people))
}

/// What is said in a class's chat or a channel.
fn talk_in(
    rng: &mut ChaCha8Rng,
    people: &People,
    place: &queries::Place,
    times: Times<'_>,
) -> Vec<Line> {
    let administrators = &people.staff[..2];
    if place.kind == ChatKind::Channel {
        let (texts, count) = if place.audience.as_deref() == Some(Audience::Staff.as_str()) {
            (scripts::STAFF_CHANNEL, 120)
        } else {
            (scripts::CHANNEL, 160)
        };
        return talk::posts(rng, texts, administrators, count, times);
    }
    if place.class == Some(STAFF_ROOM) {
        let voices = Voices {
            teacher: people.staff[0],
            others: &people.staff,
        };
        return talk::conversation(rng, scripts::TEACHERS, &voices, 1500, times);
    }
    let Some(class) = people
        .classes
        .iter()
        .find(|class| Some(class.id) == place.class)
    else {
        return Vec::new();
    };
    let parents: Vec<AccountId> = class.parents.iter().map(|(parent, _)| *parent).collect();
    let (scripts, others, count) = match place.kind {
        ChatKind::ClassParents => (scripts::PARENTS, &parents, 640),
        ChatKind::ClassStudents => (
            scripts::STUDENTS,
            &class.students,
            if class.grade < 5 { 120 } else { 720 },
        ),
        _ => (scripts::TEACHERS, &class.teachers, 150),
    };
    let voices = Voices {
        teacher: class.class_teacher,
        others,
    };
    talk::conversation(rng, scripts, &voices, count, times)
}

/// Two parents of three write with the class teacher; some students with theirs.
fn direct_pairs(rng: &mut ChaCha8Rng, people: &People) -> Vec<(AccountId, AccountId)> {
    let mut pairs = Vec::new();
    for class in &people.classes {
        for (parent, _) in &class.parents {
            if rng.random_ratio(2, 3) {
                pairs.push((*parent, class.class_teacher));
            }
            if rng.random_ratio(1, 8)
                && let Some(teacher) = class.teachers.choose(rng)
            {
                pairs.push((*parent, *teacher));
            }
        }
        pairs.extend(student_pairs(rng, class));
    }
    pairs.retain(|(one, other)| one != other);
    let both = |(one, other): &(AccountId, AccountId)| (*one.min(other), *one.max(other));
    pairs.sort_unstable_by_key(both);
    pairs.dedup_by_key(|pair| both(pair));
    pairs
}

fn student_pairs(rng: &mut ChaCha8Rng, class: &Class) -> Vec<(AccountId, AccountId)> {
    if class.grade < 5 {
        return Vec::new();
    }
    class
        .students
        .iter()
        .filter(|_| rng.random_ratio(1, 6))
        .map(|student| (*student, class.class_teacher))
        .collect()
}

fn number(
    rng: &mut ChaCha8Rng,
    messages: &mut Vec<(ChatId, i64, ClientId, Line)>,
    chat: ChatId,
    lines: Vec<Line>,
) {
    for (seq, line) in (1..).zip(lines) {
        messages.push((chat, seq, ClientId(rng.random()), line));
    }
}

/// One of each role, with something to see.
fn faces(people: &People) -> Vec<Face> {
    let face = |who, id: AccountId| {
        let account = people.account(id);
        let login = account
            .phone
            .as_deref()
            .map(readable_phone)
            .or_else(|| account.login.clone());
        Face {
            who,
            name: account.name.full(),
            login: login.unwrap_or_default(),
        }
    };
    let mut faces = vec![
        face("Администратор школы", people.staff[0]),
        face("Оператор и администратор школы", people.staff[1]),
    ];
    // 7А: the class of the middle of the school.
    if let Some(class) = people.classes.iter().find(|class| class.grade == 7) {
        faces.push(face("Классный руководитель 7А", class.class_teacher));
        faces.extend(class.students.first().map(|id| face("Ученик 7А", *id)));
        faces.extend(
            class
                .parents
                .first()
                .map(|(id, _)| face("Родитель из 7А", *id)),
        );
    }
    let login = people.classes.first().and_then(|class| {
        class
            .students
            .iter()
            .find(|id| people.account(**id).phone.is_none())
    });
    faces.extend(login.map(|id| face("Ученик 1А без телефона", *id)));
    faces
}
