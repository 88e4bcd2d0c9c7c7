//! A school asks to be admitted: what the applicant and the operator see of it.

use serde_json::{Value, json};

use crate::driver::{Browser, Device};
use crate::forms;
use crate::journey::admission::{attaches, sends};
use crate::journey::sign_in;
use crate::server::Server;
use crate::words::Language;

/// The steps of the questionnaire: labels and what is typed.
const STEPS: [&[(&str, &str)]; 5] = [
    &[
        ("Полное название", "МБОУ «Лицей № 5»"),
        ("Краткое название", "Лицей 5"),
    ],
    &[
        ("Регион", "Тверская область"),
        ("Муниципалитет", "Тверь"),
        ("Населённый пункт", "Тверь"),
    ],
    &[("ИНН", "7707083893"), ("КПП", "770701001")],
    &[("Фамилия", "Орлова"), ("Имя", "Нина")],
    &[
        ("Мобильный телефон", "+7 900 444-01-02"),
        ("Электронная почта", "orlova@example.org"),
    ],
];

/// Fills in and sends; after each step the page is loaded again.
fn applies(applicant: &Browser) {
    applicant.open("/apply");
    for (number, fields) in (1..).zip(STEPS) {
        for (label, text) in fields {
            applicant.fill(label, text);
        }
        applicant.open("/apply");
        applicant.sees(&format!("Шаг {number} из 6"));
        for (label, text) in fields {
            let kept = applicant.value_of(label);
            // A phone's number is written as it is read.
            assert_eq!(
                kept.replace(['\u{a0}', ' '], ""),
                text.replace(' ', ""),
                "{label}"
            );
        }
        applicant.click("Далее");
    }
    sends(applicant);
}

/// How many applications wait, as it stands in the bar of the administration.
fn waiting(operator: &Browser) -> Option<String> {
    let script = "const it = document.querySelector('.nav a[href=\"/admin/applications\"]');
        return it && (it.querySelector('.count [aria-hidden]')?.textContent || '')";
    Some(operator.ask(script, &json!([]))?.as_str()?.to_owned())
}

#[test]
fn an_application_is_followed() {
    let server = Server::demo();
    let operator = Browser::new(&server.url, Device::Desktop, Language::Russian);
    let face = server.face("Оператор");
    sign_in(&operator, &face.login, &face.password);
    operator.open("/admin/applications");
    operator.sees("Заявок пока нет");
    assert_eq!(waiting(&operator).as_deref(), Some(""));

    let applicant = Browser::new(&server.url, Device::Phone, Language::Russian);
    applies(&applicant);
    applicant.sees("Что вы отправили");
    applicant.sees("orlova@example.org");
    applicant.audit("application, sent, with what was sent");
    applicant.screenshot("applicant-sent");

    operator.wait("the badge of what waits", || {
        (waiting(&operator)? == "1").then_some(())
    });
    operator.click("Лицей 5");
    operator.click("Вернуть с замечаниями");
    operator.fill("Что написать заявителю", "Нет печати на приказе");
    forms::kept(&operator, "Нет печати на приказе");
    operator.open(&operator.path());
    operator.click("Вернуть с замечаниями");
    let begun = operator.value_of("Что написать заявителю");
    assert_eq!(begun, "Нет печати на приказе");
    operator.click("Вернуть");
    operator.sees("На исправлении");
    forms::nothing_kept(&operator);
    operator.wait("the badge to be gone", || {
        (waiting(&operator)?.is_empty()).then_some(())
    });
    // Nobody loads it again.
    applicant.sees("Нет печати на приказе");
    corrects(&applicant);
    operator.wait("the badge of what waits again", || {
        (waiting(&operator)? == "1").then_some(())
    });
    crate::audit::none_found();
}

/// What is corrected is kept until it's sent, and no longer.
fn corrects(applicant: &Browser) {
    const FIELD: &str = "Электронная почта";
    applicant.fill(FIELD, "lyceum5@example.org");
    reload(applicant);
    applicant.sees("Нет печати на приказе");
    assert_eq!(applicant.value_of(FIELD), "lyceum5@example.org");
    assert_ne!(kept(applicant), json!([]));
    applicant.click("Отправить снова");
    applicant.sees("Заявка рассматривается");
    applicant.sees("lyceum5@example.org");
    assert_eq!(kept(applicant), json!([]));
}

