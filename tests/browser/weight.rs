//! What a person's device downloads until a screen is there: pages, style, programs and the answers of
//! the API, with their heads, as they were transferred.

use serde_json::json;

use crate::driver::{Browser, Device};
use crate::screens::Place::{self, Link, Path};
use crate::screens::open;
use crate::server::Server;
use crate::words::Language;

/// Up to «Сегодня», up to an open conversation, and what any other screen may add when it's opened for
/// the first time. Bytes.
const TODAY: u64 = 220 * 1024;
const CONVERSATION: u64 = 240 * 1024;
const SCREEN: u64 = 100 * 1024;

/// Who goes from «Сегодня» straight to which screen, as a link leads there, and what one sees when it's there.
const SCREENS: [(&str, Place, &str); 16] = [
    ("Родитель", Path("/profile"), "Выйти"),
    ("Родитель", Path("/school"), "первый урок"),
    ("Родитель", Path("/people"), "Абрамов Александр"),
    ("Родитель", Path("/apply"), "Полное название"),
    ("Родитель", Path("/join"), "Код школы"),
    ("Родитель", Link("/", "/children/"), "Учителя"),
    ("Родитель", Link("/channels", "/channels/"), "Здесь пишут"),
    ("Родитель", Link("/school", "/class/"), "Учителя"),
    ("Администратор", Path("/admin"), "Учебные группы"),
    (
        "Администратор",
        Link("/admin", "/admin/class/"),
        "Приглашений пока нет",
    ),
    ("Администратор", Path("/admin/people"), "Абрамов"),
    (
        "Администратор",
        Path("/admin/invites"),
        "Приглашений пока нет",
    ),
    ("Администратор", Path("/admin/requests"), "Всё решено"),
    ("Администратор", Path("/admin/information"), "Часовой пояс"),
    ("Администратор", Path("/admin/channels"), "Новый канал"),
    ("Оператор", Path("/admin/applications"), "Заявок пока нет"),
];

/// As a link within the page goes there: the browser keeps what it has.
const GO: &str = "
    history.pushState(null, '', arguments[0]);
    dispatchEvent(new PopStateEvent('popstate'));";

const TRANSFERRED: &str = "
    return performance.getEntries()
        .filter(it => it.transferSize !== undefined)
        .reduce((sum, it) => sum + it.transferSize, 0);";

fn transferred(browser: &Browser) -> u64 {
    let bytes = browser.run(TRANSFERRED, &json!([]));
    bytes.as_f64().unwrap() as u64
}

/// What it consists of, for whoever has to find what grew.
fn parts(browser: &Browser) -> String {
    let list = "
        return performance.getEntries()
            .filter(it => it.transferSize)
            .map(it => `${it.transferSize} ${it.name}`)
            .join('\\n');";
    browser.run(list, &json!([])).as_str().unwrap().to_owned()
}

/// A browser that fetches only what a screen needs, nothing ahead.
fn browser(server: &Server, device: Device) -> Browser {
    let browser = Browser::new(&server.url, device, Language::Russian);
    browser.save_data();
    browser
}

fn signed_in(server: &Server, face: &str, device: Device) -> Browser {
    let face = server.face(face);
    let browser = browser(server, device);
    browser.open("/sign-in");
    browser.fill("Телефон или логин", &face.login);
    browser.fill("Пароль", &face.password);
    browser.click("Войти");
    browser.sees("Здравствуйте");
    browser
}

/// From «Сегодня», up to which `today` bytes were transferred.
fn opens_a_conversation(browser: &Browser, today: u64) {
    browser.click("Чаты");
    let chat = "return document.querySelector('.frame__main a[href^=\"/chats/\"]')";
    let chat = browser.wait("a chat", || {
        let found = browser.ask(chat, &json!([]))?;
        found.is_object().then_some(found)
    });
    browser.run("arguments[0].click()", &json!([chat]));
    browser.wait("a conversation", || {
        let script = "return document.querySelectorAll('.message').length > 10 || null";
        browser.ask(script, &json!([]))?.as_bool()
    });
    let conversation = transferred(browser);
    println!("a conversation: {conversation} bytes of {CONVERSATION}");
    assert!(
        (today + 1..=CONVERSATION).contains(&conversation),
        "a conversation: {conversation} bytes:\n{}",
        parts(browser)
    );
}

#[test]
fn what_a_family_downloads() {
    let server = Server::demo();
    let parent = signed_in(&server, "Родитель", Device::Phone);
    parent.counts(".frame__main [aria-busy=true]", 0);
    let today = transferred(&parent);
    println!("«Сегодня»: {today} bytes of {TODAY}");
    assert!(
        (TODAY / 2..=TODAY).contains(&today),
        "«Сегодня»: {today} bytes:\n{}",
        parts(&parent)
    );

    opens_a_conversation(&parent, today);
}

