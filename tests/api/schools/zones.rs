//! A school's day and school year follow its time zone.

use common::accounts::NewAccount;
use common::classes::{ClassKind, CreateClasses, GetStructure, NewClass};
use common::error::{Error, Problem};
use common::invites::{AskToJoin, CreateInvites};
use common::parents::RegisterChild;
use common::permissions::Role;
use common::realtime::GetState;
use common::schools::applications::{
    Decision, GetApplication, Questionnaire, RegisterAdministrator, Resubmit,
};
use common::schools::zones::MOSCOW;
use common::schools::{EditSchool, GetSchool, Information};
use common::{Date, GuardianLinkId, SchoolId, Timestamp};
use tests::place::{CLASS, MORNING, OTHER_SCHOOL, SCHOOL};
use tests::{Actor, TestSchool};

use super::administrator::account;
use super::applications::{applied, apply, questionnaire, remarks};
use super::edit;
use crate::invites::{fields, invite, newcomer, one, register};

const KAMCHATKA: &str = "Asia/Kamchatka";

/// Nobody is online, and it's this day and hour in UTC.
async fn school_at(day: &str, hour: i64) -> TestSchool {
    let school = TestSchool::offline().await;
    school.wait_ms(moment(day, hour).0 - MORNING.0);
    school
}

fn moment(day: &str, hour: i64) -> Timestamp {
    let day: Date = day.parse().unwrap();
    Timestamp(i64::from(day.days()) * Timestamp::DAY + hour * 60 * 60 * 1000)
}

/// Moves a school that its administrator sees.
async fn moves(administrator: &Actor, school: SchoolId, time_zone: &str) -> EditSchool {
    let before = administrator.call(GetSchool { school }).await.unwrap();
    let before = before.information();
    EditSchool {
        school,
        after: Information {
            time_zone: time_zone.into(),
            ..before.clone()
        },
        before,
    }
}

/// A club for each try: names are there once in a year.
fn club(school: SchoolId, year: i16, name: &str) -> CreateClasses {
    CreateClasses {
        school,
        year,
        classes: vec![NewClass {
            kind: ClassKind::Club,
            grade: None,
            letter: None,
            name: name.into(),
        }],
    }
}

