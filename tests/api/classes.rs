//! The class structure, and people in and out of classes.

use common::chats::SendMessage;
use common::classes::{
    AddToClass, ArchiveClass, Class, ClassKind, ClassPage, ClassRole, CreateClasses, EditClass,
    GetClass, GetStructure, NewClass, RemoveFromClass, RestoreClass, SetClassTeacher,
};
use common::error::{Conflict, Error, Problem};
use common::permissions::Reason;
use common::{AccountId, ClassId, ClientId};
use diesel_async::RunQueryDsl as _;
use tests::place::{
    CLASS, OTHER_SCHOOLS_CLASS, PARALLEL_CLASS, PARALLEL_STUDENTS_CHAT, PARENTS_CHAT, SCHOOL,
    STAFF_ROOM, STUDENTS_CHAT, TEACHERS_CHAT,
};
use tests::{Actor, TestSchool};

fn grade(grade: i16, letter: &str) -> NewClass {
    NewClass {
        kind: ClassKind::Grade,
        grade: Some(grade),
        letter: Some(letter.into()),
        name: String::new(),
    }
}

fn named(kind: ClassKind, name: &str) -> NewClass {
    NewClass {
        kind,
        grade: None,
        letter: None,
        name: name.into(),
    }
}

fn create(classes: Vec<NewClass>) -> CreateClasses {
    CreateClasses {
        school: SCHOOL,
        year: 2026,
        classes,
    }
}

fn names(classes: &[Class]) -> Vec<&str> {
    classes.iter().map(|class| class.name.as_str()).collect()
}

async fn structure(actor: &Actor) -> Vec<Class> {
    actor.does(GetStructure { school: SCHOOL }).await
}

fn member(page: &ClassPage, actor: &Actor) -> Option<ClassRole> {
    let found = page.members.iter().find(|it| it.account == actor.id());
    found.map(|it| it.role)
}

async fn reads(actor: &Actor, chat: common::ChatId) -> bool {
    actor.state().await.chats.0.contains_key(&chat)
}

#[tokio::test]
async fn the_grid_counts_everybody_once() {
    let school = TestSchool::open().await;
    let grid = structure(&school.teacher).await;
    assert_eq!(names(&grid), ["7А", "7Б", "Учительская"]);
    let class = &grid[0];
    assert_eq!(class.id, CLASS);
    assert_eq!((class.students, class.parents, class.teachers), (2, 2, 2));
    assert_eq!((class.students_with_parent, class.waiting), (2, 0));
    let teacher = class.class_teacher.as_ref().unwrap();
    assert_eq!(teacher.name, "Соколова Анна Сергеевна");
    assert_eq!(grid[2].teachers, 4);

    let error = school.parent.fails(GetStructure { school: SCHOOL }).await;
    assert_eq!(error, Error::Denied(Reason::StaffOnly));
    let error = school
        .outside_admin
        .fails(GetStructure { school: SCHOOL })
        .await;
    assert_eq!(error, Error::NotFound);
}

#[tokio::test]
async fn a_row_is_made_at_once_with_its_chats() {
    let school = TestSchool::open().await;
    let made = school
        .admin
        .does(create(vec![
            grade(8, "б"),
            // A Latin letter that looks like a Russian one.
            grade(8, "A"),
            named(ClassKind::Club, " Шахматы "),
        ]))
        .await;
    assert_eq!(names(&made), ["8А", "8Б", "Шахматы"]);
    assert_eq!(made[0].letter.as_deref(), Some("А"));
    assert_eq!(made[2].grade, None);

    for class in &made {
        school
            .admin
            .does(SetClassTeacher {
                class: class.id,
                teacher: Some(school.teacher.id()),
            })
            .await;
        let state = school.teacher.state().await;
        let chats = state.chats.0.values();
        let kinds = chats.filter(|chat| chat.class == Some(class.id)).count();
        assert_eq!(kinds, 3, "students, parents and teachers of {}", class.name);
    }
    let error = school
        .class_teacher
        .fails(create(vec![grade(9, "А")]))
        .await;
    assert_eq!(error, Error::Denied(Reason::AdministratorOnly));
}

