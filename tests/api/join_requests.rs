//! Join requests (R57): by the school's code, decided by those who lead.

use backend::live::Bursts;
use common::accounts::NewAccount;
use common::error::{Conflict, Error, Problem};
use common::invites::{AskToJoin, DecideJoinRequest, FindSchool, GetJoinRequests, JoinRequest};
use common::parents::{GetGuardianLinks, LinkState};
use common::permissions::{Reason, Role};
use common::{ClassId, JoinRequestId, Name};
use tests::place::{
    CLASS, OTHER_SCHOOL, PARALLEL_CLASS, SCHOOL, STAFF_CHAT, STAFF_ROOM, STUDENTS_CHAT,
};
use tests::{Actor, Setup, TestSchool};

use crate::invites::{fields, newcomer, one};

fn find(code: &str) -> FindSchool {
    FindSchool { code: code.into() }
}

fn ask(role: Role, class: Option<ClassId>) -> AskToJoin {
    AskToJoin {
        code: "SHKOLA".into(),
        class,
        role,
        message: "Перешла из третьей гимназии".into(),
        child: None,
        account: None,
    }
}

fn decide(request: JoinRequestId, refusal: Option<&str>) -> DecideJoinRequest {
    DecideJoinRequest {
        request,
        refusal: refusal.map(Into::into),
    }
}

async fn waiting(actor: &Actor, class: Option<ClassId>) -> Vec<JoinRequest> {
    actor
        .does(GetJoinRequests {
            school: SCHOOL,
            class,
        })
        .await
}

async fn counted(actor: &Actor) -> u32 {
    actor.state().await.school(SCHOOL).unwrap().waiting
}

#[tokio::test]
async fn a_school_is_found_by_its_code() {
    let school = TestSchool::open().await;
    let last_year = "INSERT INTO classes (school_id, kind, grade, letter, name, year, created_at)
                     VALUES (1, 'grade', 6, 'А', '6А', 2025, now()), (1, 'grade', 7, 'А', '7А', 2025, now());
                     INSERT INTO classes (school_id, kind, name, year, created_at, archived_at)
                     VALUES (1, 'club', 'Хор', 2026, now(), now());";
    school.sql(last_year).await;
    let stranger = school.stranger();
    for code in ["shkola", " SHK OLA ", "shk-ola"] {
        let found = stranger.does(find(code)).await;
        assert_eq!(
            (found.id, found.full_name.as_str()),
            (SCHOOL, "Средняя школа № 12")
        );
        let classes: Vec<_> = found
            .classes
            .iter()
            .map(|class| class.name.as_str())
            .collect();
        assert_eq!(classes, ["6А", "7А", "7Б"]);
    }
    for code in ["", "shkol", "%"] {
        assert_eq!(stranger.fails(find(code)).await, Error::NotFound);
    }
}

#[tokio::test]
async fn a_new_student_asks_and_is_admitted_by_the_class_teacher() {
    let school = TestSchool::open().await;
    let petr = school.stranger();
    let account = NewAccount {
        name: Name::new("Иванов", "Петр", None),
        ..newcomer("8 (916) 555-33-44")
    };
    let request = AskToJoin {
        account: Some(account),
        ..ask(Role::Student, Some(CLASS))
    };
    petr.does(request).await;
    petr.go_online().await;
    let state = petr.state().await;
    assert!(state.schools.is_empty());
    assert_eq!(state.requests[0].class_name.as_deref(), Some("7А"));
    assert_eq!(state.requests[0].refused, None);
    assert_eq!(
        (
            counted(&school.class_teacher).await,
            counted(&school.admin).await
        ),
        (1, 1)
    );
    assert_eq!(counted(&school.other_teacher).await, 0);

    let requests = waiting(&school.class_teacher, Some(CLASS)).await;
    let [request] = requests.as_slice() else {
        panic!("{requests:?}")
    };
    assert!(request.namesake, "there is an Иванов Пётр");
    assert_eq!(request.phone.as_deref(), Some("+7 916 555-33-44"));
    assert_eq!(waiting(&school.admin, None).await, requests);

    school.class_teacher.does(decide(request.id, None)).await;
    let state = petr.state().await;
    assert!(state.requests.is_empty() && state.chats.0.contains_key(&STUDENTS_CHAT));
    assert_eq!(
        (
            counted(&school.class_teacher).await,
            counted(&school.admin).await
        ),
        (0, 0)
    );
    for refusal in [None, Some("Поздно")] {
        let error = school.admin.fails(decide(request.id, refusal)).await;
        assert_eq!(error, Error::Conflict(Conflict::Decided));
    }
    let error = petr.fails(ask(Role::Student, Some(CLASS))).await;
    assert_eq!(error, Error::Conflict(Conflict::Member));
}

