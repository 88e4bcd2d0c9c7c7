//! From an application to a school with an administrator (R2 to R10).

use backend::live::Bursts;
use common::error::{Conflict, Error, FieldError, Problem};
use common::permissions::{ChatKind, Role};
use common::realtime::GetState;
use common::schools::applications::{
    ApplicationState, Apply, Decide, Decision, GetApplication, GetApplications, OpenApplication,
    Questionnaire, RegisterAdministrator, Resubmit,
};
use common::schools::zones::MOSCOW;
use common::schools::{GetSchool, SchoolKind};
use common::{ApplicationId, Name, Secret};
use tests::{Setup, TestSchool};

use super::administrator::account;

/// «8 916 555-44-33» is nobody's yet.
pub fn questionnaire() -> Questionnaire {
    Questionnaire {
        kind: SchoolKind::General,
        full_name: "Муниципальная гимназия № 44".into(),
        short_name: "Гимназия № 44".into(),
        region: "Тверская область".into(),
        municipality: "Тверь".into(),
        settlement: "Тверь".into(),
        time_zone: MOSCOW.into(),
        inn: "7707083893".into(),
        kpp: "773601001".into(),
        name: Name::new("Ветрова", "Инна", Some("Олеговна")),
        phone: "8 916 555-44-33".into(),
        email: "vetrova@school.example".into(),
    }
}

/// As an applicant's browser draws it.
pub fn secret() -> Secret {
    backend::secret::new().0
}

pub fn apply(questionnaire: Questionnaire) -> Apply {
    Apply {
        questionnaire,
        secret: secret(),
    }
}

/// Applies, and has the operator decide.
pub async fn applied(
    school: &TestSchool,
    questionnaire: Questionnaire,
    decision: Option<Decision>,
) -> (Secret, ApplicationId) {
    let apply = apply(questionnaire);
    let secret = apply.secret.clone();
    school.stranger().does(apply).await;
    let request = GetApplication {
        secret: secret.clone(),
    };
    let application = school.stranger().does(request).await.id;
    if let Some(decision) = decision {
        school
            .operator
            .does(Decide {
                application,
                version: 1,
                decision,
            })
            .await;
    }
    (secret, application)
}

pub fn remarks() -> Decision {
    Decision::Return {
        remarks: " На приказе нет печати. ".into(),
    }
}

pub fn refusal() -> Decision {
    Decision::Refuse {
        reason: "Такой организации нет.".into(),
    }
}

#[tokio::test]
async fn an_organisation_is_admitted() {
    let school = TestSchool::open().await;
    let applicant = school.stranger();
    let (secret, id) = applied(&school, questionnaire(), Some(remarks())).await;
    let own = || GetApplication {
        secret: secret.clone(),
    };
    let returned = applicant.does(own()).await;
    assert_eq!(
        returned.state,
        ApplicationState::Returned {
            remarks: "На приказе нет печати.".into()
        }
    );
    assert_eq!(returned.questionnaire.phone, "+7 916 555-44-33");

    let corrected = Questionnaire {
        settlement: "посёлок Химинститута".into(),
        ..returned.questionnaire
    };
    let again = applicant
        .does(Resubmit {
            secret: secret.clone(),
            questionnaire: corrected.clone(),
        })
        .await;
    assert_eq!(again.state, ApplicationState::Submitted);
    assert_eq!(again.questionnaire, corrected);
    assert_eq!(
        school.operator.does(GetApplications { page: 0 }).await.rows,
        std::slice::from_ref(&again)
    );
    let one = OpenApplication { application: id };
    assert_eq!(school.operator.does(one).await, again);

    let approve = Decide {
        application: id,
        version: again.version,
        decision: Decision::Approve,
    };
    let approved = school.operator.does(approve).await;
    let ApplicationState::Approved {
        school: new,
        claimed,
    } = approved.state
    else {
        panic!("{approved:?}");
    };
    assert!(!claimed);

    let take_over = RegisterAdministrator {
        secret: secret.clone(),
        account: Some(account()),
    };
    assert_eq!(applicant.does(take_over).await, new);
    let state = applicant.call(GetState {}).await.unwrap();
    // The application's, whatever was typed (R10).
    assert_eq!(state.me.phone.as_deref(), Some("+7 916 555-44-33"));
    let mine = &state.schools[0];
    assert!(mine.roles.has(Role::Administrator) && mine.roles.has(Role::Teacher));
    let mut chats: Vec<(&str, ChatKind, bool)> = state
        .chats
        .0
        .values()
        .map(|chat| (chat.title.as_str(), chat.kind, chat.writes()))
        .collect();
    chats.sort_unstable_by_key(|chat| chat.0);
    assert_eq!(
        chats,
        [
            ("Общешкольный", ChatKind::Channel, true),
            ("Сотрудники", ChatKind::Channel, true),
            ("Учительская", ChatKind::ClassTeachers, true),
        ]
    );
    let page = applicant.call(GetSchool { school: new }).await.unwrap();
    assert_eq!(page.settlement, "посёлок Химинститута");
    assert_eq!(page.code.chars().count(), 6);
    assert!(matches!(
        applicant.call(own()).await.unwrap().state,
        ApplicationState::Approved { claimed: true, .. }
    ));
}

