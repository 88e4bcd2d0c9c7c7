//! People of a class write to each other.

use super::{PARENT, STUDENT, TEACHER};
use crate::driver::Browser;

/// What the other sees at once, without loading anything again.
pub fn live(teacher: &Browser, student: &Browser) {
    for browser in [teacher, student] {
        browser.open("/chats");
        browser.sees("7А");
        browser.audit("chats");
        browser.click("7А");
        browser.arrives("/chats/");
    }
    student.sees("Здесь пока тихо");
    student.audit("chat, empty");
    says(student, "Здравствуйте! А завтра **шесть** уроков?");
    teacher.sees("А завтра шесть уроков?");
    says(teacher, "Да, шесть. Последний — физкультура.");
    student.sees("Последний — физкультура.");
    // The teacher has the chat open, so what the student wrote is read.
    student.counts(".message__state[data-state=read]", 1);
    teacher.audit("chat, teacher");
    student.audit("chat, student");
}

fn says(browser: &Browser, text: &str) {
    browser.fill("Сообщение", text);
    browser.click("Отправить");
}

const UP: char = '\u{E013}';
const DOWN: char = '\u{E015}';
const ENTER: char = '\u{E007}';

/// One's own message is deleted for everybody: by a long press on a phone, by a right click and the
/// keyboard at a desk.
pub fn takes_back(teacher: &Browser, desk: &Browser, student: &Browser) {
    let confirm = |browser: &Browser| {
        browser.sees("Удалить сообщение у всех?");
        browser.click("Удалить");
    };
    says(student, "Контрольную отменили");
    teacher.sees("Контрольную отменили");
    // What stays is not drawn anew.
    let mark = "for (const it of document.querySelectorAll('.message')) it.marked = true;";
    teacher.run(mark, &serde_json::json!([]));
    student.long_press("Контрольную отменили");
    student.audit("chat, the menu of a message");
    student.screenshot("journey-message-menu");
    student.click("Удалить у всех");
    student.audit("chat, before a deletion");
    student.screenshot("journey-deletion-asked");
    confirm(student);
    for browser in [teacher, student] {
        browser.misses("Контрольную отменили");
        browser.counts(".message__deleted", 1);
    }
    let fresh = "return [...document.querySelectorAll('.message')].filter(it => !it.marked).length";
    assert_eq!(teacher.run(fresh, &serde_json::json!([])), 1);

    // Of others' messages one can take the words, no more.
    desk.open(&teacher.path());
    desk.right_click("А завтра");
    desk.counts("[role=menuitem]", 1);
    desk.keys(&['\u{E00C}']);
    desk.counts("[role=menuitem]", 0);

    says(desk, "Лишнее от учителя");
    student.sees("Лишнее от учителя");
    desk.right_click("Лишнее от учителя");
    desk.audit("chat, the menu of a message, desk");
    desk.click("Удалить у всех");
    confirm(desk);
    student.misses("Лишнее от учителя");

    says(desk, "И это лишнее");
    student.sees("И это лишнее");
    desk.counts(".message__state[data-state=sending]", 0);
    desk.run(
        "document.querySelector('.log__scroll').focus()",
        &serde_json::json!([]),
    );
    desk.keys(&[UP, ENTER]);
    desk.counts("[role=menuitem]", 2);
    desk.wait("the focus in the menu", || {
        let script = "return document.activeElement.getAttribute('role')";
        let role = desk.ask(script, &serde_json::json!([]))?;
        (role == "menuitem").then_some(())
    });
    desk.keys(&[DOWN, ENTER]);
    confirm(desk);
    student.misses("И это лишнее");
    student.counts(".message__deleted", 3);
    student.open(&student.path());
    student.counts(".message__deleted", 3);
    student.audit("chat, with deleted messages");
    student.screenshot("journey-deleted");
}

/// A part of the program that is fetched when it's opened, and can't be fetched now.
pub fn a_screen_comes_later(desk: &Browser) {
    desk.expected.borrow_mut().push("Failed to fetch");
    desk.offline(true);
    desk.click("Профиль");
    desk.sees("Не получилось загрузить");
    desk.audit("a screen that didn't come");
    desk.screenshot("journey-screen-missing");
    desk.offline(false);
    desk.click("Повторить");
    desk.sees("Выйти");
    desk.audit("profile, at the second try");
}

