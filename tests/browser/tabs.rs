//! Several tabs of one person: what is in one is in all of them, and gets lost in none.

use serde_json::json;

use crate::driver::{Browser, Device};
use crate::journey::sign_in;
use crate::journey::talk::LATER_SERVER;
use crate::server::Server;
use crate::unsent::{MAY_BE_THERE, WAITING, chats, says};
use crate::words::Language;

/// Counts the messages that the tab sends from now on.
const COUNTED: &str = "
    const real = window.fetch;
    window.sent = 0;
    window.fetch = request => {
        if (request.method === 'POST' && request.url.endsWith('/api/chats/messages')) window.sent++;
        return real(request);
    };";

/// Nothing is answered any more, not even by a timeout.
const HANGS: &str = "window.fetch = () => new Promise(() => {})";

/// What a tab does after 10 to 20 seconds comes ten times as fast.
const HURRIES: &str = "
    const set = window.setTimeout;
    window.setTimeout = (what, after, ...more) =>
        set(what, after >= 10000 && after <= 20000 ? after / 10 : after, ...more)";

/// Or never.
const WAITS: &str = "
    const set = window.setTimeout;
    window.setTimeout = (what, after, ...more) =>
        after >= 10000 && after <= 20000 ? 0 : set(what, after, ...more)";

/// Nothing is heard of other tabs.
const DEAF: &str = "window.addEventListener('storage', event => event.stopImmediatePropagation())";

struct Tabs<'a> {
    browser: &'a Browser,
    chat: String,
    first: String,
    second: String,
}

impl Tabs<'_> {
    /// Goes on in a tab as it is.
    fn to(&self, tab: &str) -> &Browser {
        self.browser.turn_to(tab);
        self.browser
    }

    /// Loads the chat anew in a tab and goes on in it.
    fn anew(&self, tab: &str) -> &Browser {
        self.browser.turn_to(tab);
        self.browser.open(&self.chat);
        self.browser.counts("textarea", 1);
        self.browser
    }

    /// Waits until the composer of a tab has this text.
    fn holds(&self, tab: &str, text: &str) {
        let browser = self.to(tab);
        browser.wait(&format!("«{text}» in the composer"), || {
            let value = "return document.querySelector('textarea').value";
            (browser.ask(value, &json!([]))? == text).then_some(())
        });
    }
}

#[test]
fn tabs_of_one_person() {
    let server = Server::demo();
    let face = server.face("Родитель");
    let browser = Browser::new(&server.url, Device::Desktop, Language::Russian);
    sign_in(&browser, &face.login, &face.password);
    let [chat, _] = chats(&browser);
    let [first, second] = browser.another_tab();
    let tabs = Tabs {
        browser: &browser,
        chat,
        first,
        second,
    };
    one_sends_and_the_other_lets_it(&tabs);
    what_one_does_not_send_the_other_does(&tabs);
    what_one_sends_the_other_takes_back(&tabs);
    a_draft_is_in_both(&tabs);
    a_tab_that_slept_types_over_nothing(&tabs);
}

fn one_sends_and_the_other_lets_it(tabs: &Tabs) {
    tabs.anew(&tabs.second).run(COUNTED, &json!([]));
    let browser = tabs.anew(&tabs.first);
    says(browser, "Отправляет одна вкладка");
    browser.counts(WAITING, 0);
    tabs.to(&tabs.second);
    browser.sees("Отправляет одна вкладка");
    browser.counts(WAITING, 0);
    assert_eq!(browser.run("return window.sent", &json!([])), 0);
}

fn what_one_does_not_send_the_other_does(tabs: &Tabs) {
    tabs.anew(&tabs.second).run(HURRIES, &json!([]));
    let browser = tabs.anew(&tabs.first);
    browser.run(HANGS, &json!([]));
    says(browser, "Из зависшей вкладки");
    tabs.to(&tabs.second);
    browser.sees("Из зависшей вкладки");
    browser.counts(WAITING, 0);
    tabs.to(&tabs.first);
    browser.counts(WAITING, 0);
    tabs.anew(&tabs.first);
    browser.sees("Из зависшей вкладки");
    browser.counts(WAITING, 0);
}