fn reload(browser: &Browser) {
    browser.post("refresh", &json!({}));
    browser.ready();
}

/// What the device keeps of applications.
fn kept(browser: &Browser) -> Value {
    let script =
        "return Object.keys(localStorage).filter(it => it.startsWith('zvonok.application'))";
    browser.run(script, &json!([]))
}

/// The answers to applications get lost on their way back.
const LOST: &str = "
    const real = window.fetch;
    window.lost = 0;
    window.fetch = async request => {
        const answer = await real(request);
        if (new URL(answer.url).pathname !== '/api/applications') return answer;
        window.lost += answer.ok;
        throw new TypeError('lost');
    };";

const ORDERS: &str = "*/api/applications/order*";

/// The network fails again and again: nothing is lost, and nothing is sent twice.
#[test]
fn no_bad_network_loses_an_application() {
    let server = Server::start();
    let applicant = Browser::new(&server.url, Device::Phone, Language::Russian);
    applicant.open("/sign-in");
    applicant.click("Подключить школу");
    applicant.arrives("/apply");
    for fields in STEPS {
        for (label, text) in fields {
            applicant.fill(label, text);
        }
        applicant.click("Далее");
    }
    the_answer_is_lost(&applicant);
    the_page_is_left_while_the_order_is_on_its_way(&applicant);
    the_order_is_sent_again(&applicant);
    nothing_is_left_to_send(&applicant);
    crate::audit::none_found();
}

/// The server has it, and the applicant can't know.
fn the_answer_is_lost(applicant: &Browser) {
    applicant.sees("Шаг 6 из 6");
    applicant.run(LOST, &json!([]));
    let _order = attaches(applicant);
    applicant.click("Отправить заявку");
    applicant.sees("Нет связи с сервером.");
    assert_eq!(applicant.run("return window.lost", &json!([])), 1);
    applicant.audit("application, the answer is lost");
}

/// Sent once more, corrected meanwhile, it's the same application; from its answer on it has its page.
fn the_page_is_left_while_the_order_is_on_its_way(applicant: &Browser) {
    reload(applicant);
    applicant.sees("Шаг 6 из 6");
    applicant.click("Назад");
    applicant.fill("Электронная почта", "lyceum5@example.org");
    applicant.click("Далее");
    applicant.sees("Шаг 6 из 6");
    let _order = attaches(applicant);
    applicant.hold(&[ORDERS]);
    applicant.click("Отправить заявку");
    applicant.sees("Отправляем приказ.");
    assert!(applicant.path().starts_with("/application/"));
    assert_eq!(kept(applicant), json!([]));
    applicant.audit("application, the order on its way");
    reload(applicant);
    applicant.hold(&[]);
    applicant.sees("Заявка принята");
    applicant.sees("Осталось приложить приказ");
    applicant.audit("application, the order is missing");
    applicant.screenshot("applicant-order-missing");
}

fn the_order_is_sent_again(applicant: &Browser) {
    applicant.block(&[ORDERS]);
    let _order = attaches(applicant);
    applicant.click("Приложить приказ");
    applicant.sees("Нет связи с сервером.");
    applicant.audit("application, the order didn't get through");
    applicant.block(&[]);
    // The same file, which nobody chooses anew.
    applicant.click("Повторить");
    applicant.sees("Заявка рассматривается");
    applicant.sees("lyceum5@example.org");
    applicant.misses("orlova@example.org");
}

/// Neither by the browser's "back" nor by the form.
fn nothing_is_left_to_send(applicant: &Browser) {
    applicant.run("history.back()", &json!([]));
    applicant.arrives("/sign-in");
    applicant.run("history.forward()", &json!([]));
    applicant.arrives("/application/");
    applicant.sees("Заявка рассматривается");
    applicant.open("/apply");
    applicant.sees("Шаг 1 из 6");
    assert_eq!(applicant.value_of("Полное название"), "");
}