#[tokio::test]
async fn every_problem_names_class_and_field() {
    let school = TestSchool::offline().await;
    let admin = &school.admin;
    let classes = vec![
        grade(8, "А"),
        grade(12, "АБ"),
        NewClass {
            kind: ClassKind::Grade,
            grade: None,
            letter: Some("W".into()),
            name: String::new(),
        },
        named(ClassKind::StudyGroup, "  "),
        named(ClassKind::StaffRoom, "Вторая учительская"),
    ];
    let Error::Invalid(problems) = admin.fails(create(classes)).await else {
        panic!("not by its fields");
    };
    let problems: Vec<_> = problems
        .iter()
        .map(|it| (it.field.as_str(), it.problem))
        .collect();
    assert_eq!(
        problems,
        [
            ("classes.1.grade", Problem::OutOfRange { min: 1, max: 11 }),
            ("classes.1.letter", Problem::TooLong { max: 1 }),
            ("classes.2.grade", Problem::Required),
            ("classes.2.letter", Problem::Name),
            ("classes.3.name", Problem::Required),
            ("classes.4.kind", Problem::Choice),
        ]
    );
    let error = admin.fails(create(Vec::new())).await;
    assert_eq!(error, Error::field("classes", Problem::Required));
    let error = admin
        .fails(create(vec![named(ClassKind::Club, "Хор"); 41]))
        .await;
    let range = Problem::OutOfRange { min: 1, max: 40 };
    assert_eq!(error, Error::field("classes", range));
    let mut past = create(vec![grade(8, "А")]);
    past.year = 2020;
    let (min, max) = (2025, 2027);
    let range = Problem::OutOfRange { min, max };
    assert_eq!(admin.fails(past).await, Error::field("year", range));
    assert_eq!(structure(admin).await.len(), 3, "nothing was made");
}

#[tokio::test]
async fn a_name_is_there_once_in_a_year() {
    let school = TestSchool::open().await;
    let admin = &school.admin;
    let taken = Error::Conflict(Conflict::ClassName);
    // All or nothing.
    let row = create(vec![grade(7, "В"), grade(7, "а")]);
    assert_eq!(admin.fails(row).await, taken);
    let twice = create(vec![
        named(ClassKind::Club, "Хор"),
        named(ClassKind::Club, "хор"),
    ]);
    assert_eq!(admin.fails(twice).await, taken);
    assert_eq!(structure(admin).await.len(), 3);

    let mut next_year = create(vec![grade(7, "А")]);
    next_year.year = 2027;
    admin.does(next_year).await;

    // An archived class frees its name, and does not come back over the new one.
    admin.does(ArchiveClass { class: CLASS }).await;
    admin.does(create(vec![grade(7, "А")])).await;
    assert_eq!(admin.fails(RestoreClass { class: CLASS }).await, taken);
    let rename = EditClass {
        class: PARALLEL_CLASS,
        grade: Some(7),
        letter: Some("А".into()),
        name: String::new(),
    };
    assert_eq!(admin.fails(rename).await, taken);
}

