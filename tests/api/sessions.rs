//! The browsers in which someone is signed in.

use backend::live::Bursts;
use common::accounts::{
    ChangePassword, EndOtherSessions, EndSession, GetSessions, SignIn, SignOut,
};
use common::endpoint::Endpoint;
use common::error::Error;
use common::people::ResetPassword;
use common::realtime::{CLOSE_RESYNC, CLOSE_SESSION_ENDED, GetState};
use common::{Password, SessionId};
use tests::place::SCHOOL;
use tests::{Actor, PASSWORD, Setup, TestSchool};

const PHONE_BROWSER: &str = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) \
                             Chrome/131.0.0.0 Mobile Safari/537.36";

/// The same person on the phone, online.
async fn on_the_phone(person: &Actor) -> Actor {
    let phone = person.another_browser();
    let mut request = phone.request(&SignIn {
        login: format!("+791600000{:02}", person.id().0),
        password: Password(PASSWORD.into()),
    });
    request
        .headers_mut()
        .insert("user-agent", PHONE_BROWSER.parse().unwrap());
    assert_eq!(phone.reply(request).await.status, 200);
    phone.go_online().await;
    phone
}

#[tokio::test]
async fn sessions_are_listed_with_device_and_last_use() {
    let school = TestSchool::open().await;
    let phone = on_the_phone(&school.student).await;
    school.wait_ms(60_000);
    let sessions = school.student.does(GetSessions {}).await;
    let listed: Vec<(&str, bool)> = sessions
        .iter()
        .map(|it| (it.device.as_str(), it.current))
        .collect();
    assert_eq!(
        listed,
        [("Firefox, Linux", true), ("Chrome, Android", false)]
    );
    assert_eq!(
        sessions[0].last_used_at,
        tests::place::MORNING.plus_ms(60_000)
    );
    assert_eq!(sessions[1].created_at, tests::place::MORNING);
    let same = phone.does(GetSessions {}).await;
    assert_eq!(same[0].id, sessions[1].id);
}

#[tokio::test]
async fn a_session_is_ended_from_another_browser() {
    let school = TestSchool::open().await;
    let phone = on_the_phone(&school.student).await;
    let sessions = school.student.does(GetSessions {}).await;
    let session = sessions.iter().find(|it| !it.current).unwrap().id;
    school.student.does(EndSession { session }).await;
    assert_eq!(phone.closed().await, Some(CLOSE_SESSION_ENDED));
    assert_eq!(phone.call(GetState {}).await, Err(Error::SignIn));
    assert_eq!(school.student.does(GetSessions {}).await.len(), 1);
}

#[tokio::test]
async fn nobody_ends_the_session_of_somebody_else() {
    let school = TestSchool::open().await;
    let session = SessionId(school.classmate.id().0);
    let refused = school.student.fails(EndSession { session }).await;
    assert_eq!(refused, Error::NotFound);
    assert!(school.classmate.call(GetState {}).await.is_ok());
}

#[tokio::test]
async fn all_other_sessions_are_ended_at_once() {
    let school = TestSchool::open().await;
    let (phone, tablet) = (
        on_the_phone(&school.student).await,
        on_the_phone(&school.student).await,
    );
    school.student.does(EndOtherSessions {}).await;
    for other in [&phone, &tablet] {
        assert_eq!(other.closed().await, Some(CLOSE_SESSION_ENDED));
        assert_eq!(other.call(GetState {}).await, Err(Error::SignIn));
    }
    assert_eq!(school.student.does(GetSessions {}).await.len(), 1);
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let school = TestSchool::open().await;
    let phone = on_the_phone(&school.student).await;
    let change = ChangePassword {
        current: Password(PASSWORD.into()),
        new: Password("новый пароль".into()),
    };
    phone.does(change).await;
    assert_eq!(school.student.closed().await, Some(CLOSE_SESSION_ENDED));
    assert_eq!(school.student.call(GetState {}).await, Err(Error::SignIn));
    assert!(phone.call(GetState {}).await.is_ok());
}

#[tokio::test]
async fn signing_out_ends_the_session_and_closes_its_socket() {
    let school = TestSchool::open().await;
    let phone = on_the_phone(&school.student).await;
    let cookie = phone.cookie().unwrap();
    phone.does(SignOut {}).await;
    assert_eq!(phone.closed().await, Some(CLOSE_SESSION_ENDED));
    assert!(phone.cookie().is_none());
    // A copy of the cookie is worth nothing any more.
    let mut request = phone.request(&GetState {});
    let copy = format!("__Host-session={cookie}").parse().unwrap();
    request.headers_mut().insert("cookie", copy);
    assert_eq!(phone.reply(request).await.status, 401);
    assert!(school.student.call(GetState {}).await.is_ok());
}

