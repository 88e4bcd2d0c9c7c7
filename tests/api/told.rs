//! Whoever is told how they stand is told once, however many parts of what was done concern them.

use common::chats::ChatEvent;
use common::classes::{ArchiveClass, RestoreClass};
use common::invites::{AskToJoin, DecideJoinRequest, GetJoinRequests};
use common::parents::{ParentEvent, RegisterChild};
use common::permissions::Role;
use common::realtime::Event;
use common::schools::SchoolEvent;
use tests::place::{CLASS, SCHOOL};
use tests::{Actor, TestSchool};

use crate::invites::newcomer;
use crate::parents::{asks, by_login, confirm};

/// What an event tells, of those that each tell the whole of something as it is now.
fn subject(event: &Event) -> Option<String> {
    match event {
        Event::School(SchoolEvent::Mine(school)) => Some(format!("school {}", school.id)),
        Event::School(SchoolEvent::Left(school)) => Some(format!("school {school}")),
        Event::Parent(ParentEvent::Child(child)) => Some(format!("link {}", child.link)),
        Event::Parent(ParentEvent::ChildRemoved(link)) => Some(format!("link {link}")),
        Event::Chat(ChatEvent::Chat(chat)) => Some(format!("chat {}", chat.id)),
        Event::Chat(ChatEvent::Left(chat)) => Some(format!("chat {chat}")),
        _ => None,
    }
}

fn told(actor: &Actor) -> Vec<String> {
    let mut told: Vec<String> = actor.heard().iter().filter_map(subject).collect();
    told.sort_unstable();
    told
}

/// Nobody heard the same twice; and these heard that.
#[track_caller]
fn once(school: &TestSchool, expected: &[(&Actor, &str)]) {
    for person in school.everybody() {
        let all = told(person);
        let mut different = all.clone();
        different.dedup();
        assert_eq!(all, different, "{}", person.name());
    }
    for (person, what) in expected {
        let all = told(person);
        assert!(all.iter().any(|it| it == what), "{person:?}: {all:?}");
    }
}

#[tokio::test]
async fn a_parent_who_decides_is_told_once() {
    let school = TestSchool::open().await;
    let teacher = &school.class_teacher;
    let link = asks(&school, teacher, "Иванов Пётр").await;
    once(&school, &[]);
    let own = format!("link {link}");
    // Of what waits in the class, of being a parent, and of the child.
    let confirmed = confirm(link, Some(school.student.id()));
    school.admin.does(confirmed).await;
    once(
        &school,
        &[
            (teacher, "school 1"),
            (teacher, &own),
            (&school.admin, "school 1"),
        ],
    );
    // Of two links to one child the older one goes.
    let second = asks(&school, &school.parent, "Иванов Петя").await;
    teacher
        .does(confirm(second, Some(school.student.id())))
        .await;
    let new = format!("link {second}");
    once(
        &school,
        &[(&school.parent, "link 1"), (&school.parent, &new)],
    );
}

#[tokio::test]
async fn families_are_told_once_of_a_child_that_comes() {
    let school = TestSchool::open().await;
    let (mother, father) = (&school.outside_parent, &school.outside_teacher);
    let hers = asks(&school, mother, "Фёдорова Алёна").await;
    let his = asks(&school, father, "Фёдорова Алёна").await;
    for link in [hers, his] {
        school.class_teacher.does(confirm(link, None)).await;
        once(&school, &[(&school.class_teacher, "school 1")]);
    }
    // Hers is the child's now, his is decided again.
    let account = by_login("alyona");
    mother
        .does(RegisterChild {
            link: hers,
            account,
        })
        .await;
    let (hers, of_his) = (format!("link {hers}"), format!("link {his}"));
    once(
        &school,
        &[
            (mother, &hers),
            (father, &of_his),
            (&school.class_teacher, "school 1"),
            (&school.admin, "school 1"),
        ],
    );
}

#[tokio::test]
async fn deciders_are_told_once_of_a_child_that_is_admitted() {
    let school = TestSchool::open().await;
    let mother = &school.outside_parent;
    let link = asks(&school, mother, "Фёдорова Алёна").await;
    school.class_teacher.does(confirm(link, None)).await;
    let alyona = school.stranger();
    alyona
        .does(AskToJoin {
            code: "SHKOLA".into(),
            class: Some(CLASS),
            role: Role::Student,
            message: String::new(),
            child: None,
            account: Some(newcomer("+7 916 555 00 01")),
        })
        .await;
    once(&school, &[(&school.class_teacher, "school 1")]);
    let class = Some(CLASS);
    let waiting = GetJoinRequests {
        school: SCHOOL,
        class,
    };
    let request = school.admin.does(waiting).await[0].id;
    // One request less, and one link more.
    let admitted = DecideJoinRequest {
        request,
        refusal: None,
    };
    school.admin.does(admitted).await;
    let of_link = format!("link {link}");
    once(
        &school,
        &[
            (&school.class_teacher, "school 1"),
            (&school.admin, "school 1"),
            (mother, &of_link),
        ],
    );
}

#[tokio::test]
async fn a_class_is_told_once_of_its_archive() {
    let school = TestSchool::open().await;
    let told = [
        (&school.class_teacher, "school 1"),
        (&school.class_teacher, "chat 1"),
        (&school.student, "chat 1"),
        (&school.parent, "link 1"),
    ];
    school.admin.does(ArchiveClass { class: CLASS }).await;
    once(&school, &told);
    school.admin.does(RestoreClass { class: CLASS }).await;
    once(&school, &told);
}
