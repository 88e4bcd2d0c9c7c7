//! What the server doesn't have yet: it is neither lost nor sent against its writer's will.

use serde_json::{Value, json};

use crate::driver::{Browser, Device};
use crate::server::Server;
use crate::words::Language;

/// A firewall in between that doesn't like a word. Tries follow each other sooner than by chance.
const FIREWALL: &str = "
    const real = window.fetch;
    Math.random = () => 0.3;
    window.fetch = async request => {
        const body = request.method === 'POST' ? await request.clone().text() : '';
        return body.includes('Запретное')
            ? new Response('<h1>Blocked</h1>', { status: 403, headers: { 'content-type': 'text/html' } })
            : real(request);
    };";

/// The server does what is sent, and nobody hears so.
const NO_ANSWERS: &str = "
    const real = window.fetch;
    window.fetch = async request => {
        const answer = await real(request);
        if (request.method === 'POST') throw new TypeError('lost');
        return answer;
    };";

/// As a link within the page goes there.
const GO: &str = "
    history.pushState(null, '', arguments[0]);
    dispatchEvent(new PopStateEvent('popstate'));";

/// The key of something private to the person, of the device's storage.
const PLACE: &str = "
    const key = Object.keys(localStorage).find(it => it.startsWith('zvonok.private.'));
    return key.split('.').slice(0, 3).join('.') + '.';";

/// Whether the browser would ask before the page goes.
const HELD: &str = "
    const leaving = new Event('beforeunload', { cancelable: true });
    dispatchEvent(leaving);
    return leaving.defaultPrevented;";

/// Whoever takes a message back is told when it may have arrived nevertheless.
pub const MAY_BE_THERE: &str = "Сообщение могло уже дойти.";

pub const WAITING: &str = ".message__state[data-state=sending]";
const REFUSED: &str = ".message__state[data-state=refused]";

pub fn says(browser: &Browser, text: &str) {
    browser.fill("Сообщение", text);
    browser.click("Отправить");
    browser.sees(text);
}

fn go(browser: &Browser, path: &str) {
    browser.run(GO, &json!([path]));
    browser.arrives(path);
}

fn place(browser: &Browser) -> Value {
    browser.run(PLACE, &json!([]))
}

/// The paths of the first two chats of the list.
pub fn chats(browser: &Browser) -> [String; 2] {
    browser.open("/chats");
    let all = "return [...document.querySelectorAll('.frame__main a[href^=\"/chats/\"]')]
        .map(it => new URL(it.href).pathname)";
    let all = browser.run(all, &json!([]));
    [0, 1].map(|which| all[which].as_str().unwrap().to_owned())
}

#[test]
fn what_is_not_sent_yet() {
    let server = Server::demo();
    let face = server.face("Родитель");
    let browser = Browser::new(&server.url, Device::Desktop, Language::Russian);
    browser.open("/sign-in");
    browser.fill("Телефон или логин", &face.login);
    browser.fill("Пароль", &face.password);
    browser.click("Войти");
    browser.sees("Здравствуйте");
    let [chat, other] = chats(&browser);

    one_refused_message_holds_nothing_up(&browser, &chat, &other);
    what_has_arrived_waits_no_more(&browser, &chat);
    what_waits_is_taken_back(&browser, &chat);
    without_room_the_page_stays(&browser, &chat);
    what_is_old_is_asked_about(&browser, &chat);
    signing_out_asks_about_all(&browser);
}

fn one_refused_message_holds_nothing_up(browser: &Browser, chat: &str, other: &str) {
    browser.open(chat);
    browser.run(FIREWALL, &json!([]));
    says(browser, "Запретное слово");
    go(browser, other);
    says(browser, "В другой чат это доходит");
    browser.counts(WAITING, 0);
    go(browser, chat);
    browser.sees("возможно, его задерживает фильтр сети");
    browser.audit("chat, a message that doesn't get through");
    says(browser, "А это проходит");
    browser.counts(WAITING, 0);
    browser.counts(REFUSED, 1);
    go(browser, "/chats");
    browser.sees("Не отправлено. Запретное слово");
    go(browser, chat);
    browser.click("Изменить");
    browser.sees(MAY_BE_THERE);
    assert_eq!(browser.value_of("Сообщение"), "Запретное слово");
    says(browser, "Слово заменено");
    browser.counts(WAITING, 0);
    browser.counts(REFUSED, 0);
}

/// No answer comes, but the message itself does, as to everybody in the chat.
fn what_has_arrived_waits_no_more(browser: &Browser, chat: &str) {
    browser.open(chat);
    browser.run(NO_ANSWERS, &json!([]));
    says(browser, "Дошло, а ответа нет");
    browser.wait("nothing to wait", || {
        let none = "return !Object.keys(localStorage).some(it => it.endsWith('.outbox')) || null";
        browser.ask(none, &json!([]))?.as_bool()
    });
    browser.counts(WAITING, 0);
    browser.counts(REFUSED, 0);
    browser.open(chat);
    let times = browser
        .text_of(".log__rows")
        .matches("Дошло, а ответа нет")
        .count();
    assert_eq!(times, 1);
}

