//! Who takes over an approved school: whoever has the application's phone (R10).

use common::accounts::NewAccount;
use common::error::{Conflict, Error};
use common::permissions::Reason;
use common::schools::applications::{Decide, Decision, Questionnaire, RegisterAdministrator};
use common::{Name, Password};
use tests::TestSchool;

use super::applications::{applied, questionnaire, refusal, remarks};

pub fn account() -> NewAccount {
    NewAccount {
        name: Name::new("Ветрова", "Инна", Some("Олеговна")),
        phone: "+7 999 000-00-00".into(),
        login: String::new(),
        birth_date: "1970-03-08".into(),
        password: Password("гимназия сорок четыре".into()),
    }
}

#[tokio::test]
async fn a_known_person_takes_over_with_the_applications_phone() {
    let school = TestSchool::open().await;
    let of_the_teacher = Questionnaire {
        phone: "8 (916) 000-00-03".into(),
        ..questionnaire()
    };
    let (secret, _) = applied(&school, of_the_teacher, Some(Decision::Approve)).await;
    let take_over = |account| RegisterAdministrator {
        secret: secret.clone(),
        account,
    };
    assert_eq!(
        school.stranger().fails(take_over(Some(account()))).await,
        Error::Conflict(Conflict::Phone)
    );
    assert_eq!(
        school.stranger().fails(take_over(None)).await,
        Error::SignIn
    );
    assert_eq!(
        school.admin.fails(take_over(None)).await,
        Error::Denied(Reason::OtherPhone)
    );
    let new = school.teacher.does(take_over(None)).await;
    let state = school.teacher.state().await;
    assert!(state.school(new).unwrap().roles.administrator);
    assert_eq!(state.schools.len(), 2);
    // Once only; a repeat by the same person finds it done.
    assert_eq!(school.teacher.does(take_over(None)).await, new);
    assert_eq!(
        school.admin.fails(take_over(None)).await,
        Error::Conflict(Conflict::Decided)
    );
    assert_eq!(
        school.stranger().fails(take_over(Some(account()))).await,
        Error::Conflict(Conflict::Decided)
    );
}

#[tokio::test]
async fn nobody_takes_over_what_is_not_approved() {
    let school = TestSchool::open().await;
    for (decision, inn) in [
        (None, "7707083893"),
        (Some(remarks()), "7736050003"),
        (Some(refusal()), "7728168971"),
    ] {
        let questionnaire = Questionnaire {
            inn: inn.into(),
            ..questionnaire()
        };
        let (secret, _) = applied(&school, questionnaire, decision).await;
        let account = Some(account());
        assert_eq!(
            school
                .stranger()
                .fails(RegisterAdministrator { secret, account })
                .await,
            Error::NotFound
        );
    }
}

#[tokio::test]
async fn of_two_who_do_it_at_once_one_is_too_late() {
    let school = TestSchool::offline().await;
    let (secret, application) = applied(&school, questionnaire(), None).await;
    let approve = || Decide {
        application,
        version: 1,
        decision: Decision::Approve,
    };
    let answers = tokio::join!(
        school.operator.call(approve()),
        school.operator.call(approve())
    );
    assert_eq!(too_late(answers), Error::Conflict(Conflict::Decided));
    let (one, other) = (school.stranger(), school.stranger());
    let take_over = || RegisterAdministrator {
        secret: secret.clone(),
        account: Some(account()),
    };
    let answers = tokio::join!(one.call(take_over()), other.call(take_over()));
    assert_eq!(too_late(answers), Error::Conflict(Conflict::Decided));
}

/// The failure of the one, when the other succeeded.
fn too_late<T>(answers: (Result<T, Error>, Result<T, Error>)) -> Error {
    match answers {
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => error,
        (Ok(_), Ok(_)) => panic!("both"),
        (Err(one), Err(other)) => panic!("neither: {one}, {other}"),
    }
}
