//! How many statements a call costs: a bound, which does not grow with the number of rows.

use common::ClientId;
use common::chats::{GetMessages, MarkRead, OpenDirectChat, Page, SendMessage};
use common::classes::{ClassKind, CreateClasses, GetClass, GetStructure, NewClass};
use common::people::{GetContacts, GetPeople};
use common::realtime::GetState;
use tests::place::{CLASS, SCHOOL, STUDENTS_CHAT};
use tests::{Actor, TestSchool};

#[tokio::test]
async fn the_frequent_calls_are_cheap() {
    let school = TestSchool::offline().await;
    let teacher = &school.class_teacher;
    let send = |number| SendMessage {
        chat: STUDENTS_CHAT,
        client_id: ClientId(number),
        body: "Доброе утро".into(),
    };
    let newest = || GetMessages {
        chat: STUDENTS_CHAT,
        from: Page::Newest,
    };
    let mark = MarkRead {
        chat: STUDENTS_CHAT,
        seq: 1,
    };
    // Everything has been asked once: the session is believed, the author is known, and what the rule
    // book was told of the chat is remembered.
    school.student.call(send(1)).await.unwrap();
    teacher.call(newest()).await.unwrap();
    teacher.call(GetState {}).await.unwrap();

    let counted = school.count_statements().await;
    school.student.call(send(2)).await.unwrap();
    counted.at_most(1);

    teacher.call(newest()).await.unwrap();
    counted.at_most(1);

    // BEGIN, UPDATE, COMMIT.
    teacher.call(mark).await.unwrap();
    counted.at_most(3);

    teacher.call(GetState {}).await.unwrap();
    counted.at_most(8);

    let everything = GetStructure { school: SCHOOL };
    teacher.call(everything).await.unwrap();
    counted.at_most(2);
}

/// The statements of each call that reads, in the order of this function.
async fn reads(school: &TestSchool) -> Vec<usize> {
    let counted = school.count_statements().await;
    let mut counts = Vec::new();
    let teacher = &school.class_teacher;
    teacher.call(GetState {}).await.unwrap();
    counts.push(counted.count());
    let newest = GetMessages {
        chat: STUDENTS_CHAT,
        from: Page::Newest,
    };
    teacher.call(newest).await.unwrap();
    counts.push(counted.count());
    teacher.call(GetClass { class: CLASS }).await.unwrap();
    counts.push(counted.count());
    let contacts = GetContacts {
        school: SCHOOL,
        search: String::new(),
    };
    teacher.call(contacts).await.unwrap();
    counts.push(counted.count());
    let everything = GetStructure { school: SCHOOL };
    school.admin.call(everything).await.unwrap();
    counts.push(counted.count());
    let people = GetPeople {
        school: SCHOOL,
        search: String::new(),
        role: None,
        class: None,
        page: 0,
    };
    school.admin.call(people).await.unwrap();
    counts.push(counted.count());
    counts
}

#[tokio::test]
async fn more_rows_cost_no_statement_more() {
    let school = TestSchool::offline().await;
    let direct = |other: &Actor| OpenDirectChat {
        school: SCHOOL,
        account: other.id(),
    };
    let teacher = &school.class_teacher;
    teacher.call(direct(&school.student)).await.unwrap();
    let say = SendMessage {
        chat: STUDENTS_CHAT,
        client_id: ClientId(1),
        body: "Доброе утро".into(),
    };
    school.student.call(say).await.unwrap();
    reads(&school).await;
    let few = reads(&school).await;
    assert!(few.iter().all(|count| *count > 0), "nothing was counted");

    for other in [
        &school.admin,
        &school.teacher,
        &school.classmate,
        &school.parent,
    ] {
        teacher.call(direct(other)).await.unwrap();
    }
    let classes = CreateClasses {
        school: SCHOOL,
        year: 2026,
        classes: ["Г", "Д", "Е", "Ж", "З"]
            .map(|letter| NewClass {
                kind: ClassKind::Grade,
                grade: Some(3),
                letter: Some(letter.into()),
                name: String::new(),
            })
            .into(),
    };
    school.admin.call(classes).await.unwrap();
    school
        .sql(
            "INSERT INTO accounts (id, phone, surname, given, password_hash, created_at)
             OVERRIDING SYSTEM VALUE
             SELECT n, '+7917' || n, 'Новикова', 'Анна', 'x', '2026-11-16 06:00:00+00'
             FROM generate_series(5000, 5120) AS n;
             INSERT INTO memberships (school_id, account_id, role, started_at)
             SELECT 1, n, 'student', '2026-11-16 06:00:00+00' FROM generate_series(5000, 5120) AS n;
             INSERT INTO chat_members (chat_id, account_id, read_seq, joined_at, left_at)
             SELECT 1, n, 0, '2026-11-16 06:00:00+00', '2026-11-16 07:00:00+00'
             FROM generate_series(5000, 5120) AS n;
             INSERT INTO messages (chat_id, seq, author_id, client_id, body, sent_at)
             SELECT 1, n, 5000 + n, gen_random_uuid(), 'Доброе утро', '2026-11-16 06:00:00+00'
             FROM generate_series(2, 100) AS n;
             UPDATE chats SET last_seq = 100 WHERE id = 1;",
        )
        .await;
    // Authors who aren't known yet are read together, and after a turn the rule book is asked once more, which
    // the page notices.
    let first: usize = reads(&school).await.iter().sum();
    assert!(first <= few.iter().sum::<usize>() + 3, "{first} statements");
    assert_eq!(reads(&school).await, few);
}
