//! Making, naming and archiving classes.

use common::people::EndRole;
use common::permissions::Role;
use tests::place::PARALLEL_PARENTS_CHAT;

use super::*;
use crate::parents::{asks, confirm};

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
    let school = TestSchool::open().await;
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
            ("classes.1.letter", Problem::Letter),
            ("classes.2.grade", Problem::Required),
            ("classes.2.letter", Problem::Letter),
            ("classes.3.name", Problem::Required),
            ("classes.4.kind", Problem::Choice),
        ]
    );
    let error = admin.fails(create(Vec::new())).await;
    assert_eq!(error, Error::field("classes", Problem::Required));
    let error = admin
        .fails(create(vec![named(ClassKind::Club, "Хор"); 41]))
        .await;
    let range = Problem::TooMany { max: 40 };
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
    assert!(!chat.writes());
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

/// The student is in the parallel class, too.
async fn learns_in_both(school: &TestSchool) {
    let add = AddToClass {
        class: PARALLEL_CLASS,
        account: school.student.id(),
        role: ClassRole::Student,
    };
    school.admin.does(add).await;
}

/// Who was confirmed for a child of the class meanwhile, by another of its classes, is there afterwards.
#[tokio::test]
async fn a_restored_class_has_the_parents_who_came_meanwhile() {
    let school = TestSchool::open().await;
    learns_in_both(&school).await;
    let removed = RemoveFromClass {
        class: PARALLEL_CLASS,
        account: school.parent.id(),
        role: ClassRole::Parent,
    };
    school.admin.does(removed).await;
    let class = PARALLEL_CLASS;
    school.admin.does(ArchiveClass { class }).await;
    let mother = &school.outside_parent;
    let link = asks(&school, mother, "Иванов Пётр").await;
    school
        .class_teacher
        .does(confirm(link, Some(school.student.id())))
        .await;
    assert!(reads(mother, PARENTS_CHAT).await);
    assert!(!reads(mother, PARALLEL_PARENTS_CHAT).await);
    school.admin.does(RestoreClass { class }).await;
    assert!(reads(mother, PARALLEL_PARENTS_CHAT).await);
    // Who was taken out by hand stays out.
    assert!(!reads(&school.parent, PARALLEL_PARENTS_CHAT).await);
}

/// Nor does it matter that one had been there before, by a link that has ended.
#[tokio::test]
async fn a_restored_class_has_the_parents_who_are_confirmed_again() {
    let school = TestSchool::open().await;
    learns_in_both(&school).await;
    assert!(reads(&school.parent, PARALLEL_PARENTS_CHAT).await);
    let ended = EndRole {
        school: SCHOOL,
        account: school.parent.id(),
        role: Role::Parent,
    };
    school.admin.does(ended).await;
    let class = PARALLEL_CLASS;
    school.admin.does(ArchiveClass { class }).await;
    school.wait_days(1);
    let link = asks(&school, &school.parent, "Иванов Пётр").await;
    school
        .class_teacher
        .does(confirm(link, Some(school.student.id())))
        .await;
    school.admin.does(RestoreClass { class }).await;
    assert!(reads(&school.parent, PARALLEL_PARENTS_CHAT).await);
}
