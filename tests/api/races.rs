//! Two who do something at the same moment. Each of these failed in most runs before it was prevented.

use backend::accounts::queries;
use common::accounts::ChangeName;
use common::channels::{Audience, CreateChannel};
use common::chats::SendMessage;
use common::classes::{AddToClass, ClassKind, ClassRole, CreateClasses, NewClass, RemoveFromClass};
use common::realtime::{CLOSE_RESYNC, GetState};
use common::{ClassId, ClientId, Name};
use futures_util::future::join_all;
use tests::TestSchool;
use tests::place::{CLASS, SCHOOL, STUDENTS_CHAT, TEACHERS_CHAT};

#[tokio::test]
async fn who_is_removed_is_not_in_a_channel_made_meanwhile() {
    // Nobody listens: whoever was in it for a moment may have heard of it.
    let school = TestSchool::offline().await;
    for round in 0..8 {
        let removed = school.admin.call(RemoveFromClass {
            class: CLASS,
            account: school.classmate.id(),
            role: ClassRole::Student,
        });
        let made = school.admin.call(CreateChannel {
            school: SCHOOL,
            name: format!("Канал {round}"),
            audience: Audience::Class(CLASS),
        });
        let (removed, made) = tokio::join!(removed, made);
        removed.unwrap();
        let made = made.unwrap().id;
        school.check().await;
        let state = school.classmate.call(GetState {}).await.unwrap();
        assert!(!state.chats.0.contains_key(&made), "in round {round}");
        let back = AddToClass {
            class: CLASS,
            account: school.classmate.id(),
            role: ClassRole::Student,
        };
        school.admin.does(back).await;
    }
}

#[tokio::test]
async fn one_teacher_comes_into_many_classes_at_once() {
    let school = TestSchool::open().await;
    let club = |number: usize| NewClass {
        kind: ClassKind::Club,
        grade: None,
        letter: None,
        name: format!("Кружок {number}"),
    };
    let clubs = school.admin.does(CreateClasses {
        school: SCHOOL,
        year: 2026,
        classes: (1..=8).map(club).collect(),
    });
    let clubs: Vec<ClassId> = clubs.await.into_iter().map(|class| class.id).collect();
    let adds = clubs.iter().map(|class| {
        school.admin.call(AddToClass {
            class: *class,
            account: school.teacher.id(),
            role: ClassRole::Teacher,
        })
    });
    for added in join_all(adds).await {
        added.unwrap();
    }
    school.check().await;
}

#[tokio::test]
async fn a_message_is_not_undone_by_a_change_told_later() {
    let school = TestSchool::open().await;
    for round in 0..20 {
        let said = school.classmate.call(SendMessage {
            chat: STUDENTS_CHAT,
            client_id: ClientId(round + 1),
            body: "Все здесь?".into(),
        });
        let name = Name::new(
            "Иванов",
            if round % 2 == 0 {
                "Пётр"
            } else {
                "Павел"
            },
            None,
        );
        let renamed = school.student.call(ChangeName { name });
        let (said, renamed) = tokio::join!(said, renamed);
        said.unwrap();
        renamed.unwrap();
        school.check().await;
    }
}

#[tokio::test]
async fn a_password_that_was_changed_meanwhile_lets_nobody_in() {
    let school = TestSchool::offline().await;
    let mut conn = school.conn().await;
    let student = school.student.id();
    let verified = queries::password_hash(&mut conn, student).await.unwrap();
    let now = school.app().clock.now();
    let changed = format!("{verified} ");
    for (hash, made) in [(&verified, true), (&changed, false)] {
        let token = hash.as_bytes();
        let answer = queries::insert_session(&mut conn, student, token, "", Some(hash), now).await;
        assert_eq!(answer.unwrap(), made);
    }
}

#[tokio::test]
async fn who_is_let_in_misses_nothing_that_is_said_at_that_moment() {
    let school = TestSchool::open().await;
    // Whoever lets somebody into a chat waits before it's so.
    school
        .sql(
            "CREATE FUNCTION waits() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$;
             CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON chat_members
                 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION waits();
             SELECT pg_advisory_lock(1)",
        )
        .await;
    let newcomer = &school.other_teacher;
    let (admin, added) = (
        school.admin.clone(),
        AddToClass {
            class: CLASS,
            account: newcomer.id(),
            role: ClassRole::Teacher,
        },
    );
    let adding = tokio::spawn(async move { admin.call(added).await });
    school.until_somebody_waits().await;
    let said = SendMessage {
        chat: TEACHERS_CHAT,
        client_id: ClientId(1),
        body: "У нас новый учитель".into(),
    };
    school.class_teacher.call(said).await.unwrap();
    school.sql("SELECT pg_advisory_unlock(1)").await;
    adding.await.unwrap().unwrap();
    // Nobody goes on with less than there is: the newcomer starts up again.
    school.check().await;
    assert_eq!(newcomer.closed().await, Some(CLOSE_RESYNC));
    newcomer.go_online().await;
    assert_eq!(newcomer.state().await.chats.0[&TEACHERS_CHAT].last_seq, 1);
    // Where nothing was said meanwhile, nobody does.
    let removed = RemoveFromClass {
        class: CLASS,
        account: school.teacher.id(),
        role: ClassRole::Teacher,
    };
    school.admin.does(removed).await;
    let back = AddToClass {
        class: CLASS,
        account: school.teacher.id(),
        role: ClassRole::Teacher,
    };
    school.admin.does(back).await;
    assert!(
        school
            .teacher
            .state()
            .await
            .chats
            .0
            .contains_key(&TEACHERS_CHAT)
    );
}