#[tokio::test]
async fn a_refusal_has_a_reason_and_one_may_ask_again() {
    let school = TestSchool::open().await;
    let guest = &school.outside_teacher;
    guest.does(ask(Role::Teacher, None)).await;
    let error = guest.fails(ask(Role::Teacher, None)).await;
    assert_eq!(error, Error::Conflict(Conflict::Request));
    // Staff are the administrator's matter.
    assert_eq!(
        (
            counted(&school.class_teacher).await,
            counted(&school.admin).await
        ),
        (0, 1)
    );
    let first = waiting(&school.admin, None).await[0].id;
    let error = school.class_teacher.fails(decide(first, None)).await;
    assert_eq!(error, Error::Denied(Reason::ClassTeacherOnly));
    let error = school.admin.fails(decide(first, Some("  "))).await;
    assert_eq!(fields(error), [("refusal".into(), Problem::Required)]);
    let error = school
        .admin
        .fails(decide(first, Some(&"а".repeat(501))))
        .await;
    assert_eq!(
        fields(error),
        [("refusal".into(), Problem::TooLong { max: 500 })]
    );

    school
        .admin
        .does(decide(first, Some("Не нашли вас в штате")))
        .await;
    let mine = guest.state().await.requests;
    assert_eq!(mine[0].refused.as_deref(), Some("Не нашли вас в штате"));
    guest.does(ask(Role::Teacher, None)).await;
    let mine = guest.state().await.requests;
    assert_eq!((mine.len(), mine[0].refused.as_deref()), (1, None));
    let second = waiting(&school.admin, None).await[0].id;
    school.admin.does(decide(second, None)).await;
    let state = guest.state().await;
    assert!(state.requests.is_empty() && state.chats.0.contains_key(&STAFF_CHAT));
}

#[tokio::test]
async fn an_invite_answers_what_was_asked() {
    let school = TestSchool::open().await;
    let guest = &school.outside_teacher;
    guest.does(ask(Role::Teacher, None)).await;
    assert_eq!(counted(&school.admin).await, 1);
    let secret = one(&school.admin, STAFF_ROOM, Role::Teacher, 1).await;
    guest
        .does(common::invites::AcceptInvite {
            secret,
            child: None,
        })
        .await;
    assert!(guest.state().await.requests.is_empty());
    assert_eq!(counted(&school.admin).await, 0);
    assert!(waiting(&school.admin, None).await.is_empty());
}

#[tokio::test]
async fn a_parent_who_asks_gets_a_link_that_waits() {
    let school = TestSchool::open().await;
    let guest = &school.outside_parent;
    let request = ask(Role::Parent, Some(CLASS));
    let error = guest.fails(request.clone()).await;
    assert_eq!(fields(error), [("child".into(), Problem::Required)]);
    let request = AskToJoin {
        child: Some("Смирнова Маша".into()),
        ..request
    };
    guest.does(request.clone()).await;
    assert_eq!(
        guest.fails(request).await,
        Error::Conflict(Conflict::Request)
    );
    let state = guest.state().await;
    assert!(state.requests.is_empty());
    assert!(
        state
            .children
            .iter()
            .any(|child| child.state == LinkState::Waiting)
    );
    let links = GetGuardianLinks {
        school: SCHOOL,
        class: Some(CLASS),
    };
    let links = school.class_teacher.does(links).await;
    assert_eq!(links[0].message, "Перешла из третьей гимназии");
    assert_eq!(links[0].suggestions[0].name, "Смирнова Мария");
}

fn ask_for(child: &str) -> AskToJoin {
    AskToJoin {
        child: Some(child.into()),
        ..ask(Role::Parent, Some(CLASS))
    }
}

#[tokio::test]
async fn a_parent_has_at_most_five_links_that_wait_in_a_class() {
    let school = TestSchool::open().await;
    let guest = &school.outside_parent;
    for child in ["Абаев Ян", "Бунин Ян", "Вагин Ян", "Гусев Ян", "Дёмин Ян"]
    {
        guest.does(ask_for(child)).await;
    }
    let error = guest.fails(ask_for("Ершов Ян")).await;
    assert_eq!(
        fields(error),
        [("child".into(), Problem::TooMany { max: 5 })]
    );
    assert_eq!(counted(&school.admin).await, 5);
    // In another class there may be others.
    let elsewhere = AskToJoin {
        class: Some(PARALLEL_CLASS),
        ..ask_for("Ершов Ян")
    };
    guest.does(elsewhere).await;
}

