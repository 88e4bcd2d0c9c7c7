//! Signing in, passwords, names.

use backend::live::Bursts;
use common::accounts::{ChangeName, ChangePassword, SignIn, SignInByForm, SignOut};
use common::chats::{OpenDirectChat, SendMessage};
use common::endpoint::Declared;
use common::error::{Error, Problem};
use common::realtime::GetState;
use common::{ClientId, Name, Password};
use futures_util::future::join_all;
use tests::place::{SCHOOL, STUDENTS_CHAT};
use tests::{PASSWORD, Setup, TestSchool};

fn sign_in(login: &str, password: &str) -> SignIn {
    SignIn {
        login: login.into(),
        password: Password(password.into()),
    }
}

async fn strict(per_account: u32, per_address: u32, behind_proxy: bool) -> TestSchool {
    TestSchool::with(Setup {
        bursts: Bursts {
            account: per_account,
            address: per_address,
            stranger: 1000,
        },
        online: false,
        behind_proxy,
        ..Setup::default()
    })
    .await
}

#[tokio::test]
async fn a_phone_may_be_written_in_any_way() {
    let school = TestSchool::offline().await;
    for phone in [
        "+79160000005",
        "8 (916) 000-00-05",
        "7 916 000 00 05",
        "916 000-00-05",
        "  +7 916 000 00 05 ",
    ] {
        let browser = school.stranger();
        browser.call(sign_in(phone, PASSWORD)).await.unwrap();
        let me = browser.call(GetState {}).await.unwrap().me;
        assert_eq!(me.id, school.student.id(), "{phone}");
        assert_eq!(me.phone.unwrap(), "+7 916 000-00-05");
    }
}

#[tokio::test]
async fn a_login_may_be_written_in_any_case() {
    let school = TestSchool::offline().await;
    school
        .sql("UPDATE accounts SET login = 'petya.2013', phone = NULL WHERE id = 5")
        .await;
    let browser = school.stranger();
    browser
        .call(sign_in(" Petya.2013 ", PASSWORD))
        .await
        .unwrap();
    let me = browser.call(GetState {}).await.unwrap().me;
    assert_eq!(me.id, school.student.id());
}

