//! Messages, pages, read marks.

use std::collections::BTreeSet;

use common::accounts::ChangeName;
use common::chats::{
    ChatEvent, DeleteMessage, GetChanges, GetMessages, MESSAGE_LIMIT, MarkRead, Message, Page,
    SendMessage,
};
use common::classes::{ClassRole, RemoveFromClass};
use common::error::{Error, Problem};
use common::realtime::{ClientFrame, Event, GetState};
use common::{ChatId, ClientId, Name};
use futures_util::future::join_all;
use tests::place::{CLASS, PARALLEL_STUDENTS_CHAT, PARENTS_CHAT, SCHOOL_CHANNEL, STUDENTS_CHAT};
use tests::{Actor, TestSchool};

fn say(number: u128, body: &str) -> SendMessage {
    SendMessage {
        chat: STUDENTS_CHAT,
        client_id: ClientId(number),
        body: body.into(),
    }
}

fn page(from: Page) -> GetMessages {
    GetMessages {
        chat: STUDENTS_CHAT,
        from,
    }
}

async fn unread(actor: &Actor, chat: ChatId) -> i64 {
    actor.state().await.chats.0[&chat].unread()
}

fn messages_heard(actor: &Actor) -> Vec<Message> {
    let message = |event| match event {
        Event::Chat(ChatEvent::Message { message, .. }) => Some(message),
        _ => None,
    };
    actor.heard().into_iter().filter_map(message).collect()
}

#[tokio::test]
async fn a_message_reaches_everyone_in_the_chat() {
    let school = TestSchool::open().await;
    let sent = school.student.does(say(1, "Завтра контрольная?")).await;
    assert_eq!((sent.seq, sent.body.as_str()), (1, "Завтра контрольная?"));
    assert_eq!(sent.author.name, "Иванов Пётр");
    for reader in [&school.student, &school.classmate, &school.class_teacher] {
        assert_eq!(messages_heard(reader), std::slice::from_ref(&sent));
    }
    assert_eq!(unread(&school.student, STUDENTS_CHAT).await, 0);
    assert_eq!(unread(&school.classmate, STUDENTS_CHAT).await, 1);
    let answer = school.class_teacher.does(say(1, "Да.")).await;
    assert_eq!(answer.seq, 2);
    assert_eq!(answer.author.name, "Соколова Анна Сергеевна");
    // Everybody else in the world heard nothing.
    let heard = school.everybody().filter(|it| !it.heard().is_empty());
    assert_eq!(heard.count(), 3);
}

/// Its author's devices find it by its client id; what others read is smaller without.
#[tokio::test]
async fn only_the_author_reads_the_client_id() {
    let school = TestSchool::offline().await;
    let sent = school.student.call(say(7, "Раз")).await.unwrap();
    assert_eq!(sent.client_id, ClientId(7));
    let deleted = DeleteMessage {
        chat: STUDENTS_CHAT,
        seq: 1,
    };
    for changed in [false, true] {
        if changed {
            school.student.call(deleted.clone()).await.unwrap();
        }
        for (reader, expected) in [(&school.student, 7), (&school.classmate, 0)] {
            let newest = reader.call(page(Page::Newest)).await.unwrap();
            let state = reader.call(GetState {}).await.unwrap();
            let changes = GetChanges {
                chat: STUDENTS_CHAT,
                after: 0,
                first: 1,
                last: 1,
            };
            let changes = reader.call(changes).await.unwrap();
            let last = state.chats.0[&STUDENTS_CHAT].last.clone();
            let read = newest.messages.into_iter().chain(last);
            let read: Vec<u128> = read
                .chain(changes.messages)
                .map(|it| it.client_id.0)
                .collect();
            assert_eq!(read.len(), if changed { 3 } else { 2 });
            assert!(read.iter().all(|id| *id == expected), "{read:?}");
        }
    }
}