/// The school years of which classes may be made: the current one, those before and after.
async fn years(actor: &Actor, school: SchoolId, name: &str) -> Vec<i16> {
    let mut found = Vec::new();
    for year in 2023..=2028 {
        match actor.call(club(school, year, name)).await {
            Ok(made) => found.push(made[0].year),
            Err(Error::Invalid(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    found
}

fn born(account: NewAccount, birth_date: &str) -> NewAccount {
    NewAccount {
        birth_date: birth_date.into(),
        ..account
    }
}

/// The field that was found wrong.
fn wrong<T: std::fmt::Debug>(outcome: Result<T, Error>) -> (String, Problem) {
    fields(outcome.unwrap_err()).remove(0)
}

fn wrong_date() -> (String, Problem) {
    ("birth_date".into(), Problem::Date)
}

#[tokio::test]
async fn it_is_1_july_in_kamchatka_while_moscow_has_30_june() {
    let school = school_at("2026-06-30", 13).await;
    let (admin, other) = (&school.admin, &school.outside_admin);
    other
        .does(moves(other, OTHER_SCHOOL, KAMCHATKA).await)
        .await;
    assert_eq!(years(admin, SCHOOL, "Хор").await, [2024, 2025, 2026]);
    assert_eq!(years(other, OTHER_SCHOOL, "Хор").await, [2025, 2026, 2027]);

    // The day follows a change of the zone, there and back.
    admin.does(moves(admin, SCHOOL, KAMCHATKA).await).await;
    assert_eq!(years(admin, SCHOOL, "Шахматы").await, [2025, 2026, 2027]);
    admin.does(moves(admin, SCHOOL, MOSCOW).await).await;
    assert_eq!(years(admin, SCHOOL, "Театр").await, [2024, 2025, 2026]);
    // And goes on by itself.
    school.wait_ms(8 * 60 * 60 * 1000);
    assert_eq!(years(admin, SCHOOL, "Танцы").await, [2025, 2026, 2027]);
}

#[tokio::test]
async fn who_comes_is_born_by_the_schools_today_at_the_latest() {
    let school = school_at("2026-08-31", 13).await;
    let today = |account| born(account, "2026-09-01");
    let secret = one(&school.class_teacher, CLASS, Role::Student, 5).await;
    let by_invite = || register(&secret, today(newcomer("+7 916 555-00-01")));
    let by_code = || AskToJoin {
        code: "shkola".into(),
        class: Some(CLASS),
        role: Role::Student,
        message: String::new(),
        child: None,
        account: Some(today(newcomer("+7 916 555-00-02"))),
    };
    school
        .sql(
            "INSERT INTO guardian_links
                 (school_id, class_id, parent_id, child_name, asked_at, state)
             VALUES (1, 1, 8, 'Иванова Анна', now(), 'confirmed')",
        )
        .await;
    let by_parent = || RegisterChild {
        link: GuardianLinkId(1001),
        account: today(newcomer("+7 916 555-00-03")),
    };
    let guest = school.stranger();
    assert_eq!(wrong(guest.call(by_invite()).await), wrong_date());
    assert_eq!(wrong(guest.call(by_code()).await), wrong_date());
    assert_eq!(wrong(school.parent.call(by_parent()).await), wrong_date());

    school
        .admin
        .does(moves(&school.admin, SCHOOL, KAMCHATKA).await)
        .await;
    school.stranger().does(by_invite()).await;
    school.stranger().does(by_code()).await;
    school.parent.does(by_parent()).await;
}

#[tokio::test]
async fn a_school_begins_in_the_zone_of_its_application() {
    let school = school_at("2026-06-30", 13).await;
    let asked = Questionnaire {
        time_zone: " asia/kamchatka ".into(),
        ..questionnaire()
    };
    let (secret, _) = applied(&school, asked, Some(Decision::Approve)).await;
    let own = GetApplication {
        secret: secret.clone(),
    };
    let application = school.stranger().does(own).await;
    assert_eq!(application.questionnaire.time_zone, KAMCHATKA);
    let takes_over = |birth_date| RegisterAdministrator {
        secret: secret.clone(),
        account: Some(born(account(), birth_date)),
    };
    let admin = school.stranger();
    let error = admin.call(takes_over("2026-07-02")).await;
    assert_eq!(wrong(error), wrong_date());
    let new = admin.does(takes_over("2026-07-01")).await;
    let state = admin.call(GetState {}).await.unwrap();
    assert_eq!(state.school(new).unwrap().time_zone, KAMCHATKA);
    let page = admin.does(GetSchool { school: new }).await;
    assert_eq!(page.time_zone, KAMCHATKA);
    let classes = admin.does(GetStructure { school: new }).await;
    assert_eq!(classes[0].year, 2026);
}

#[tokio::test]
async fn there_must_be_such_a_zone() {
    let school = TestSchool::open().await;
    let choice = || Error::field("time_zone", Problem::Choice);
    for name in ["Europe/Atlantis", "UTC+3", "Etc/Unknown"] {
        let error = school
            .admin
            .fails(moves(&school.admin, SCHOOL, name).await)
            .await;
        assert_eq!(error, choice(), "{name}");
    }
    let required = Error::field("time_zone", Problem::Required);
    assert_eq!(
        school
            .admin
            .fails(moves(&school.admin, SCHOOL, " ").await)
            .await,
        required
    );

    let nowhere = || Questionnaire {
        time_zone: "Asia/Shambhala".into(),
        ..questionnaire()
    };
    let apply = apply(nowhere());
    assert_eq!(school.stranger().fails(apply).await, choice());
    let (secret, _) = applied(&school, questionnaire(), Some(remarks())).await;
    let resubmit = Resubmit {
        secret,
        questionnaire: nowhere(),
    };
    assert_eq!(school.stranger().fails(resubmit).await, choice());
}

#[tokio::test]
async fn everyone_in_the_school_learns_of_it_and_nobody_else() {
    let school = TestSchool::open().await;
    let moved = school
        .admin
        .does(moves(&school.admin, SCHOOL, "asia/omsk").await)
        .await;
    assert_eq!(moved.time_zone, "Asia/Omsk");
    let state = school.student.state().await;
    assert_eq!(state.schools[0].time_zone, "Asia/Omsk");
    assert!(school.outside_admin.heard().is_empty());
    let state = school.outside_admin.state().await;
    assert_eq!(state.schools[0].time_zone, MOSCOW);
    let page = GetSchool { school: SCHOOL };
    assert_eq!(school.outside_admin.fails(page).await, Error::NotFound);
    let theirs = school.outside_admin.fails(edit()).await;
    assert_eq!(theirs, Error::NotFound);
}

#[tokio::test]
async fn an_invites_days_are_the_schools() {
    let school = school_at("2026-10-20", 6).await;
    let days = async || {
        let request = CreateInvites {
            days: 7,
            ..invite(CLASS, Role::Student, 1)
        };
        school.class_teacher.does(request).await[0]
            .invite
            .expires_at
    };
    assert_eq!(days().await, moment("2026-10-27", 6));
    // There clocks were put back on 25 October: the same time of day is an hour later.
    school
        .admin
        .does(moves(&school.admin, SCHOOL, "Europe/Berlin").await)
        .await;
    assert_eq!(days().await, moment("2026-10-27", 7));
}
