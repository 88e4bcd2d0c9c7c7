//! Parents: links are confirmed, children registered and confirmed (R26, R40, R115).

use common::accounts::NewAccount;
use common::error::{Conflict, Error, Problem};
use common::invites::{AcceptInvite, CreateInvites};
use common::parents::{
    Child, ConfirmChild, DecideGuardianLink, GetChildren, GetGuardianLinks, GuardianLink,
    LinkDecision, LinkState, RegisterChild,
};
use common::permissions::{Reason, Role};
use common::{AccountId, GuardianLinkId};
use tests::place::{CLASS, LINK, PARENTS_CHAT, SCHOOL, SCHOOL_CHANNEL, STUDENTS_CHAT};
use tests::{Actor, TestSchool};

use crate::invites::{fields, invite, newcomer, one, register, secret};

/// A parent asks by an invite that names the child: the link that waits.
pub async fn asks(school: &TestSchool, parent: &Actor, child: &str) -> GuardianLinkId {
    let request = CreateInvites {
        children: vec![child.into()],
        ..invite(CLASS, Role::Parent, 1)
    };
    let secret = secret(&school.class_teacher.does(request).await[0]);
    parent
        .does(AcceptInvite {
            secret,
            child: None,
        })
        .await;
    links(school).await.pop().unwrap().id
}

async fn links(school: &TestSchool) -> Vec<GuardianLink> {
    let class = Some(CLASS);
    school
        .class_teacher
        .does(GetGuardianLinks {
            school: SCHOOL,
            class,
        })
        .await
}

pub fn confirm(link: GuardianLinkId, child: Option<AccountId>) -> DecideGuardianLink {
    DecideGuardianLink {
        link,
        decision: LinkDecision::Confirm { child },
    }
}

fn refuse(link: GuardianLinkId, reason: &str) -> DecideGuardianLink {
    DecideGuardianLink {
        link,
        decision: LinkDecision::Refuse {
            reason: reason.into(),
        },
    }
}

async fn child(parent: &Actor, link: GuardianLinkId) -> Child {
    let children = parent.state().await.children;
    children
        .into_iter()
        .find(|child| child.link == link)
        .unwrap()
}

pub fn by_login(login: &str) -> NewAccount {
    NewAccount {
        login: login.into(),
        ..newcomer("")
    }
}

#[tokio::test]
async fn the_class_teacher_confirms_a_link_and_the_parent_the_child() {
    let school = TestSchool::open().await;
    let father = &school.outside_parent;
    let link = asks(&school, father, "Смирнова Маша").await;
    let waiting = &links(&school).await[0];
    assert_eq!(waiting.parent.name, "Новикова Светлана Андреевна");
    assert_eq!(waiting.parent_phone.as_deref(), Some("+7 916 000-00-14"));
    let [suggested] = waiting.suggestions.as_slice() else {
        panic!("{waiting:?}")
    };
    assert_eq!(suggested.id, school.classmate.id());
    assert_eq!(waiting.exact, None, "Маша is not the whole of Мария");
    let others: Vec<_> = waiting.others.iter().map(|one| one.id).collect();
    assert_eq!(others, [school.student.id()]);
    let pages = father.does(GetChildren {}).await;
    let page = pages.iter().find(|page| page.child.link == link).unwrap();
    assert!(page.teachers.is_empty(), "not confirmed: nothing to see");

    // A student of another class is not this class's to give.
    for wrong in [
        school.other_student.id(),
        school.outside_student.id(),
        father.id(),
    ] {
        let error = school.class_teacher.fails(confirm(link, Some(wrong))).await;
        assert_eq!(fields(error), [("child".into(), Problem::Choice)]);
    }
    school
        .class_teacher
        .does(confirm(link, Some(suggested.id)))
        .await;
    // The other parent has confirmed the registration before.
    assert_eq!(child(father, link).await.state, LinkState::Confirmed);
    let state = father.state().await;
    assert!(state.school(SCHOOL).unwrap().roles.parent);
    assert!(state.chats.0.contains_key(&PARENTS_CHAT));
    assert!(!state.chats.0.contains_key(&STUDENTS_CHAT));
    assert_eq!(
        school.admin.state().await.school(SCHOOL).unwrap().waiting,
        0
    );
    for decision in [
        confirm(link, Some(suggested.id)),
        confirm(link, None),
        refuse(link, "Нет"),
    ] {
        let error = school.admin.fails(decision).await;
        assert_eq!(error, Error::Conflict(Conflict::Decided));
    }
    let pages = father.does(GetChildren {}).await;
    let page = pages.iter().find(|page| page.child.link == link).unwrap();
    let teachers: Vec<_> = page
        .teachers
        .iter()
        .map(|it| (it.person.id, it.class_teacher))
        .collect();
    assert_eq!(
        teachers,
        [
            (school.class_teacher.id(), true),
            (school.teacher.id(), false)
        ]
    );
}