#[tokio::test]
async fn an_acknowledged_message_is_in_the_database() {
    let school = TestSchool::offline().await;
    for number in 1..=20 {
        school.student.call(say(number, "Раз")).await.unwrap();
        let newest = school.classmate.call(page(Page::Newest)).await.unwrap();
        assert_eq!(newest.messages.len() as u128, number);
    }
}

#[tokio::test]
async fn a_repeat_is_the_same_message() {
    let school = TestSchool::open().await;
    let first = school.student.does(say(7, "Я заболел")).await;
    let repeat = school.student.does(say(7, "Я заболел")).await;
    assert_eq!(repeat, first);
    assert!(messages_heard(&school.class_teacher).is_empty());
    // What was acknowledged stays, whatever a faulty client sends under the same number.
    let other = school.student.does(say(7, "Я здоров")).await;
    assert_eq!(other, first);
    // The number is the author's own.
    let theirs = school.classmate.does(say(7, "И я")).await;
    assert_eq!(theirs.seq, 2);
}

#[tokio::test]
async fn repeats_at_the_same_time_are_one_message() {
    let school = TestSchool::open().await;
    let sends = (0..20).map(|_| school.student.call(say(7, "Я заболел")));
    let answers: Vec<Message> = join_all(sends)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert!(answers.iter().all(|it| *it == answers[0]), "{answers:?}");
    school.check().await;
    assert_eq!(messages_heard(&school.class_teacher), answers[..1]);
}

#[tokio::test]
async fn the_sequence_has_no_gaps_however_many_send() {
    let school = TestSchool::open().await;
    let senders = [&school.student, &school.classmate, &school.class_teacher];
    let sends = (0..50).map(|number| senders[number % 3].call(say(number as u128, "Я")));
    let answers = join_all(sends).await;
    let taken: BTreeSet<i64> = answers.into_iter().map(|it| it.unwrap().seq).collect();
    assert_eq!(taken, (1..=50).collect());
    school.check().await;
    let heard: Vec<i64> = messages_heard(&school.class_teacher)
        .iter()
        .map(|it| it.seq)
        .collect();
    assert_eq!(heard, (1..=50).collect::<Vec<_>>(), "in order");
}

#[tokio::test]
async fn history_comes_in_pages() {
    let school = TestSchool::offline().await;
    school
        .sql(
            "INSERT INTO messages (chat_id, seq, author_id, client_id, body, sent_at)
             SELECT 1, n, 5, gen_random_uuid(), 'Сообщение ' || n, '2026-11-16 06:00:00+00'
             FROM generate_series(1, 130) AS n;
             UPDATE chats SET last_seq = 130 WHERE id = 1;",
        )
        .await;
    for (from, first, last) in [
        (Page::Newest, 81, 130),
        (Page::Before(81), 31, 80),
        (Page::Before(31), 1, 30),
        (Page::After(0), 1, 50),
        (Page::After(50), 51, 100),
        (Page::After(100), 101, 130),
        (Page::Around(60), 36, 85),
        (Page::Around(3), 1, 50),
        (Page::Around(129), 105, 130),
        (Page::After(i64::MIN), 1, 50),
        (Page::Before(i64::MAX), 81, 130),
    ] {
        let messages = school.classmate.call(page(from)).await.unwrap().messages;
        let seqs: Vec<i64> = messages.iter().map(|it| it.seq).collect();
        assert_eq!(seqs, (first..=last).collect::<Vec<_>>(), "{from:?}");
        assert_eq!(messages[0].body, format!("Сообщение {first}"));
    }
    for from in [Page::Before(1), Page::Before(i64::MIN), Page::After(130)] {
        let messages = school.classmate.call(page(from)).await.unwrap().messages;
        assert!(messages.is_empty(), "{from:?}");
    }
}

