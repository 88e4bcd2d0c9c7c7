//! Menus, whatever they are opened with: keys work in them.

use serde_json::json;

use crate::driver::{Browser, Device};
use crate::journey::sign_in;
use crate::network::says;
use crate::server::Server;
use crate::words::Language;

const ESCAPE: char = '\u{E00C}';
const DOWN: char = '\u{E015}';

/// Waits until what has the focus is an item of a menu, or isn't.
fn focused(browser: &Browser, item: bool) {
    browser.wait(&format!("the focus in the menu: {item}"), || {
        let script = "return document.activeElement.getAttribute('role') === 'menuitem'";
        (browser.ask(script, &json!([]))? == item).then_some(())
    });
}

#[test]
fn a_finger_opens_a_menu_that_has_the_keys() {
    let server = Server::demo();
    let student = Browser::new(&server.url, Device::Phone, Language::Russian);
    let face = server.face("Ученик 7А");
    sign_in(&student, &face.login, &face.password);
    student.open("/chats");
    student.click("7А");
    student.arrives("/chats/");
    let chat = student.path();
    says(&student, "Палец лежит здесь");
    student.counts(".message__state[data-state=sending]", 0);

    // The finger is lifted when the call returns.
    student.long_press("Палец лежит здесь");
    student.counts("[role=menuitem]", 2);
    focused(&student, true);
    student.keys(&[DOWN]);
    focused(&student, true);
    student.keys(&[ESCAPE]);
    student.counts("[role=menuitem]", 0);
    assert_eq!(student.path(), chat, "Escape has closed more than the menu");

    // Where the browser keeps the focus to itself.
    student.long_press("Палец лежит здесь");
    focused(&student, true);
    student.run("document.activeElement.blur()", &json!([]));
    focused(&student, false);
    student.keys(&[ESCAPE]);
    student.counts("[role=menuitem]", 0);
    assert_eq!(student.path(), chat, "Escape has closed more than the menu");
}
