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
