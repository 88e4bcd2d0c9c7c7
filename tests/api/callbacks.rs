//! What another program tells us. No feature has a callback yet, so one is declared and mounted here: with a
//! declaration, a handler and the token of its program it's served, refused and held like every endpoint.

use std::sync::Arc;

use actix_web::App;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use backend::app::Ctx;
use backend::error::Result;
use backend::schema::join_requests;
use backend::serve::{self, Registry};
use common::endpoint;
use common::endpoint::{BODY_LIMIT, Declared as _, Info, Kind, Method};
use common::permissions::{Action, Program, Scope, allows};
use common::{Error, JoinRequestId, SchoolId};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use http_body_util::BodyExt as _;
use hyper::Request;
use tests::place::SCHOOL;
use tests::{Actor, Body, TestSchool};

use crate::facts::Tables;
use crate::samples::WORLD;
use crate::withdrawn::queued;

endpoint! {
    /// Says something of a request to join. As a real callback it would have an action of its own.
    Note { request: JoinRequestId, text: String }
    POST "/api/tests/note" by Monitor => SchoolId,
    needs |request| Action::SeeMetrics, in Scope::JoinRequest(request.request)
}

async fn note(ctx: Ctx, request: Note) -> Result<SchoolId> {
    let mut tx = ctx.begin().await?;
    diesel::update(join_requests::table.find(request.request))
        .set(join_requests::message.eq(request.text))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    ctx.school()
}

/// The request of [`WORLD`].
const REQUEST: JoinRequestId = JoinRequestId(901);

fn said(text: &str) -> Note {
    Note {
        request: REQUEST,
        text: text.to_owned(),
    }
}

fn registry() -> Registry {
    let mut registry = Registry::default();
    registry.on_callback(note);
    registry
}

/// Asks a server that has this callback alone, with the school's database.
async fn ask(school: &TestSchool, request: Request<Body>) -> std::result::Result<SchoolId, Error> {
    let (app, registry) = (Arc::clone(school.app()), Arc::new(registry()));
    let service = App::new().configure(|it| serve::configure(it, app, registry));
    let service = init_service(service).await;
    let (head, body) = request.into_parts();
    let mut sent = TestRequest::post().uri(head.uri.path());
    for (name, value) in &head.headers {
        sent = sent.insert_header((name.as_str(), value.to_str().unwrap()));
    }
    let body = body.collect().await.unwrap().to_bytes();
    let answer = call_service(&service, sent.set_payload(body).to_request()).await;
    let status = answer.status().as_u16();
    let body = read_body(answer).await;
    if status == 200 {
        return Ok(serde_json::from_slice(&body).unwrap());
    }
    let error: Error = serde_json::from_slice(&body).unwrap();
    assert_eq!(status, error.status());
    Err(error)
}

async fn tell(
    school: &TestSchool,
    who: &Actor,
    note: &Note,
) -> std::result::Result<SchoolId, Error> {
    ask(school, who.request(note)).await
}

async fn message(school: &TestSchool) -> String {
    let message = join_requests::table
        .find(REQUEST)
        .select(join_requests::message);
    message.first(&mut *school.conn().await).await.unwrap()
}

async fn world() -> TestSchool {
    let school = TestSchool::offline().await;
    school.sql(WORLD).await;
    school
}

#[test]
fn a_callback_stands_in_the_list() {
    let mounted: Vec<Info> = registry().mounted().collect();
    let declared = Info {
        name: "Note",
        kind: Kind::Machine(Program::Monitor),
        method: Method::Post,
        path: "/api/tests/note",
    };
    assert_eq!(mounted, [declared]);
}

/// As the rule book says: for its program, and for nobody else, whoever is signed in.
#[tokio::test]
async fn a_callback_is_of_its_program() {
    let school = world().await;
    let tables = Tables::load(&school).await;
    let (action, scope) = said("").needs();
    let stranger = school.stranger();
    for who in school.everybody().chain([&stranger]) {
        let account = who.cookie().map(|_| who.id());
        let denied = allows(&tables.facts(account, scope), action).unwrap_err();
        let answer = tell(&school, who, &said("a person")).await;
        assert_eq!(answer, Err(denied.into()), "{who:?}");
    }
    assert_eq!(message(&school).await, "");
    assert_eq!(
        allows(&tables.of_program(Program::Monitor, scope), action),
        Ok(())
    );
    let monitor = school.monitor();
    assert_eq!(tell(&school, &monitor, &said("it")).await, Ok(SCHOOL));
    assert_eq!(message(&school).await, "it");
}

