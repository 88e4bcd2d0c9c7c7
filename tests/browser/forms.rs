//! Forms as people fill them in.

use serde_json::{Value, json};

use crate::driver::{Browser, Device};
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
