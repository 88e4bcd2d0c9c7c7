//! The trouble of one school is not the trouble of another.

use std::time::Duration;

use common::chats::SendMessage;
use common::realtime::CLOSE_RESYNC;
use common::{ChatId, ClientId, Error};
use diesel::sql_query;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl as _;
use tests::TestSchool;
use tests::place::{OTHER_SCHOOLS_CHAT, STUDENTS_CHAT};

/// Who waits so long waits for the other school.
const PATIENCE: Duration = Duration::from_secs(20);

fn say(chat: ChatId, number: u128) -> SendMessage {
    SendMessage {
        chat,
        client_id: ClientId(number),
        body: "Доброе утро".into(),
    }
}

#[derive(diesel::QueryableByName)]
struct Waits {
    #[diesel(sql_type = Bool)]
    waits: bool,
}

#[tokio::test]
async fn a_lock_in_one_school_does_not_delay_another() {
    let school = TestSchool::offline().await;
    // Both have a lane that has written before.
    school.student.call(say(STUDENTS_CHAT, 1)).await.unwrap();
    let outsider = &school.outside_student;
    outsider.call(say(OTHER_SCHOOLS_CHAT, 1)).await.unwrap();

    school
        .sql("BEGIN; SELECT FROM chats WHERE id = 1 FOR UPDATE")
        .await;
    let student = school.student.clone();
    let held = tokio::spawn(async move { student.call(say(STUDENTS_CHAT, 2)).await });
    let waits = async {
        loop {
            let found: Waits = sql_query(
                "SELECT EXISTS (SELECT FROM pg_stat_activity
                     WHERE datname = current_database() AND wait_event_type = 'Lock') AS waits",
            )
            .get_result(&mut *school.conn().await)
            .await
            .unwrap();
            if found.waits {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, waits).await.unwrap();
    let other = outsider.call(say(OTHER_SCHOOLS_CHAT, 2));
    let other = tokio::time::timeout(PATIENCE, other).await;
    assert_eq!(
        other.expect("it waits for the other school").unwrap().seq,
        2
    );
    assert!(!held.is_finished());
    school.sql("COMMIT").await;
    assert_eq!(held.await.unwrap().unwrap().seq, 2);
}

#[tokio::test]
async fn a_failing_statement_disconnects_only_those_who_may_have_missed_something() {
    let school = TestSchool::open().await;
    school
        .sql(
            "CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;
             CREATE TRIGGER fails BEFORE INSERT ON messages FOR EACH ROW
                 WHEN (NEW.chat_id = 1) EXECUTE FUNCTION fails();",
        )
        .await;
    let refused = school.student.call(say(STUDENTS_CHAT, 1)).await;
    assert_eq!(refused, Err(Error::Unavailable));
    for concerned in [&school.student, &school.classmate, &school.class_teacher] {
        assert_eq!(concerned.closed().await, Some(CLOSE_RESYNC));
    }
    // Of the same school, in other chats, and of another school.
    school
        .outside_student
        .does(say(OTHER_SCHOOLS_CHAT, 1))
        .await;
    assert_eq!(school.outside_student.heard().len(), 1);
    for other in [&school.parent, &school.other_student] {
        other.state().await;
    }
    // When the trouble is over, the repeat of what was refused is written.
    school.sql("DROP TRIGGER fails ON messages").await;
    let written = school.student.call(say(STUDENTS_CHAT, 1)).await.unwrap();
    assert_eq!(written.seq, 1);
}
