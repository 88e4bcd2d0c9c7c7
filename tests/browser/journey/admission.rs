//! A school applies, is approved, and its administrator begins.

use serde_json::json;

use super::{ADMINISTRATOR, OPERATOR, PASSWORD, sign_in};
use crate::driver::{Browser, Folder};

pub const SCHOOL: &str = "Гимназия № 44";

/// The smallest thing that begins like a PDF.
const ORDER: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// Fills the wizard: the private path of the application.
pub fn applies(applicant: &Browser) -> String {
    let steps: [&[(&str, &str)]; 5] = [
        &[
            (
                "Полное название",
                "Муниципальное общеобразовательное учреждение «Гимназия № 44»",
            ),
            ("Краткое название", SCHOOL),
        ],
        &[
            ("Регион", "Тверская область"),
            ("Муниципалитет", "городской округ Тверь"),
            ("Населённый пункт", "Тверь"),
        ],
        &[("ИНН", "7707083893"), ("КПП", "773601001")],
        &[
            ("Фамилия", ADMINISTRATOR.surname),
            ("Имя", ADMINISTRATOR.given),
        ],
        &[
            ("Мобильный телефон", ADMINISTRATOR.phone),
            ("Электронная почта", "school44@example.ru"),
        ],
    ];
    applicant.open("/apply");
    // What is wrong is said next to the field, and nothing typed is lost.
    applicant.fill("Полное название", "Гимназия");
    applicant.click("Далее");
    applicant.sees("Заполните это поле");
    applicant.audit("application, a field is empty");
    for (number, fields) in (1..).zip(steps) {
        applicant.sees(&format!("Шаг {number} из 6"));
        for (label, text) in fields {
            applicant.fill(label, text);
        }
        applicant.audit(&format!("application, step {number}"));
        applicant.click("Далее");
    }
    sends(applicant);
    applicant.audit("application, submitted");
    applicant.path()
}

/// The last step: the order, and off it goes.
pub fn sends(applicant: &Browser) {
    applicant.sees("Шаг 6 из 6");
    let _order = attaches(applicant);
    applicant.audit("application, the order");
    applicant.click("Отправить заявку");
    applicant.arrives("/application/");
    applicant.sees("Заявка рассматривается");
}

/// Chooses the order. It's read when it's sent: the folder must be there until then.
pub fn attaches(applicant: &Browser) -> Folder {
    let folder = Folder::new("order");
    let order = folder.path().join("order.pdf");
    std::fs::write(&order, ORDER).unwrap();
    applicant.attach("Приказ о назначении", &order);
    applicant.sees("order.pdf");
    folder
}

pub fn is_approved(operator: &Browser) {
    sign_in(operator, OPERATOR, PASSWORD);
    operator.sees("Вы управляете установкой");
    operator.audit("operator, today");
    operator.open("/admin/applications");
    operator.sees(SCHOOL);
    operator.audit("operator, applications");
    operator.click(SCHOOL);
    operator.sees("order.pdf");
    operator.audit("operator, application");
    operator.click("Подключить");
    operator.sees("Подключить школу?");
    operator.audit("operator, approving");
    // In the dialog now.
    operator.click("Подключить");
    operator.sees("Подключена");
    operator.audit("operator, approved");
}

/// The applicant's page has become the registration of the administrator (R10).
pub fn takes_over(applicant: &Browser, secret: &str) {
    applicant.open(secret);
    applicant.sees("Школа подключена!");
    applicant.audit("application, approved");
    applicant.click("Далее");
    applicant.fill("Дата рождения", ADMINISTRATOR.birth);
    applicant.fill("Новый пароль", PASSWORD);
    applicant.audit("application, access");
    applicant.click("Начать работу");
    applicant.arrives("/admin");
    applicant.sees("Классов пока нет");
    applicant.audit("classes, none");
}

/// The school moves to another time zone, where it's the next school year already: in the evening of 30 June,
/// as the page's clock is set.
pub fn moves_east(administrator: &Browser) {
    let zone = || administrator.value_of("Часовой пояс");
    administrator.open("/admin/information");
    administrator.wait("the present zone", || {
        (zone() == "Europe/Moscow").then_some(())
    });
    administrator.fill("Часовой пояс", "Камчатка, Анадырь");
    administrator.audit("information, another zone");
    administrator.click("Сохранить");
    administrator.sees("Сохранено");
    administrator.open("/admin/information");
    administrator.wait("the saved zone", || {
        (zone() == "Asia/Kamchatka").then_some(())
    });

    administrator.open("/admin");
    administrator.sees("Классов: 4");
    let year = administrator.run(EVE_OF_A_SCHOOL_YEAR, &json!([]));
    let year = year.as_i64().unwrap();
    administrator.click("Добавить классы");
    administrator.sees("Новые классы");
    administrator.fill("Параллель", "8 класс");
    administrator.fill("Буквы", "А");
    administrator.click("Создать");
    // The classes of the year before stand apart now.
    let next = (year + 1) % 100;
    administrator.sees(&format!("Классы {year}/{next:02} учебного года"));
    administrator.audit("classes, of two years");
}

/// Moscow has 16:00 on the last day of the present school year, Kamchatka 1 July. Answers with the year.
const EVE_OF_A_SCHOOL_YEAR: &str = "
const today = new Date();
const year = today.getFullYear() - (today.getMonth() < 6 ? 1 : 0);
Date.now = () => Date.UTC(year + 1, 5, 30, 13);
return year;";
