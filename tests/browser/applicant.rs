//! A school asks to be admitted: what the applicant and the operator see of it.

use serde_json::json;

use crate::driver::{Browser, Device};
use crate::journey::admission::sends;
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
    applicant.sees("Заявка рассматривается");
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
    operator.click("Вернуть");
    operator.sees("На исправлении");
    operator.wait("the badge to be gone", || {
        (waiting(&operator)?.is_empty()).then_some(())
    });
    // Nobody loads it again.
    applicant.sees("Нет печати на приказе");
    crate::audit::none_found();
}
