//! A network that fails for a while: what didn't get through is tried again, and what comes late overwrites
//! nothing newer.

use serde_json::{Value, json};

use crate::driver::{Browser, Device};
use crate::journey::sign_in;
use crate::server::Server;
use crate::words::Language;

/// A student and the class teacher of the demo school. What they share is the class's chat.
pub fn student_and_teacher(server: &Server) -> (Browser, Browser) {
    let open = |who| {
        let face = server.face(who);
        let browser = Browser::new(&server.url, Device::Desktop, Language::Russian);
        sign_in(&browser, &face.login, &face.password);
        browser
    };
    (open("Ученик 7А"), open("Классный руководитель 7А"))
}

/// Both look at it.
pub fn meet(student: &Browser, teacher: &Browser) {
    student.open("/chats");
    student.click("7А");
    student.arrives("/chats/");
    teacher.open(&student.path());
}

pub fn says(browser: &Browser, text: &str) {
    browser.fill("Сообщение", text);
    browser.click("Отправить");
}

/// Takes the network away until nothing can be heard any more.
fn leaves(browser: &Browser) {
    browser.offline(true);
    browser.sees("Нет связи.");
}

/// The end of the conversation: numbers and words of messages.
fn conversation(browser: &Browser) -> Value {
    let script = "return [...document.querySelectorAll('.message')].slice(-20)
        .map(it => [it.dataset.seq, it.querySelector('.message__body').innerText])";
    browser.run(script, &json!([]))
}

#[test]
fn what_fails_is_tried_again() {
    let server = Server::demo();
    let (student, teacher) = student_and_teacher(&server);
    meet(&student, &teacher);
    a_catch_up(&student, &teacher);
    a_mark_of_reading(&student, &teacher);
}

/// What changed while there was no network is asked for when it is back.
fn a_catch_up(student: &Browser, teacher: &Browser) {
    says(teacher, "Завтра контрольная");
    student.sees("Завтра контрольная");
    leaves(student);
    teacher.right_click("Завтра контрольная");
    teacher.click("Удалить у всех");
    teacher.sees("Удалить сообщение у всех?");
    teacher.click("Удалить");
    teacher.misses("Завтра контрольная");
    says(teacher, "Контрольной не будет");
    teacher.counts(".message__state[data-state=sending]", 0);

    student.block(&["*/api/chats/changes*"]);
    student.offline(false);
    student.sees("Более ранние сообщения не загрузились.");
    assert!(
        conversation(student)
            .to_string()
            .contains("Завтра контрольная"),
        "it came although it was blocked"
    );
    student.block(&[]);
    student.misses("Завтра контрольная");
    student.misses("Более ранние сообщения не загрузились.");
    // Not what the list shows of it, which may be drawn before.
    let mended = student.wait("the newest message", || {
        let said = conversation(student);
        said.to_string()
            .contains("Контрольной не будет")
            .then_some(said)
    });
    student.open(&student.path());
    student.wait("what the server has", || {
        (conversation(student) == mended).then_some(())
    });
}

/// What the student has read is marked as read on the student's own screen at once, and nobody else hears
/// of it until the server does.
fn a_mark_of_reading(student: &Browser, teacher: &Browser) {
    let state = |words: &str| {
        let script = "const [words] = arguments;
            const found = [...document.querySelectorAll('.message')].find(it => it.innerText.includes(words));
            return found?.querySelector('.message__state')?.dataset.state;";
        teacher.ask(script, &json!([words]))
    };
    let is_read = |words: &str| {
        teacher.wait(&format!("«{words}» to be read"), || {
            (state(words)? == "read").then_some(())
        });
    };
    // No other mark is on its way.
    is_read("Контрольной не будет");
    notes_failures(student);
    student.block(&["*/api/chats/read*"]);
    says(teacher, "Принесите циркули");
    student.sees("Принесите циркули");
    fails(student, "/api/chats/read");
    assert_eq!(state("Принесите циркули"), Some(json!("sent")));
    student.block(&[]);
    is_read("Принесите циркули");
}

