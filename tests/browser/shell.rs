//! What stands on the page before the program is there: it fits the address, or would jump.

use serde_json::json;

use crate::driver::{Browser, Device};
use crate::server::Server;
use crate::words::Language;

/// The address and what of the shell one sees there; how many places the bar has.
const FACES: [(&str, &str, u64); 5] = [
    ("/", ".shell__app .split__list .skeleton", 5),
    ("/sign-in", ".shell__form form", 0),
    ("/invite/none", ".shell__page .skeleton", 0),
    ("/admin", ".shell__app > * > * > .skeleton", 0),
    ("/admin/people", ".shell__app > * > * > .skeleton", 0),
];

const SEEN: &str = "
    const seen = selector => [...document.querySelectorAll('#shell ' + selector)]
        .filter(it => it.checkVisibility({ visibilityProperty: true })).length;
    const forms = ['.shell__form', '.shell__page', '.shell__app'].filter(seen).length;
    return [forms, seen('.skeleton') + seen('form'), seen(arguments[0]), seen('.nav__place')];";

#[test]
fn the_shell_fits_the_address() {
    let server = Server::demo();
    let face = server.face("Администратор");
    let browser = Browser::new(&server.url, Device::Phone, Language::Russian);
    browser.open("/sign-in");
    browser.fill("Телефон или логин", &face.login);
    browser.fill("Пароль", &face.password);
    browser.click("Войти");
    browser.sees("Здравствуйте");

    browser.block(&["*.wasm"]);
    for (path, part, places) in FACES {
        let url = format!("{}{path}", server.url);
        browser.post("url", &json!({ "url": url }));
        let seen = browser.run(SEEN, &json!([part]));
        assert_eq!(seen, json!([1, 1, 1, places]), "{path}");
    }
    browser.screenshot("shell-administration");
    browser.block(&[]);
    browser.open("/admin");
    browser.sees("7А");
}

/// The question who is signed in waits on its way.
const ASKED: &str = "
    const real = window.fetch;
    window.fetch = async (...request) => {
        if (String(request[0].url ?? request[0]).includes('/api/state'))
            await new Promise(go => window.letGo = go);
        return real(...request);
    };";

/// Whether the shell is gone, and how many skeletons and bars there are outside of it.
const BESIDE: &str = "
    const all = [...document.querySelectorAll('.skeleton, .nav')];
    return [!document.querySelector('#shell'), all.filter(it => !it.closest('#shell')).length];";

/// Nobody was signed in here before: the form is in sight, alone, until it's known who it is. At an address that
/// isn't the form's own, too.
#[test]
fn what_is_typed_before_the_program_is_there_stays() {
    let server = Server::demo();
    for path in ["/", "/chats", "/sign-in"] {
        let browser = Browser::new(&server.url, Device::Phone, Language::Russian);
        browser.begin_with(ASKED);
        browser.hold(&["*_bg.wasm"]);
        let url = format!("{}{path}", server.url);
        browser.post("url", &json!({ "url": url }));
        let types = "const form = document.querySelector('#shell form');
            form.login.value = '+7 900 555-01-02';
            form.password.value = 'корабль';
            form.password.focus();
            return document.querySelector('#shell [role=alert]').checkVisibility()";
        let told = browser.run(types, &json!([]));
        assert_eq!(told, false, "{path}: what hasn't failed is told of");

        browser.hold(&[]);
        browser.wait("the question", || {
            let asked = "return !!window.letGo || null";
            browser.ask(asked, &json!([]))?.as_bool()
        });
        let own = path == "/sign-in";
        assert_eq!(browser.run(BESIDE, &json!([])), json!([own, 0]), "{path}");
        browser.run("window.letGo()", &json!([]));
        browser.wait("the program's form", || {
            (browser.ask(BESIDE, &json!([]))? == json!([true, 0])).then_some(())
        });
        let login = browser.value_of("Телефон или логин");
        assert_eq!(login, "+7 900 555-01-02", "{path}");
        assert_eq!(browser.value_of("Пароль"), "корабль", "{path}");
        let focus = "return document.activeElement.name";
        assert_eq!(browser.run(focus, &json!([])), "password", "{path}");
    }
}

/// Time passes a hundred times as fast for what waits.
const HURRY: &str = "
    const set = window.setTimeout;
    window.setTimeout = (what, after, ...more) => set(what, after / 100, ...more);";

/// What is in sight of the sentence and its link.
const FAILED: &str = "
    const it = document.querySelector('#shell [role=alert]');
    return it?.checkVisibility() ? it.innerText.trim() : null";

/// Opens the page and waits until it says that the program doesn't come.
fn is_told(browser: &Browser, path: &str) {
    let url = format!("{}{path}", browser.base);
    browser.post("url", &json!({ "url": url }));
    browser.wait("the sentence of the shell", || {
        let told = browser.ask(FAILED, &json!([]))?;
        let told = told.as_str()?;
        (told.contains("Проверьте связь") && told.contains("Повторить")).then_some(())
    });
}

fn loads_again(browser: &Browser) {
    let again = "document.querySelector('#shell [role=alert] a').click()";
    browser.run(again, &json!([]));
    browser.ready();
}

#[test]
fn a_program_that_does_not_come_is_told_of() {
    let server = Server::demo();
    let face = server.face("Родитель");
    let browser = Browser::new(&server.url, Device::Phone, Language::Russian);

    // Its script, the program itself; and what was typed gets in without it.
    for part in ["*/app-*.js", "*_bg.wasm"] {
        browser.block(&[part]);
        is_told(&browser, "/sign-in");
        browser.screenshot("shell-failed");
        browser.block(&[]);
        loads_again(&browser);
        browser.sees("Войти");
    }
    browser.block(&["*_bg.wasm"]);
    is_told(&browser, "/sign-in");
    let signs_in = "const form = document.querySelector('#shell form');
        [form.login.value, form.password.value] = arguments; form.submit()";
    browser.run(signs_in, &json!([face.login, face.password]));
    browser.wait("the page after it", || {
        (browser.path() == "/").then_some(())
    });
    is_told(&browser, "/");
    browser.block(&[]);
    loads_again(&browser);
    browser.sees("Здравствуйте");

    // Nothing fails, nothing comes.
    browser.begin_with(HURRY);
    browser.hold(&["*_bg.wasm"]);
    is_told(&browser, "/");
}
