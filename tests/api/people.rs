//! The people of a school: search, contacts, roles, passwords.

use common::accounts::SignIn;
use common::chats::{OpenDirectChat, SendMessage};
use common::classes::{ClassRole, GetClass};
use common::error::{Conflict, Error, Problem};
use common::people::{EndRole, GetContacts, GetPeople, GrantRole, ResetPassword};
use common::permissions::{Reason, Role};
use common::realtime::{CLOSE_SESSION_ENDED, GetState};
use common::{AccountId, ClientId, Password};
use tests::place::{CLASS, PARENTS_CHAT, SCHOOL, SCHOOL_CHANNEL};
use tests::{Actor, TestSchool};

fn find(search: &str) -> GetPeople {
    GetPeople {
        school: SCHOOL,
        search: search.into(),
        role: None,
        class: None,
        page: 0,
    }
}

async fn found(actor: &Actor, request: GetPeople) -> Vec<String> {
    let page = actor.does(request).await;
    assert_eq!(page.total as usize, page.rows.len());
    page.rows.into_iter().map(|person| person.name).collect()
}

fn grant(account: AccountId, role: Role) -> GrantRole {
    let school = SCHOOL;
    GrantRole {
        school,
        account,
        role,
    }
}

fn end(account: AccountId, role: Role) -> EndRole {
    let school = SCHOOL;
    EndRole {
        school,
        account,
        role,
    }
}

#[tokio::test]
async fn people_are_found_by_parts_of_names_and_digits() {
    let school = TestSchool::open().await;
    let admin = &school.admin;
    let everybody = admin.does(find("")).await;
    assert_eq!((everybody.total, everybody.rows.len()), (10, 10));
    for (search, names) in [
        ("ПЕТР ив", vec!["Иванов Пётр Алексеевич"]),
        ("алексеевич", vec!["Иванов Пётр Алексеевич"]),
        (
            "ивано",
            vec!["Иванов Пётр Алексеевич", "Иванова Ольга Юрьевна"],
        ),
        // Not the beginning of a word.
        ("ванов", vec![]),
        ("8 (916) 000-00-05", vec!["Иванов Пётр Алексеевич"]),
        ("иван 0008", vec!["Иванова Ольга Юрьевна"]),
        ("%а", vec![]),
        // Of the other school.
        ("новиков", vec![]),
    ] {
        assert_eq!(found(admin, find(search)).await, names, "{search}");
    }
    let mut parents_of_class = find("");
    parents_of_class.role = Some(Role::Parent);
    parents_of_class.class = Some(CLASS);
    let names = found(admin, parents_of_class).await;
    assert_eq!(names, ["Иванова Ольга Юрьевна", "Смирнов Денис Олегович"]);

    let page = admin.does(find("соколова")).await;
    let person = &page.rows[0];
    assert_eq!(person.phone.as_deref(), Some("+7 916 000-00-02"));
    assert!(person.roles.teacher);
    let classes: Vec<_> = person
        .classes
        .iter()
        .map(|(class, role)| (class.name.as_str(), *role))
        .collect();
    assert_eq!(
        classes,
        [
            ("7А", ClassRole::ClassTeacher),
            ("Учительская", ClassRole::Teacher)
        ]
    );

    let error = school.teacher.fails(find("")).await;
    assert_eq!(error, Error::Denied(Reason::AdministratorOnly));
    assert_eq!(school.outside_admin.fails(find("")).await, Error::NotFound);
}

