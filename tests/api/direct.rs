//! Direct chats: who may begin one with whom, and who may answer.

use std::fmt::Write as _;

use common::chats::{OpenDirectChat, SendMessage};
use common::classes::{ArchiveClass, GetClass, RestoreClass};
use common::error::Error;
use common::people::GetContacts;
use common::permissions::{ChatKind, Reason};
use common::{ChatId, ClientId};
use futures_util::future::join_all;
use tests::place::{CLASS, OTHER_SCHOOL, PARALLEL_CLASS, SCHOOL, STAFF_ROOM};
use tests::{Actor, TestSchool};

fn open(whom: &Actor) -> OpenDirectChat {
    OpenDirectChat {
        school: SCHOOL,
        account: whom.id(),
    }
}

fn say(chat: ChatId, number: u128) -> SendMessage {
    SendMessage {
        chat,
        client_id: ClientId(number),
        body: "Здравствуйте".into(),
    }
}

/// The server's own answers, for each pair.
#[tokio::test]
async fn who_may_begin_to_write_to_whom() {
    let school = TestSchool::offline().await;
    let people = [
        ("администратор", &school.admin),
        ("кл. рук. 7А", &school.class_teacher),
        ("учитель 7А", &school.teacher),
        ("кл. рук. 7Б", &school.other_teacher),
        ("ученик 7А", &school.student),
        ("ученица 7А", &school.classmate),
        ("ученик 7Б", &school.other_student),
        ("родитель ученика 7А", &school.parent),
        ("родитель ученицы 7А", &school.fellow_parent),
        ("родитель из 7Б", &school.other_parent),
    ];
    let mut grid = format!("{:<24}", "кто \\ кому");
    for number in 1..=people.len() {
        write!(grid, "{number:<4}").unwrap();
    }
    for (number, (name, who)) in people.iter().enumerate() {
        write!(grid, "\n{:<24}", format!("{:>2} {name}", number + 1)).unwrap();
        let answers = people.iter().map(|(_, whom)| who.call(open(whom)));
        for answer in join_all(answers).await {
            let cell = match answer {
                Ok(_) => "да",
                Err(Error::NotFound) => "—",
                Err(other) => panic!("{other}"),
            };
            write!(grid, "{cell:<4}").unwrap();
        }
    }
    let trimmed: Vec<&str> = grid.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(trimmed.join("\n"));
}

/// The page of a class offers those to be written to whom the contact rule allows, to each who sees it.
#[tokio::test]
async fn a_class_page_says_whom_one_may_write_to() {
    let school = TestSchool::offline().await;
    school.has_two_children_of_one_parent().await;
    let mut offered = 0;
    let mut withheld = 0;
    for who in school.everybody() {
        for class in [CLASS, PARALLEL_CLASS, STAFF_ROOM] {
            let Ok(page) = who.call(GetClass { class }).await else {
                continue;
            };
            for member in &page.members {
                let account = member.account;
                let open = OpenDirectChat {
                    school: SCHOOL,
                    account,
                };
                let offers = page.contacts.contains(&account);
                let answer = who.call(open).await;
                assert_eq!(answer.is_ok(), offers, "{} to {account:?}", who.name());
                *if offers { &mut offered } else { &mut withheld } += 1;
            }
        }
    }
    let page = school.parent.call(GetClass { class: CLASS }).await.unwrap();
    let own = [school.student.id(), school.classmate.id()];
    for student in own {
        assert!(page.contacts.contains(&student));
    }
    let page = school
        .fellow_parent
        .call(GetClass { class: CLASS })
        .await
        .unwrap();
    assert!(!page.contacts.contains(&school.student.id()));
    assert!(page.contacts.contains(&school.class_teacher.id()));
    assert!(offered > 0 && withheld > 0);
}

