//! From an empty machine to a school that talks, as its people live it.

pub mod admission;
mod people;
pub mod talk;

use crate::driver::{Browser, Device};
use crate::server::Server;
use crate::words::Language;

/// What someone types to register.
struct Person {
    surname: &'static str,
    given: &'static str,
    phone: &'static str,
    birth: &'static str,
}

const PASSWORD: &str = "медный-колокол-7";
const OPERATOR: &str = "+7 900 000-00-01";
const ADMINISTRATOR: Person = Person {
    surname: "Белова",
    given: "Ольга",
    phone: "+7 900 000-00-02",
    birth: "1979-03-14",
};
const TEACHER: Person = Person {
    surname: "Смирнова",
    given: "Анна",
    phone: "+7 900 000-00-03",
    birth: "1985-10-02",
};
const STUDENT: Person = Person {
    surname: "Кузнецова",
    given: "Мария",
    phone: "+7 900 000-00-04",
    birth: "2013-06-21",
};
const PARENT: Person = Person {
    surname: "Кузнецов",
    given: "Павел",
    phone: "+7 900 000-00-05",
    birth: "1984-01-30",
};

#[test]
fn a_school_moves_in() {
    moves_in(Language::Russian);
}

#[test]
fn a_school_moves_in_in_english() {
    moves_in(Language::English);
}

fn moves_in(language: Language) {
    let open = |server: &Server, device| Browser::new(&server.url, device, language);
    let server = Server::start();
    server.add_operator(OPERATOR, PASSWORD);

    let administrator = open(&server, Device::Desktop);
    let secret = admission::applies(&administrator);
    admission::is_approved(&open(&server, Device::Desktop));
    admission::takes_over(&administrator, &secret);
    people::creates_classes(&administrator);
    let link = people::invites_staff(&administrator);

    let teacher = open(&server, Device::Phone);
    people::registers(&teacher, &link, &TEACHER);
    let class = people::names_class_teacher(&administrator);

    let links = people::invites_family(&teacher, &class);
    let student = open(&server, Device::Phone);
    people::registers(&student, &links.student, &STUDENT);

    talk::live(&teacher, &student);
    let desk = open(&server, Device::Desktop);
    sign_in(&desk, TEACHER.phone, PASSWORD);
    talk::takes_back(&teacher, &desk, &student);
    talk::a_screen_comes_later(&desk);
    drop(desk);
    talk::offline_and_back(&teacher, &student);
    talk::another_version_comes(&teacher, &student);
    talk::draft_survives_a_restart(&student);
    let elsewhere = open(&server, Device::Desktop);
    sign_in(&elsewhere, ADMINISTRATOR.phone, PASSWORD);
    people::leaves_and_comes_back(&administrator, &elsewhere, &student);
    drop(elsewhere);
    teacher.sees("Написано уже не в классе");
    admission::moves_east(&administrator);
    drop((administrator, student));

    let parent = open(&server, Device::Phone);
    people::registers_as_parent(&parent, &links.parent, &PARENT);
    people::confirms_parent(&teacher, &class);
    talk::parent_writes_to_teacher(&parent, &teacher);
    crate::audit::none_found();
}

/// Signs in with the form.
pub fn sign_in(browser: &Browser, login: &str, password: &str) {
    browser.open("/sign-in");
    browser.fill("Телефон или логин", login);
    browser.fill("Пароль", password);
    browser.click("Войти");
    browser.sees("Здравствуйте");
    browser.ready();
}