#[tokio::test]
async fn read_marks_go_forward_and_never_beyond_the_newest() {
    let school = TestSchool::open().await;
    for number in 1..=5 {
        school.student.call(say(number, "Раз")).await.unwrap();
    }
    school.check().await;
    let classmate = &school.classmate;
    let mark = |seq| MarkRead {
        chat: STUDENTS_CHAT,
        seq,
    };
    assert_eq!(unread(classmate, STUDENTS_CHAT).await, 5);
    classmate.does(mark(3)).await;
    assert_eq!(unread(classmate, STUDENTS_CHAT).await, 2);
    // The author sees «read».
    let chat = &school.student.state().await.chats.0[&STUDENTS_CHAT];
    assert_eq!(chat.others_read_seq, 3);
    for seq in [2, 0, -7, i64::MIN] {
        classmate.does(mark(seq)).await;
        assert_eq!(unread(classmate, STUDENTS_CHAT).await, 2);
        assert!(school.student.heard().is_empty(), "nothing moved");
    }
    classmate.does(mark(i64::MAX)).await;
    assert_eq!(unread(classmate, STUDENTS_CHAT).await, 0);
    school.student.does(say(6, "Два")).await;
    assert_eq!(unread(classmate, STUDENTS_CHAT).await, 1);
}

#[tokio::test]
async fn in_a_channel_nobody_learns_who_has_read() {
    let school = TestSchool::open().await;
    let post = SendMessage {
        chat: SCHOOL_CHANNEL,
        client_id: ClientId(1),
        body: "Родительское собрание в четверг".into(),
    };
    school.admin.does(post).await;
    let mark = MarkRead {
        chat: SCHOOL_CHANNEL,
        seq: 1,
    };
    school.parent.does(mark).await;
    assert_eq!(unread(&school.parent, SCHOOL_CHANNEL).await, 0);
    assert!(school.admin.heard().is_empty());
    let chat = &school.admin.state().await.chats.0[&SCHOOL_CHANNEL];
    assert_eq!(chat.others_read_seq, 0);
}

#[tokio::test]
async fn who_is_not_in_a_chat_finds_nothing() {
    let school = TestSchool::open().await;
    for outsider in [
        &school.parent,
        &school.admin,
        &school.other_student,
        &school.outside_student,
        &school.operator,
    ] {
        assert_eq!(outsider.fails(say(1, "Привет")).await, Error::NotFound);
        assert_eq!(outsider.fails(page(Page::Newest)).await, Error::NotFound);
        let mark = MarkRead {
            chat: STUDENTS_CHAT,
            seq: 1,
        };
        assert_eq!(outsider.fails(mark).await, Error::NotFound);
    }
}

#[tokio::test]
async fn a_message_is_neither_empty_nor_endless() {
    let school = TestSchool::open().await;
    let student = &school.student;
    for empty in ["", " \n\t ", "\u{200b}", "\u{202e}"] {
        let problem = student.fails(say(1, empty)).await;
        assert_eq!(problem, Error::field("body", Problem::Required));
    }
    let limit = MESSAGE_LIMIT as usize;
    let problem = student.fails(say(1, &"ё".repeat(limit + 1))).await;
    let too_long = Problem::TooLong { max: MESSAGE_LIMIT };
    assert_eq!(problem, Error::field("body", too_long));
    let full = "ё".repeat(limit);
    assert_eq!(student.does(say(1, &full)).await.body, full);
    // Line breaks and leading spaces are the author's, what trails is nobody's.
    let verse = student
        .does(say(2, "  Мороз и солнце;\n\nдень чудесный! \n"))
        .await;
    assert_eq!(verse.body, "  Мороз и солнце;\n\nдень чудесный!");
}