fn what_waits_is_taken_back(browser: &Browser, chat: &str) {
    browser.open(chat);
    browser.offline(true);
    browser.wait("the network to be gone", || {
        browser
            .ask("return !navigator.onLine || null", &json!([]))?
            .as_bool()
    });
    says(browser, "Поторопился с этим");
    browser.counts(WAITING, 1);
    browser.right_click("Поторопился с этим");
    browser.counts("[role=menuitem]", 3);
    browser.audit("chat, the menu of a message that waits");
    browser.click("Изменить");
    browser.counts(WAITING, 0);
    assert_eq!(browser.value_of("Сообщение"), "Поторопился с этим");
    says(browser, "И это лишнее");
    browser.counts(WAITING, 1);
    let focus = "document.querySelector('.log__scroll').focus()";
    browser.run(focus, &json!([]));
    // Up, Enter; up, Enter: the last item of the menu.
    browser.keys(&['\u{E013}', '\u{E007}']);
    browser.counts("[role=menuitem]", 3);
    browser.wait("the focus in the menu", || {
        let script = "return document.activeElement.getAttribute('role')";
        (browser.ask(script, &json!([]))? == "menuitem").then_some(())
    });
    browser.keys(&['\u{E013}', '\u{E007}']);
    browser.counts(WAITING, 0);
    browser.misses("И это лишнее");
    // Without a network nothing has left the device.
    assert!(!browser.text().contains(MAY_BE_THERE));
    browser.offline(false);
    says(browser, "Остаётся только это");
    browser.counts(WAITING, 0);
    for gone in ["Поторопился с этим", "И это лишнее"] {
        browser.misses(gone);
    }
}

fn without_room_the_page_stays(browser: &Browser, chat: &str) {
    const FULL: &str = "
        for (let size = 1 << 22; size > 0; size >>= 1) {
            for (;;) {
                const key = `full.${Object.keys(localStorage).length}`;
                try { localStorage.setItem(key, 'x'.repeat(size)) } catch { break }
            }
        }";
    browser.open(chat);
    browser.offline(true);
    says(browser, "Это ещё помещается");
    browser.counts(WAITING, 1);
    assert_eq!(browser.run(HELD, &json!([])), false);
    browser.run(FULL, &json!([]));
    says(browser, "А это уже нет");
    browser.counts(WAITING, 2);
    browser.sees("только если не закрывать эту страницу");
    browser.audit("chat, no room on the device");
    assert_eq!(browser.run(HELD, &json!([])), true);
    browser.offline(false);
    browser.counts(WAITING, 0);
    browser.misses("только если не закрывать эту страницу");
    assert_eq!(browser.run(HELD, &json!([])), false);
    let room = "for (const key of Object.keys(localStorage)) if (key.startsWith('full.')) localStorage.removeItem(key)";
    browser.run(room, &json!([]));
    browser.open(chat);
    browser.sees("Это ещё помещается");
    browser.sees("А это уже нет");
}

/// Written on another day, when there was no network; the browser was closed then.
fn what_is_old_is_asked_about(browser: &Browser, chat: &str) {
    browser.fill("Сообщение", "Начато здесь");
    let entry = "const [place, chat, body] = arguments;
        const at = Date.now() - 13 * 60 * 60 * 1000;
        const entry = { chat, client_id: '2a'.repeat(16), body, at, refused: null, form: 1 };
        localStorage.setItem(place + 'outbox', JSON.stringify([entry]));";
    let number: i64 = chat.trim_start_matches("/chats/").parse().unwrap();
    browser.run(entry, &json!([place(browser), number, "Завтра не приду"]));
    browser.open(chat);
    browser.sees("Написано давно:");
    browser.sees("Отправить сейчас?");
    browser.audit("chat, an old message that waits");
    browser.screenshot("unsent-old");
    browser.counts(REFUSED, 1);
    browser.click("Отправить");
    browser.counts(REFUSED, 0);
    browser.counts(WAITING, 0);
    browser.open(chat);
    browser.sees("Завтра не приду");
}

/// Of a chat where the person is no longer, and of another tab.
fn signing_out_asks_about_all(browser: &Browser) {
    let place = place(browser);
    let draft = "localStorage.setItem(arguments[0] + 'draft.' + arguments[1], arguments[2])";
    browser.run(draft, &json!([place, 999_999, "Начато не здесь"]));
    browser.open("/chats");
    browser.sees("Черновик: Начато не здесь");
    browser.click("Этого чата у вас нет");
    browser.sees("Возможно, вы больше не состоите в этом классе или кружке.");
    assert!(browser.text_of(".message").contains("Начато не здесь"));
    browser.audit("chat, not in it any more, with a draft");
    go(browser, "/profile");
    browser.run(draft, &json!([place, 999_998, "Начато рядом"]));
    browser.click("Выйти");
    browser.sees("3 текста ещё не отправлены и пропадут.");
    browser.click("Отмена");
    browser.open("/chats/999999");
    browser.click("Удалить");
    browser.misses("Начато не здесь");
    go(browser, "/profile");
    browser.click("Выйти");
    browser.sees("2 текста ещё не отправлены и пропадут.");
    crate::audit::none_found();
}
