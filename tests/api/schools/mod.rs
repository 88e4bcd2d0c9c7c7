//! The information page of a school.

mod administrator;
mod applications;
mod order;
mod repeats;
mod zones;

use common::error::{Error, FieldError, Problem};
use common::permissions::Reason;
use common::schools::zones::MOSCOW;
use common::schools::{EditSchool, GetSchool, Information, SchoolInfo};
use tests::TestSchool;
use tests::place::{OTHER_SCHOOL, SCHOOL};

/// As the test's world begins.
fn before() -> Information {
    Information {
        full_name: "Средняя школа № 12".into(),
        short_name: "Школа № 12".into(),
        time_zone: MOSCOW.into(),
        info: SchoolInfo::default(),
    }
}

fn edit() -> EditSchool {
    EditSchool {
        school: SCHOOL,
        before: before(),
        after: Information {
            full_name: " Средняя школа № 12 имени А. С. Пушкина ".into(),
            short_name: "Школа имени Пушкина".into(),
            time_zone: MOSCOW.into(),
            info: SchoolInfo {
                about: "Основана в **1936** году.".into(),
                site: "https://school12.example".into(),
                ..SchoolInfo::default()
            },
        },
    }
}

#[tokio::test]
async fn members_see_their_school_and_nobody_else_does() {
    let school = TestSchool::offline().await;
    for actor in school.everybody() {
        let seen = actor.call(GetSchool { school: SCHOOL }).await;
        if actor.id().0 <= 10 {
            assert_eq!(seen.unwrap().short_name, "Школа № 12", "{}", actor.name());
        } else {
            assert_eq!(seen, Err(Error::NotFound), "{}", actor.name());
        }
    }
    let seen = school.stranger().call(GetSchool { school: SCHOOL }).await;
    assert_eq!(seen, Err(Error::SignIn));
}

#[tokio::test]
async fn an_edit_reaches_everyone_in_the_school() {
    let school = TestSchool::open().await;
    let edited = school.admin.does(edit()).await;
    assert_eq!(edited.full_name, "Средняя школа № 12 имени А. С. Пушкина");
    assert_eq!(
        school.student.call(GetSchool { school: SCHOOL }).await,
        Ok(edited)
    );
    for actor in school.everybody() {
        assert_eq!(!actor.heard().is_empty(), actor.id().0 <= 10);
    }
    let state = school.parent.state().await;
    assert_eq!(state.schools[0].short_name, "Школа имени Пушкина");
    assert_eq!(state.children[0].school_name, "Школа имени Пушкина");
}

#[tokio::test]
async fn who_waits_at_the_door_learns_the_new_name_and_nothing_more() {
    let school = TestSchool::offline().await;
    school
        .sql(
            "INSERT INTO join_requests (school_id, class_id, account_id, role, message, asked_at)
             VALUES (1, 1, 13, 'student', '', now());
             INSERT INTO guardian_links
                 (school_id, class_id, parent_id, child_name, asked_at, state)
             VALUES (1, 1, 14, 'Новикова Анна', now(), 'waiting')",
        )
        .await;
    school.outside_student.go_online().await;
    school.outside_parent.go_online().await;
    school.admin.does(edit()).await;
    let state = school.outside_student.state().await;
    assert_eq!(state.requests[0].school_name, "Школа имени Пушкина");
    let state = school.outside_parent.state().await;
    assert_eq!(state.children[1].school_name, "Школа имени Пушкина");
}

#[tokio::test]
async fn only_its_administrator_edits_a_school() {
    let school = TestSchool::open().await;
    for member in [&school.class_teacher, &school.student, &school.parent] {
        assert_eq!(
            member.fails(edit()).await,
            Error::Denied(Reason::AdministratorOnly)
        );
    }
    for outsider in [&school.outside_admin, &school.operator] {
        assert_eq!(outsider.fails(edit()).await, Error::NotFound);
    }
    let other = EditSchool {
        school: OTHER_SCHOOL,
        ..edit()
    };
    assert_eq!(school.admin.fails(other).await, Error::NotFound);
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let school = TestSchool::open().await;
    let mut wrong = edit();
    wrong.after.short_name = " ".into();
    wrong.after.info = SchoolInfo {
        about: "я".repeat(8001),
        journal: "http://journal.example".into(),
        ..SchoolInfo::default()
    };
    let named = |field: &str, problem| FieldError {
        field: field.into(),
        problem,
    };
    assert_eq!(
        school.admin.fails(wrong).await,
        Error::Invalid(vec![
            named("short_name", Problem::Required),
            named("about", Problem::TooLong { max: 8000 }),
            named("journal", Problem::Link),
        ])
    );
}

/// Two have the form open: each writes what they have changed.
#[tokio::test]
async fn nobody_overwrites_what_somebody_else_has_written_meanwhile() {
    let school = TestSchool::open().await;
    let writes = |phone: &str, hours: &str| {
        let mut edit = edit();
        edit.after = before();
        edit.after.info.phone = phone.into();
        edit.after.info.hours = hours.into();
        edit
    };
    let page = async || school.admin.does(GetSchool { school: SCHOOL }).await.info;
    school.admin.does(writes("", "пн–пт 8:00–18:00")).await;
    // Another field.
    let saved = school.admin.does(writes("+7 4822 00-00-12", "")).await;
    assert_eq!(saved.info.hours, "пн–пт 8:00–18:00");
    assert_eq!(saved.info.phone, "+7 4822 00-00-12");
    // The same field, otherwise: nothing is written.
    let same = school.admin.fails(writes("+7 4822 00-00-13", "сб")).await;
    let changed = |field: &str| FieldError {
        field: field.into(),
        problem: Problem::Changed,
    };
    let both = Error::Invalid(vec![changed("phone"), changed("hours")]);
    assert_eq!(same, both);
    assert_eq!(page().await, saved.info);
    // The same field, the same words.
    school.admin.does(writes("", "пн–пт 8:00–18:00 ")).await;
    assert_eq!(page().await, saved.info);
    // Who knows what is there replaces it.
    let mut knowing = writes("", "");
    knowing.before = saved.information();
    assert_eq!(school.admin.does(knowing).await.info, SchoolInfo::default());
}