#[test]
fn what_comes_late_overwrites_nothing_newer() {
    let server = Server::demo();
    let (student, teacher) = student_and_teacher(&server);
    meet(&student, &teacher);
    says(&teacher, "Приду в девять");
    student.sees("Приду в девять");
    a_page_of_history(&student, &teacher);
    a_state(&student, &teacher);
}

/// The page was read before its author had another name, which the start-up in between has brought already.
fn a_page_of_history(student: &Browser, teacher: &Browser) {
    student.open("/chats");
    student.sees("Приду в девять");
    holds(student, "/api/chats/messages?");
    student.click("7А");
    held(student);
    leaves(student);
    let chat = teacher.path();
    teacher.open("/profile");
    teacher.click("Изменить");
    teacher.fill("Фамилия", "Снегирёва");
    teacher.click("Сохранить");
    teacher.wait("the new name", || {
        let name = teacher.text_of(".profile__name");
        name.starts_with("Снегирёва").then_some(())
    });
    teacher.open(&chat);

    student.offline(false);
    student.wait("the list with the new name", || {
        student
            .text_of(".split__list")
            .contains("Снегирёва")
            .then_some(())
    });
    student.counts(".message", 0);
    lets_go(student);
    student.wait("the new name in the conversation", || {
        student
            .text_of(".log__rows")
            .contains("Снегирёва")
            .then_some(())
    });
}

/// All that the first screen needs was read before the teacher wrote; the network has changed meanwhile, so
/// it was asked for once more, and that answer was the first to come.
fn a_state(student: &Browser, teacher: &Browser) {
    student.open("/chats");
    student.sees("Приду в девять");
    holds(student, "/api/state");
    leaves(student);
    student.offline(false);
    held(student);
    says(teacher, "Приду в десять");
    teacher.counts(".message__state[data-state=sending]", 0);

    student.offline(true);
    student.wait("the network to be gone", || {
        student
            .ask("return !navigator.onLine || null", &json!([]))?
            .as_bool()
    });
    student.offline(false);
    student.sees("Приду в десять");
    lets_go(student);
    // Another answer comes and goes, so that the late one has been looked at.
    student.run_async(
        "const done = arguments[arguments.length - 1];
        fetch('/health').finally(() => setTimeout(done));",
    );
    assert!(
        student.text_of(".split__list").contains("Приду в десять"),
        "an earlier state has overwritten a later one"
    );
}

/// The oldest of too many sockets makes room and doesn't take it back by itself: its person does, and gets
/// what was missed.
#[test]
fn who_has_too_many_tabs_goes_on_where_they_are() {
    let server = Server::demo();
    let (student, teacher) = student_and_teacher(&server);
    meet(&student, &teacher);
    says(&teacher, "Все на месте?");
    student.sees("Все на месте?");
    let others = "const address = location.origin.replace('http', 'ws') + '/socket';
        window.heard = '';
        window.others = Array.from({ length: 50 }, () => {
            const socket = new WebSocket(address);
            socket.onmessage = async ({ data }) => window.heard += await new Response(data).text();
            return socket;
        });";
    student.run(others, &json!([]));
    student.sees("Нет связи.");
    says(&teacher, "Тогда начинаем");
    student.wait("the other sockets to hear it", || {
        let script = "return window.heard.includes('Тогда начинаем') || null";
        student.ask(script, &json!([]))?.as_bool()
    });
    assert!(!student.text().contains("Тогда начинаем"));
    let open = "return window.others.filter(it => it.readyState === 1).length";
    assert_eq!(student.run(open, &json!([])), json!(50));

    student.click("Каналы");
    student.misses("Нет связи.");
    student.click("Чаты");
    student.click("7А");
    student.sees("Тогда начинаем");
}

