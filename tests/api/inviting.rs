//! Making and revoking invites: limits, and whose right it is.

use common::ClassId;
use common::error::{Error, Problem};
use common::invites::{CreateInvites, GetInvites, Revoke, RevokeInvites};
use common::permissions::{Reason, Role};
use tests::TestSchool;
use tests::place::{CLASS, OTHER_SCHOOL, PARALLEL_CLASS, SCHOOL, STAFF_ROOM};

use crate::invites::{accept, fields, invite, listed, one, open, secret};

#[tokio::test]
async fn limits_of_what_may_be_made() {
    let school = TestSchool::open().await;
    let request = CreateInvites {
        class: STAFF_ROOM,
        role: Role::Student,
        children: vec!["Иванов Пётр".into(); 61],
        days: 91,
        max_uses: 1001,
    };
    assert_eq!(
        fields(school.admin.fails(request).await),
        [
            ("days".into(), Problem::OutOfRange { min: 1, max: 90 }),
            ("max_uses".into(), Problem::OutOfRange { min: 1, max: 1000 }),
            ("role".into(), Problem::Choice),
            ("children".into(), Problem::Choice),
            ("children".into(), Problem::TooMany { max: 60 }),
        ]
    );
    let zero = CreateInvites {
        days: 0,
        ..invite(CLASS, Role::Student, 0)
    };
    assert_eq!(fields(school.admin.fails(zero).await).len(), 2);
    let children = CreateInvites {
        children: vec!["Иванов Пётр".into(), "R2D2".into()],
        ..invite(CLASS, Role::Parent, 2)
    };
    let error = school.class_teacher.fails(children).await;
    assert_eq!(fields(error), [("children".into(), Problem::Name)]);
    school
        .sql("UPDATE classes SET archived_at = now() WHERE id = 1")
        .await;
    let call = school.admin.call(invite(CLASS, Role::Student, 1));
    let error = call.await.unwrap_err();
    assert_eq!(error, Error::Denied(Reason::Archived));
}

#[tokio::test]
async fn who_may_invite_whom() {
    let school = TestSchool::open().await;
    let denied = |reason| Error::Denied(reason);
    let error = school
        .class_teacher
        .fails(invite(CLASS, Role::Teacher, 1))
        .await;
    assert_eq!(error, denied(Reason::AdministratorOnly));
    let error = school.teacher.fails(invite(CLASS, Role::Student, 1)).await;
    assert_eq!(error, denied(Reason::ClassTeacherOnly));
    let error = school
        .class_teacher
        .fails(invite(PARALLEL_CLASS, Role::Student, 1))
        .await;
    assert_eq!(error, denied(Reason::ClassTeacherOnly));
    let error = school
        .admin
        .fails(invite(STAFF_ROOM, Role::Administrator, 1))
        .await;
    assert_eq!(error, denied(Reason::AdministratorOnly));
    for outsider in [
        &school.outside_admin,
        &school.outside_teacher,
        &school.operator,
    ] {
        let error = outsider.fails(invite(CLASS, Role::Student, 1)).await;
        assert_eq!(error, Error::NotFound);
    }
}

#[tokio::test]
async fn unused_invites_are_revoked_together() {
    let school = TestSchool::open().await;
    let used = one(&school.class_teacher, CLASS, Role::Student, 5).await;
    school.outside_student.does(accept(&used)).await;
    let children = CreateInvites {
        children: vec!["Иванов Пётр".into(), "Смирнова Мария".into()],
        ..invite(CLASS, Role::Parent, 2)
    };
    let made = school.class_teacher.does(children).await;
    let named: Vec<_> = made
        .iter()
        .map(|made| made.invite.child.as_deref())
        .collect();
    assert_eq!(named, [Some("Иванов Пётр"), Some("Смирнова Мария")]);
    one(&school.admin, PARALLEL_CLASS, Role::Student, 1).await;
    let others = school
        .outside_admin
        .does(invite(ClassId(4), Role::Student, 1))
        .await;

    let what = Revoke::UnusedOfClass { class: CLASS };
    assert_eq!(school.class_teacher.does(RevokeInvites { what }).await, 2);
    let what = Revoke::UnusedOfSchool { school: SCHOOL };
    assert_eq!(
        school
            .admin
            .does(RevokeInvites { what: what.clone() })
            .await,
        1
    );
    let error = school
        .class_teacher
        .fails(RevokeInvites { what: what.clone() })
        .await;
    assert_eq!(error, Error::Denied(Reason::ClassTeacherOnly));
    assert_eq!(
        school.outside_admin.fails(RevokeInvites { what }).await,
        Error::NotFound
    );
    let stranger = school.stranger();
    assert_eq!(stranger.does(open(&used)).await.gone, None);
    assert_eq!(stranger.does(open(&secret(&others[0]))).await.gone, None);

    // The list of one school is not the other's.
    let seen = school
        .outside_admin
        .does(GetInvites {
            school: OTHER_SCHOOL,
            class: None,
            page: 0,
        })
        .await;
    assert_eq!(seen.total, 1);
    let what = Revoke::One {
        invite: made[0].invite.id,
    };
    assert_eq!(
        school.outside_admin.fails(RevokeInvites { what }).await,
        Error::NotFound
    );
}

#[tokio::test]
async fn many_invites_come_a_page_at_a_time() {
    let school = TestSchool::offline().await;
    let children = CreateInvites {
        children: (0..60)
            .map(|n| format!("Иванова Анна{}", "а".repeat(n % 20)))
            .collect(),
        ..invite(CLASS, Role::Parent, 2)
    };
    let made = school.class_teacher.does(children).await;
    assert_eq!(made.len(), 60);
    let page = async |page| school.class_teacher.does(listed(Some(CLASS), page)).await;
    let (first, second, third) = (page(0).await, page(1).await, page(2).await);
    assert_eq!((first.rows.len(), first.total), (50, 60));
    assert_eq!((second.rows.len(), second.total), (10, 60));
    assert_eq!((third.rows.len(), third.total), (0, 0));
    let ids = |all: &[common::invites::Invite]| all.iter().map(|it| it.id.0).collect::<Vec<_>>();
    let mut made: Vec<_> = made.iter().map(|it| it.invite.id.0).collect();
    made.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
    assert_eq!([ids(&first.rows), ids(&second.rows)].concat(), made);
}
