//! Small things that are in the way of whoever does something: what covers, what is too wide, what leads
//! nowhere.

use serde_json::{Value, json};

use crate::driver::{Browser, Device};
use crate::journey::sign_in;
use crate::server::Server;
use crate::words::Language;

fn signed_in(server: &Server, who: &str, device: Device) -> Browser {
    let browser = Browser::new(&server.url, device, Language::Russian);
    let face = server.face(who);
    sign_in(&browser, &face.login, &face.password);
    browser
}

/// What lies in the middle of the button with these words.
const ON_TOP: &str = "
    const button = [...document.querySelectorAll('button')]
        .find(it => it.innerText.includes(arguments[0]));
    const place = button.getBoundingClientRect();
    const top = document.elementFromPoint(
        place.x + place.width / 2, place.y + place.height / 2);
    return button.contains(top) && !!document.querySelector('.toast');";

/// What says that something was saved doesn't lie on what saved it.
#[test]
fn a_notice_leaves_its_button_free() {
    let server = Server::demo();
    for device in [Device::Desktop, Device::Phone] {
        let administrator = signed_in(&server, "Администратор", device);
        administrator.open("/admin/information");
        administrator.fill("Часы работы", device.name());
        administrator.click("Сохранить");
        administrator.sees("Сохранено");
        let free = administrator.run(ON_TOP, &json!(["Сохранить"]));
        assert_eq!(free, Value::Bool(true), "{}", device.name());
    }
}

/// Two have the form open: who would replace what the other one has saved meanwhile is told, and may.
#[test]
fn administrators_save_side_by_side() {
    let server = Server::demo();
    let [one, other] = [(); 2].map(|()| {
        let browser = signed_in(&server, "Администратор", Device::Desktop);
        browser.open("/admin/information");
        browser.fill("Часы работы", "пишу");
        browser
    });
    one.expected.borrow_mut().push("422");
    other.fill("Часы работы", "пн–пт");
    other.click("Сохранить");
    other.sees("Сохранено");
    one.click("Сохранить");
    one.sees("«пн–пт»");
    assert_eq!(one.value_of("Часы работы"), "пишу");
    one.click("Сохранить");
    one.sees("Сохранено");
    other.wait("what the other one has saved", || {
        (other.value_of("Часы работы") == "пишу").then_some(())
    });
}

/// The rows of a class stay within their cards on a narrow phone.
#[test]
fn a_class_is_as_wide_as_the_phone() {
    let server = Server::demo();
    let administrator = signed_in(&server, "Администратор", Device::Phone);
    administrator.open("/admin");
    let all = "return [...document.querySelectorAll('a[href^=\"/admin/class/\"]')]
        .map(it => it.getAttribute('href'))";
    let classes = administrator.wait("classes", || {
        let all = administrator.ask(all, &json!([]))?;
        all.as_array().filter(|all| all.len() > 3).cloned()
    });
    let wide = "return document.querySelector('.rows__row') && [...document.querySelectorAll('.rows__row')]
        .filter(it => it.scrollWidth > it.clientWidth
            || it.getBoundingClientRect().right > it.closest('.card').getBoundingClientRect().right - 16)
        .map(it => it.innerText)";
    for class in classes.iter().take(4) {
        administrator.open(class.as_str().unwrap());
        let found = administrator.wait("people", || {
            administrator.ask(wide, &json!([])).filter(Value::is_array)
        });
        assert_eq!(found, json!([]), "{class}");
    }
}

/// Where more chats have something new than «Сегодня» shows, a way leads to all of them.
#[test]
fn what_is_unread_is_in_reach() {
    let server = Server::demo();
    let teacher = signed_in(&server, "Классный руководитель", Device::Phone);
    teacher.click("Ещё ");
    teacher.arrives("/chats");
}
