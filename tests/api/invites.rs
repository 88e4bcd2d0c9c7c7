//! Invites: opened, and used by new and known people.

use common::Secret;
use common::accounts::NewAccount;
use common::error::{Conflict, Error, FieldError, InviteGone, Problem};
use common::invites::{
    AcceptInvite, CreateInvites, GetInvites, Joined, NewInvite, OpenInvite, RegisterByInvite,
    Revoke, RevokeInvites,
};
use common::parents::LinkState;
use common::permissions::Role;
use common::realtime::GetState;
use common::{ClassId, Name, Password, Timestamp};
use tests::place::{
    CLASS, MORNING, PARALLEL_CLASS, PASSWORD, SCHOOL, SCHOOL_CHANNEL, STAFF_CHAT, STAFF_ROOM,
    STUDENTS_CHAT, TEACHERS_CHAT,
};
use tests::{Actor, TestSchool};

pub fn invite(class: ClassId, role: Role, max_uses: u32) -> CreateInvites {
    CreateInvites {
        class,
        role,
        children: Vec::new(),
        days: 14,
        max_uses,
    }
}

pub fn secret(made: &NewInvite) -> Secret {
    let (_, secret) = made.link.rsplit_once('/').unwrap();
    Secret(secret.to_owned())
}

pub async fn one(actor: &Actor, class: ClassId, role: Role, max_uses: u32) -> Secret {
    secret(&actor.does(invite(class, role, max_uses)).await[0])
}

pub fn newcomer(phone: &str) -> NewAccount {
    NewAccount {
        name: Name::new("Фёдорова", "Алёна", None),
        phone: phone.into(),
        login: String::new(),
        birth_date: "2013-03-08".into(),
        password: Password(PASSWORD.into()),
    }
}

pub fn register(secret: &Secret, account: NewAccount) -> RegisterByInvite {
    RegisterByInvite {
        secret: secret.clone(),
        account,
        child: None,
    }
}

pub fn accept(secret: &Secret) -> AcceptInvite {
    AcceptInvite {
        secret: secret.clone(),
        child: None,
    }
}

/// The invites of a class, or of the whole school.
pub const fn listed(class: Option<ClassId>, page: u32) -> GetInvites {
    GetInvites {
        school: SCHOOL,
        class,
        page,
    }
}

pub fn open(secret: &Secret) -> OpenInvite {
    OpenInvite {
        secret: secret.clone(),
    }
}

pub fn fields(error: Error) -> Vec<(String, Problem)> {
    let Error::Invalid(fields) = error else {
        panic!("not about fields: {error}");
    };
    let pair = |FieldError { field, problem }| (field, problem);
    fields.into_iter().map(pair).collect()
}

#[tokio::test]
async fn a_new_student_comes_in_by_a_link() {
    let school = TestSchool::open().await;
    let made = school
        .class_teacher
        .does(invite(CLASS, Role::Student, 30))
        .await;
    let [made] = made.as_slice() else {
        panic!("{made:?}")
    };
    assert!(made.link.starts_with("https://school.test/invite/"));
    assert_eq!(secret(made).0.len(), 43);
    assert!(made.qr.starts_with("<svg "));
    assert_eq!(made.invite.created_by, "Соколова Анна Сергеевна");
    assert_eq!(made.invite.expires_at, MORNING.plus_days(14));

    let alyona = school.stranger();
    let opened = alyona.does(open(&secret(made))).await;
    assert_eq!(
        (opened.school_name.as_str(), opened.settlement.as_str()),
        ("Средняя школа № 12", "Рыбинск")
    );
    assert_eq!(
        (opened.class_name.as_str(), opened.role),
        ("7А", Role::Student)
    );
    assert_eq!((opened.gone, opened.member), (None, false));

    // A login instead of a phone (R38).
    let account = NewAccount {
        login: "Alyona".into(),
        ..newcomer("")
    };
    let joined = alyona.does(register(&secret(made), account)).await;
    assert_eq!(joined, Joined::Member { school: SCHOOL });
    alyona.go_online().await;
    let state = alyona.state().await;
    assert_eq!(state.me.login.as_deref(), Some("alyona"));
    assert!(state.schools[0].roles.student);
    assert!(state.chats.0.contains_key(&STUDENTS_CHAT));
    assert!(state.chats.0.contains_key(&SCHOOL_CHANNEL));
    assert!(!state.chats.0.contains_key(&TEACHERS_CHAT));

    let invites = school.class_teacher.does(listed(Some(CLASS), 0)).await.rows;
    assert_eq!(
        (invites[0].uses, invites[0].last_used_at),
        (1, Some(MORNING))
    );
    assert!(alyona.does(open(&secret(made))).await.member);
    let again = alyona.fails(accept(&secret(made))).await;
    assert_eq!(again, Error::Conflict(Conflict::Member));
    let invites = school.admin.does(listed(None, 0)).await.rows;
    assert_eq!(invites[0].uses, 1);
}