#[tokio::test]
async fn contacts_are_those_whom_the_rules_allow() {
    let school = TestSchool::offline().await;
    let contacts = |search: &str| GetContacts {
        school: SCHOOL,
        search: search.into(),
    };
    let of_student = school.student.does(contacts("")).await;
    let shown: Vec<_> = of_student
        .iter()
        .map(|it| (it.name.as_str(), it.role, it.note.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ("Белов Игорь Павлович", Role::Teacher, "7А"),
            ("Иванова Ольга Юрьевна", Role::Parent, "Иванов Пётр (7А)"),
            ("Смирнова Мария", Role::Student, "7А"),
            ("Соколова Анна Сергеевна", Role::Teacher, "7А"),
        ]
    );
    let of_parent = school.parent.does(contacts("")).await;
    let names: Vec<_> = of_parent.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Белов Игорь Павлович",
            "Иванов Пётр",
            "Смирнов Денис Олегович",
            "Соколова Анна Сергеевна",
        ]
    );
    // Staff write to everyone in the school, and to nobody outside of it.
    let of_teacher = school.other_teacher.does(contacts("")).await;
    assert_eq!(of_teacher.len(), 9);
    let of_teacher = school.other_teacher.does(contacts("петр")).await;
    assert_eq!(of_teacher.len(), 1);
    // Each of them can be written to, and no others.
    for actor in [&school.student, &school.parent, &school.teacher] {
        let ids: Vec<_> = actor
            .does(contacts(""))
            .await
            .iter()
            .map(|it| it.id)
            .collect();
        for other in school.everybody().filter(|other| other.id() != actor.id()) {
            let (school, account) = (SCHOOL, other.id());
            let opens = actor.call(OpenDirectChat { school, account }).await.is_ok();
            assert_eq!(opens, ids.contains(&account), "{actor:?} to {other:?}");
        }
    }
    let refused = school.outside_admin.call(contacts("")).await;
    assert_eq!(refused, Err(Error::NotFound));
}

#[tokio::test]
async fn a_teacher_becomes_an_administrator() {
    let school = TestSchool::open().await;
    let (admin, teacher) = (&school.admin, &school.teacher);
    // The channel's last word is from whose role changes.
    let person = admin.does(grant(teacher.id(), Role::Administrator)).await;
    assert!(person.roles.administrator && person.roles.teacher);
    teacher
        .does(SendMessage {
            chat: SCHOOL_CHANNEL,
            client_id: ClientId(1),
            body: "Завтра уроки с девяти".into(),
        })
        .await;
    let error = admin.fails(grant(teacher.id(), Role::Administrator)).await;
    assert_eq!(error, Error::Conflict(Conflict::Member));
    let person = teacher.does(end(teacher.id(), Role::Administrator)).await;
    assert!(!person.unwrap().roles.administrator);
    let last = school.student.state().await.chats.0[&SCHOOL_CHANNEL]
        .last
        .clone();
    assert_eq!(last.unwrap().author.role, Role::Teacher);

    // Who isn't staff comes by an invite.
    let refused = Error::field("account", Problem::Choice);
    for account in [school.parent.id(), school.outside_teacher.id()] {
        let error = admin.fails(grant(account, Role::Administrator)).await;
        assert_eq!(error, refused);
    }
    let error = admin.fails(grant(teacher.id(), Role::Student)).await;
    assert_eq!(error, Error::field("role", Problem::Choice));
    let error = teacher
        .fails(grant(teacher.id(), Role::Administrator))
        .await;
    assert_eq!(error, Error::Denied(Reason::AdministratorOnly));
    let error = school
        .outside_admin
        .fails(grant(teacher.id(), Role::Administrator))
        .await;
    assert_eq!(error, Error::NotFound);
}

/// R17
#[tokio::test]
async fn the_last_administrator_stays() {
    let school = TestSchool::open().await;
    let (one, other) = (&school.admin, &school.teacher);
    let last = Error::Conflict(Conflict::LastAdministrator);
    let error = one.fails(end(one.id(), Role::Administrator)).await;
    assert_eq!(error, last);

    // Two who end each other's role at once.
    one.does(grant(other.id(), Role::Administrator)).await;
    let (first, second) = tokio::join!(
        one.call(end(other.id(), Role::Administrator)),
        other.call(end(one.id(), Role::Administrator)),
    );
    school.check().await;
    assert_eq!(
        u8::from(first.is_ok()) + u8::from(second.is_ok()),
        1,
        "{first:?} {second:?}"
    );
}

