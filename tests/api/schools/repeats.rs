//! What an applicant sends once more because the answer got lost.

use common::Secret;
use common::error::{Conflict, Error};
use common::schools::applications::{
    Apply, GetApplication, GetApplications, Questionnaire, Resubmit,
};
use futures_util::future::join;
use tests::TestSchool;

use super::applications::{applied, questionnaire, refusal, remarks, secret};

fn by(secret: &Secret, questionnaire: Questionnaire) -> Apply {
    Apply {
        questionnaire,
        secret: secret.clone(),
    }
}

#[tokio::test]
async fn a_repeat_is_the_same_application() {
    let school = TestSchool::open().await;
    let applicant = school.stranger();
    let secret = secret();
    let own = || GetApplication {
        secret: secret.clone(),
    };
    applicant.does(by(&secret, questionnaire())).await;
    let first = applicant.does(own()).await;
    applicant.does(by(&secret, questionnaire())).await;
    assert_eq!(applicant.does(own()).await, first);
    // Something was corrected before it was sent once more, another organisation's INN above all.
    let corrected = Questionnaire {
        inn: "7830002293".into(),
        email: "school44@school.example".into(),
        ..questionnaire()
    };
    applicant.does(by(&secret, corrected.clone())).await;
    let second = applicant.does(own()).await;
    assert_eq!((second.id, second.state), (first.id, first.state));
    assert_eq!(second.questionnaire.inn, corrected.inn);
    assert_eq!(second.questionnaire.email, corrected.email);
    let all = school.operator.does(GetApplications { page: 0 }).await;
    assert_eq!(all.total, 1);
    // The first organisation is nobody's again, and then somebody else's.
    applied(&school, questionnaire(), None).await;
    let taken = Error::Conflict(Conflict::Organisation);
    let back = by(&secret, questionnaire());
    assert_eq!(applicant.fails(back).await, taken);
}

/// Two apply on one device, one after the other, before the first one's page was opened.
#[tokio::test]
async fn the_next_applicant_replaces_nobody() {
    let school = TestSchool::offline().await;
    let applicant = school.stranger();
    let secret = secret();
    applicant.call(by(&secret, questionnaire())).await.unwrap();
    let other = Questionnaire {
        inn: "7830002293".into(),
        phone: "+7 900 000-77-66".into(),
        ..questionnaire()
    };
    let decided = Err(Error::Conflict(Conflict::Decided));
    assert_eq!(applicant.call(by(&secret, other)).await, decided);
    let own = applicant.call(GetApplication { secret }).await.unwrap();
    assert_eq!(own.questionnaire.inn, questionnaire().inn);
}

/// Both tries of a bad network at once.
#[tokio::test]
async fn two_at_once_are_one_application() {
    let school = TestSchool::offline().await;
    let (one, other) = (school.stranger(), school.stranger());
    let secret = secret();
    let tries = (
        one.call(by(&secret, questionnaire())),
        other.call(by(&secret, questionnaire())),
    );
    assert_eq!(join(tries.0, tries.1).await, (Ok(()), Ok(())));
    let all = school.operator.call(GetApplications { page: 0 }).await;
    assert_eq!(all.unwrap().total, 1);
}

#[tokio::test]
async fn a_late_repeat_changes_nothing() {
    let school = TestSchool::open().await;
    let applicant = school.stranger();
    let corrected = || Questionnaire {
        email: "school44@school.example".into(),
        ..questionnaire()
    };
    let other = || Questionnaire {
        kpp: "773602001".into(),
        ..questionnaire()
    };
    let decided = Error::Conflict(Conflict::Decided);
    for decision in [remarks(), refusal()] {
        let (secret, _) = applied(&school, questionnaire(), Some(decision)).await;
        let own = || GetApplication {
            secret: secret.clone(),
        };
        let before = applicant.does(own()).await;
        applicant.does(by(&secret, corrected())).await;
        assert_eq!(applicant.does(own()).await, before);
        assert_eq!(applicant.fails(by(&secret, other())).await, decided);
        school
            .sql("UPDATE applications SET state = 'refused'")
            .await;
    }
    // Its order is there: the operator may be looking at it.
    let (secret, _) = applied(&school, questionnaire(), None).await;
    school
        .sql(
            "UPDATE applications SET order_name = 'Приказ.pdf', order_type = 'application/pdf',
             order_bytes = '%PDF-1.7' WHERE state = 'submitted'",
        )
        .await;
    let own = || GetApplication {
        secret: secret.clone(),
    };
    let before = applicant.does(own()).await;
    applicant.does(by(&secret, corrected())).await;
    assert_eq!(applicant.does(own()).await, before);
    assert_eq!(applicant.fails(by(&secret, other())).await, decided);
}

#[tokio::test]
async fn a_secret_that_could_be_guessed_is_none() {
    let school = TestSchool::offline().await;
    let whole = secret().0;
    for short in ["", "secret", &whole[1..], &whole.replace(&whole[..1], "/")] {
        let apply = by(&Secret(short.into()), questionnaire());
        assert_eq!(school.stranger().call(apply).await, Err(Error::Malformed));
    }
}

#[tokio::test]
async fn corrections_that_are_sent_twice_are_sent() {
    let school = TestSchool::open().await;
    let (secret, _) = applied(&school, questionnaire(), Some(remarks())).await;
    let resubmit = |email: &str| Resubmit {
        secret: secret.clone(),
        questionnaire: Questionnaire {
            email: email.into(),
            ..questionnaire()
        },
    };
    let applicant = school.stranger();
    let sent = applicant.does(resubmit("school44@school.example")).await;
    let again = applicant.does(resubmit("school44@school.example")).await;
    assert_eq!(again, sent);
    let decided = Error::Conflict(Conflict::Decided);
    let other = resubmit("other@school.example");
    assert_eq!(applicant.fails(other).await, decided);
}
