//! Channels: who reads them, what they are called, how many have seen a post.

use common::channels::{Audience, CreateChannel, GetViews, RenameChannel, Views};
use common::chats::{Chat, MarkRead, SendMessage};
use common::error::{Error, Problem};
use common::permissions::Reason;
use common::{ChatId, ClassId, ClientId};
use tests::place::{
    CLASS, OTHER_SCHOOLS_CLASS, SCHOOL, SCHOOL_CHANNEL, STAFF_CHANNEL, STUDENTS_CHAT,
};
use tests::{Actor, TestSchool};

fn create(audience: Audience) -> CreateChannel {
    CreateChannel {
        school: SCHOOL,
        name: " Олимпиады ".into(),
        audience,
    }
}

fn rename(channel: ChatId) -> RenameChannel {
    RenameChannel {
        school: SCHOOL,
        channel,
        name: "Общегимназический".into(),
    }
}

fn views(channel: ChatId) -> GetViews {
    GetViews {
        channel,
        from: 1,
        to: 100,
    }
}

async fn post(by: &Actor, number: u128) -> i64 {
    by.does(SendMessage {
        chat: SCHOOL_CHANNEL,
        client_id: ClientId(number),
        body: "В субботу субботник.".into(),
    })
    .await
    .seq
}

async fn reads(reader: &Actor, seq: i64) {
    let chat = SCHOOL_CHANNEL;
    reader.does(MarkRead { chat, seq }).await;
}

#[tokio::test]
async fn a_channel_reaches_its_audience() {
    let school = TestSchool::open().await;
    for (audience, readers) in [
        (Audience::School, vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        (Audience::Staff, vec![1, 2, 3, 4]),
        (Audience::Students, vec![1, 5, 6, 7]),
        (Audience::Parents, vec![1, 8, 9, 10]),
        (Audience::Class(CLASS), vec![1, 2, 3, 5, 6, 8, 9]),
    ] {
        let channel = school.admin.does(create(audience)).await;
        assert_eq!(channel.title, "Олимпиады");
        assert!(channel.writes());
        for actor in school.everybody() {
            let state = actor.state().await;
            let listed = state.chats.0.get(&channel.id);
            let reads = readers.contains(&actor.id().0);
            assert_eq!(listed.is_some(), reads, "{audience:?}: {}", actor.name());
            // Of a class's channel, its class teacher is a writer too (R89).
            let writes = match audience {
                Audience::Class(_) => [1, 2].contains(&actor.id().0),
                _ => actor.id().0 == 1,
            };
            assert_eq!(listed.is_some_and(Chat::writes), writes);
            let why = match audience {
                Audience::Class(_) => Reason::ClassReadersOnly,
                _ => Reason::ReadersOnly,
            };
            let closed = listed.and_then(|chat| chat.closed);
            assert_eq!(closed, (reads && !writes).then_some(why));
        }
    }
}

#[tokio::test]
async fn the_class_is_one_of_the_school_and_alive() {
    let school = TestSchool::open().await;
    for class in [OTHER_SCHOOLS_CLASS, ClassId(404)] {
        let refused = school.admin.fails(create(Audience::Class(class))).await;
        assert_eq!(refused, Error::NotFound);
    }
    school
        .sql("UPDATE classes SET archived_at = now() WHERE id = 2")
        .await;
    let archived = school.admin.call(create(Audience::Class(ClassId(2)))).await;
    assert_eq!(archived.err(), Some(Error::NotFound));
}

#[tokio::test]
async fn a_system_channel_is_renamed_for_everyone() {
    let school = TestSchool::open().await;
    school.admin.does(rename(SCHOOL_CHANNEL)).await;
    for actor in school.everybody().filter(|actor| actor.id().0 <= 10) {
        let state = actor.state().await;
        assert_eq!(state.chats.0[&SCHOOL_CHANNEL].title, "Общегимназический");
    }
    assert!(school.outside_admin.heard().is_empty());
}

#[tokio::test]
async fn only_channels_of_the_own_school_are_renamed() {
    let school = TestSchool::open().await;
    // A class's chat, and the other school's «Общешкольный».
    for other in [STUDENTS_CHAT, ChatId(14), ChatId(404)] {
        assert_eq!(school.admin.fails(rename(other)).await, Error::NotFound);
    }
    let nameless = RenameChannel {
        name: String::new(),
        ..rename(SCHOOL_CHANNEL)
    };
    assert_eq!(
        school.admin.fails(nameless).await,
        Error::field("name", Problem::Required)
    );
    let endless = CreateChannel {
        name: "я".repeat(81),
        ..create(Audience::School)
    };
    assert_eq!(
        school.admin.fails(endless).await,
        Error::field("name", Problem::TooLong { max: 80 })
    );
}

#[tokio::test]
async fn only_administrators_manage_channels() {
    let school = TestSchool::open().await;
    let denied = Error::Denied(Reason::AdministratorOnly);
    for member in [&school.class_teacher, &school.student, &school.parent] {
        assert_eq!(member.fails(create(Audience::Class(CLASS))).await, denied);
        assert_eq!(member.fails(rename(SCHOOL_CHANNEL)).await, denied);
    }
    for outsider in [&school.outside_admin, &school.operator] {
        let refused = outsider.fails(create(Audience::School)).await;
        assert_eq!(refused, Error::NotFound);
        let refused = outsider.fails(rename(SCHOOL_CHANNEL)).await;
        assert_eq!(refused, Error::NotFound);
    }
}

#[tokio::test]
async fn views_count_those_who_could_have_seen_a_post() {
    let school = TestSchool::open().await;
    let first = post(&school.admin, 1).await;
    school.wait_ms(1000);
    let second = post(&school.admin, 2).await;
    reads(&school.student, first).await;
    reads(&school.parent, second).await;
    let counted = |of| {
        [
            Views {
                seq: first,
                seen: 2,
                of,
            },
            Views {
                seq: second,
                seen: 1,
                of: 9,
            },
        ]
    };
    // Ten people, without the author.
    let told = school.teacher.does(views(SCHOOL_CHANNEL)).await;
    assert_eq!(told, counted(9));
    // Who came after the first post begins with it read, and has not seen it.
    school
        .sql(
            "UPDATE chat_members SET joined_at = joined_at + interval '1 second', read_seq = 1
             WHERE chat_id = 8 AND account_id = 7",
        )
        .await;
    let told = school.teacher.call(views(SCHOOL_CHANNEL)).await;
    assert_eq!(told.unwrap(), counted(8));
}

#[tokio::test]
async fn staff_that_read_a_channel_see_its_views() {
    let school = TestSchool::open().await;
    for reader in [&school.student, &school.parent] {
        assert_eq!(
            reader.fails(views(SCHOOL_CHANNEL)).await,
            Error::Denied(Reason::StaffOnly)
        );
        assert_eq!(reader.fails(views(STAFF_CHANNEL)).await, Error::NotFound);
    }
    let refused = school.outside_admin.fails(views(SCHOOL_CHANNEL)).await;
    assert_eq!(refused, Error::NotFound);
    // Not of what isn't a channel.
    let refused = school.class_teacher.fails(views(STUDENTS_CHAT)).await;
    assert_eq!(refused, Error::NotFound);
    let too_many = GetViews {
        to: 101,
        ..views(SCHOOL_CHANNEL)
    };
    assert_eq!(
        school.admin.fails(too_many).await,
        Error::field("to", Problem::OutOfRange { min: 1, max: 100 })
    );
}
