//! What is deleted for everybody is unread for nobody: by events as in a state that is fetched anew, which the
//! check after each action compares.

use common::accounts::ChangeName;
use common::chats::{Chat, DELETED, DeleteMessage, MarkRead, SendMessage};
use common::classes::{AddToClass, ClassRole, SetClassTeacher};
use common::{ChatId, ClientId, Name};
use tests::place::{CLASS, SCHOOL_CHANNEL, STUDENTS_CHAT};
use tests::{Actor, TestSchool};

fn say(chat: ChatId, number: i64) -> SendMessage {
    SendMessage {
        chat,
        client_id: ClientId(number.unsigned_abs().into()),
        body: format!("Сообщение {number}"),
    }
}

fn delete(seq: i64) -> DeleteMessage {
    DeleteMessage {
        chat: STUDENTS_CHAT,
        seq,
    }
}

fn mark(seq: i64) -> MarkRead {
    MarkRead {
        chat: STUDENTS_CHAT,
        seq,
    }
}

async fn chat(actor: &Actor, chat: ChatId) -> Chat {
    actor.state().await.chats.0[&chat].clone()
}

/// How much of the students' chat is unread, and where it begins.
async fn unread(actor: &Actor) -> (i64, Option<i64>) {
    let chat = chat(actor, STUDENTS_CHAT).await;
    (chat.unread(), chat.first_unread())
}

/// The student has said this many things.
async fn talked(school: &TestSchool, many: i64) {
    for number in 1..=many {
        let sent = school.student.call(say(STUDENTS_CHAT, number)).await;
        sent.unwrap();
    }
    school.check().await;
}

#[tokio::test]
async fn a_chat_of_which_all_is_deleted_has_nothing_unread() {
    let school = TestSchool::open().await;
    talked(&school, 3).await;
    assert_eq!(unread(&school.classmate).await, (3, Some(1)));
    for (seq, left) in [(1, (2, Some(2))), (3, (1, Some(2))), (2, (0, None))] {
        school.student.does(delete(seq)).await;
        for reader in [&school.classmate, &school.class_teacher] {
            assert_eq!(unread(reader).await, left);
        }
        assert_eq!(unread(&school.student).await, (0, None));
    }
    let last = chat(&school.classmate, STUDENTS_CHAT).await;
    assert_eq!((last.last_seq, last.read_seq), (3, 0), "nothing was read");
    // A repeat takes nothing off.
    school.student.does(delete(2)).await;
    school.student.does(say(STUDENTS_CHAT, 4)).await;
    assert_eq!(unread(&school.classmate).await, (1, Some(4)));
}

#[tokio::test]
async fn reading_before_and_after_a_deletion_counts_once() {
    let school = TestSchool::open().await;
    talked(&school, 6).await;
    let classmate = &school.classmate;
    school.student.does(delete(2)).await;
    school.student.does(delete(5)).await;
    assert_eq!(unread(classmate).await, (4, Some(1)));
    classmate.does(mark(3)).await;
    assert_eq!(unread(classmate).await, (2, Some(4)));
    // Read already.
    school.student.does(delete(3)).await;
    assert_eq!(unread(classmate).await, (2, Some(4)));
    school.student.does(delete(4)).await;
    assert_eq!(unread(classmate).await, (1, Some(6)));
    // Up to what is deleted.
    classmate.does(mark(5)).await;
    assert_eq!(unread(classmate).await, (1, Some(6)));
    assert!(chat(classmate, STUDENTS_CHAT).await.deleted.is_empty());
    school.student.does(delete(6)).await;
    assert_eq!(unread(classmate).await, (0, None));
    // Each has read as far as they have.
    assert_eq!(unread(&school.class_teacher).await, (1, Some(1)));
    // Who answers has read what is above.
    school.class_teacher.does(say(STUDENTS_CHAT, 1)).await;
    assert_eq!(unread(&school.class_teacher).await, (0, None));
    assert_eq!(unread(classmate).await, (1, Some(7)));
}

#[tokio::test]
async fn in_a_channel_and_for_who_comes_later_too() {
    let school = TestSchool::open().await;
    for number in [1, 2] {
        school.admin.does(say(SCHOOL_CHANNEL, number)).await;
    }
    let delete = DeleteMessage {
        chat: SCHOOL_CHANNEL,
        seq: 1,
    };
    school.admin.does(delete).await;
    assert_eq!(chat(&school.parent, SCHOOL_CHANNEL).await.unread(), 1);
    talked(&school, 2).await;
    school.student.does(self::delete(2)).await;
    let joins = AddToClass {
        class: CLASS,
        account: school.other_student.id(),
        role: ClassRole::Student,
    };
    school.admin.does(joins).await;
    // All before is read for who joins.
    assert_eq!(unread(&school.other_student).await, (0, None));
    school.student.does(self::delete(1)).await;
    assert_eq!(unread(&school.other_student).await, (0, None));
    // What the list shows of it is told anew, with what is deleted.
    let name = Name::new("Седов", "Пётр", None);
    school.student.does(ChangeName { name }).await;
    school.student.does(say(STUDENTS_CHAT, 3)).await;
    school.student.does(self::delete(3)).await;
    let appointed = SetClassTeacher {
        class: CLASS,
        teacher: Some(school.teacher.id()),
    };
    school.admin.does(appointed).await;
    for reader in [&school.other_student, &school.classmate] {
        assert_eq!(unread(reader).await, (0, None));
    }
}

/// Only the newest are told; events and the server agree on which these are.
#[tokio::test]
async fn of_many_deletions_the_newest_are_known() {
    let school = TestSchool::offline().await;
    let many = i64::try_from(DELETED).unwrap() + 20;
    school
        .sql(&format!(
            "INSERT INTO messages (chat_id, seq, author_id, client_id, body, sent_at, version, deleted_at)
             SELECT 1, n, 5, gen_random_uuid(), '', '2026-11-16 06:00:00+00',
                    CASE WHEN n > 10 THEN n - 10 ELSE 0 END,
                    CASE WHEN n > 10 THEN '2026-11-16 06:00:00+00'::timestamptz END
             FROM generate_series(1, {many}) AS n;
             UPDATE chats SET last_seq = {many}, last_change = {many} - 10 WHERE id = 1;"
        ))
        .await;
    school.student.go_online().await;
    school.classmate.go_online().await;
    school.check().await;
    let known = chat(&school.classmate, STUDENTS_CHAT).await;
    assert_eq!((known.unread(), known.deleted.len()), (20, DELETED));
    assert_eq!(known.deleted.first(), Some(&21));
    school.student.does(delete(5)).await;
    school.student.does(say(STUDENTS_CHAT, 1)).await;
    school.student.does(delete(many + 1)).await;
    let known = chat(&school.classmate, STUDENTS_CHAT).await;
    assert_eq!(known.deleted.first(), Some(&22));
    assert_eq!(known.deleted.last(), Some(&(many + 1)));
    school.classmate.does(mark(many)).await;
    assert_eq!(unread(&school.classmate).await, (0, None));
}
