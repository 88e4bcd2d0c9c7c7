//! The appointment order, up and down (R7).

use bytes::Bytes;
use common::error::{Conflict, Error, Problem};
use common::schools::applications::{
    Application, Decide, Decision, DownloadOrder, GetApplication, ORDER_LIMIT, OrderFile, Resubmit,
    UploadOrder,
};
use common::{ApplicationId, Secret};
use tests::{Actor, Reply, TestSchool};

use super::applications::{applied, questionnaire, refusal, remarks};

const PDF: &[u8] = b"%PDF-1.7\n% signed and stamped";

const NAME: &str = "%D0%9F%D1%80%D0%B8%D0%BA%D0%B0%D0%B7.pdf";

async fn upload(school: &TestSchool, secret: &Secret, bytes: Bytes) -> Reply {
    let stranger = school.stranger();
    let mut request = stranger.request(&UploadOrder {
        secret: secret.clone(),
        name: "Приказ.pdf".into(),
    });
    *request.body_mut() = bytes.into();
    stranger.reply(request).await
}

async fn download(actor: &Actor, application: ApplicationId) -> Reply {
    let request = actor.request(&DownloadOrder { application });
    actor.reply(request).await
}

fn error(reply: &Reply) -> Error {
    let error: Error = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(reply.status, error.status());
    error
}

async fn application(school: &TestSchool, secret: &Secret) -> Application {
    let secret = secret.clone();
    school
        .stranger()
        .call(GetApplication { secret })
        .await
        .unwrap()
}

#[tokio::test]
async fn the_operator_gets_the_order_that_was_uploaded() {
    let school = TestSchool::offline().await;
    let (secret, id) = applied(&school, questionnaire(), None).await;
    assert_eq!(
        error(&download(&school.operator, id).await),
        Error::NotFound
    );
    let first = upload(&school, &secret, Bytes::from_static(b"\xff\xd8\xff\xe0")).await;
    assert_eq!(first.status, 200);
    let second = upload(&school, &secret, Bytes::from_static(PDF)).await;
    let order: OrderFile = serde_json::from_slice(&second.body).unwrap();
    assert_eq!(order.name, "Приказ.pdf");
    assert_eq!(order.size, PDF.len() as u64);
    assert_eq!(application(&school, &secret).await.order, Some(order));

    let reply = download(&school.operator, id).await;
    assert_eq!(reply.body, PDF);
    assert_eq!(reply.header("content-type"), "application/pdf");
    assert_eq!(
        reply.header("content-disposition"),
        format!("attachment; filename*=UTF-8''{NAME}")
    );
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert!(reply.header("content-security-policy").contains("sandbox"));
}

#[tokio::test]
async fn nobody_else_gets_it() {
    let school = TestSchool::offline().await;
    let (secret, id) = applied(&school, questionnaire(), None).await;
    upload(&school, &secret, Bytes::from_static(PDF)).await;
    for actor in school.everybody().filter(|actor| actor.id().0 != 15) {
        assert_eq!(error(&download(actor, id).await), Error::NotFound);
    }
    assert_eq!(
        error(&download(&school.stranger(), id).await),
        Error::SignIn
    );
}

#[tokio::test]
async fn other_files_are_refused() {
    let school = TestSchool::offline().await;
    let (secret, _) = applied(&school, questionnaire(), None).await;
    let page = Bytes::from_static(b"<html><script>alert(1)</script>");
    assert_eq!(
        error(&upload(&school, &secret, page).await),
        Error::field("order", Problem::FileType)
    );
    assert_eq!(
        error(&upload(&school, &secret, Bytes::new()).await),
        Error::field("order", Problem::Required)
    );
    let mut largest = PDF.to_vec();
    largest.resize(ORDER_LIMIT, 0);
    let mut larger = largest.clone();
    larger.push(0);
    assert_eq!(upload(&school, &secret, largest.into()).await.status, 200);
    assert_eq!(
        error(&upload(&school, &secret, larger.into()).await),
        Error::TooLarge {
            limit: ORDER_LIMIT as u64
        }
    );
}

#[tokio::test]
async fn it_belongs_to_an_application_that_waits() {
    let school = TestSchool::offline().await;
    let pdf = || Bytes::from_static(PDF);
    assert_eq!(
        error(&upload(&school, &Secret("wrong".into()), pdf()).await),
        Error::NotFound
    );
    let (secret, _) = applied(&school, questionnaire(), Some(Decision::Approve)).await;
    assert_eq!(
        error(&upload(&school, &secret, pdf()).await),
        Error::Conflict(Conflict::Decided)
    );
    assert_eq!(application(&school, &secret).await.order, None);
}

/// Between what the operator has read and the decision the applicant may change anything.
#[tokio::test]
async fn nobody_decides_about_what_they_have_not_seen() {
    let school = TestSchool::offline().await;
    let (secret, id) = applied(&school, questionnaire(), None).await;
    let decide = |version, decision| Decide {
        application: id,
        version,
        decision,
    };
    let seen = application(&school, &secret).await.version;
    upload(&school, &secret, Bytes::from_static(PDF)).await;
    let approve = decide(seen, Decision::Approve);
    let changed = Error::Conflict(Conflict::Changed);
    assert_eq!(school.operator.call(approve).await, Err(changed.clone()));

    let seen = application(&school, &secret).await.version;
    // The same name and size.
    let other = PDF.to_ascii_uppercase();
    upload(&school, &secret, Bytes::from(other)).await;
    for decision in [Decision::Approve, remarks(), refusal()] {
        let late = decide(seen, decision);
        assert_eq!(school.operator.call(late).await, Err(changed.clone()));
    }
    let seen = application(&school, &secret).await.version;
    school.operator.call(decide(seen, remarks())).await.unwrap();
    let resubmit = Resubmit {
        secret: secret.clone(),
        questionnaire: questionnaire(),
    };
    let again = school.stranger().call(resubmit).await.unwrap();
    let approve = decide(seen, Decision::Approve);
    assert_eq!(school.operator.call(approve).await, Err(changed.clone()));
    let approve = decide(again.version, Decision::Approve);
    school.operator.call(approve).await.unwrap();
}
