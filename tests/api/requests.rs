//! What any request must be: of this origin, of the right type, small enough, understood.

use std::io::Read as _;

use common::ClientId;
use common::chats::{GetMessages, Page, SendMessage};
use common::endpoint::{BODY_LIMIT, Kind, Method};
use common::endpoints::ALL;
use common::error::Error;
use hyper::{Request, StatusCode};
use tests::place::STUDENTS_CHAT;
use tests::{Body, TestSchool};

use crate::samples::{WORLD, samples};

fn hello() -> SendMessage {
    SendMessage {
        chat: STUDENTS_CHAT,
        client_id: ClientId(1),
        body: "Привет".into(),
    }
}

/// Sends a spoilt message as the student; the status, and whether anything was written.
async fn spoilt(school: &TestSchool, spoil: impl FnOnce(&mut Request<Body>)) -> (u16, bool) {
    let mut request = school.student.request(&hello());
    spoil(&mut request);
    let reply = school.student.reply(request).await;
    let newest = GetMessages {
        chat: STUDENTS_CHAT,
        from: Page::Newest,
    };
    let page = school.student.call(newest).await.unwrap();
    let written = !page.messages.is_empty();
    (reply.status, written)
}

#[tokio::test]
async fn another_page_cannot_write_in_the_name_of_a_visitor() {
    let school = TestSchool::offline().await;
    let host = school.address().to_string();
    for origin in [
        "https://evil.test".to_owned(),
        format!("https://{host}.evil.test"),
        format!("https://evil.test/{host}"),
        "null".to_owned(),
        "http://school.test".to_owned(),
        "https://school.test.evil.test".to_owned(),
    ] {
        let foreign = spoilt(&school, |request| {
            let origin = origin.parse().unwrap();
            request.headers_mut().insert("origin", origin);
        });
        assert_eq!(foreign.await, (400, false), "{origin}");
    }
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let simple = spoilt(&school, |request| {
            let kind = kind.parse().unwrap();
            request.headers_mut().insert("content-type", kind);
        });
        assert_eq!(simple.await, (400, false), "{kind}");
    }
    let untyped = spoilt(&school, |request| {
        request.headers_mut().remove("content-type");
    });
    assert_eq!(untyped.await, (400, false));
    // Where people open the application, whatever a proxy in front puts into `Host`.
    for own in [format!("http://{host}"), "https://school.test".to_owned()] {
        let reply = spoilt(&school, |request| {
            let origin = own.parse().unwrap();
            request.headers_mut().insert("origin", origin);
        });
        assert_eq!(reply.await, (200, true), "{own}");
    }
}

/// Of every kind, and the socket, which a foreign page could listen to.
#[tokio::test]
async fn nothing_is_done_for_another_page() {
    let school = TestSchool::offline().await;
    school.sql(WORLD).await;
    for endpoint in ALL {
        for sample in samples(endpoint.name) {
            if sample.method == Method::Get && sample.kind != Kind::Socket {
                continue;
            }
            let mut request = sample.request(&school.admin);
            let foreign = "https://evil.test".parse().unwrap();
            request.headers_mut().insert("origin", foreign);
            let reply = school.admin.reply(request).await;
            assert_eq!(reply.status, 400, "{}", sample.text);
        }
    }
}

#[tokio::test]
async fn a_write_is_never_a_get() {
    let school = TestSchool::offline().await;
    let (status, written) = spoilt(&school, |request| {
        *request.method_mut() = hyper::Method::GET;
        let query = "/api/chats/read?q=%7B%22chat%22%3A1%2C%22seq%22%3A1%7D";
        *request.uri_mut() = query.parse().unwrap();
    })
    .await;
    assert_eq!((status, written), (404, false));
}

#[tokio::test]
async fn a_body_has_at_most_64_kilobytes() {
    let school = TestSchool::offline().await;
    let student = &school.student;
    let long = SendMessage {
        body: "a".repeat(BODY_LIMIT),
        ..hello()
    };
    let limit = BODY_LIMIT as u64;
    assert_eq!(student.call(long).await, Err(Error::TooLarge { limit }));
    // Whatever they are.
    let mut request = student.request(&hello());
    *request.body_mut() = vec![b' '; BODY_LIMIT + 1].into();
    let reply = student.reply(request).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE.as_u16());
}

#[tokio::test]
async fn what_is_not_understood_is_malformed() {
    let school = TestSchool::offline().await;
    for body in ["", "{", "[]", "{\"chat\":\"one\"}", "{\"chat\":1}", "\u{1}"] {
        let malformed = spoilt(&school, |request| {
            *request.body_mut() = body.to_owned().into_bytes().into();
        });
        assert_eq!(malformed.await, (400, false), "{body}");
    }
    let nowhere = spoilt(&school, |request| {
        *request.uri_mut() = "/api/chats/nothing".parse().unwrap();
    });
    assert_eq!(nowhere.await, (404, false));
}

/// What is read and worth it comes gzipped to whoever understands that; never what a write answers, which may hold
/// a secret.
#[tokio::test]
async fn what_is_read_comes_compressed() {
    let school = TestSchool::offline().await;
    let student = &school.student;
    let say = |number, body: String| SendMessage {
        client_id: ClientId(number),
        body,
        ..hello()
    };
    let newest = GetMessages {
        chat: STUDENTS_CHAT,
        from: Page::Newest,
    };
    let accepting = |mut request: Request<Body>, what: &str| {
        let what = what.parse().unwrap();
        request.headers_mut().insert("accept-encoding", what);
        request
    };
    student.call(say(1, "Привет".into())).await.unwrap();
    let short = accepting(student.request(&newest), "gzip, br");
    assert_eq!(
        student.reply(short).await.header("content-encoding"),
        "",
        "a short answer"
    );

    let long = "Доброе утро! ".repeat(200);
    let written = accepting(student.request(&say(2, long)), "gzip");
    let written = student.reply(written).await;
    assert_eq!(
        (written.status, written.header("content-encoding")),
        (200, "")
    );

    let plain = student.reply(student.request(&newest)).await;
    assert_eq!(plain.header("content-encoding"), "");
    for (accepted, expected) in [("gzip, deflate, br", "gzip"), ("br", ""), ("gzip;q=0", "")] {
        let reply = student
            .reply(accepting(student.request(&newest), accepted))
            .await;
        assert_eq!(reply.header("content-encoding"), expected, "{accepted}");
        let mut body = Vec::new();
        if expected.is_empty() {
            body.extend_from_slice(&reply.body);
        } else {
            assert!(reply.body.len() * 4 < plain.body.len());
            flate2::read::GzDecoder::new(&reply.body[..])
                .read_to_end(&mut body)
                .unwrap();
        }
        assert_eq!(body, plain.body, "{accepted}");
    }
}