/// What others have done is fetched once more when fetching it has failed, though nothing else happens.
#[test]
fn a_refresh_that_failed_is_made_good() {
    let server = Server::demo();
    let face = server.face("Администратор");
    let [watches, acts] = [(); 2].map(|()| {
        let browser = Browser::new(&server.url, Device::Desktop, Language::Russian);
        sign_in(&browser, &face.login, &face.password);
        browser.open("/admin");
        browser.sees("Кружки и секции");
        browser
    });
    notes_failures(&watches);
    watches.block(&["*/api/classes/structure*"]);
    let creates = "[...document.querySelectorAll('.structure__group')]
        .find(it => it.innerText.startsWith('Кружки и секции')).querySelector('button').click()";
    acts.run(creates, &json!([]));
    acts.fill("Название", "Авиамодели");
    acts.click("Создать");
    acts.sees("Авиамодели");
    fails(&watches, "/api/classes/structure");
    assert!(
        !watches.text().contains("Авиамодели"),
        "it came although it was blocked"
    );
    watches.block(&[]);
    watches.sees("Авиамодели");
}

/// Its answer arrives while a dialog is open, which it must not draw anew: it's made good when that is closed.
#[test]
fn a_refresh_waits_for_a_dialog() {
    let server = Server::demo();
    let face = server.face("Администратор");
    let [watches, acts] = [(); 2].map(|()| {
        let browser = Browser::new(&server.url, Device::Desktop, Language::Russian);
        sign_in(&browser, &face.login, &face.password);
        browser.open("/admin");
        browser.click("7А");
        browser.arrives("/admin/class/");
        browser.sees("Ученики");
        browser
    });
    let leads = |browser: &Browser| browser.text_of(".facts__line dd");
    let led = leads(&watches);
    for (name, changes) in [("никто", "Снять"), ("снова", "Назначить руководителя")]
    {
        watches.run("window.letGo = window.letThrough = null", &json!([]));
        holds(&watches, "/api/classes?");
        acts.click(changes);
        if changes != "Снять" {
            acts.sees("Поиск");
            acts.click(&led);
        }
        acts.wait("the change", || {
            (leads(&acts)
                == if changes == "Снять" {
                    "Руководитель не назначен"
                } else {
                    &led
                })
            .then_some(())
        });
        held(&watches);
        watches.click("В архив");
        watches.sees("Отправить «7А» в архив?");
        lets_go(&watches);
        watches.wait("the answer to be read", || {
            let through = "return window.letThrough || null";
            watches.ask(through, &json!([]))?.as_bool()
        });
        watches.counts("dialog[open]", 1);
        watches.click("Закрыть");
        watches.wait(name, || (leads(&watches) == leads(&acts)).then_some(()));
    }
}

/// From now on the page remembers which requests have failed: the console doesn't tell of those that are
/// blocked.
fn notes_failures(browser: &Browser) {
    let script = "const real = window.fetch.bind(window);
        window.failures = [];
        window.fetch = (request, ...more) => real(request, ...more).catch(error => {
            window.failures.push(request.url);
            throw error;
        });";
    browser.run(script, &json!([]));
}

/// Waits until a request there has failed.
fn fails(browser: &Browser, path: &str) {
    browser.wait(&format!("the failure of {path}"), || {
        let script = "return window.failures.some(it => it.includes(arguments[0])) || null";
        browser.ask(script, &json!([path]))?.as_bool()
    });
}

/// The next answer of the server to what is asked there will wait on its way to the program.
pub fn holds(browser: &Browser, path: &str) {
    let script = "const [path] = arguments;
        const real = window.fetch.bind(window);
        let taken = false;
        window.fetch = async (...request) => {
            const answer = await real(...request);
            if (taken || !answer.url.includes(path)) return answer;
            taken = true;
            const { status, headers } = answer;
            const text = await answer.text();
            await new Promise(go => window.letGo = go);
            const told = new Response(text, { status, headers });
            // When the program has done with it what it does at once.
            const read = told.text.bind(told);
            told.text = () => read().finally(() => setTimeout(() => window.letThrough = true));
            return told;
        };";
    browser.run(script, &json!([path]));
}

/// Waits until it's there, and waits.
pub fn held(browser: &Browser) {
    browser.wait("the answer that is held", || {
        browser
            .ask("return !!window.letGo || null", &json!([]))?
            .as_bool()
    });
}

pub fn lets_go(browser: &Browser) {
    browser.run("window.letGo()", &json!([]));
}
