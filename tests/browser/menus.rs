//! Menus, whatever they are opened with: keys work in them.

use serde_json::json;

use crate::driver::{Browser, Device};
use crate::journey::sign_in;
use crate::network::{meet, says, student_and_teacher};
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

/// Who saves data has no menu before one is wanted.
fn student_in_a_chat(server: &Server) -> Browser {
    let student = Browser::new(&server.url, Device::Desktop, Language::Russian);
    student.save_data();
    let face = server.face("Ученик 7А");
    sign_in(&student, &face.login, &face.password);
    student.open("/chats");
    student.click("7А");
    student.arrives("/chats/");
    student
}

#[test]
fn a_menu_that_does_not_come_is_told_of_and_comes_later() {
    let server = Server::demo();
    let student = student_in_a_chat(&server);
    says(&student, "Слово о медведе");
    student.counts(".message__state[data-state=sending]", 0);

    student.block(&["*/split_menus*"]);
    student.click("Оформление текста");
    student.sees("Не получилось загрузить. Нажмите ещё раз.");
    student.counts("[role=menuitem]", 0);
    student.counts("[aria-expanded=true]", 0);
    student.block(&[]);
    student.click("Оформление текста");
    student.counts("[role=menuitem]", 4);
    student.click("Жирный: **текст**");
    assert_eq!(student.value_of("Сообщение"), "****");
    student.right_click("Слово о медведе");
    student.counts("[role=menuitem]", 2);
    focused(&student, true);
}

#[test]
fn a_menu_that_comes_late_interrupts_nobody() {
    let server = Server::demo();
    let student = student_in_a_chat(&server);
    student.hold(&["*/split_menus*"]);
    student.click("Оформление текста");
    student.counts("[aria-expanded=true]", 1);
    let types = "document.querySelector('textarea').focus()";
    student.run(types, &json!([]));
    student.keys(&['Д', 'а']);
    student.hold(&[]);
    // Given up instead of floating there.
    student.counts("[aria-expanded=true]", 0);
    student.counts("[role=menuitem]", 0);
    student.keys(&['!']);
    assert_eq!(student.value_of("Сообщение"), "Да!");
    student.click("Оформление текста");
    student.counts("[role=menuitem]", 4);

    // A long press leaves the focus where one was typing.
    let again = student_in_a_chat(&server);
    says(&again, "Слово под пальцем");
    again.counts(".message__state[data-state=sending]", 0);
    again.hold(&["*/split_menus*"]);
    again.run("document.querySelector('textarea').focus()", &json!([]));
    again.long_press("Слово под пальцем");
    again.counts(".fetching", 1);
    again.run(types, &json!([]));
    again.keys(&['!']);
    again.counts(".fetching", 0);
    again.hold(&[]);
    again.counts("[role=menuitem]", 0);
    assert_eq!(again.value_of("Сообщение"), "!");
}

/// What is asked for while a menu is on its way: the last counts, and whoever gives it up isn't taken elsewhere.
#[test]
fn a_menu_on_its_way_is_for_what_was_asked_last() {
    let server = Server::demo();
    let student = student_in_a_chat(&server);
    let chat = student.path();
    says(&student, "Это остаётся");
    says(&student, "Это опечатка");
    student.counts(".message__state[data-state=sending]", 0);

    student.hold(&["*/split_menus*"]);
    student.right_click("Это остаётся");
    student.counts(".fetching", 1);
    student.keys(&[ESCAPE]);
    student.counts(".fetching", 0);
    assert_eq!(
        student.path(),
        chat,
        "Escape has given up more than the menu"
    );
    student.right_click("Это остаётся");
    student.counts(".fetching", 1);
    student.right_click("Это опечатка");
    student.counts(".fetching", 1);
    student.hold(&[]);
    student.counts("[role=menuitem]", 2);
    student.click("Удалить у всех");
    student.sees("Удалить сообщение у всех?");
    student.click("Удалить");
    student.misses("Это опечатка");
    student.sees("Это остаётся");
}

/// What its author deletes can't be copied from a menu that was open before.
#[test]
fn a_menu_closes_when_its_message_is_deleted() {
    let server = Server::demo();
    let (student, teacher) = student_and_teacher(&server);
    meet(&student, &teacher);
    says(&teacher, "Лишнее слово");
    teacher.counts(".message__state[data-state=sending]", 0);
    student.right_click("Лишнее слово");
    student.counts("[role=menuitem]", 1);
    teacher.right_click("Лишнее слово");
    teacher.click("Удалить у всех");
    teacher.sees("Удалить сообщение у всех?");
    teacher.click("Удалить");
    student.misses("Лишнее слово");
    student.counts("[role=menuitem]", 0);
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
