//! Sockets: who may open one, and how they end.

use std::time::Duration;

use backend::live::{Origin, Outgoing, Recipients};
use common::chats::ChatEvent;
use common::realtime::{
    CLOSE_ELSEWHERE, CLOSE_RESTART, CLOSE_RESYNC, ClientFrame, Event, ServerFrame,
};
use common::{AccountId, ChatId};
use futures_util::{SinkExt as _, StreamExt as _};
use tests::place::cookie;
use tests::{Actor, TestSchool};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};

/// Of one account, at most.
const SOCKETS: usize = 50;

/// Changes no state.
fn noise(whom: &Actor, bytes: usize) -> Outgoing {
    let typing = Event::Chat(ChatEvent::Typing {
        chat: ChatId(1),
        account: AccountId(5),
        name: "x".repeat(bytes),
    });
    Outgoing::event(Recipients::Account(whom.id()), typing, Origin::default())
}

fn status<T>(refused: Result<T, Box<Error>>) -> u16 {
    match refused.err().map(|error| *error) {
        Some(Error::Http(response)) => response.status().as_u16(),
        other => panic!("not refused by a status: {other:?}"),
    }
}

#[tokio::test]
async fn a_socket_needs_a_session_and_the_own_origin() {
    let school = TestSchool::offline().await;
    let address = school.address();
    let own = format!("http://{address}");
    let right = cookie(school.student.id());
    assert!(tests::connect(address, &right, Some(&own)).await.is_ok());
    assert!(tests::connect(address, &right, None).await.is_ok());
    let foreign = tests::connect(address, &right, Some("https://evil.test")).await;
    assert_eq!(status(foreign), 400);
    let nobody = tests::connect(address, "x", Some(&own)).await;
    assert_eq!(status(nobody), 401);
}

#[tokio::test]
async fn staff_see_who_is_online() {
    let school = TestSchool::open().await;
    let sees = async |who: &Actor| who.state().await.online.contains(&school.student.id());
    assert!(sees(&school.admin).await);
    assert!(sees(&school.other_teacher).await);
    for blind in [&school.classmate, &school.parent, &school.outside_admin] {
        assert!(!sees(blind).await, "{blind:?}");
    }
    school.student.go_offline().await;
    school.check().await;
    assert!(!sees(&school.admin).await);
    school.student.go_online().await;
    school.check().await;
    assert!(sees(&school.admin).await);
}

#[tokio::test]
async fn a_second_browser_changes_nothing_for_who_looks() {
    let school = TestSchool::open().await;
    let phone = school.student.another_browser_signed_in().await;
    phone.go_online().await;
    school.check().await;
    assert!(school.admin.heard().is_empty());
    phone.go_offline().await;
    school.check().await;
    assert!(school.admin.heard().is_empty());
}

#[tokio::test]
async fn a_slow_browser_is_told_to_start_again() {
    let school = TestSchool::open().await;
    let slow = &school.student;
    // More than may wait, faster than anybody can read.
    for _ in 0..200 {
        school.app().hub.send(&noise(slow, 64 * 1024));
    }
    assert_eq!(slow.closed().await, Some(CLOSE_RESYNC));
    assert_eq!(school.app().hub.queue().refused, 1);
    school.check().await;
    slow.go_online().await;
    school.check().await;
}

#[tokio::test]
async fn many_small_events_at_once_are_no_reason_to_close() {
    let school = TestSchool::open().await;
    for _ in 0..1000 {
        school.app().hub.send(&noise(&school.student, 10));
    }
    school.check().await;
    assert_eq!(school.student.heard().len(), 1000);
}

#[tokio::test]
async fn a_server_that_stops_tells_everybody_to_come_back() {
    let school = TestSchool::open().await;
    school.app().hub.stop();
    for person in school.everybody() {
        assert_eq!(person.closed().await, Some(CLOSE_RESTART), "{person:?}");
    }
    assert_eq!(school.app().hub.connections(), 0);
}

#[tokio::test]
async fn nonsense_over_a_socket_is_ignored() {
    let school = TestSchool::open().await;
    for text in ["", "{", "{\"typing\":\"x\"}", "{\"of_another_version\":1}"] {
        school.student.says_raw(text).await;
    }
    school.check().await;
}

type Stream = WebSocketStream<TcpStream>;

/// Waits for this, or the end; with the end's code.
async fn hears(stream: &mut Stream, wanted: impl Fn(&ServerFrame) -> bool) -> Result<(), u16> {
    let heard = async {
        while let Some(Ok(frame)) = stream.next().await {
            match frame {
                Message::Text(text) if serde_json::from_str(&text).is_ok_and(|it| wanted(&it)) => {
                    return Ok(());
                }
                Message::Close(Some(end)) => return Err(end.code.into()),
                _ => {}
            }
        }
        panic!("no end, but nothing more");
    };
    let heard = tokio::time::timeout(Duration::from_secs(20), heard);
    let heard = heard.await;
    heard.unwrap_or_else(|_| panic!("nothing more is said"))
}

async fn is_alive(stream: &mut Stream) -> Result<(), u16> {
    let alive = serde_json::to_string(&ClientFrame::Alive).unwrap();
    // Whoever was closed reads why.
    let _ = stream.send(Message::text(alive)).await;
    hears(stream, |frame| *frame == ServerFrame::Alive).await
}

#[tokio::test]
async fn a_sign_of_life_is_answered() {
    let school = TestSchool::offline().await;
    let own = cookie(school.student.id());
    let mut stream = tests::connect(school.address(), &own, None).await.unwrap();
    assert_eq!(is_alive(&mut stream).await, Ok(()));
}

/// Whom the server closes with another code comes back by itself, and would end the next.
#[tokio::test]
async fn of_too_many_sockets_the_oldest_is_told_not_to_come_back() {
    let school = TestSchool::offline().await;
    let (student, classmate) = (school.student.id(), school.classmate.id());
    let open = async |who| {
        let stream = tests::connect(school.address(), &cookie(who), None).await;
        let mut stream = stream.unwrap();
        let ready = |frame: &ServerFrame| matches!(frame, ServerFrame::Ready { .. });
        assert_eq!(hears(&mut stream, ready).await, Ok(()));
        stream
    };
    let mut other = open(classmate).await;
    let mut all = Vec::new();
    for _ in 0..SOCKETS {
        all.push(open(student).await);
    }
    for stream in &mut all {
        assert_eq!(is_alive(stream).await, Ok(()));
    }
    for gone in 0..3 {
        all.push(open(student).await);
        assert_eq!(is_alive(&mut all[gone]).await, Err(CLOSE_ELSEWHERE));
    }
    for stream in &mut all[3..] {
        assert_eq!(is_alive(stream).await, Ok(()));
    }
    assert_eq!(is_alive(&mut other).await, Ok(()));
}