#[tokio::test]
async fn a_new_name_reaches_everybody() {
    let school = TestSchool::open().await;
    let rename = |name: &str| EditClass {
        class: CLASS,
        grade: Some(7),
        letter: Some(name.into()),
        name: String::new(),
    };
    let class = school.admin.does(rename("г")).await;
    assert_eq!(class.name, "7Г");
    let state = school.student.state().await;
    assert_eq!(state.chats.0[&STUDENTS_CHAT].title, "7Г");
    let state = school.parent.state().await;
    assert_eq!(state.chats.0[&PARENTS_CHAT].title, "7Г");
    assert_eq!(state.children[0].class.name, "7Г");
    let state = school.class_teacher.state().await;
    assert_eq!(state.schools[0].leads[0].name, "7Г");
    assert!(school.other_student.heard().is_empty());

    let error = school.class_teacher.fails(rename("Д")).await;
    assert_eq!(error, Error::Denied(Reason::AdministratorOnly));
    let error = school.outside_admin.fails(rename("Д")).await;
    assert_eq!(error, Error::NotFound);

    let staff_room = EditClass {
        class: STAFF_ROOM,
        grade: None,
        letter: None,
        name: "Учительская школы № 12".into(),
    };
    let class = school.admin.does(staff_room).await;
    assert_eq!(class.kind, ClassKind::StaffRoom);
    assert_eq!(class.name, "Учительская школы № 12");
}

#[tokio::test]
async fn an_archived_class_is_read_and_not_written() {
    let school = TestSchool::open().await;
    school
        .sql(
            "INSERT INTO invites (school_id, class_id, role, secret_hash, created_by, created_at,
                                  expires_at, max_uses)
             SELECT 1, class_id, 'student', sha256(class_id::text::bytea), 1, now(), now(), 30
             FROM unnest(ARRAY[1, 2]) AS class_id",
        )
        .await;
    let says = |number: u128| SendMessage {
        chat: STUDENTS_CHAT,
        client_id: ClientId(number),
        body: "До осени!".into(),
    };
    school.student.does(says(1)).await;
    let class = school.admin.does(ArchiveClass { class: CLASS }).await;
    assert!(class.archived);
    let chat = school.student.state().await.chats.0[&STUDENTS_CHAT].clone();
    assert!(!chat.writes);
    assert_eq!(chat.last_seq, 1);
    let error = school.student.fails(says(2)).await;
    assert_eq!(error, Error::Denied(Reason::Archived));
    assert!(
        school.class_teacher.state().await.schools[0]
            .leads
            .is_empty()
    );
    let left = diesel::sql_query("SELECT FROM invites WHERE revoked_at IS NULL")
        .execute(&mut *school.conn().await)
        .await
        .unwrap();
    assert_eq!(left, 1, "only the invites of the other class stay");
    // Nobody comes into it, or leads it anew.
    let add = AddToClass {
        class: CLASS,
        account: school.other_student.id(),
        role: ClassRole::Student,
    };
    assert_eq!(
        school.admin.fails(add).await,
        Error::Denied(Reason::Archived)
    );

    let class = school.admin.does(RestoreClass { class: CLASS }).await;
    assert!(!class.archived);
    school.student.does(says(2)).await;
    assert_eq!(school.class_teacher.state().await.schools[0].leads.len(), 1);

    let error = school.admin.fails(ArchiveClass { class: STAFF_ROOM }).await;
    assert_eq!(error, Error::field("class", Problem::Choice));
}

#[tokio::test]
async fn the_class_teacher_before_stays_as_a_teacher() {
    let school = TestSchool::open().await;
    let appoint = |teacher: Option<AccountId>| SetClassTeacher {
        class: CLASS,
        teacher,
    };
    let class = school.admin.does(appoint(Some(school.teacher.id()))).await;
    assert_eq!(class.class_teacher.unwrap().id, school.teacher.id());
    assert_eq!(class.teachers, 2);
    assert!(reads(&school.teacher, STUDENTS_CHAT).await);
    assert!(!reads(&school.class_teacher, STUDENTS_CHAT).await);
    assert!(!reads(&school.class_teacher, PARENTS_CHAT).await);
    assert!(reads(&school.class_teacher, TEACHERS_CHAT).await);
    let leads = school.teacher.state().await.schools[0].leads.clone();
    assert_eq!(leads[0].id, CLASS);

    // An administrator may lead a class, and is a teacher by that.
    school.admin.does(appoint(Some(school.admin.id()))).await;
    let state = school.admin.state().await;
    assert!(state.schools[0].roles.teacher && state.schools[0].roles.administrator);

    let class = school.admin.does(appoint(None)).await;
    assert_eq!(class.class_teacher, None);
    assert_eq!(class.teachers, 3);

    let refused = Error::field("teacher", Problem::Choice);
    for not_staff in [&school.parent, &school.outside_teacher] {
        let error = school.admin.fails(appoint(Some(not_staff.id()))).await;
        assert_eq!(error, refused);
    }
    let staff_room = SetClassTeacher {
        class: STAFF_ROOM,
        teacher: Some(school.teacher.id()),
    };
    let error = school.admin.fails(staff_room).await;
    assert_eq!(error, Error::field("class", Problem::Choice));
}

