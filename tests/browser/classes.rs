//! Classes, as their members and the administration see them.

use crate::driver::{Browser, Device};
use crate::journey::sign_in;
use crate::server::Server;
use crate::words::Language;

fn signed_in(server: &Server, who: &str, device: Device) -> Browser {
    let face = server.face(who);
    let browser = Browser::new(&server.url, device, Language::Russian);
    sign_in(&browser, &face.login, &face.password);
    browser
}

#[test]
fn members_see_that_a_class_is_archived() {
    let server = Server::demo();
    let student = signed_in(&server, "Ученик 7А", Device::Phone);
    let administrator = signed_in(&server, "Администратор", Device::Desktop);
    student.open("/chats");
    student.sees("7А");
    student.counts(".list .tag", 0);

    administrator.open("/admin");
    administrator.click("7А");
    administrator.arrives("/admin/class/");
    administrator.click("В архив");
    administrator.sees("Отправить в архив?");
    administrator.click("В архив");
    administrator.sees("Вернуть из архива");

    student.sees("В архиве");
    student.click("7А");
    student.arrives("/chats/");
    student.sees("В архиве: переписку можно читать, но не продолжать.");
    student.open("/school");
    student.sees("В архиве");
    student.audit("school, a class in the archive");
    student.click("7А");
    student.arrives("/class");
    student.sees("В архиве: переписку можно читать, но не продолжать.");
    student.audit("class, in the archive");
    student.screenshot("class-archived");
}

/// What stands in the middle of the screen, and in the dialog that is open.
fn words(browser: &Browser) -> String {
    browser.text_of(".frame__main").to_lowercase()
}

#[test]
fn a_club_is_not_called_a_class() {
    let server = Server::demo();
    let administrator = signed_in(&server, "Администратор", Device::Desktop);
    let without_class = |what: &str| {
        let said = words(&administrator);
        assert!(!said.contains("класс"), "{what}: {said}");
    };
    administrator.open("/admin");
    administrator.click("Робототехника");
    administrator.arrives("/admin/class/");
    administrator.sees("Руководитель");
    administrator.counts(".skeleton", 0);
    without_class("the club");
    for (button, dialog) in [
        ("В архив", "Отправить в архив?"),
        ("Добавить", "Кого добавить"),
        ("Пригласить", "Кого"),
    ] {
        administrator.click(button);
        administrator.sees(dialog);
        without_class(dialog);
        administrator.click("Закрыть");
    }
}