#[tokio::test]
async fn one_account_asks_only_so_often() {
    let school = TestSchool::offline().await;
    let guest = &school.outside_teacher;
    guest.call(ask(Role::Teacher, None)).await.unwrap();
    for _ in 1..10 {
        let error = guest.call(ask(Role::Teacher, None)).await;
        assert_eq!(error, Err(Error::Conflict(Conflict::Request)));
    }
    let error = guest.call(ask(Role::Teacher, None)).await.unwrap_err();
    assert!(matches!(error, Error::TooMany { .. }), "{error}");
    let other = school.outside_student.call(ask(Role::Teacher, None));
    assert_eq!(other.await, Ok(()));
}

#[tokio::test]
async fn strangers_leave_few_accounts_behind() {
    let school = TestSchool::with(Setup {
        bursts: Bursts {
            account: 100,
            address: 100,
            stranger: 20,
        },
        online: false,
        ..Setup::default()
    })
    .await;
    let register = |phone: &str| AskToJoin {
        account: Some(newcomer(phone)),
        ..ask(Role::Student, Some(CLASS))
    };
    for phone in ["+7 916 555 00 01", "+7 916 555 00 02"] {
        school.stranger().call(register(phone)).await.unwrap();
    }
    let third = register("+7 916 555 00 03");
    let error = school.stranger().call(third.clone()).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::TooMany {
                retry_after: 1..=60
            }
        ),
        "{error}"
    );
    // Whoever is invited comes in, and the others one after the other.
    let secret = one(&school.admin, CLASS, Role::Student, 1).await;
    let invited = crate::invites::register(&secret, newcomer("+7 916 555 00 04"));
    school.stranger().call(invited).await.unwrap();
    school.wait_ms(60_000);
    school.stranger().call(third).await.unwrap();
}

#[tokio::test]
async fn what_is_asked_must_make_sense() {
    let school = TestSchool::open().await;
    let guest = &school.outside_teacher;
    for (role, class, problem) in [
        (Role::Administrator, None, ("role", Problem::Choice)),
        (Role::Teacher, Some(CLASS), ("class", Problem::Choice)),
        (Role::Student, None, ("class", Problem::Required)),
        (Role::Student, Some(STAFF_ROOM), ("class", Problem::Choice)),
        (Role::Student, Some(ClassId(4)), ("class", Problem::Choice)),
        (
            Role::Student,
            Some(ClassId(404)),
            ("class", Problem::Choice),
        ),
    ] {
        let error = guest.fails(ask(role, class)).await;
        assert_eq!(fields(error), [(problem.0.into(), problem.1)]);
    }
    let long = AskToJoin {
        message: "а".repeat(501),
        ..ask(Role::Teacher, None)
    };
    let found = fields(guest.fails(long.clone()).await);
    assert_eq!(found, [("message".into(), Problem::TooLong { max: 500 })]);
    let all = AskToJoin {
        account: Some(newcomer("12")),
        ..long
    };
    assert_eq!(fields(school.stranger().fails(all).await).len(), 2);
    let error = school.stranger().fails(ask(Role::Teacher, None)).await;
    assert_eq!(error, Error::SignIn);
    let unknown = AskToJoin {
        code: "nowhere".into(),
        ..ask(Role::Teacher, None)
    };
    assert_eq!(guest.fails(unknown).await, Error::NotFound);
}

#[tokio::test]
async fn requests_are_seen_and_decided_in_their_school_only() {
    let school = TestSchool::open().await;
    school
        .outside_student
        .does(ask(Role::Student, Some(CLASS)))
        .await;
    let request = waiting(&school.admin, None).await[0].id;
    for outsider in [
        &school.outside_admin,
        &school.outside_teacher,
        &school.operator,
    ] {
        let error = outsider.fails(decide(request, None)).await;
        assert_eq!(error, Error::NotFound);
        let list = GetJoinRequests {
            school: SCHOOL,
            class: None,
        };
        assert_eq!(outsider.fails(list).await, Error::NotFound);
    }
    let own = GetJoinRequests {
        school: OTHER_SCHOOL,
        class: None,
    };
    assert!(school.outside_admin.does(own).await.is_empty());
    let error = school.other_teacher.fails(decide(request, None)).await;
    assert_eq!(error, Error::Denied(Reason::ClassTeacherOnly));
    school
        .sql("UPDATE classes SET archived_at = now() WHERE id = 1")
        .await;
    let error = school.admin.call(decide(request, None)).await.unwrap_err();
    assert_eq!(error, Error::Denied(Reason::Archived));
}
