//! Classes, invites, and people who come in by them.

use super::admission::SCHOOL;
use super::{PASSWORD, Person, STUDENT, TEACHER};
use crate::driver::Browser;

pub struct Links {
    pub student: String,
    pub parent: String,
}

pub fn creates_classes(administrator: &Browser) {
    administrator.click("Добавить классы");
    administrator.sees("Новые классы и кружки");
    administrator.click("Создать");
    administrator.sees("Заполните это поле");
    administrator.click("Закрыть");
    administrator.misses("Новые классы и кружки");
    administrator.click("Добавить классы");
    administrator.sees("Новые классы и кружки");
    administrator.misses("Заполните это поле");
    administrator.fill("Параллель", "7 класс");
    administrator.fill("Буквы", "А-Г");
    administrator.audit("classes, creating");
    administrator.click("Создать");
    administrator.sees("Классов: 4");
    administrator.misses("Новые классы и кружки");
    administrator.audit("classes");
}

pub fn invites_staff(administrator: &Browser) -> String {
    administrator.open("/admin/invites");
    administrator.sees("Приглашений пока нет");
    administrator.audit("staff invites, none");
    let link = invites(administrator, &[]);
    administrator.audit("staff invites");
    link
}

/// Makes an invite in the dialog: its link. It is also there as a QR code.
fn invites(browser: &Browser, choices: &[Choice]) -> String {
    let before = browser.run(
        "return [...document.querySelectorAll('.invite-card__link')].map(it => it.textContent)",
        &serde_json::json!([]),
    );
    let before = before[0].as_str().unwrap_or_default();
    browser.click("Пригласить");
    browser.sees("Сколько дней действует");
    for choice in choices {
        match choice {
            Choice::Role(role) => browser.click(role),
            Choice::Child(name) => browser.fill("Дети: по одному имени", name),
        }
    }
    browser.audit("an invite's dialog");
    browser.click("Создать приглашение");
    browser.misses("Сколько дней действует");
    let link = browser.wait("a new invite", || {
        Some(browser.text_of(".invite-card__link")).filter(|link| link != before)
    });
    assert_eq!(browser.scans(".invite-card__code"), link);
    link
}

enum Choice {
    Role(&'static str),
    Child(String),
}

/// Sees where the invite leads before giving any data, then registers in two steps.
pub fn registers(browser: &Browser, link: &str, person: &Person) {
    fills_registration(browser, link, person);
    browser.sees("Здравствуйте");
    browser.ready();
    browser.audit("today, new here");
}

pub fn registers_as_parent(browser: &Browser, link: &str, person: &Person) {
    fills_registration(browser, link, person);
    browser.sees("Осталось подтверждение школы");
    browser.audit("invite, waiting");
}

fn fills_registration(browser: &Browser, link: &str, person: &Person) {
    browser.open(link);
    browser.sees(SCHOOL);
    browser.audit("invite");
    browser.click("Я здесь впервые");
    browser.fill("Фамилия", person.surname);
    browser.fill("Имя", person.given);
    browser.audit("registration, name");
    browser.click("Далее");
    browser.fill("Мобильный телефон", person.phone);
    browser.fill("Дата рождения", person.birth);
    browser.fill("Новый пароль", PASSWORD);
    browser.audit("registration, access");
    browser.click("Вступить");
}

/// The path of the class for its members.
pub fn names_class_teacher(administrator: &Browser) -> String {
    administrator.open("/admin");
    administrator.sees("Классов: 4");
    administrator.click("7А");
    administrator.arrives("/admin/class/");
    administrator.sees("Руководитель не назначен");
    administrator.audit("class, administration");
    administrator.click("Назначить руководителя");
    administrator.sees("Поиск");
    administrator.audit("class, choosing its teacher");
    administrator.click(TEACHER.surname);
    administrator.wait("the class teacher", || {
        let facts = administrator.text_of(".facts__line dd");
        facts.contains(TEACHER.surname).then_some(())
    });
    administrator.audit("class, with its teacher");
    administrator.path().replace("/admin/class/", "/class/")
}

pub fn invites_family(teacher: &Browser, class: &str) -> Links {
    teacher.open(class);
    teacher.sees(TEACHER.surname);
    teacher.audit("class, its teacher's");
    teacher.click("Приглашения и заявки");
    teacher.arrives("/admin/class/");
    teacher.sees("Приглашений пока нет");
    let student = invites(teacher, &[Choice::Role("Ученик")]);
    let child = format!("{} {}", STUDENT.surname, STUDENT.given);
    let parent = invites(teacher, &[Choice::Role("Родитель"), Choice::Child(child)]);
    teacher.audit("class invites");
    Links { student, parent }
}

/// The class teacher says that the parent is the child's.
pub fn confirms_parent(teacher: &Browser, class: &str) {
    teacher.open(class);
    teacher.click("Приглашения и заявки");
    teacher.arrives("/admin/class/");
    teacher.sees(&format!("Родитель: {} {}", STUDENT.surname, STUDENT.given));
    teacher.audit("class requests");
    teacher.click("Подтвердить");
    teacher.sees("Подтвердить родителя?");
    teacher.audit("class requests, confirming");
    // In the dialog now.
    teacher.click("Подтвердить");
    teacher.sees("Всё решено");
    teacher.audit("class requests, none");
}

/// What a student wrote without a network, while the administrator took her out of the class, waits on
/// her phone; it is sent when she is back. Who looks at the class elsewhere sees her go and come
/// without loading anything again, and nothing that is open there is lost.
pub fn leaves_and_comes_back(administrator: &Browser, elsewhere: &Browser, student: &Browser) {
    let chat = student.path();
    student.offline(true);
    student.fill("Сообщение", "Написано уже не в классе");
    student.click("Отправить");
    student.counts(".message__state[data-state=sending]", 1);

    administrator.open(&administrator.path());
    elsewhere.open(&administrator.path());
    elsewhere.counts(".rows__row .avatar", 2);
    let focus = "const it = document.querySelector('.columns__main button');
        it.focus(); it.marked = true;";
    elsewhere.run(focus, &serde_json::json!([]));
    administrator.click(&format!("Убрать: {}", STUDENT.surname));
    administrator.sees("Убрать из списка?");
    administrator.click("Убрать");
    // Only the class teacher is left.
    administrator.counts(".rows__row .avatar", 1);
    elsewhere.counts(".rows__row .avatar", 1);
    let marked = "return document.activeElement.marked";
    let kept = elsewhere.run(marked, &serde_json::json!([]));
    assert_eq!(kept, true, "what has the focus was drawn anew");

    let refused =
        "/api/chats/messages - Failed to load resource: the server responded with a status of 404";
    student.expected.borrow_mut().push(refused);
    student.offline(false);
    student.sees("Этого чата у вас нет");
    student.sees("Не отправлено.");
    student.audit("chat, not in it any more");
    student.open("/chats");
    student.click("Этого чата у вас нет");
    student.arrives(&chat);
    student.sees("Написано уже не в классе");
    student.screenshot("journey-chat-gone");

    for browser in [administrator, elsewhere] {
        browser.click("Добавить");
        browser.sees("Кого добавить");
    }
    elsewhere.fill("Поиск", TEACHER.surname);
    administrator.click(STUDENT.surname);
    student.sees("Ученики и руководитель");
    student.click("Повторить");
    student.counts(".message__state[data-state=refused]", 0);

    assert_eq!(elsewhere.value_of("Поиск"), TEACHER.surname);
    elsewhere.click("Закрыть");
    elsewhere.counts(".rows__row .avatar", 2);
}
