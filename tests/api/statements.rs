//! How many statements a call costs: a bound that must not grow with the number of rows.

use common::ClientId;
use common::chats::{GetMessages, MarkRead, Page, SendMessage};
use common::classes::GetStructure;
use common::realtime::GetState;
use tests::TestSchool;
use tests::place::{SCHOOL, STUDENTS_CHAT};

#[tokio::test]
async fn the_frequent_calls_are_cheap() {
    let school = TestSchool::offline().await;
    let teacher = &school.class_teacher;
    let send = |number| SendMessage {
        chat: STUDENTS_CHAT,
        client_id: ClientId(number),
        body: "Доброе утро".into(),
    };
    let newest = GetMessages {
        chat: STUDENTS_CHAT,
        from: Page::Newest,
    };
    let mark = MarkRead {
        chat: STUDENTS_CHAT,
        seq: 1,
    };
    // Everything has been asked once: the session is believed.
    school.student.call(send(1)).await.unwrap();
    teacher.call(GetState {}).await.unwrap();

    let counted = school.count_statements().await;
    // The rule book's facts, and the insert.
    school.student.call(send(2)).await.unwrap();
    counted.at_most(2);

    teacher.call(newest).await.unwrap();
    counted.at_most(2);

    // The facts, and BEGIN, UPDATE, COMMIT.
    teacher.call(mark).await.unwrap();
    counted.at_most(4);

    teacher.call(GetState {}).await.unwrap();
    counted.at_most(8);

    let everything = GetStructure { school: SCHOOL };
    teacher.call(everything).await.unwrap();
    counted.at_most(2);
}