#[tokio::test]
async fn an_organisation_applies_once_and_again_after_a_refusal() {
    let school = TestSchool::open().await;
    let (_, id) = applied(&school, questionnaire(), None).await;
    let apply = || apply(questionnaire());
    let taken = Error::Conflict(Conflict::Organisation);
    assert_eq!(school.stranger().fails(apply()).await, taken);
    let refuse = Decide {
        application: id,
        version: 1,
        decision: refusal(),
    };
    school.operator.does(refuse).await;
    school.stranger().does(apply()).await;
    // A branch has the same INN and another KPP.
    let branch = Questionnaire {
        kpp: "773602001".into(),
        ..questionnaire()
    };
    let (secret, _) = applied(&school, branch, Some(remarks())).await;
    let questionnaire = questionnaire();
    assert_eq!(
        school
            .stranger()
            .fails(Resubmit {
                secret,
                questionnaire
            })
            .await,
        taken
    );
}

#[tokio::test]
async fn what_is_decided_stays_decided() {
    let school = TestSchool::open().await;
    let (secret, application) = applied(&school, questionnaire(), Some(remarks())).await;
    let decided = Error::Conflict(Conflict::Decided);
    let decide = |decision| Decide {
        application,
        version: 1,
        decision,
    };
    // What was returned waits for the applicant; it can still be refused.
    for decision in [Decision::Approve, remarks()] {
        assert_eq!(school.operator.fails(decide(decision)).await, decided);
    }
    school.operator.does(decide(refusal())).await;
    for decision in [Decision::Approve, remarks(), refusal()] {
        assert_eq!(school.operator.fails(decide(decision)).await, decided);
    }
    let again = Resubmit {
        secret,
        questionnaire: questionnaire(),
    };
    assert_eq!(school.stranger().fails(again).await, decided);
}

#[tokio::test]
async fn the_applicant_is_told_why() {
    let school = TestSchool::open().await;
    let (_, application) = applied(&school, questionnaire(), None).await;
    for (decision, field) in [
        (
            Decision::Return {
                remarks: " ".into(),
            },
            "remarks",
        ),
        (
            Decision::Refuse {
                reason: String::new(),
            },
            "reason",
        ),
    ] {
        let decide = Decide {
            application,
            version: 1,
            decision,
        };
        assert_eq!(
            school.operator.fails(decide).await,
            Error::field(field, Problem::Required)
        );
    }
}

#[tokio::test]
async fn only_the_operator_sees_and_decides() {
    let school = TestSchool::open().await;
    let (_, application) = applied(&school, questionnaire(), None).await;
    let approve = || Decide {
        application,
        version: 1,
        decision: Decision::Approve,
    };
    for actor in school.everybody().filter(|actor| actor.id().0 != 15) {
        assert_eq!(
            actor.call(GetApplications { page: 0 }).await,
            Err(Error::NotFound)
        );
        assert_eq!(
            actor.call(OpenApplication { application }).await,
            Err(Error::NotFound)
        );
        assert_eq!(actor.call(approve()).await, Err(Error::NotFound));
    }
    let stranger = school.stranger();
    assert_eq!(
        stranger.call(GetApplications { page: 0 }).await,
        Err(Error::SignIn)
    );
    assert_eq!(stranger.call(approve()).await, Err(Error::SignIn));
    let absent = Decide {
        application: ApplicationId(404),
        version: 1,
        decision: Decision::Approve,
    };
    assert_eq!(school.operator.fails(absent).await, Error::NotFound);
}

#[tokio::test]
async fn a_wrong_link_opens_nothing() {
    let school = TestSchool::open().await;
    let secret = Secret("wrong".into());
    let stranger = school.stranger();
    let get = GetApplication {
        secret: secret.clone(),
    };
    assert_eq!(stranger.fails(get).await, Error::NotFound);
    let take_over = RegisterAdministrator {
        secret: secret.clone(),
        account: Some(account()),
    };
    assert_eq!(stranger.fails(take_over).await, Error::NotFound);
    let resubmit = Resubmit {
        secret,
        questionnaire: questionnaire(),
    };
    assert_eq!(stranger.fails(resubmit).await, Error::NotFound);
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let school = TestSchool::open().await;
    let questionnaire = Questionnaire {
        full_name: String::new(),
        inn: "7707083894".into(),
        kpp: "77360100".into(),
        name: Name::new("Ветрова", "", Some("R2D2")),
        phone: "нет".into(),
        email: "school.example".into(),
        ..questionnaire()
    };
    let Error::Invalid(fields) = school.stranger().fails(apply(questionnaire)).await else {
        panic!("accepted");
    };
    let expected = [
        ("full_name", Problem::Required),
        ("inn", Problem::InnCheckDigit),
        ("kpp", Problem::Kpp),
        ("name.given", Problem::Required),
        ("name.patronymic", Problem::Name),
        ("phone", Problem::Phone),
        ("email", Problem::Email),
    ]
    .map(|(field, problem)| FieldError {
        field: field.into(),
        problem,
    });
    assert_eq!(fields, expected);
}

#[tokio::test]
async fn strangers_do_not_fill_the_disk() {
    let school = TestSchool::with(Setup {
        bursts: Bursts {
            account: 100,
            address: 100,
            stranger: 20,
        },
        ..Setup::default()
    })
    .await;
    let apply = |kpp: &str| {
        apply(Questionnaire {
            kpp: kpp.into(),
            ..questionnaire()
        })
    };
    let stranger = school.stranger();
    stranger.does(apply("773601001")).await;
    stranger.does(apply("773602001")).await;
    let refused = stranger.fails(apply("773603001")).await;
    assert!(matches!(
        refused,
        Error::TooMany {
            retry_after: 1..=600
        }
    ));
}