#[tokio::test]
async fn a_child_that_came_alone_is_confirmed_by_a_parent() {
    let school = TestSchool::open().await;
    let alyona = school.stranger();
    let by = one(&school.class_teacher, CLASS, Role::Student, 1).await;
    alyona.does(register(&by, by_login("alyona"))).await;
    alyona.go_online().await;
    let id = alyona.state().await.me.id;
    let (mother, father) = (&school.outside_parent, &school.outside_teacher);
    let hers = asks(&school, mother, "Алена Федорова").await;
    let his = asks(&school, father, "Фёдорова Алёна").await;
    for link in [hers, his] {
        school.class_teacher.does(confirm(link, Some(id))).await;
    }
    assert_eq!(child(mother, hers).await.state, LinkState::Unconfirmed);
    for other in [&school.parent, father, &school.class_teacher, &alyona] {
        let error = other.fails(ConfirmChild { link: hers }).await;
        assert_eq!(error, Error::NotFound);
    }
    let page = mother.does(ConfirmChild { link: hers }).await;
    assert_eq!(page.child.state, LinkState::Confirmed);
    assert_eq!(page.login.as_deref(), Some("alyona"));
    // Once is enough.
    assert_eq!(child(father, his).await.state, LinkState::Confirmed);
    mother.does(ConfirmChild { link: hers }).await;
}

#[tokio::test]
async fn a_parent_registers_a_child_without_a_phone() {
    let school = TestSchool::open().await;
    let mother = &school.outside_parent;
    let link = asks(&school, mother, "Фёдорова Алёна").await;
    let request = RegisterChild {
        link,
        account: by_login("alyona"),
    };
    assert_eq!(
        mother.fails(request.clone()).await,
        Error::NotFound,
        "waits"
    );
    school.class_teacher.does(confirm(link, None)).await;
    assert_eq!(child(mother, link).await.state, LinkState::NoAccount);
    let state = mother.state().await;
    assert!(state.school(SCHOOL).unwrap().roles.parent);
    assert!(state.chats.0.contains_key(&SCHOOL_CHANNEL));
    assert!(
        !state.chats.0.contains_key(&PARENTS_CHAT),
        "no child in the class yet"
    );

    assert_eq!(school.parent.fails(request.clone()).await, Error::NotFound);
    let bad = RegisterChild {
        link,
        account: by_login("я"),
    };
    assert_eq!(
        fields(mother.fails(bad).await),
        [("login".into(), Problem::Login)]
    );
    let page = mother.does(request.clone()).await;
    assert_eq!(
        (page.child.state, page.child.name.as_str()),
        (LinkState::Confirmed, "Фёдорова Алёна")
    );
    assert_eq!(page.login.as_deref(), Some("alyona"));
    assert_eq!(page.teachers.len(), 2);
    assert!(mother.state().await.chats.0.contains_key(&PARENTS_CHAT));
    assert_eq!(
        mother.fails(request).await,
        Error::Conflict(Conflict::Member)
    );
    let twin = asks(&school, mother, "Фёдорова Анна").await;
    school.class_teacher.does(confirm(twin, None)).await;
    let taken = RegisterChild {
        link: twin,
        account: by_login("ALYONA"),
    };
    assert_eq!(mother.fails(taken).await, Error::Conflict(Conflict::Login));

    let alyona = school.stranger();
    let login = common::accounts::SignIn {
        login: "Alyona".into(),
        password: common::Password(tests::PASSWORD.into()),
    };
    alyona.does(login).await;
    alyona.go_online().await;
    assert!(alyona.state().await.chats.0.contains_key(&STUDENTS_CHAT));
}

#[tokio::test]
async fn a_child_that_comes_after_all_is_joined_to_the_confirmed_link() {
    let school = TestSchool::open().await;
    let mother = &school.outside_parent;
    let link = asks(&school, mother, "Фёдорова Алёна").await;
    school.class_teacher.does(confirm(link, None)).await;
    assert!(links(&school).await.is_empty());
    let by = one(&school.class_teacher, CLASS, Role::Student, 1).await;
    let alyona = school.stranger();
    alyona
        .does(register(&by, newcomer("+7 916 555 00 01")))
        .await;
    alyona.go_online().await;
    // Nothing is linked by name alone, but the class teacher is shown that they fit.
    assert_eq!(child(mother, link).await.state, LinkState::Waiting);
    assert_eq!(school.class_teacher.state().await.schools[0].waiting, 1);
    let found = links(&school).await;
    assert!(found[0].confirmed && found[0].suggestions.len() == 1);
    let id = alyona.state().await.me.id;
    let error = school.class_teacher.fails(refuse(link, "Нет")).await;
    assert_eq!(error, Error::Conflict(Conflict::Decided));
    school.class_teacher.does(confirm(link, Some(id))).await;
    assert_eq!(child(mother, link).await.state, LinkState::Unconfirmed);
    assert!(mother.state().await.chats.0.contains_key(&PARENTS_CHAT));
    assert!(links(&school).await.is_empty());
}