#[tokio::test]
async fn a_student_moves_with_the_parents() {
    let school = TestSchool::open().await;
    let student = school.student.id();
    let page = school
        .admin
        .does(AddToClass {
            class: PARALLEL_CLASS,
            account: student,
            role: ClassRole::Student,
        })
        .await;
    assert_eq!(member(&page, &school.student), Some(ClassRole::Student));
    assert_eq!(member(&page, &school.parent), Some(ClassRole::Parent));
    assert!(reads(&school.student, PARALLEL_STUDENTS_CHAT).await);

    let page = school
        .class_teacher
        .does(RemoveFromClass {
            class: CLASS,
            account: student,
            role: ClassRole::Student,
        })
        .await;
    assert_eq!(member(&page, &school.student), None);
    assert_eq!(member(&page, &school.parent), None);
    assert!(!reads(&school.student, STUDENTS_CHAT).await);
    assert!(!reads(&school.parent, PARENTS_CHAT).await);
    let state = school.parent.state().await;
    assert_eq!(state.children[0].class.id, PARALLEL_CLASS);
    assert!(state.schools[0].roles.parent);

    let again = RemoveFromClass {
        class: CLASS,
        account: student,
        role: ClassRole::Student,
    };
    assert_eq!(school.admin.fails(again).await, Error::NotFound);
}

/// R61: the parent of two children in a class stays when one of them leaves.
#[tokio::test]
async fn a_parent_with_another_child_in_the_class_stays() {
    let school = TestSchool::offline().await;
    school
        .sql(
            "INSERT INTO guardian_links (school_id, class_id, parent_id, child_id, child_name,
                                         asked_at, state, registration_confirmed_at)
             VALUES (1, 1, 8, 6, 'Смирнова Мария', now(), 'confirmed', now());
             INSERT INTO class_members (school_id, class_id, account_id, role, child_id, started_at)
             VALUES (1, 1, 8, 'parent', 6, now())",
        )
        .await;
    for actor in [&school.parent, &school.fellow_parent, &school.student] {
        actor.go_online().await;
    }
    let remove = |account| RemoveFromClass {
        class: CLASS,
        account,
        role: ClassRole::Student,
    };
    school.admin.does(remove(school.student.id())).await;
    assert!(reads(&school.parent, PARENTS_CHAT).await);
    let page = school.admin.does(remove(school.classmate.id())).await;
    assert!(!reads(&school.parent, PARENTS_CHAT).await);
    assert!(!reads(&school.fellow_parent, PARENTS_CHAT).await);
    assert_eq!(page.class.parents, 0);
}