#[tokio::test]
async fn nothing_tells_whether_a_phone_is_known() {
    let school = TestSchool::offline().await;
    let mut answers = Vec::new();
    for login in ["+79160000005", "+79169999999", "nobody"] {
        let browser = school.stranger();
        let request = browser.request(&sign_in(login, "не тот пароль"));
        let mut reply = browser.reply(request).await;
        reply.headers.remove("date");
        assert_eq!(reply.read::<SignIn>(), Err(Error::WrongCredentials));
        assert!(browser.cookie().is_none());
        answers.push(format!("{reply:?}"));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
}

#[tokio::test]
async fn what_is_missing_is_told_by_field() {
    let school = TestSchool::offline().await;
    let browser = school.stranger();
    assert_eq!(
        browser.call(sign_in(" ", PASSWORD)).await,
        Err(Error::field("login", Problem::Required))
    );
    assert_eq!(
        browser.call(sign_in("+79160000005", "")).await,
        Err(Error::field("password", Problem::Required))
    );
}

#[tokio::test]
async fn tries_are_limited_for_each_account_known_or_not() {
    let school = strict(3, 1000, false).await;
    for login in ["+79160000005", "+79169999999"] {
        let browser = school.stranger();
        for _ in 0..3 {
            let wrong = browser.call(sign_in(login, "не тот пароль")).await;
            assert_eq!(wrong, Err(Error::WrongCredentials));
        }
        // The right password doesn't help, or the limit would tell which one it is.
        let limited = browser.call(sign_in(login, PASSWORD)).await;
        assert!(
            matches!(
                limited,
                Err(Error::TooMany {
                    retry_after: 1..=61
                })
            ),
            "{limited:?}"
        );
    }
    // Others are not locked out.
    let other = school.stranger();
    other.call(sign_in("+79160000006", PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn tries_are_limited_for_each_address() {
    let school = strict(1000, 3, false).await;
    let browser = school.stranger();
    for number in 1..=3 {
        let login = format!("+7916000000{number}");
        browser.call(sign_in(&login, PASSWORD)).await.unwrap();
    }
    let request = browser.request(&sign_in("+79160000005", PASSWORD));
    let limited = browser.reply(request).await;
    assert_eq!(limited.status, 429);
    let seconds: u64 = limited.header("retry-after").parse().unwrap();
    assert!((1..=61).contains(&seconds));
}

#[tokio::test]
async fn behind_a_proxy_the_address_is_what_the_proxy_saw() {
    let school = strict(1000, 1, true).await;
    let try_from = async |forwarded: &str| {
        let browser = school.stranger();
        let mut request = browser.request(&sign_in("+79160000005", "не тот пароль"));
        request
            .headers_mut()
            .insert("x-forwarded-for", forwarded.parse().unwrap());
        browser.reply(request).await.status
    };
    assert_eq!(try_from("203.0.113.1").await, 401);
    assert_eq!(try_from("203.0.113.2").await, 401);
    assert_eq!(try_from("203.0.113.2").await, 429);
    // What the client itself claims comes before it, and counts for nothing.
    assert_eq!(try_from("198.51.100.7, 203.0.113.1").await, 429);
}

#[tokio::test]
async fn without_a_proxy_the_header_counts_for_nothing() {
    let school = strict(1000, 1, false).await;
    for (forwarded, status) in [("203.0.113.1", 401), ("203.0.113.2", 429)] {
        let browser = school.stranger();
        let mut request = browser.request(&sign_in("+79160000005", "не тот пароль"));
        request
            .headers_mut()
            .insert("x-forwarded-for", forwarded.parse().unwrap());
        assert_eq!(browser.reply(request).await.status, status);
    }
}

#[tokio::test]
async fn the_cookie_is_for_this_host_over_tls_and_out_of_reach_of_scripts() {
    let school = TestSchool::offline().await;
    let browser = school.stranger();
    let request = browser.request(&sign_in("+79160000005", PASSWORD));
    let reply = browser.reply(request).await;
    let cookie = reply.header("set-cookie");
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    let (name, secret) = pair.split_once('=').unwrap();
    assert_eq!(name, "__Host-session");
    // 256 bits in base64.
    assert_eq!(secret.len(), 43);
    assert_eq!(
        attributes,
        "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=7776000"
    );
    assert_eq!(reply.header("cache-control"), "no-store");

    let reply = browser.reply(browser.request(&SignOut {})).await;
    assert_eq!(
        reply.header("set-cookie"),
        "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
    );
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it() {
    let school = TestSchool::open().await;
    let change = |current: &str, new: &str| ChangePassword {
        current: Password(current.into()),
        new: Password(new.into()),
    };
    let student = &school.student;
    let problem = student.fails(change("не тот пароль", "новый пароль")).await;
    assert_eq!(problem, Error::field("current", Problem::WrongPassword));
    let problem = student.fails(change(PASSWORD, "1234567")).await;
    assert_eq!(problem, Error::field("new", Problem::TooShort { min: 8 }));

    student.does(change(PASSWORD, "новый пароль")).await;
    let browser = student.another_browser();
    let old = browser.call(sign_in("+79160000005", PASSWORD)).await;
    assert_eq!(old, Err(Error::WrongCredentials));
    let new = browser.call(sign_in("+79160000005", "новый пароль")).await;
    assert_eq!(new, Ok(()));
}

#[tokio::test]
async fn of_two_who_change_a_password_at_once_the_second_knows_it_no_more() {
    let school = TestSchool::open().await;
    let student = &school.student;
    let change = |number| ChangePassword {
        current: Password(PASSWORD.into()),
        new: Password(format!("новый пароль {number}")),
    };
    // None begins to change it before all have shown that they know it.
    let lock = format!(
        "BEGIN; SELECT FROM sessions WHERE account_id = {} FOR UPDATE",
        student.id()
    );
    school.sql(&lock).await;
    let all = join_all((0..6).map(|number| student.call(change(number))));
    let (answers, ()) = tokio::join!(all, async {
        school.until_so_many_wait(6).await;
        school.sql("COMMIT").await;
    });
    let wrong = Err(Error::field("current", Problem::WrongPassword));
    let refused = answers.iter().filter(|it| **it == wrong).count();
    assert_eq!(refused, 5, "{answers:?}");
    let winner = answers.iter().position(Result::is_ok).unwrap();
    let new = format!("новый пароль {winner}");
    let browser = student.another_browser();
    browser.call(sign_in("+79160000005", &new)).await.unwrap();
}

#[tokio::test]
async fn a_stolen_session_is_no_way_to_guess_the_password() {
    let school = strict(3, 1000, false).await;
    let guess = || ChangePassword {
        current: Password("не тот пароль".into()),
        new: Password("новый пароль".into()),
    };
    for _ in 0..3 {
        school.student.call(guess()).await.unwrap_err();
    }
    let limited = school.student.call(guess()).await;
    assert!(matches!(limited, Err(Error::TooMany { .. })), "{limited:?}");
}

#[tokio::test]
async fn strangers_keep_nobody_from_changing_the_password() {
    let school = strict(3, 1000, false).await;
    let student = &school.student;
    for login in [
        "+79160000005".to_owned(),
        format!("password {}", student.id()),
        student.id().to_string(),
    ] {
        for _ in 0..4 {
            let stranger = school.stranger();
            let wrong = stranger.call(sign_in(&login, "не тот пароль"));
            wrong.await.unwrap_err();
        }
    }
    let change = ChangePassword {
        current: Password(PASSWORD.into()),
        new: Password("новый пароль".into()),
    };
    assert_eq!(student.call(change).await, Ok(()));
}

#[tokio::test]
async fn a_new_name_is_known_in_all_browsers() {
    let school = TestSchool::open().await;
    let phone = school.student.another_browser();
    phone.call(sign_in("+79160000005", PASSWORD)).await.unwrap();
    phone.go_online().await;
    let name = Name::new("Петров", "Пётр", Some("Алексеевич"));
    let me = school.student.does(ChangeName { name: name.clone() }).await;
    assert_eq!(me.name, name);
    assert_eq!(phone.state().await.me.name, name);

    // Those who write to them, and their parents, see it too.
    let chat = OpenDirectChat {
        school: SCHOOL,
        account: school.student.id(),
    };
    let chat = school.class_teacher.does(chat).await;
    assert_eq!(chat.title, "Петров Пётр");
    let message = SendMessage {
        chat: STUDENTS_CHAT,
        client_id: ClientId(1),
        body: "Я теперь Петров".into(),
    };
    school.student.does(message).await;
    let name = Name::new("Сидоров", "Пётр", None);
    school.student.does(ChangeName { name }).await;
    let state = school.class_teacher.state().await;
    assert_eq!(state.chats.0[&chat.id].title, "Сидоров Пётр");
    let last = state.chats.0[&STUDENTS_CHAT].last.as_ref().unwrap();
    assert_eq!(last.author.name, "Сидоров Пётр");
    assert_eq!(school.parent.state().await.children[0].name, "Сидоров Пётр");

    let nameless = Name::new("", "12", None);
    let problem = school.student.fails(ChangeName { name: nameless }).await;
    let Error::Invalid(fields) = problem else {
        panic!("{problem}");
    };
    let fields: Vec<&str> = fields.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["name.surname", "name.given"]);
}

/// The form of the static shell works before any WASM.
#[tokio::test]
async fn the_plain_form_signs_in_and_says_what_went_wrong() {
    let school = TestSchool::offline().await;
    let browser = school.stranger();
    let submit = async |password: &str, origin: &str| {
        let mut request = browser.request(&SignInByForm {
            login: "89160000005".into(),
            password: Password(password.into()),
        });
        let origin = origin.parse().unwrap();
        request.headers_mut().insert("origin", origin);
        browser.reply(request).await
    };
    let own = format!("http://{}", school.address());
    let wrong = submit("wrong", &own).await;
    assert_eq!(wrong.status, 303);
    assert_eq!(wrong.header("location"), "/sign-in?problem=wrong");
    assert!(browser.cookie().is_none());

    assert_eq!(submit(PASSWORD, "https://evil.test").await.status, 400);
    assert!(browser.cookie().is_none());

    let right = submit(PASSWORD, &own).await;
    assert_eq!((right.status, right.header("location")), (303, "/"));
    let me = browser.call(GetState {}).await.unwrap().me;
    assert_eq!(me.id, school.student.id());
}

#[test]
fn the_form_of_the_shell_goes_where_it_is_taken() {
    let page = include_str!("../../frontend/index.html");
    let form = format!("method=\"post\" action=\"{}\"", SignInByForm::PATH);
    assert!(page.contains(&form));
}
