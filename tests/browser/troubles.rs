//! What goes wrong around the program and is nobody's fault: dead connections, wrong clocks, other windows.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::driver::{Browser, Device};
use crate::journey::sign_in;
use crate::journey::talk::LATER_SERVER;
use crate::router::Router;
use crate::server::Server;
use crate::words::Language;

fn signed_in(server: &Server, base: &str, who: &str, device: Device) -> Browser {
    let browser = Browser::new(base, device, Language::Russian);
    let face = server.face(who);
    sign_in(&browser, &face.login, &face.password);
    browser
}

/// The first chat of the list of which all is read: nothing but what the test sends is asked for there.
fn opens_a_chat(browser: &Browser) -> String {
    browser.open("/chats");
    let first = "return [...document.querySelectorAll('.frame__main a[href^=\"/chats/\"]')]
        .find(it => !it.querySelector('.count')).getAttribute('href')";
    let chat = browser.run(first, &json!([])).as_str().unwrap().to_owned();
    browser.open(&chat);
    browser.counts("textarea", 1);
    chat
}

/// As many idle connections as a browser holds, all of them forgotten by the router: new ones would work.
fn forgets_all(browser: &Browser, router: &Router) {
    let busy = "const done = arguments[arguments.length - 1];
        Promise.all([1, 2, 3, 4, 5, 6].map(n => fetch('/locales/en.txt?' + n, { cache: 'no-store' })
            .then(it => it.text()))).then(() => done(1), () => done(0));";
    browser.run_async(busy);
    router.forget();
}

#[test]
fn dead_connections_hold_nobody_for_long() {
    let server = Server::demo();
    let router = Router::to(&server.url);
    let student = signed_in(&server, &router.url, "Ученик", Device::Phone);
    student
        .expected
        .borrow_mut()
        .extend(["Abort", "Timeout", "timed out", "Failed to fetch"]);
    // Nothing is fetched ahead: the screen is asked for when it's opened.
    student.save_data();
    opens_a_chat(&student);

    forgets_all(&student, &router);
    let start = Instant::now();
    student.fill("Сообщение", "Через мёртвые соединения");
    student.click("Отправить");
    student.counts(".message__state[data-state=sending]", 1);
    student.counts(".message__state[data-state=sending]", 0);
    let sent = start.elapsed();
    assert!(sent < Duration::from_secs(20), "sent after {sent:?}");

    forgets_all(&student, &router);
    let start = Instant::now();
    student.run(
        "document.querySelector('a[href=\"/profile\"]').click()",
        &json!([]),
    );
    student.sees("Выйти");
    let shown = start.elapsed();
    assert!(shown < Duration::from_secs(20), "shown after {shown:?}");
}

/// Time passes ten times as fast for what waits.
const HURRY: &str = "
    const slow = AbortSignal.timeout;
    AbortSignal.timeout = patience => slow.call(AbortSignal, patience / 10);";

#[test]
fn a_screen_that_hangs_says_so_and_can_be_asked_for_again() {
    let server = Server::demo();
    let student = signed_in(&server, &server.url, "Ученик", Device::Phone);
    student
        .expected
        .borrow_mut()
        .extend(["Abort", "Timeout", "timed out", "Failed to fetch"]);
    student.save_data();
    student.open("/");
    student.run(HURRY, &json!([]));
    student.hold(&["*split_school*"]);
    student.run(
        "document.querySelector('a[href=\"/profile\"]').click()",
        &json!([]),
    );
    student.sees("Не получилось загрузить");
    student.hold(&[]);
    student.click("Повторить");
    student.sees("Выйти");
}

/// The server is of another release, which doesn't have the old program's parts any more.
#[test]
fn a_part_that_is_gone_brings_the_page_anew() {
    let server = Server::demo();
    let student = signed_in(&server, &server.url, "Ученик", Device::Phone);
    student
        .expected
        .borrow_mut()
        .extend(["Failed to fetch", "ERR_BLOCKED"]);
    student.save_data();
    student.open("/");
    student.run("window.old = true", &json!([]));
    student.block(&["*split_school*"]);
    let go = "document.querySelector('a[href=\"/profile\"]').click()";
    student.run(go, &json!([]));
    let old = || student.run("return window.old === true", &json!([])) == json!(true);
    for _ in 0..2 {
        student.sees("Не получилось загрузить");
        assert!(old());
        student.click("Повторить");
    }
    student.wait("another page", || (!old()).then_some(()));
    // Which doesn't get it either, as long as it isn't there.
    student.sees("Не получилось загрузить");
    student.block(&[]);
    student.click("Повторить");
    student.sees("Выйти");
    assert!(!old());
}

fn says(browser: &Browser, text: &str) {
    browser.fill("Сообщение", text);
    browser.click("Отправить");
}

const UNREAD: &str = "return document.querySelector('.frame__main a[aria-current] .count [aria-hidden]')?.textContent || ''";

fn unread(browser: &Browser, count: &str) {
    browser.wait(&format!("«{count}» unread"), || {
        (browser.ask(UNREAD, &json!([]))? == count).then_some(())
    });
}

