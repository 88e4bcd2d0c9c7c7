//! The trouble of one school is not the trouble of another.

use std::time::Duration;

use backend::chats::new_message::NewMessage;
use backend::error::Failure;
use common::chats::{Author, SendMessage};
use common::permissions::Role;
use common::realtime::CLOSE_RESYNC;
use common::{ChatId, ClientId, Error, Timestamp};
use tests::TestSchool;
use tests::place::{OTHER_SCHOOLS_CHAT, SCHOOL, STUDENTS_CHAT};

/// Who waits so long waits for the other school.
const PATIENCE: Duration = Duration::from_secs(20);

fn say(chat: ChatId, number: u128) -> SendMessage {
    SendMessage {
        chat,
        client_id: ClientId(number),
        body: "Доброе утро".into(),
    }
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
    school.until_somebody_waits().await;
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

/// What happens to each message to the students, and how often it was tried: a sequence is not undone.
async fn fails(school: &TestSchool, how: &str) {
    school
        .sql(&format!(
            "CREATE SEQUENCE tries;
             CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN PERFORM nextval('tries'); {how} RETURN NEW; END $$;
             CREATE TRIGGER fails BEFORE INSERT ON messages FOR EACH ROW
                 WHEN (NEW.chat_id = 1) EXECUTE FUNCTION fails();"
        ))
        .await;
}

#[tokio::test]
async fn a_lost_answer_disconnects_only_those_who_may_have_missed_something() {
    let school = TestSchool::open().await;
    fails(
        &school,
        "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60);",
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

#[tokio::test]
async fn what_the_database_refuses_is_known_not_to_have_happened() {
    let school = TestSchool::open().await;
    for how in [
        "RAISE EXCEPTION 'the disk is full' USING ERRCODE = '53100';",
        "RAISE EXCEPTION 'canceling statement due to statement timeout' USING ERRCODE = '57014';",
    ] {
        fails(&school, how).await;
        // Neither tried again nor told to anybody.
        let refused = school.student.fails(say(STUDENTS_CHAT, 1)).await;
        assert_eq!(refused, Error::Unavailable);
        school
            .sql(
                "DO $$ BEGIN ASSERT (SELECT last_value = 1 FROM tries), 'it was tried again'; END $$;
                 DROP TRIGGER fails ON messages; DROP FUNCTION fails; DROP SEQUENCE tries;",
            )
            .await;
        for reader in [&school.student, &school.classmate, &school.class_teacher] {
            reader.state().await;
        }
    }
    assert_eq!(school.student.does(say(STUDENTS_CHAT, 1)).await.seq, 1);
}

/// As the rule book has allowed it as of a turn.
fn allowed(school: &TestSchool, turn: i64) -> NewMessage {
    NewMessage {
        school: SCHOOL,
        turn,
        chat: STUDENTS_CHAT,
        author: Author {
            id: school.student.id(),
            name: "Иванов Пётр".into(),
            role: Role::Student,
        },
        client_id: ClientId(1),
        body: "Доброе утро".into(),
        sent_at: school.app().clock.now(),
    }
}

#[tokio::test]
async fn a_send_says_by_which_turn_it_was_written() {
    let school = TestSchool::offline().await;
    let send = async |turn| school.app().sender.send(allowed(&school, turn)).await;
    // A new one and a repeat.
    for turn in [3, 3, 4] {
        school
            .sql(&format!("UPDATE schools SET turns = {turn}"))
            .await;
        let (message, seen) = send(turn).await.unwrap();
        assert_eq!(message.seq, 1);
        assert!(seen.is(turn) && !seen.is(turn + 1), "{seen:?}");
    }
    for other in [3, 5] {
        assert!(matches!(send(other).await, Err(Failure::Outdated)));
    }
}

#[tokio::test]
async fn a_panic_ends_one_batch_and_not_the_lane() {
    let school = TestSchool::open().await;
    let spoilt = NewMessage {
        // No such moment can be written.
        sent_at: Timestamp(i64::MAX),
        ..allowed(&school, 0)
    };
    let refused = school.app().sender.send(spoilt).await;
    assert_eq!(refused.unwrap_err().to_string(), "Unavailable");
    // Of this nobody knows what came.
    assert_eq!(school.classmate.closed().await, Some(CLOSE_RESYNC));
    let written = school.student.call(say(STUDENTS_CHAT, 2)).await.unwrap();
    assert_eq!(written.seq, 1);
}