/// Who doesn't show the token has nothing of a body read, however it is.
#[tokio::test]
async fn the_head_says_who_it_is() {
    let school = world().await;
    let monitor = school.monitor();
    let long = said(&"a".repeat(BODY_LIMIT));
    let limit = BODY_LIMIT as u64;
    for (note, body, expected) in [
        (said("wrong"), None, Ok(SCHOOL)),
        (said("wrong"), Some("{"), Err(Error::Malformed)),
        (long, None, Err(Error::TooLarge { limit })),
    ] {
        let request = || {
            let mut request = monitor.request(&note);
            if let Some(body) = body {
                *request.body_mut() = body.into();
            }
            request
        };
        for token in ["Bearer wrong", "Bearer", ""] {
            let mut other = request();
            let shown = token.parse().unwrap();
            other.headers_mut().insert("authorization", shown);
            assert_eq!(ask(&school, other).await, Err(Error::NotFound));
        }
        assert_eq!(message(&school).await, "");
        if expected.is_err() {
            assert_eq!(ask(&school, request()).await, expected);
        }
    }
    let mut form = monitor.request(&said("no JSON"));
    form.headers_mut().remove("content-type");
    assert_eq!(ask(&school, form).await, Err(Error::Malformed));
    assert_eq!(message(&school).await, "");
}

#[tokio::test]
async fn where_nothing_is_a_program_is_nobody() {
    let school = world().await;
    let nowhere = Note {
        request: JoinRequestId(999),
        text: "nowhere".to_owned(),
    };
    let answer = tell(&school, &school.monitor(), &nowhere).await;
    assert_eq!(answer, Err(Error::NotFound));
}

/// What the rule book has allowed is asked again when the school has had its turn meanwhile.
#[tokio::test]
async fn a_place_that_goes_meanwhile_takes_the_right_with_it() {
    let moved = "UPDATE schools SET turns = turns + 1 WHERE id = 1; COMMIT";
    let gone = format!("DELETE FROM join_requests WHERE id = 901; {moved}");
    for (meanwhile, expected) in [(moved, Ok(SCHOOL)), (&gone, Err(Error::NotFound))] {
        let school = world().await;
        school
            .sql("BEGIN; SELECT FROM schools WHERE id = 1 FOR UPDATE")
            .await;
        let (monitor, note) = (school.monitor(), said("late"));
        let happens = async {
            queued(&school, 1).await;
            school.sql(meanwhile).await;
        };
        let (answer, ()) = tokio::join!(tell(&school, &monitor, &note), happens);
        assert_eq!(answer, expected, "{meanwhile}");
    }
}

#[derive(QueryableByName)]
struct Free {
    #[diesel(sql_type = BigInt)]
    schools: i64,
}

/// Until it's done nobody takes the turn of the school of its scope.
#[tokio::test]
async fn a_callback_holds_the_school() {
    let school = world().await;
    let free = async || {
        let free: Free = sql_query(
            "WITH free AS (SELECT id FROM schools WHERE id = 1 FOR NO KEY UPDATE SKIP LOCKED)
             SELECT count(*) AS schools FROM free",
        )
        .get_result(&mut *school.conn().await)
        .await
        .unwrap();
        free.schools
    };
    assert_eq!(free().await, 1);
    school
        .sql("BEGIN; SELECT FROM join_requests WHERE id = 901 FOR UPDATE")
        .await;
    let (monitor, note) = (school.monitor(), said("held"));
    let held = async {
        queued(&school, 1).await;
        let held = free().await;
        school.sql("COMMIT").await;
        held
    };
    let (answer, held) = tokio::join!(tell(&school, &monitor, &note), held);
    assert_eq!((answer, held), (Ok(SCHOOL), 0));
    assert_eq!((message(&school).await.as_str(), free().await), ("held", 1));
}