#[test]
fn what_an_invited_parent_downloads() {
    let server = Server::demo();
    let administrator = signed_in(&server, "Администратор", Device::Desktop);
    administrator.open("/admin");
    administrator.click("7А");
    administrator.arrives("/admin/class/");
    administrator.sees("Ученики");
    let first = "const card = [...document.querySelectorAll('.columns__main .card')]
            .find(it => it.innerText.startsWith('Ученики'));
        return card && card.querySelector('.rows__title').textContent";
    let child = administrator.run(first, &json!([]));
    let child = child.as_str().unwrap();
    administrator.click("Пригласить");
    administrator.click("Родитель");
    administrator.fill("Дети: по одному имени", child);
    administrator.click("Создать приглашение");
    administrator.misses("Сколько дней действует");
    let link = administrator.wait("an invite", || {
        Some(administrator.text_of(".invite-card__link")).filter(|link| !link.is_empty())
    });

    let invited = browser(&server, Device::Phone);
    invited.open(&link);
    invited.click("Я здесь впервые");
    invited.fill("Фамилия", "Новикова");
    invited.fill("Имя", "Вера");
    invited.click("Далее");
    invited.fill("Мобильный телефон", "+7 900 555-01-23");
    invited.fill("Дата рождения", "1988-03-02");
    invited.fill("Новый пароль", "корабль на закате");
    invited.click("Вступить");
    invited.sees("Осталось подтверждение школы");
    administrator.open("/admin/requests");
    administrator.click("Подтвердить");
    administrator.sees("Подтвердить родителя?");
    administrator.click("Подтвердить");
    administrator.sees("Всё решено");
    invited.click("На главную");
    invited.sees("Здравствуйте");
    invited.sees("Классный руководитель");
    invited.counts(".frame__main [aria-busy=true]", 0);
    let today = transferred(&invited);
    println!("«Сегодня» by invite: {today} bytes of {TODAY}");
    assert!(
        (TODAY / 2..=TODAY).contains(&today),
        "«Сегодня» by invite: {today} bytes:\n{}",
        parts(&invited)
    );
    opens_a_conversation(&invited, today);
}

/// Where the screens are; what leads there is found in another browser, which keeps what it fetched.
fn paths(server: &Server, who: &str) -> Vec<(String, &'static str)> {
    let mut scout = None;
    let own = SCREENS.iter().filter(|(face, ..)| *face == who);
    own.map(|(_, place, words)| {
        let path = if let Path(path) = place {
            (*path).to_owned()
        } else {
            let scout = scout.get_or_insert_with(|| signed_in(server, who, Device::Desktop));
            open(scout, place);
            scout.path()
        };
        (path, *words)
    })
    .collect()
}

#[test]
fn what_other_screens_add() {
    let server = Server::demo();
    let mut weighed = 0;
    for face in ["Родитель", "Администратор", "Оператор"] {
        for (path, words) in paths(&server, face) {
            weighed += 1;
            let browser = signed_in(&server, face, Device::Desktop);
            browser.counts(".frame__main [aria-busy=true]", 0);
            let before = transferred(&browser);
            browser.run(GO, &json!([path]));
            browser.sees(words);
            browser.counts(".frame__main [aria-busy=true]", 0);
            let more = transferred(&browser) - before;
            println!("{path}: {more} bytes of {SCREEN}");
            assert!(
                (1..=SCREEN).contains(&more),
                "{path}: {more} bytes:\n{}",
                parts(&browser)
            );
        }
    }
    assert_eq!(weighed, SCREENS.len());
}

/// Of the chunks that were fetched.
const CHUNKS: &str = "
    return performance.getEntriesByType('resource')
        .map(it => new URL(it.name).pathname.slice(1))
        .filter(it => it.startsWith('split_'));";

fn has_fetched(browser: &Browser, chunk: &str) -> bool {
    let all = browser.run(CHUNKS, &json!([]));
    let mut all = all.as_array().unwrap().iter();
    all.any(|it| it.as_str().unwrap().starts_with(chunk))
}

#[test]
fn what_comes_next_is_fetched_ahead_but_for_who_saves_data() {
    let server = Server::demo();
    let saves = signed_in(&server, "Родитель", Device::Phone);
    // Later, so that the other one would have fetched it, too.
    for (who, next) in [
        ("Родитель", "split_school"),
        ("Администратор", "split_structure"),
    ] {
        let face = server.face(who);
        let browser = Browser::new(&server.url, Device::Phone, Language::Russian);
        crate::journey::sign_in(&browser, &face.login, &face.password);
        for chunk in ["split_conversation", "split_menus", next] {
            browser.wait(chunk, || has_fetched(&browser, chunk).then_some(()));
        }
    }
    for chunk in ["split_conversation", "split_menus", "split_school"] {
        assert!(!has_fetched(&saves, chunk), "{chunk} for who saves data");
    }
}
