//! Who comes into a class, moves and leaves.

use super::*;

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
    // Who writes in the class's channel, too, in which all three were before.
    let closed = async |who: &Actor| who.state().await.chats.0[&CLASS_CHANNEL].closed;
    assert_eq!(closed(&school.teacher).await, None);
    assert_eq!(closed(&school.admin).await, None);
    let before = closed(&school.class_teacher).await;
    assert_eq!(before, Some(Reason::ClassReadersOnly));

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

/// In one step: nobody sees the student in both classes, or in none.
#[tokio::test]
async fn a_move_leaves_the_other_classes() {
    let school = TestSchool::open().await;
    let moves = |who: &Actor, to, from: &[ClassId]| MoveToClass {
        class: to,
        account: who.id(),
        from: from.to_vec(),
    };
    let nowhere = moves(&school.student, PARALLEL_CLASS, &[PARALLEL_CLASS]);
    assert_eq!(
        school.admin.fails(nowhere).await,
        Error::field("from", Problem::Required)
    );
    for (from, who, error) in [
        (
            vec![CLASS, OTHER_SCHOOLS_CLASS],
            &school.student,
            Error::NotFound,
        ),
        (
            vec![CLASS],
            &school.parent,
            Error::field("account", Problem::Choice),
        ),
    ] {
        let refused = moves(who, PARALLEL_CLASS, &from);
        assert_eq!(school.admin.fails(refused).await, error);
    }
    assert!(reads(&school.student, STUDENTS_CHAT).await);

    let moved = moves(&school.student, PARALLEL_CLASS, &[CLASS, CLASS]);
    let page = school.admin.does(moved.clone()).await;
    assert_eq!(member(&page, &school.student), Some(ClassRole::Student));
    assert_eq!(member(&page, &school.parent), Some(ClassRole::Parent));
    assert!(reads(&school.student, PARALLEL_STUDENTS_CHAT).await);
    assert!(!reads(&school.student, STUDENTS_CHAT).await);
    assert!(!reads(&school.parent, PARENTS_CHAT).await);
    let state = school.parent.state().await;
    assert_eq!(state.children[0].class.id, PARALLEL_CLASS);
    let again = school.admin.fails(moved).await;
    assert_eq!(again, Error::Conflict(Conflict::Member));

    // By a page on which the student is still where they were: they would be in two classes.
    let made = school.admin.does(create(vec![grade(7, "Я")])).await;
    let third = made[0].id;
    for from in [vec![CLASS], vec![CLASS, PARALLEL_CLASS]] {
        let late = moves(&school.student, third, &from);
        let changed = Error::Conflict(Conflict::Changed);
        assert_eq!(school.admin.fails(late).await, changed, "{from:?}");
    }
    assert!(reads(&school.student, PARALLEL_STUDENTS_CHAT).await);
    let page = school.admin.does(GetClass { class: third }).await;
    assert_eq!(member(&page, &school.student), None);
}

/// R61: the parent of two children in a class stays when one of them leaves.
#[tokio::test]
async fn a_parent_with_another_child_in_the_class_stays() {
    let school = TestSchool::offline().await;
    school.has_two_children_of_one_parent().await;
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
    assert_eq!(student.confirmed, Some(true));
    let told = page.members.iter().filter(|it| it.confirmed.is_some());
    assert_eq!(told.count(), 2, "of students");
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
            assert!(member.family.is_empty() && member.confirmed.is_none());
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