#[tokio::test]
async fn who_is_dismissed_leaves_everything() {
    let school = TestSchool::open().await;
    let (teacher, parent) = (&school.class_teacher, &school.parent);
    let (account, school_id) = (teacher.id(), SCHOOL);
    let direct = parent
        .does(OpenDirectChat {
            school: school_id,
            account,
        })
        .await;
    assert!(direct.writes());
    let person = school.admin.does(end(teacher.id(), Role::Teacher)).await;
    assert_eq!(person, None);
    let state = teacher.state().await;
    assert!(state.schools.is_empty() && state.chats.0.is_empty());
    // What was said stays with the other one.
    assert!(!parent.state().await.chats.0[&direct.id].writes());
    let page = school.admin.does(GetClass { class: CLASS }).await;
    assert_eq!(page.class.class_teacher, None);
    assert_eq!(page.class.teachers, 1);
    let error = teacher.fails(GetClass { class: CLASS }).await;
    assert_eq!(error, Error::NotFound);
    let again = school.admin.fails(end(teacher.id(), Role::Teacher)).await;
    assert_eq!(again, Error::NotFound);
    let error = school
        .outside_admin
        .fails(end(parent.id(), Role::Parent))
        .await;
    assert_eq!(error, Error::NotFound);
}

/// R61
#[tokio::test]
async fn with_a_student_go_the_parents() {
    let school = TestSchool::open().await;
    let gone = school
        .admin
        .does(end(school.student.id(), Role::Student))
        .await;
    assert_eq!(gone, None);
    let state = school.parent.state().await;
    assert!(state.schools.is_empty() && state.chats.0.is_empty() && state.children.is_empty());
    assert_eq!(school.fellow_parent.state().await.children.len(), 1);
}

/// R61: the parent of another child in the school stays.
#[tokio::test]
async fn a_parent_of_another_child_stays() {
    let school = TestSchool::offline().await;
    school.has_two_children_of_one_parent().await;
    let parent = &school.parent;
    for actor in [parent, &school.student, &school.class_teacher] {
        actor.go_online().await;
    }
    school
        .admin
        .does(end(school.student.id(), Role::Student))
        .await;
    let state = parent.state().await;
    assert_eq!(state.children.len(), 1);
    assert!(state.chats.0.contains_key(&PARENTS_CHAT));
    assert!(state.schools[0].roles.parent);
    // The parent's own role ends the links with it.
    school.admin.does(end(parent.id(), Role::Parent)).await;
    let state = parent.state().await;
    assert!(state.children.is_empty() && state.schools.is_empty());
}

#[tokio::test]
async fn a_new_password_is_handed_over() {
    let school = TestSchool::open().await;
    let parent = &school.parent;
    let reset = |account| ResetPassword {
        school: SCHOOL,
        account,
    };
    let password = school.admin.does(reset(parent.id())).await;
    assert_eq!(parent.closed().await, Some(CLOSE_SESSION_ENDED));
    assert_eq!(parent.call(GetState {}).await, Err(Error::SignIn));
    let sign_in = |password: Password| SignIn {
        login: "8 916 000-00-08".into(),
        password,
    };
    let old = Password(tests::place::PASSWORD.into());
    let error = parent.fails(sign_in(old)).await;
    assert_eq!(error, Error::WrongCredentials);
    parent.does(sign_in(password)).await;
    assert!(parent.call(GetState {}).await.is_ok());

    // Not of administrators, operators, people of other schools, or of several.
    school
        .sql(
            "INSERT INTO memberships (school_id, account_id, role, started_at)
             VALUES (2, 3, 'teacher', now()), (1, 15, 'teacher', now())",
        )
        .await;
    for account in [
        &school.admin,
        &school.teacher,
        &school.operator,
        &school.outside_parent,
    ] {
        let error = school.admin.call(reset(account.id())).await.unwrap_err();
        assert_eq!(
            error,
            Error::field("account", Problem::Choice),
            "{account:?}"
        );
    }
    let error = school.class_teacher.call(reset(parent.id())).await;
    assert_eq!(error, Err(Error::Denied(Reason::AdministratorOnly)));
}