#[tokio::test]
async fn typing_is_told_to_the_others_in_the_chat() {
    let school = TestSchool::open().await;
    school
        .student
        .says(ClientFrame::Typing(STUDENTS_CHAT))
        .await;
    school.check().await;
    let typing = Event::Chat(ChatEvent::Typing {
        chat: STUDENTS_CHAT,
        account: school.student.id(),
        name: "Иванов Пётр".into(),
    });
    for reader in [&school.classmate, &school.class_teacher] {
        assert_eq!(reader.heard(), std::slice::from_ref(&typing));
    }
    assert!(school.student.heard().is_empty());
    // Not more often than once a second.
    school
        .student
        .says(ClientFrame::Typing(STUDENTS_CHAT))
        .await;
    school.check().await;
    assert!(school.everybody().all(|it| it.heard().is_empty()));
    // Nobody types into a chat of others, nor into a channel.
    for chat in [PARENTS_CHAT, PARALLEL_STUDENTS_CHAT, SCHOOL_CHANNEL] {
        school.wait_ms(1000);
        school.student.says(ClientFrame::Typing(chat)).await;
    }
    school.check().await;
    assert!(school.everybody().all(|it| it.heard().is_empty()));
}

#[tokio::test]
async fn who_may_not_write_is_not_seen_writing() {
    let school = TestSchool::offline().await;
    // The two had a class in common once; the other class has ended.
    school
        .sql(
            "INSERT INTO chats (id, school_id, kind, low_id, high_id, created_at)
             OVERRIDING SYSTEM VALUE VALUES (101, 1, 'direct', 5, 7, now()), (102, 1, 'direct', 5, 6, now());
             INSERT INTO chat_members (chat_id, account_id, read_seq, joined_at)
             VALUES (101, 5, 0, now()), (101, 7, 0, now()), (102, 5, 0, now()), (102, 6, 0, now());
             UPDATE classes SET archived_at = created_at WHERE id = 2",
        )
        .await;
    let (without_contact, classmates) = (ChatId(101), ChatId(102));
    for person in [
        &school.student,
        &school.classmate,
        &school.other_student,
        &school.other_teacher,
    ] {
        person.go_online().await;
    }
    school.check().await;
    school
        .student
        .says(ClientFrame::Typing(without_contact))
        .await;
    school
        .other_student
        .says(ClientFrame::Typing(PARALLEL_STUDENTS_CHAT))
        .await;
    school.check().await;
    assert!(school.everybody().all(|it| it.heard().is_empty()));
    // By the name that the person has now.
    let name = Name::new("Иванов", "Павел", None);
    school.student.does(ChangeName { name }).await;
    school.wait_ms(1000);
    school.student.says(ClientFrame::Typing(classmates)).await;
    school.check().await;
    let typing = Event::Chat(ChatEvent::Typing {
        chat: classmates,
        account: school.student.id(),
        name: "Иванов Павел".into(),
    });
    assert_eq!(school.classmate.heard(), [typing]);
    // What becomes closed while somebody is there is closed for that, too.
    let removed = RemoveFromClass {
        class: CLASS,
        account: school.classmate.id(),
        role: ClassRole::Student,
    };
    school.admin.does(removed).await;
    school.wait_ms(1000);
    school.student.says(ClientFrame::Typing(classmates)).await;
    school.check().await;
    assert!(school.everybody().all(|it| it.heard().is_empty()));
}

#[tokio::test]
async fn in_an_archived_class_nobody_writes() {
    let school = TestSchool::offline().await;
    school.student.call(say(1, "Прощайте")).await.unwrap();
    let archive = format!(
        "UPDATE classes SET archived_at = created_at WHERE id = {CLASS};
         UPDATE schools SET turns = turns + 1"
    );
    school.sql(&archive).await;
    for member in [&school.student, &school.class_teacher] {
        let refused = member.call(say(2, "Снова здравствуйте")).await;
        let archived = common::permissions::Reason::Archived;
        assert_eq!(refused, Err(Error::Denied(archived)));
        let kept = member.call(page(Page::Newest)).await.unwrap();
        assert_eq!(kept.messages.len(), 1);
        let state = member.call(GetState {}).await.unwrap();
        assert!(!state.chats.0[&STUDENTS_CHAT].writes());
    }
}
