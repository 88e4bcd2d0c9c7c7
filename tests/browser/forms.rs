//! Forms as people fill them in.

use serde_json::{Value, json};

use crate::driver::{Browser, Device};
use crate::journey::sign_in;
use crate::server::Server;
use crate::words::Language;

/// The name and the value of the field that has the focus, if something is wrong with a field.
const FOCUSED: &str = "
    const it = document.activeElement;
    return document.querySelector('[aria-invalid=true]') && it.name ? [it.name, it.value] : null;";

/// What follows from an event is drawn.
const DRAWN: &str = "
    const done = arguments[arguments.length - 1];
    requestAnimationFrame(() => requestAnimationFrame(() => done(null)));";

/// Several fields are wrong: as one is mended, the next one doesn't take the focus from whoever types.
#[test]
fn what_is_typed_stays_in_its_field() {
    let server = Server::start();
    let browser = Browser::new(&server.url, Device::Phone, Language::Russian);
    for (path, button) in [("/apply", "Далее"), ("/sign-in", "Войти")] {
        browser.open(path);
        browser.click(button);
        let focused = || browser.ask(FOCUSED, &json!([])).filter(Value::is_array);
        let wrong = browser.wait("a field that is wrong to have the focus", focused);
        for letter in "школа".chars() {
            browser.keys(&[letter]);
            browser.run_async(DRAWN);
        }
        let script = "return [document.activeElement.name, document.activeElement.value]";
        let now: Value = browser.run(script, &json!([]));
        assert_eq!(now, json!([wrong[0], "школа"]), "{path}");
    }
}

/// A page is left before its form is sent: what was begun stands there again, until it's sent or given up.
#[test]
fn what_was_begun_is_kept_until_it_is_sent() {
    let server = Server::demo();
    let face = server.face("Администратор");
    let administrator = Browser::new(&server.url, Device::Phone, Language::Russian);
    sign_in(&administrator, &face.login, &face.password);
    information(&administrator);
    children(&administrator);
    crate::audit::none_found();
}

const BEGUN: &str = "Здесь то, что вы начали писать и не сохранили.";

fn information(administrator: &Browser) {
    let hours = || administrator.value_of("Часы работы");
    let open = || {
        administrator.open("/admin/information");
        administrator.sees("Часы работы");
    };
    open();
    let before = hours();
    administrator.misses(BEGUN);
    administrator.fill("Часы работы", "пн–сб с восьми");
    kept(administrator, "пн–сб с восьми");
    open();
    administrator.sees(BEGUN);
    assert_eq!(hours(), "пн–сб с восьми");
    administrator.audit("information, begun before");
    administrator.screenshot("information-begun");
    administrator.click("Вернуть как было");
    administrator.misses(BEGUN);
    assert_eq!(hours(), before);
    nothing_kept(administrator);

    administrator.fill("Часы работы", "пн–сб с девяти");
    kept(administrator, "пн–сб с девяти");
    open();
    administrator.sees(BEGUN);
    administrator.click("Сохранить");
    administrator.misses(BEGUN);
    nothing_kept(administrator);
    open();
    assert_eq!(hours(), "пн–сб с девяти");
    administrator.misses(BEGUN);
}

fn children(administrator: &Browser) {
    let open = || {
        administrator.open("/admin");
        administrator.click("7А");
        administrator.arrives("/admin/class/");
        administrator.click("Пригласить");
    };
    let field = "Дети: по одному имени";
    open();
    administrator.fill(field, "Белкина Ева");
    kept(administrator, "Белкина Ева");
    open();
    assert_eq!(administrator.value_of(field), "Белкина Ева");
    administrator.click("Создать приглашение");
    administrator.sees("Белкина Ева");
    nothing_kept(administrator);
}

const BEGUN_HERE: &str = "return Object.entries(localStorage)
    .filter(([key]) => key.includes('.form.')).map(([, text]) => text).join()";

/// The device keeps what was typed.
pub fn kept(browser: &Browser, words: &str) {
    browser.wait(&format!("«{words}» to be kept"), || {
        let all = browser.ask(BEGUN_HERE, &json!([]))?;
        all.as_str()?.contains(words).then_some(())
    });
}

pub fn nothing_kept(browser: &Browser) {
    browser.wait("nothing to be kept", || {
        let all = browser.ask(BEGUN_HERE, &json!([]))?;
        all.as_str()?.is_empty().then_some(())
    });
}