/// Written without a network, sent once when it is back.
pub fn offline_and_back(teacher: &Browser, student: &Browser) {
    student.offline(true);
    says(student, "Это написано без связи");
    student.counts(".message__state[data-state=sending]", 1);
    student.sees("Нет связи.");
    student.audit("chat, offline");
    assert!(!teacher.text().contains("без связи"));
    student.offline(false);
    teacher.sees("Это написано без связи");
    student.counts(".message__state[data-state=sending]", 0);
    // Whatever was tried twice has come by now: the next message comes after it.
    says(student, "Связь есть");
    teacher.sees("Связь есть");
    for browser in [teacher, student] {
        let text = browser.text_of(".frame__main");
        assert_eq!(text.matches("Это написано без связи").count(), 1, "{text}");
    }
    student.misses("Нет связи.");
    student.audit("chat, back again");
}

pub fn draft_survives_a_restart(student: &Browser) {
    let chat = student.path();
    student.fill("Сообщение", "Начато и не отправлено");
    student.restart();
    student.open(&chat);
    assert_eq!(student.value_of("Сообщение"), "Начато и не отправлено");
    student.audit("chat, with a draft");
}

/// The server is of another version, as it says when the connection is made anew. Who writes is waited
/// for; then the page is loaded again, once, and what was begun is there.
pub fn another_version_comes(teacher: &Browser, student: &Browser) {
    let nothing = serde_json::json!([]);
    let reconnects = || {
        student.run(LATER_SERVER, &nothing);
        student.wait("another version", || {
            let told = student.ask("return window.told === true", &nothing)?;
            told.as_bool().filter(|told| *told)
        });
    };
    let same_page = || student.run("return window.told === true", &nothing) == true;
    student.fill("Сообщение", "Пишу и не замечаю");
    reconnects();
    says(teacher, "Обновление пришло");
    student.sees("Обновление пришло");
    assert!(same_page(), "loaded again while the student writes");
    student.run("document.activeElement.blur()", &nothing);
    student.wait("the page to be loaded again", || {
        let told = student.ask("return window.told === true", &nothing)?;
        told.as_bool().filter(|told| !told)
    });
    student.ready();
    assert_eq!(student.value_of("Сообщение"), "Пишу и не замечаю");
    // It didn't help: the page is an old one from a cache.
    student.fill("Сообщение", "Снова на месте");
    student.click("Отправить");
    teacher.sees("Снова на месте");
    reconnects();
    says(teacher, "Второй раз не нужно");
    student.sees("Второй раз не нужно");
    assert!(same_page(), "loaded again for the same version");
}

/// The page connects again, and hears of another version.
pub const LATER_SERVER: &str = r#"
const heard = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data');
Object.defineProperty(MessageEvent.prototype, 'data', { get() {
  const text = heard.get.call(this);
  if (typeof text !== 'string' || !text.startsWith('{"ready"')) return text;
  window.told = true;
  return text.replace(/"version":\d+/, '"version":70000');
} });
window.dispatchEvent(new Event('online'));
"#;

/// «Сегодня» of a parent: the child, the class teacher, one tap to write.
pub fn parent_writes_to_teacher(parent: &Browser, teacher: &Browser) {
    parent.open("/");
    parent.sees(&format!("{} {}", STUDENT.surname, STUDENT.given));
    parent.audit("today, parent");
    parent.click("Подтвердить регистрацию");
    parent.sees("Классный руководитель");
    parent.audit("today, parent with a child");
    parent.screenshot("journey-parent-today");
    parent.click(&format!("Написать: {}", TEACHER.surname));
    parent.arrives("/chats/");
    says(parent, "Добрый день! Мария сегодня болеет.");
    teacher.open("/chats");
    teacher.sees("Мария сегодня болеет.");
    teacher.click(PARENT.surname);
    teacher.arrives("/chats/");
    says(teacher, "Спасибо, выздоравливайте!");
    parent.sees("Спасибо, выздоравливайте!");
    parent.audit("chat, parent and teacher");
}