#[tokio::test]
async fn people_come_into_classes_by_the_role_that_they_have() {
    let school = TestSchool::open().await;
    let add = |account: &Actor, role| AddToClass {
        class: CLASS,
        account: account.id(),
        role,
    };
    let page = school
        .admin
        .does(add(&school.other_teacher, ClassRole::Teacher))
        .await;
    assert_eq!(
        member(&page, &school.other_teacher),
        Some(ClassRole::Teacher)
    );
    assert!(reads(&school.other_teacher, TEACHERS_CHAT).await);
    assert!(!reads(&school.other_teacher, STUDENTS_CHAT).await);

    let admin = &school.admin;
    let member_already = Error::Conflict(Conflict::Member);
    let not_this_one = Error::field("account", Problem::Choice);
    for (account, role, error) in [
        (&school.other_teacher, ClassRole::Teacher, &member_already),
        // Leads it.
        (&school.class_teacher, ClassRole::Teacher, &member_already),
        (&school.parent, ClassRole::Parent, &member_already),
        // Has no child in it.
        (&school.other_parent, ClassRole::Parent, &not_this_one),
        (&school.parent, ClassRole::Teacher, &not_this_one),
        (&school.teacher, ClassRole::Student, &not_this_one),
        (&school.outside_student, ClassRole::Student, &not_this_one),
    ] {
        assert_eq!(&admin.fails(add(account, role)).await, error, "{account:?}");
    }
    let error = admin
        .fails(add(&school.teacher, ClassRole::ClassTeacher))
        .await;
    assert_eq!(error, Error::field("role", Problem::Choice));
    let staff_room = RemoveFromClass {
        class: STAFF_ROOM,
        account: school.teacher.id(),
        role: ClassRole::Teacher,
    };
    let error = admin.fails(staff_room).await;
    assert_eq!(error, Error::field("class", Problem::Choice));

    let remove = RemoveFromClass {
        class: CLASS,
        account: school.student.id(),
        role: ClassRole::Student,
    };
    let error = school.teacher.fails(remove.clone()).await;
    assert_eq!(error, Error::Denied(Reason::ClassTeacherOnly));
    let error = school.other_student.fails(remove.clone()).await;
    assert_eq!(error, Error::NotFound);
    assert_eq!(school.outside_admin.fails(remove).await, Error::NotFound);
}

#[tokio::test]
async fn families_are_shown_to_staff() {
    let school = TestSchool::open().await;
    let get = |class: ClassId| GetClass { class };
    let page = school.teacher.does(get(CLASS)).await;
    let roles: Vec<ClassRole> = page.members.iter().map(|it| it.role).collect();
    use ClassRole::{ClassTeacher, Parent, Student, Teacher};
    assert_eq!(
        roles,
        [ClassTeacher, Teacher, Student, Student, Parent, Parent]
    );
    let student = &page.members[2];
    assert_eq!(student.name, "Иванов Пётр Алексеевич");
    assert!(student.confirmed);
    assert_eq!(student.family[0].id, school.parent.id());
    let parent = page
        .members
        .iter()
        .find(|it| it.account == school.parent.id());
    assert_eq!(parent.unwrap().family[0].name, "Иванов Пётр");

    for actor in [&school.student, &school.parent] {
        let page = actor.does(get(CLASS)).await;
        assert_eq!(page.members.len(), 6);
        assert_eq!(page.members[2].name, "Иванов Пётр");
        for member in &page.members {
            assert!(member.family.is_empty() && !member.confirmed);
        }
        assert_eq!(page.class.students_with_parent, 0);
        assert_eq!(actor.fails(get(PARALLEL_CLASS)).await, Error::NotFound);
        assert_eq!(actor.fails(get(OTHER_SCHOOLS_CLASS)).await, Error::NotFound);
    }
}

/// Who joins begins with everything read, but has not read it: what was written keeps its state.
#[tokio::test]
async fn who_joins_later_has_read_nothing() {
    let school = TestSchool::open().await;
    school
        .student
        .does(SendMessage {
            chat: STUDENTS_CHAT,
            client_id: ClientId(1),
            body: "Кто сегодня дежурит?".into(),
        })
        .await;
    let joins = AddToClass {
        class: CLASS,
        account: school.other_student.id(),
        role: ClassRole::Student,
    };
    school.admin.does(joins).await;
    let chat = school.other_student.state().await.chats.0[&STUDENTS_CHAT].clone();
    assert_eq!(chat.unread(), 0);
    let chat = school.student.state().await.chats.0[&STUDENTS_CHAT].clone();
    assert_eq!(chat.others_read_seq, 0);
}
