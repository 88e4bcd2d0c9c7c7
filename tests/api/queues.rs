//! Every queue has an end. Who comes to it is told, and counted where the operator looks.

use backend::actor;
use backend::chats::new_message::NewMessage;
use backend::monitoring::queues;
use backend::uploads;
use common::chats::Author;
use common::monitoring::GetMetrics;
use common::permissions::{Role, Scope};
use common::schools::applications::UploadOrder;
use common::{ClientId, Error, Name, Secret, SessionId};
use futures_util::future::join_all;
use tests::place::{SCHOOL, STUDENTS_CHAT};
use tests::{Actor, TestSchool};

use crate::samples::WORLD;

/// More than any queue takes.
const MANY: usize = 5000;

fn refused(school: &TestSchool, name: &str) -> u64 {
    let queues = queues(school.app());
    queues.iter().find(|it| it.name == name).unwrap().refused
}

/// Waits until a queue was full, then lets go of what held it.
async fn when_full(school: &TestSchool, name: &str, release: impl Future<Output = ()>) {
    while refused(school, name) == 0 {
        tokio::task::yield_now().await;
    }
    release.await;
}

/// All that were not taken were counted.
fn counted<T, E>(
    school: &TestSchool,
    name: &str,
    all: &[Result<T, E>],
    unavailable: fn(&E) -> bool,
) {
    let errors: Vec<&E> = all.iter().filter_map(|it| it.as_ref().err()).collect();
    assert!(errors.iter().all(|it| unavailable(it)));
    // The last may wait in the hands of who empties the queue.
    assert!((1..MANY - 4000).contains(&errors.len()), "{}", errors.len());
    assert_eq!(refused(school, name), errors.len() as u64);
}

async fn metrics(by: &Actor) -> (u16, String) {
    let reply = by.reply(by.request(&GetMetrics {})).await;
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    (reply.status, text)
}

#[tokio::test]
async fn questions_to_the_rule_book() {
    let school = TestSchool::offline().await;
    let app = school.app();
    school.sql("BEGIN; LOCK TABLE chats").await;
    let student = actor::Actor {
        account: school.student.id(),
        session: SessionId(0),
        operator: false,
        name: Name::new("Иванов", "Пётр", None),
    };
    let scope = Scope::Chat(STUDENTS_CHAT);
    let asked = (0..MANY).map(|_| app.access.known(&student, scope, app.clock.now()));
    let release = when_full(&school, "rules", school.sql("COMMIT"));
    let (answers, ()) = tokio::join!(join_all(asked), release);
    counted(&school, "rules", &answers, |it| {
        it.to_string() == "Unavailable"
    });
}

#[tokio::test]
async fn messages_of_a_school() {
    let school = TestSchool::offline().await;
    school
        .sql("BEGIN; SELECT FROM chats WHERE id = 1 FOR UPDATE")
        .await;
    let message = |number: usize| NewMessage {
        school: SCHOOL,
        turn: 0,
        chat: STUDENTS_CHAT,
        author: Author {
            id: school.student.id(),
            name: "Иванов Пётр".into(),
            role: Role::Student,
        },
        client_id: ClientId(number as u128),
        body: "Доброе утро".into(),
        sent_at: school.app().clock.now(),
    };
    let sent = (0..MANY).map(|number| school.app().sender.send(message(number)));
    let release = async {
        let (status, text) = metrics(&school.monitor()).await;
        assert_eq!(status, 200);
        for what in ["waiting", "refused_total"] {
            let line = format!("zvonok_queue_{what}{{queue=\"sends\"}} ");
            let (_, rest) = text.split_once(&line).expect(&line);
            let count: u64 = rest.lines().next().unwrap().parse().unwrap();
            assert!(count > 0, "{text}");
        }
        school.sql("COMMIT").await;
    };
    let release = when_full(&school, "sends", release);
    let (answers, ()) = tokio::join!(join_all(sent), release);
    counted(&school, "sends", &answers, |it| {
        it.to_string() == "Unavailable"
    });
}

#[tokio::test]
async fn connections_to_the_database() {
    let school = TestSchool::offline().await;
    let pool = &school.app().pool;
    let held = join_all((0..pool.most()).map(|_| pool.get())).await;
    let waiting = (0..MANY).map(|_| async { pool.get().await.map(drop) });
    let release = when_full(&school, "database", async { drop(held) });
    let (answers, ()) = tokio::join!(join_all(waiting), release);
    counted(&school, "database", &answers, |it| {
        *it == Error::Unavailable
    });
}

#[tokio::test]
async fn turns_of_a_school() {
    let school = TestSchool::offline().await;
    let turns = &school.app().turns;
    let held = turns.take(&[SCHOOL]).await.unwrap();
    let waiting = (0..MANY).map(|_| async { turns.take(&[SCHOOL]).await.map(drop) });
    let release = when_full(&school, "turns", async { drop(held) });
    let (answers, ()) = tokio::join!(join_all(waiting), release);
    counted(&school, "turns", &answers, |it| *it == Error::Unavailable);
}

#[tokio::test]
async fn sessions_that_nobody_knows() {
    let school = TestSchool::offline().await;
    let app = school.app();
    school.sql("BEGIN; LOCK TABLE sessions").await;
    let cookies: Vec<String> = (0..MANY)
        .map(|number| format!("made up {number}"))
        .collect();
    let asked = cookies
        .iter()
        .map(|cookie| backend::session::find(app, cookie, || Ok(())));
    let release = when_full(&school, "sessions", school.sql("COMMIT"));
    let (answers, ()) = tokio::join!(join_all(asked), release);
    counted(&school, "sessions", &answers, |it| {
        it.to_string() == "Unavailable"
    });
}

#[tokio::test]
async fn files_that_arrive() {
    let school = TestSchool::offline().await;
    school.sql(WORLD).await;
    let uploads = &school.app().uploads;
    let upload = async || {
        let stranger = school.stranger();
        let mut request = stranger.request(&UploadOrder {
            secret: Secret("submitted".into()),
            name: "Приказ.pdf".into(),
        });
        *request.body_mut() = b"%PDF-1.7 signed".as_slice().into();
        stranger.reply(request).await.status
    };
    let mut others = uploads.share();
    others.grow(uploads::ROOM - 10).unwrap();
    assert_eq!((upload().await, refused(&school, "uploads")), (503, 1));
    drop(others);
    assert_eq!((upload().await, refused(&school, "uploads")), (200, 1));
    assert_eq!(uploads.queue().waiting, 0);
}

#[tokio::test]
async fn each_queue_is_counted() {
    let school = TestSchool::offline().await;
    let (status, text) = metrics(&school.monitor()).await;
    assert_eq!(status, 200);
    for queue in queues(school.app()) {
        let name = queue.name;
        let line = format!("zvonok_queue_refused_total{{queue=\"{name}\"}} 0\n");
        assert!(text.contains(&line), "{text}");
    }
}