/// A part of the name is not enough to be chosen beforehand, nor is a name that two students have.
#[tokio::test]
async fn only_the_one_student_with_the_whole_name_fits_exactly() {
    let school = TestSchool::open().await;
    let mother = &school.outside_parent;
    for (child, exact) in [
        ("Иванов Пётр", Some(school.student.id())),
        ("Петр Иванов", Some(school.student.id())),
        ("Иванов", None),
        ("Смирнова Анна", None),
        ("Тестова Вера", None),
    ] {
        let link = asks(&school, mother, child).await;
        let waiting = links(&school).await.pop().unwrap();
        assert_eq!(waiting.exact, exact, "{child}");
        let offered = waiting.suggestions.len() + waiting.others.len();
        assert_eq!(offered, 2, "the whole class");
        school.class_teacher.does(refuse(link, "Нет")).await;
    }
    let by = one(&school.class_teacher, CLASS, Role::Student, 1).await;
    let namesake = NewAccount {
        name: common::Name::new("Иванов", "Пётр", None),
        ..by_login("petya")
    };
    school.stranger().does(register(&by, namesake)).await;
    asks(&school, mother, "Иванов Пётр").await;
    let waiting = links(&school).await.pop().unwrap();
    assert_eq!((waiting.exact, waiting.suggestions.len()), (None, 2));
}

#[tokio::test]
async fn a_refusal_says_why_and_one_may_ask_again() {
    let school = TestSchool::open().await;
    let guest = &school.outside_parent;
    let first = asks(&school, guest, "Иванов Пётр").await;
    let error = school.class_teacher.fails(refuse(first, "")).await;
    assert_eq!(fields(error), [("reason".into(), Problem::Required)]);
    school
        .class_teacher
        .does(refuse(first, "Вас нет в списке родителей"))
        .await;
    let refused = child(guest, first).await;
    assert_eq!(refused.state, LinkState::Refused);
    assert_eq!(
        refused.reason.as_deref(),
        Some("Вас нет в списке родителей")
    );
    assert!(guest.state().await.school(SCHOOL).is_none());
    let second = asks(&school, guest, "Иванов Петр").await;
    let here: Vec<_> = guest
        .state()
        .await
        .children
        .into_iter()
        .filter(|child| child.school == SCHOOL)
        .map(|child| child.link)
        .collect();
    assert_eq!(here, [second]);
}

#[tokio::test]
async fn two_links_to_one_child_become_one() {
    let school = TestSchool::open().await;
    let parent = &school.parent;
    let second = asks(&school, parent, "Иванов Петя").await;
    school
        .class_teacher
        .does(confirm(second, Some(school.student.id())))
        .await;
    let mine: Vec<_> = parent
        .state()
        .await
        .children
        .iter()
        .map(|child| child.link)
        .collect();
    assert_eq!(mine, [second]);
    assert_eq!(child(parent, second).await.state, LinkState::Confirmed);
}

#[tokio::test]
async fn links_are_decided_by_who_leads_the_class() {
    let school = TestSchool::open().await;
    let link = asks(&school, &school.outside_parent, "Иванов Пётр").await;
    let decision = confirm(link, Some(school.student.id()));
    for staff in [&school.teacher, &school.other_teacher] {
        let error = staff.fails(decision.clone()).await;
        assert_eq!(error, Error::Denied(Reason::ClassTeacherOnly));
    }
    for outsider in [
        &school.outside_admin,
        &school.outside_parent,
        &school.operator,
    ] {
        let error = outsider.fails(decision.clone()).await;
        assert_eq!(error, Error::NotFound);
        let all = GetGuardianLinks {
            school: SCHOOL,
            class: None,
        };
        assert_eq!(outsider.fails(all).await, Error::NotFound);
    }
    let everything = GetGuardianLinks {
        school: SCHOOL,
        class: None,
    };
    assert_eq!(school.admin.does(everything).await.len(), 1);
    let error = school.student.fails(ConfirmChild { link: LINK }).await;
    assert_eq!(error, Error::NotFound);
}

#[tokio::test]
async fn the_list_of_links_has_an_end() {
    let school = TestSchool::offline().await;
    school
        .sql(
            "INSERT INTO guardian_links (school_id, class_id, parent_id, child_name, asked_at, state)
             SELECT 1, 1, 14, 'Ребёнок ' || number, now(), 'waiting'
             FROM generate_series(1, 101) AS number",
        )
        .await;
    assert_eq!(links(&school).await.len(), 100);
}
