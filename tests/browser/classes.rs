//! Classes, as their members and the administration see them.

use serde_json::json;

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
    administrator.sees("Отправить «7А» в архив?");
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
    crate::audit::none_found();
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
    administrator.sees("Кружки и секции");
    let creates = "[...document.querySelectorAll('.structure__group')]
        .find(it => it.innerText.startsWith('Кружки и секции')).querySelector('button').click()";
    administrator.run(creates, &json!([]));
    administrator.fill("Название", "Авиамодели");
    administrator.click("Создать");
    administrator.click("Авиамодели");
    administrator.arrives("/admin/class/");
    administrator.sees("Руководитель");
    administrator.counts(".skeleton", 0);
    without_class("the club");
    for (button, dialog) in [
        ("В архив", "Отправить «Авиамодели» в архив?"),
        ("Добавить", "Кого добавить"),
        ("Пригласить", "Кого"),
    ] {
        administrator.click(button);
        administrator.sees(dialog);
        without_class(dialog);
        administrator.click("Закрыть");
    }
}

#[test]
fn a_student_of_another_class_is_asked_about() {
    let server = Server::demo();
    let administrator = signed_in(&server, "Администратор", Device::Desktop);
    // A student of 7А, whom both answers are tried with.
    administrator.open("/admin");
    administrator.click("7А");
    administrator.arrives("/admin/class/");
    administrator.sees("Ученики");
    let before = administrator.path();
    let first = "const card = [...document.querySelectorAll('.columns__main .card')]
            .find(it => it.innerText.startsWith('Ученики'));
        return card && card.querySelector('.rows__title').textContent";
    let student = administrator.run(first, &json!([]));
    let student = student.as_str().unwrap();

    administrator.open("/admin");
    administrator.click("7Б");
    administrator.arrives("/admin/class/");
    let there = administrator.path();
    let adds = || {
        let button = "[...document.querySelectorAll('.columns__main .card')]
            .find(it => it.innerText.startsWith('Ученики')).querySelector('button').click()";
        administrator.sees("Ученики");
        administrator.run(button, &json!([]));
        administrator.fill("Поиск", student);
        administrator.click(student);
    };
    adds();
    administrator.sees("Уже учится: 7А");
    administrator.audit("class, a student of another one");
    administrator.screenshot("class-studies-already");
    administrator.click("Перевести");
    administrator.misses("Уже учится");
    // Within the page, which may be about to take the student out of the class before.
    administrator.run(GO, &json!([before]));
    administrator.arrives(&before);
    administrator.sees("Ученики");
    administrator.misses(student);

    // The way back, and this time in both.
    let student_there = |path: &str| {
        administrator.open(path);
        administrator.sees(student);
    };
    administrator.open(&before);
    adds();
    administrator.sees("Уже учится: 7Б");
    administrator.click("Оставить в обоих");
    administrator.misses("Уже учится");
    student_there(&before);
    student_there(&there);
    crate::audit::none_found();
}

/// Links are handed out one by one, in other places; who gets one may be signed in already.
#[test]
fn an_invite_is_there_until_it_is_handed_out() {
    let server = Server::demo();
    let administrator = signed_in(&server, "Администратор", Device::Desktop);
    administrator.open("/admin");
    administrator.click("7А");
    administrator.arrives("/admin/class/");
    let class = administrator.path();
    administrator.click("Пригласить");
    administrator.fill("Дети: по одному имени", "Белкина Ева");
    administrator.click("Создать приглашение");
    let link = administrator.wait("an invite", || {
        Some(administrator.text_of(".invite-card__link")).filter(|link| !link.is_empty())
    });
    administrator.click("Люди");
    administrator.arrives("/admin/people");
    administrator.run(GO, &json!([class]));
    assert_eq!(administrator.text_of(".invite-card__link"), link);
    // The page is loaded again, as it does by itself when the server has another version.
    administrator.open(&class);
    assert_eq!(administrator.text_of(".invite-card__link"), link);

    let parent = signed_in(&server, "Родитель", Device::Phone);
    parent.open(&link);
    parent.click("Вступить как");
    parent.click("На главную");
    parent.sees("Здравствуйте");
    parent.sees("Белкина Ева");
    parent.click("Чаты");
    parent.sees("7А · родители");
    parent.audit("chats, after coming in once more");

    administrator.click("Готово");
    administrator.counts(".invite-card", 0);
    administrator.open(&class);
    administrator.sees("Белкина Ева");
    administrator.counts(".invite-card", 0);
    crate::audit::none_found();
}

/// Every code is on paper, however many there are.
#[test]
fn all_invites_are_printed() {
    let server = Server::demo();
    let administrator = signed_in(&server, "Администратор", Device::Desktop);
    administrator.open("/admin");
    administrator.click("7А");
    administrator.arrives("/admin/class/");
    administrator.click("Пригласить");
    let children: Vec<_> = ('А'..='Ч')
        .map(|it| format!("Новиков {it}лексей"))
        .collect();
    let label = administrator.run(
        "return document.querySelector('dialog[open] textarea')",
        &json!([]),
    );
    let fills = "arguments[0].value = arguments[1];
        arguments[0].dispatchEvent(new Event('input', { bubbles: true }))";
    administrator.run(fills, &json!([label, children.join("\n")]));
    administrator.click("Создать приглашение");
    administrator.counts(".invite-card", children.len() as u64);
    let pages = administrator.printed();
    assert!((4..=12).contains(&pages), "{pages} pages");
}

/// As a link within the page goes there.
const GO: &str = "
    history.pushState(null, '', arguments[0]);
    dispatchEvent(new PopStateEvent('popstate'));";
