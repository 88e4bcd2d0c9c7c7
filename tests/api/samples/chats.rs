use common::chats::{
    DeleteMessage, GetChanges, GetMessages, MarkRead, OpenDirectChat, Page, SendMessage,
};
use common::{AccountId, ClientId};
use tests::place::{
    PARENTS_CHAT, SCHOOL, SCHOOL_CHANNEL, STAFF_CHANNEL, STUDENTS_CHAT, TEACHERS_CHAT,
};

use super::{STUDENT, Sample, TEACHER, sample};

pub fn samples(endpoint: &str) -> Option<Vec<Sample>> {
    Some(match endpoint {
        "OpenDirectChat" => [STUDENT, TEACHER, AccountId(8), AccountId(10)]
            .map(|account| {
                sample(OpenDirectChat {
                    school: SCHOOL,
                    account,
                })
            })
            .into(),
        "GetMessages" => [STUDENTS_CHAT, PARENTS_CHAT, TEACHERS_CHAT, SCHOOL_CHANNEL]
            .map(|chat| {
                sample(GetMessages {
                    chat,
                    from: Page::Newest,
                })
            })
            .into(),
        "GetChanges" => [STUDENTS_CHAT, STAFF_CHANNEL]
            .map(|chat| {
                sample(GetChanges {
                    chat,
                    after: 0,
                    first: 1,
                    last: 50,
                })
            })
            .into(),
        "DeleteMessage" => vec![sample(DeleteMessage {
            chat: STUDENTS_CHAT,
            seq: 1,
        })],
        "SendMessage" => [STUDENTS_CHAT, TEACHERS_CHAT, SCHOOL_CHANNEL, STAFF_CHANNEL]
            .map(|chat| {
                sample(SendMessage {
                    chat,
                    client_id: ClientId(1),
                    body: "Здравствуйте".into(),
                })
            })
            .into(),
        "MarkRead" => [STUDENTS_CHAT, STAFF_CHANNEL]
            .map(|chat| sample(MarkRead { chat, seq: 1 }))
            .into(),
        _ => return None,
    })
}