/// Calls what ends sessions, and loses the answer to its commit: nobody knows whether they have ended. The
/// socket of `whose` must not go on as if they had not, nor be believed any longer.
async fn loses_the_answer<E: Endpoint>(
    school: &TestSchool,
    who: &Actor,
    request: E,
    whose: &Actor,
) {
    school
        .sql(
            "CREATE FUNCTION loses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); RETURN NULL; END $$;
             CREATE CONSTRAINT TRIGGER loses AFTER DELETE ON sessions
                 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION loses();",
        )
        .await;
    whose.go_online().await;
    let answer = who.reply(who.request(&request)).await;
    assert_eq!(answer.status, 503, "{}", E::NAME);
    assert_eq!(whose.closed().await, Some(CLOSE_RESYNC), "{}", E::NAME);
    let ended = format!(
        "DROP FUNCTION loses CASCADE;
         DELETE FROM sessions WHERE token_hash = sha256(convert_to('{}', 'UTF8'))",
        whose.cookie().unwrap()
    );
    school.sql(&ended).await;
    assert_eq!(
        whose.call(GetState {}).await.err(),
        Some(Error::SignIn),
        "{}",
        E::NAME
    );
}

#[tokio::test]
async fn an_end_whose_answer_was_lost_is_taken_for_one() {
    let school = TestSchool::open().await;
    let student = &school.student;
    let mut phones = Vec::new();
    for _ in 0..4 {
        phones.push(on_the_phone(student).await);
    }
    let sessions = phones[0].call(GetSessions {}).await.unwrap();
    let session = sessions.iter().find(|it| it.current).unwrap().id;
    loses_the_answer(&school, student, EndSession { session }, &phones[0]).await;
    loses_the_answer(&school, student, EndOtherSessions {}, &phones[1]).await;
    let change = ChangePassword {
        current: Password(PASSWORD.into()),
        new: Password("новый пароль".into()),
    };
    loses_the_answer(&school, student, change, &phones[2]).await;
    let reset = ResetPassword {
        school: SCHOOL,
        account: student.id(),
    };
    loses_the_answer(&school, &school.admin, reset, &phones[3]).await;
    loses_the_answer(&school, &school.classmate, SignOut {}, &school.classmate).await;
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends() {
    let school = TestSchool::offline().await;
    let student = &school.student;
    for _ in 0..3 {
        school.wait_days(89);
        assert!(student.call(GetState {}).await.is_ok());
    }
    school.wait_days(90);
    assert_eq!(student.call(GetState {}).await, Err(Error::SignIn));
}

#[tokio::test]
async fn a_made_up_cookie_is_nobodys() {
    let school = TestSchool::offline().await;
    let stranger = school.stranger();
    for cookie in ["__Host-session=", "__Host-session=x", "session=session-5"] {
        let mut request = stranger.request(&GetState {});
        request
            .headers_mut()
            .insert("cookie", cookie.parse().unwrap());
        assert_eq!(stranger.reply(request).await.status, 401, "{cookie}");
    }
}

#[tokio::test]
async fn cookies_that_are_made_up_do_not_reach_the_database_for_long() {
    let school = TestSchool::with(Setup {
        bursts: Bursts {
            account: 100,
            address: 100,
            stranger: 3,
        },
        online: false,
        ..Setup::default()
    })
    .await;
    // Known, and not believed any more.
    school.student.call(GetState {}).await.unwrap();
    school.wait_ms(31_000);
    let statements = school.count_statements().await;
    let stranger = school.stranger();
    let guess = async |number: u32| {
        let mut request = stranger.request(&GetState {});
        let cookie = format!("{}={number}", backend::session::COOKIE)
            .parse()
            .unwrap();
        request.headers_mut().insert("cookie", cookie);
        stranger
            .reply(request)
            .await
            .read::<GetState>()
            .unwrap_err()
    };
    for number in 0..3 {
        assert_eq!(guess(number).await, Error::SignIn);
    }
    // The one that is counted as too much is the last that is looked up.
    let limited = guess(3).await;
    assert!(matches!(limited, Error::TooMany { .. }), "{limited}");
    assert_eq!(statements.count(), 4);
    for number in 4..10 {
        let limited = guess(number).await;
        assert!(matches!(limited, Error::TooMany { .. }), "{limited}");
    }
    assert_eq!(statements.count(), 0);
    // Of the same address: who was here before, and who was only when an earlier server ran.
    for member in [&school.student, &school.classmate] {
        assert!(member.call(GetState {}).await.is_ok());
    }
    school.wait_ms(60_000);
    assert_eq!(guess(10).await, Error::SignIn);
}
