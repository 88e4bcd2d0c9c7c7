//! The list of endpoints is walked: whatever is declared is served, and asks the rule book.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use backend::routes;
use common::Error;
use common::endpoint::{Kind, Method};
use common::endpoints::ALL;
use common::permissions::{Action, allows};
use common::realtime::GetState;
use futures_util::future::join_all;
use tests::{Actor, TestSchool};

use crate::facts::Tables;
use crate::samples::{Sample, WORLD, samples};

#[test]
fn every_endpoint_is_served() {
    let registry = routes::registry();
    let served: BTreeSet<&str> = registry.mounted().map(|it| it.name).collect();
    let declared: BTreeSet<&str> = ALL.iter().map(|it| it.name).collect();
    assert_eq!(declared, served);
    assert_eq!(declared.len(), ALL.len(), "no name twice");
}

#[test]
fn the_list_of_endpoints() {
    let mut list = String::new();
    for endpoint in ALL {
        let actions: BTreeSet<String> = samples(endpoint.name)
            .iter()
            .map(|it| format!("{:?}", it.action))
            .collect();
        let actions: Vec<String> = actions.into_iter().collect();
        let method = match endpoint.method {
            Method::Get => "GET ",
            Method::Post => "POST",
            Method::Put => "PUT ",
        };
        let (name, path) = (endpoint.name, endpoint.path);
        let kind = match endpoint.kind {
            Kind::Json => "json",
            Kind::Upload => "upload",
            Kind::Download => "download",
            Kind::Form => "form",
            Kind::Socket => "socket",
            Kind::Machine(_) => "machine",
        };
        let actions = actions.join(" | ");
        writeln!(list, "{method} {path:<34} {name:<22} {kind:<8} {actions}").unwrap();
    }
    insta::assert_snapshot!(list);
}

/// Each endpoint refuses a stranger, each member of another school, the operator, each role and the program
/// that watches over the server, exactly as the rule book says; what anyone may look at, they see.
#[tokio::test]
async fn every_endpoint_refuses_whom_the_rule_book_refuses() {
    let school = TestSchool::offline().await;
    school.sql(WORLD).await;
    let tables = Tables::load(&school).await;
    let others = school.others();
    let everybody: Vec<&Actor> = school.everybody().chain(&others).collect();
    let mut refused = 0;
    for endpoint in ALL {
        for sample in samples(endpoint.name) {
            let ask = everybody.iter().map(|actor| ask(&tables, actor, &sample));
            for (actor, (expected, answer)) in everybody.iter().zip(join_all(ask).await) {
                if expected.is_err() || sample.method == Method::Get {
                    assert_eq!(answer, expected, "{actor:?}: {}", sample.text);
                }
                refused += usize::from(expected.is_err());
            }
        }
    }
    assert!(refused > 100, "hardly anything was refused: {refused}");
}

/// What should come, and what came; writes that are allowed are not sent.
async fn ask(
    tables: &Tables,
    actor: &Actor,
    sample: &Sample,
) -> (Result<(), Error>, Result<(), Error>) {
    let expected = expected(tables, actor, sample);
    let answer = if expected.is_err() || sample.method == Method::Get {
        sample.send(actor).await
    } else {
        Ok(())
    };
    (expected, answer)
}

pub(crate) fn expected(tables: &Tables, actor: &Actor, sample: &Sample) -> Result<(), Error> {
    let facts = if let Some(program) = actor.program() {
        tables.of_program(program, sample.scope)
    } else {
        let account = actor.cookie().map(|_| actor.id());
        tables.facts(account, sample.scope)
    };
    Ok(allows(&facts, sample.action)?)
}

/// Whoever says that they ask for somebody else than who is signed in is refused, whatever they ask, and told who is.
#[tokio::test]
async fn every_endpoint_refuses_who_believes_to_be_somebody_else() {
    let school = TestSchool::offline().await;
    school.sql(WORLD).await;
    let mut asked = 0;
    let state = school.student.does(GetState {}).await;
    let name = state.me.name.short();
    for endpoint in ALL {
        // A form is sent before the program is there, a machine has no session.
        if matches!(endpoint.kind, Kind::Form | Kind::Machine(_)) {
            continue;
        }
        for sample in samples(endpoint.name) {
            for belief in ["1", "", "x", " 3"] {
                let answer = sample.ask_as(&school.student, belief).await;
                assert_eq!(answer.status, 409, "{belief:?}: {}", sample.text);
                let refusal: Error = serde_json::from_slice(&answer.body).unwrap();
                let name = name.clone();
                assert_eq!(refusal, Error::SomebodyElse { name }, "{}", sample.text);
                asked += 1;
            }
        }
    }
    assert!(asked > 200, "hardly anything was asked: {asked}");
    let own = school.student.id().to_string();
    let state = samples("GetState").remove(0);
    assert_eq!(state.ask_as(&school.student, &own).await.status, 200);
}

/// Whom the rule book allows, the server lets do it: the first such person, each in a world of
/// their own.
#[tokio::test]
async fn every_write_is_done_for_whom_the_rule_book_allows() {
    for endpoint in ALL {
        for sample in samples(endpoint.name) {
            if sample.method == Method::Get {
                continue;
            }
            let school = TestSchool::offline().await;
            school.sql(WORLD).await;
            let tables = Tables::load(&school).await;
            let others = school.others();
            let everybody = others.iter().chain(school.everybody());
            let mut allowed = everybody.filter(|it| expected(&tables, it, &sample).is_ok());
            let Some(actor) = allowed.next() else {
                let nobody = Action::Invite(common::permissions::Role::Administrator);
                assert_eq!(sample.action, nobody, "nobody may {}", sample.text);
                continue;
            };
            let answer = sample.send(actor).await;
            assert_eq!(answer, Ok(()), "{actor:?}: {}", sample.text);
        }
    }
}