#[tokio::test]
async fn schools_do_not_reach_each_other() {
    let school = TestSchool::offline().await;
    let outsiders = [
        &school.outside_admin,
        &school.outside_teacher,
        &school.outside_student,
        &school.outside_parent,
        &school.operator,
    ];
    for outsider in outsiders {
        for insider in [&school.admin, &school.student] {
            for (who, whom) in [(outsider, insider), (insider, outsider)] {
                for school in [SCHOOL, OTHER_SCHOOL] {
                    let account = whom.id();
                    let answer = who.call(OpenDirectChat { school, account }).await;
                    assert_eq!(answer, Err(Error::NotFound), "{who:?} to {whom:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn both_have_the_chat_at_once_and_only_one() {
    let school = TestSchool::open().await;
    let chat = school.parent.does(open(&school.class_teacher)).await;
    assert_eq!(chat.kind, ChatKind::Direct);
    assert_eq!(chat.title, "Соколова Анна Сергеевна");
    assert!(chat.writes());
    let theirs = &school.class_teacher.state().await.chats.0[&chat.id];
    assert_eq!(theirs.title, "Иванова Ольга Юрьевна");
    let same = school.class_teacher.does(open(&school.parent)).await;
    assert_eq!(same.id, chat.id);
    school.parent.does(say(chat.id, 1)).await;
    let unread = school.class_teacher.state().await.chats.0[&chat.id].unread();
    assert_eq!(unread, 1);
}

#[tokio::test]
async fn two_who_open_it_at_the_same_time_get_the_same() {
    let school = TestSchool::open().await;
    let (student, teacher) = (&school.student, &school.class_teacher);
    let both = (0..10).map(|number| {
        let (who, whom) = if number % 2 == 0 {
            (student, teacher)
        } else {
            (teacher, student)
        };
        who.call(open(whom))
    });
    let chats: Vec<ChatId> = join_all(both)
        .await
        .into_iter()
        .map(|it| it.unwrap().id)
        .collect();
    assert!(chats.iter().all(|it| *it == chats[0]), "{chats:?}");
    school.check().await;
}

#[tokio::test]
async fn whom_staff_wrote_to_may_answer() {
    let school = TestSchool::open().await;
    let student = &school.student;
    let refused = student.fails(open(&school.other_teacher)).await;
    assert_eq!(refused, Error::NotFound);
    let chat = school.other_teacher.does(open(student)).await;
    school.other_teacher.does(say(chat.id, 1)).await;
    assert!(student.state().await.chats.0[&chat.id].writes());
    student.does(say(chat.id, 2)).await;
    // Nobody else reads along, not even an administrator.
    assert_eq!(school.admin.fails(say(chat.id, 3)).await, Error::NotFound);
}

#[tokio::test]
async fn without_a_common_class_the_chat_stays_but_is_silent() {
    let school = TestSchool::offline().await;
    let chat = school.student.call(open(&school.classmate)).await.unwrap();
    school.student.call(say(chat.id, 1)).await.unwrap();
    // The classmate moves to 7Б.
    school
        .sql(
            "UPDATE class_members SET class_id = 2 WHERE account_id = 6 AND role = 'student';
             UPDATE schools SET turns = turns + 1",
        )
        .await;
    for who in [&school.student, &school.classmate] {
        let answer = who.call(say(chat.id, 2)).await;
        assert_eq!(answer, Err(Error::Denied(Reason::NoContact)), "{who:?}");
        let state = who.call(common::realtime::GetState {}).await.unwrap();
        assert!(!state.chats.0[&chat.id].writes());
    }
}

#[tokio::test]
async fn an_archived_class_brings_nobody_together() {
    let school = TestSchool::open().await;
    let student = &school.student;
    let chats = [
        student.does(open(&school.classmate)).await.id,
        student.does(open(&school.class_teacher)).await.id,
    ];
    let class = CLASS;
    school.admin.does(ArchiveClass { class }).await;
    // A parent and the staff stay; a classmate was one by this class alone.
    assert_eq!(
        student.state().await.chats.0[&chats[0]].closed,
        Some(Reason::NoContact)
    );
    assert!(student.state().await.chats.0[&chats[1]].writes());
    assert_eq!(student.fails(open(&school.teacher)).await, Error::NotFound);
    let contacts = GetContacts {
        school: SCHOOL,
        search: String::new(),
    };
    let found: Vec<_> = student.does(contacts).await;
    assert!(
        found.iter().all(|it| it.id == school.parent.id()),
        "{found:?}"
    );
    school.admin.does(RestoreClass { class }).await;
    assert!(student.state().await.chats.0[&chats[0]].writes());
}