#[tokio::test]
async fn a_teacher_of_another_school_joins_the_staff_room() {
    let school = TestSchool::open().await;
    let secret = one(&school.admin, STAFF_ROOM, Role::Teacher, 1).await;
    let guest = &school.outside_teacher;
    assert!(guest.does(open(&secret)).await.staff_room);
    assert_eq!(
        guest.does(accept(&secret)).await,
        Joined::Member { school: SCHOOL }
    );
    let state = guest.state().await;
    assert_eq!(state.schools.len(), 2);
    assert!(state.school(SCHOOL).unwrap().roles.teacher);
    assert!(state.chats.0.contains_key(&STAFF_CHAT));
}

#[tokio::test]
async fn a_teacher_invited_into_a_class_is_in_the_staff_room_too() {
    let school = TestSchool::open().await;
    let secret = one(&school.admin, CLASS, Role::Teacher, 1).await;
    school.outside_teacher.does(accept(&secret)).await;
    let chats = school.outside_teacher.state().await.chats.0;
    assert!(chats.contains_key(&TEACHERS_CHAT) && chats.contains_key(&STAFF_CHAT));
    assert!(!chats.contains_key(&STUDENTS_CHAT));
}

#[tokio::test]
async fn invites_that_are_gone_say_why() {
    let school = TestSchool::offline().await;
    let stranger = school.stranger();
    let used = one(&school.class_teacher, CLASS, Role::Student, 1).await;
    school.outside_student.does(accept(&used)).await;
    let revoked = school
        .class_teacher
        .does(invite(CLASS, Role::Student, 1))
        .await;
    let what = Revoke::One {
        invite: revoked[0].invite.id,
    };
    assert_eq!(
        school
            .class_teacher
            .does(RevokeInvites { what: what.clone() })
            .await,
        1
    );
    assert_eq!(school.class_teacher.does(RevokeInvites { what }).await, 0);
    let revoked = secret(&revoked[0]);
    let short = CreateInvites {
        days: 1,
        ..invite(CLASS, Role::Student, 1)
    };
    let expired = secret(&school.class_teacher.does(short).await[0]);
    let archived = one(&school.admin, PARALLEL_CLASS, Role::Student, 1).await;
    school
        .sql("UPDATE classes SET archived_at = now() WHERE id = 2")
        .await;

    school.wait_ms(Timestamp::DAY - 1);
    assert_eq!(stranger.does(open(&expired)).await.gone, None);
    school.wait_ms(1);
    for (secret, gone) in [
        (&used, InviteGone::UsedUp),
        (&revoked, InviteGone::Revoked),
        (
            &expired,
            InviteGone::Expired {
                at: MORNING.plus_days(1),
            },
        ),
        (&archived, InviteGone::ClassArchived),
    ] {
        assert_eq!(stranger.does(open(secret)).await.gone, Some(gone));
        let error = stranger
            .call(register(secret, newcomer("+7 916 555 00 01")))
            .await
            .unwrap_err();
        assert_eq!(error, Error::InviteGone(gone));
        let error = school
            .outside_parent
            .call(accept(secret))
            .await
            .unwrap_err();
        assert_eq!(error, Error::InviteGone(gone));
    }
    let unknown = Secret("A".repeat(43));
    let gone = Error::InviteGone(InviteGone::Unknown);
    assert_eq!(stranger.call(open(&unknown)).await.unwrap_err(), gone);
    assert_eq!(
        school.parent.call(accept(&unknown)).await.unwrap_err(),
        gone
    );
    assert_eq!(
        stranger.call(accept(&used)).await.unwrap_err(),
        Error::SignIn
    );
}

