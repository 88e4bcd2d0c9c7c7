//! Messages, read marks, direct chats.

use common::ClientId;
use common::chats::SendMessage;
use tests::TestSchool;
use tests::place::STUDENTS_CHAT;

fn hello(number: u128) -> SendMessage {
    SendMessage {
        chat: STUDENTS_CHAT,
        client_id: ClientId(number),
        body: "Завтра контрольная?".into(),
    }
}

#[tokio::test]
async fn a_message_reaches_everyone_in_the_chat() {
    let school = TestSchool::open().await;
    let message = school.student.does(hello(1)).await;
    assert_eq!(message.seq, 1);
    for reader in [&school.student, &school.classmate, &school.class_teacher] {
        let state = reader.state().await;
        assert_eq!(
            state.chats.0[&STUDENTS_CHAT].last.as_ref().unwrap(),
            &message
        );
    }
    assert!(school.parent.heard().is_empty());
}