#[test]
fn what_is_read_is_what_somebody_sees() {
    let server = Server::demo();
    let student = signed_in(&server, &server.url, "Ученик", Device::Desktop);
    let teacher = signed_in(&server, &server.url, "Классный", Device::Desktop);
    let chat = class_of(&student, &teacher);
    student.open(&chat);
    student.counts("textarea", 1);
    unread(&student, "");

    // The window is in sight, and the person works in another.
    student.run("document.hasFocus = () => false", &json!([]));
    says(&teacher, "Пока смотрят в другое окно");
    student.sees("Пока смотрят в другое окно");
    says(&teacher, "И ещё раз");
    student.sees("И ещё раз");
    unread(&student, "2");
    let comes_back = "document.hasFocus = () => true; window.dispatchEvent(new Event('focus'))";
    student.run(comes_back, &json!([]));
    unread(&student, "");

    // The tab is closed before the pause after which it would be told.
    let no_pause_ends = "const set = window.setTimeout;
        window.setTimeout = (what, after, ...more) => after === 400 ? 0 : set(what, after, ...more)";
    student.open(&chat);
    student.counts("textarea", 1);
    student.run(no_pause_ends, &json!([]));
    says(&teacher, "Прочитано перед уходом");
    student.sees("Прочитано перед уходом");
    unread(&student, "");
    student.post("url", &json!({ "url": "about:blank" }));
    teacher.wait("the last message to be read", || {
        let script = "const all = document.querySelectorAll('.message__state');
            return all[all.length - 1]?.dataset.state === 'read'";
        teacher
            .ask(script, &json!([]))?
            .as_bool()
            .filter(|read| *read)
    });
}

/// A chat that both have, opened by the second.
fn class_of(one: &Browser, other: &Browser) -> String {
    let chats = |browser: &Browser| -> Vec<String> {
        browser.open("/chats");
        let all = "return [...document.querySelectorAll('.frame__main a[href^=\"/chats/\"]')]
            .map(it => it.getAttribute('href'))";
        let all = browser.run(all, &json!([]));
        let all = all.as_array().unwrap().iter();
        all.map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    let others = chats(other);
    let both = chats(one)
        .into_iter()
        .find(|it| others.contains(it))
        .unwrap();
    other.open(&both);
    other.counts("textarea", 1);
    both
}

/// How often it was looked whether the person has finished.
const LOOKS: &str = "
    window.looks = 0;
    const set = window.setTimeout;
    window.setTimeout = (what, after, ...more) => set(after === 2000 ? () => { window.looks++; what() } : what, after, ...more)";

#[test]
fn who_reads_earlier_messages_is_not_thrown_to_the_end() {
    let server = Server::demo();
    let student = signed_in(&server, &server.url, "Ученик", Device::Phone);
    let chat = opens_a_chat(&student);
    student.counts(".log__down", 0);
    student.wait("earlier messages", || {
        let up = "const log = document.querySelector('.log__scroll');
            log.scrollTop = -600; return log.scrollTop < -300";
        student.ask(up, &json!([]))?.as_bool().filter(|up| *up)
    });
    student.counts(".log__down", 1);
    student.run(LOOKS, &json!([]));
    student.run(LATER_SERVER, &json!([]));
    student.wait("three looks", || {
        let looks = student.ask("return window.looks", &json!([]))?.as_u64()?;
        (looks >= 3).then_some(())
    });
    student.counts(".log__down", 1);
    student.run("document.querySelector('.log__down').click()", &json!([]));
    student.wait("the page to be loaded again", || {
        let old = student.ask("return 'looks' in window", &json!([]))?;
        old.as_bool().filter(|old| !old)
    });
    student.ready();
    assert_eq!(student.path(), chat);
}

#[test]
fn a_device_that_is_wrong_about_time_changes_nothing() {
    let server = Server::demo();
    let student = Browser::new(&server.url, Device::Desktop, Language::Russian);
    student.travel("Europe/Moscow");
    student.begin_with("const right = Date.now; Date.now = () => right() + 3 * 24 * 3600 * 1000");
    let face = server.face("Ученик");
    sign_in(&student, &face.login, &face.password);
    opens_a_chat(&student);
    says(&student, "Часы спешат на три дня");
    student.counts(".message__state[data-state=sending]", 0);
    student.sees("Сегодня");
    student.right_click("Часы спешат");
    student.sees("Удалить у всех");
    student.keys(&['\u{E00C}']);

    let before = minutes(&student);
    student.travel("Asia/Kamchatka");
    student.run(
        "window.dispatchEvent(new Event('visibilitychange'))",
        &json!([]),
    );
    student.wait("the time of Kamchatka", || {
        let passed = (minutes(&student) - before).rem_euclid(24 * 60);
        (passed == 9 * 60).then_some(())
    });
}

/// When the last message was sent, as it stands there.
fn minutes(browser: &Browser) -> i32 {
    let last = "const all = document.querySelectorAll('.message time'); return all[all.length - 1].innerText";
    let time = browser.run(last, &json!([]));
    let (hours, minutes) = time.as_str().unwrap().trim().split_once(':').unwrap();
    hours.parse::<i32>().unwrap() * 60 + minutes.parse::<i32>().unwrap()
}