#[tokio::test]
async fn the_last_place_is_taken_once() {
    let school = TestSchool::open().await;
    let secret = one(&school.class_teacher, CLASS, Role::Student, 1).await;
    let people: Vec<_> = (0..6).map(|_| school.stranger()).collect();
    let calls = people.iter().enumerate().map(|(place, person)| {
        let phone = format!("+7 916 555 00 0{place}");
        person.call(register(&secret, newcomer(&phone)))
    });
    let answers = futures_util::future::join_all(calls).await;
    let joined = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(joined, 1, "{answers:?}");
    for answer in answers.into_iter().filter_map(Result::err) {
        assert_eq!(answer, Error::InviteGone(InviteGone::UsedUp));
    }
    school.check().await;
    let invites = school.admin.does(listed(None, 0)).await.rows;
    assert_eq!(invites[0].uses, 1);
}

#[tokio::test]
async fn a_known_phone_is_told_to_sign_in_and_costs_no_use() {
    let school = TestSchool::open().await;
    let secret = one(&school.class_teacher, CLASS, Role::Student, 1).await;
    let stranger = school.stranger();
    let error = stranger
        .fails(register(&secret, newcomer("8 916 000 00 08")))
        .await;
    assert_eq!(error, Error::Conflict(Conflict::Phone));
    assert_eq!(stranger.cookie(), None);
    stranger
        .does(register(&secret, newcomer("8 916 555 00 08")))
        .await;
    assert!(stranger.cookie().is_some());
}

#[tokio::test]
async fn every_field_is_checked_at_once() {
    let school = TestSchool::open().await;
    let secret = one(&school.class_teacher, CLASS, Role::Parent, 2).await;
    let bad = RegisterByInvite {
        secret: secret.clone(),
        account: NewAccount {
            name: Name::new("R2D2", "", None),
            phone: "12".into(),
            login: "olga".into(),
            birth_date: "2031-01-01".into(),
            password: Password("short".into()),
        },
        child: Some(" ".into()),
    };
    let found = fields(school.stranger().fails(bad).await);
    assert_eq!(
        found,
        [
            ("child".into(), Problem::Required),
            ("name.surname".into(), Problem::Name),
            ("name.given".into(), Problem::Required),
            ("phone".into(), Problem::Phone),
            ("birth_date".into(), Problem::Date),
            ("password".into(), Problem::TooShort { min: 8 }),
        ]
    );
    // Adults have phones: a login is a child's.
    let login = NewAccount {
        login: "olga".into(),
        ..newcomer("")
    };
    let request = RegisterByInvite {
        child: Some("Иванов Пётр".into()),
        ..register(&secret, login)
    };
    let found = fields(school.stranger().fails(request).await);
    assert_eq!(found, [("phone".into(), Problem::Required)]);
    let error = school.outside_parent.fails(accept(&secret)).await;
    assert_eq!(fields(error), [("child".into(), Problem::Required)]);
}

#[tokio::test]
async fn a_parent_waits_and_sees_nothing_of_the_school() {
    let school = TestSchool::open().await;
    let named = CreateInvites {
        children: vec!["Петр  иванов".into()],
        ..invite(CLASS, Role::Parent, 2)
    };
    let secret = secret(&school.class_teacher.does(named).await[0]);
    let guest = &school.outside_parent;
    // The invite's word counts.
    let request = AcceptInvite {
        child: Some("Другой Ребёнок".into()),
        ..accept(&secret)
    };
    assert_eq!(
        guest.does(request).await,
        Joined::Waiting { school: SCHOOL }
    );
    let state = guest.state().await;
    assert!(state.school(SCHOOL).is_none());
    let child = state
        .children
        .iter()
        .find(|child| child.school == SCHOOL)
        .unwrap();
    assert_eq!(
        (child.name.as_str(), child.state),
        ("Петр иванов", LinkState::Waiting)
    );
    for decider in [&school.class_teacher, &school.admin] {
        assert_eq!(decider.state().await.school(SCHOOL).unwrap().waiting, 1);
    }
    assert!(school.other_teacher.heard().is_empty());
    assert!(guest.does(open(&secret)).await.member);
    let error = guest.fails(accept(&secret)).await;
    assert_eq!(error, Error::Conflict(Conflict::Request));
    // Of the parent of this very child too, who is confirmed.
    let error = school.parent.fails(accept(&secret)).await;
    assert_eq!(error, Error::Conflict(Conflict::Member));

    let mother = school.stranger();
    let account = NewAccount {
        birth_date: "1990-01-01".into(),
        ..newcomer("+7 916 555 11 22")
    };
    let joined = mother.does(register(&secret, account)).await;
    assert_eq!(joined, Joined::Waiting { school: SCHOOL });
    assert!(mother.does(GetState {}).await.schools.is_empty());
    assert_eq!(
        school.stranger().does(open(&secret)).await.gone,
        Some(InviteGone::UsedUp)
    );
}