/// Nobody knows then whether it has arrived.
fn what_one_sends_the_other_takes_back(tabs: &Tabs) {
    tabs.anew(&tabs.second).run(WAITS, &json!([]));
    let browser = tabs.anew(&tabs.first);
    browser.run(HANGS, &json!([]));
    says(browser, "Уходит в этот миг");
    browser.counts(WAITING, 1);
    tabs.to(&tabs.second);
    browser.right_click("Уходит в этот миг");
    browser.counts("[role=menuitem]", 3);
    browser.click("Удалить");
    browser.sees(MAY_BE_THERE);
    browser.counts(WAITING, 0);
    browser.audit("chat, a message taken back that may have arrived");
    tabs.to(&tabs.first);
    browser.counts(WAITING, 0);
    tabs.anew(&tabs.first);
    says(browser, "А это доходит");
    browser.counts(WAITING, 0);
    browser.misses("Уходит в этот миг");
    crate::audit::none_found();
}

fn a_draft_is_in_both(tabs: &Tabs) {
    tabs.anew(&tabs.second);
    let browser = tabs.anew(&tabs.first);
    browser.fill("Сообщение", "Начато в первой");
    tabs.holds(&tabs.second, "Начато в первой");
    browser.fill("Сообщение", "Дописано во второй");
    tabs.holds(&tabs.first, "Дописано во второй");
    tabs.to(&tabs.second);
    browser.click("Отправить");
    browser.counts(WAITING, 0);
    tabs.holds(&tabs.first, "");
    browser.sees("Дописано во второй");
    let drafts = "return Object.keys(localStorage).filter(it => it.includes('.draft.')).length";
    assert_eq!(browser.run(drafts, &json!([])), 0);
    // Nothing is left that would keep the tab from a new version.
    browser.run("window.old = true", &json!([]));
    browser.run(LATER_SERVER, &json!([]));
    browser.wait("the page to be loaded again", || {
        let old = browser.ask("return 'old' in window", &json!([]))?;
        old.as_bool().filter(|old| !old)
    });
    browser.ready();
}

fn a_tab_that_slept_types_over_nothing(tabs: &Tabs) {
    tabs.to(&tabs.second).begin_with(DEAF);
    tabs.anew(&tabs.second);
    let browser = tabs.anew(&tabs.first);
    browser.fill("Сообщение", "Длинное из первой");
    tabs.holds(&tabs.second, "");
    browser.fill("Сообщение", "Да");
    tabs.holds(&tabs.second, "Длинное из первой\nДа");
    tabs.holds(&tabs.first, "Длинное из первой\nДа");
}

/// Two people sign in one after the other in two tabs of one device: the first tab does nothing in the second one's
/// name, says who is signed in now, and keeps what was typed for its own person.
#[test]
fn a_stale_tab_acts_for_nobody_else() {
    let server = Server::demo();
    let (student, teacher) = (
        server.face("Ученик 7А"),
        server.face("Классный руководитель 7А"),
    );
    let browser = Browser::new(&server.url, Device::Desktop, Language::Russian);
    browser.expected.borrow_mut().push("409");
    browser.begin_with(DEAF);
    browser.open("/sign-in");
    let [first, second] = browser.another_tab();
    browser.open("/sign-in");
    let signs_in = |login: &str, password: &str| {
        browser.fill("Телефон или логин", login);
        browser.fill("Пароль", password);
        browser.click("Войти");
    };
    browser.turn_to(&first);
    signs_in(&student.login, &student.password);
    browser.sees("Здравствуйте");
    browser.click("Чаты");
    browser.click("7А");
    browser.arrives("/chats/");
    let chat = browser.path();
    browser.fill("Сообщение", "Это пишет ученик");

    browser.turn_to(&second);
    signs_in(&teacher.login, &teacher.password);
    browser.sees("Здравствуйте");

    browser.turn_to(&first);
    browser.click("Отправить");
    browser.sees("Здесь вошёл другой человек");
    browser.audit("somebody else has signed in");
    browser.screenshot("somebody-else");
    browser.turn_to(&second);
    browser.open(&chat);
    browser.counts("textarea", 1);
    browser.misses("Это пишет ученик");

    browser.turn_to(&first);
    browser.click("Войти под своим именем");
    signs_in(&student.login, &student.password);
    browser.arrives("/chats/");
    browser.sees("Это пишет ученик");
    browser.counts(WAITING, 0);
    let copies = "return [...document.querySelectorAll('.message')]
        .filter(it => it.innerText.includes('Это пишет ученик')).length";
    assert_eq!(browser.run(copies, &json!([])), 1);

    // This one hears of the other: it says so before anybody presses anything.
    browser.turn_to(&second);
    browser.sees("Здесь вошёл другой человек");
    browser.click("Продолжить:");
    browser.sees("Здравствуйте");
    crate::audit::none_found();
}
