//! Every screen of every role in the demo school: all sizes, both languages, both colour schemes.

use std::thread;

use serde_json::json;

use crate::driver::{Browser, Device};
use crate::server::Server;
use crate::words::Language;

/// A face of the demo school (the begin of its words; none: nobody signed in) and the role's screens.
struct Role {
    name: &'static str,
    face: Option<&'static str>,
    screens: &'static [(&'static str, Place)],
}

pub enum Place {
    Path(&'static str),
    /// The first link on a screen that begins so.
    Link(&'static str, &'static str),
    /// The dialog that something on a screen opens when it is pressed: the first of this selector.
    Dialog(&'static Place, &'static str),
}

use Place::{Dialog, Link, Path};

const ROLES: [Role; 6] = [
    Role {
        name: "public",
        face: None,
        screens: &[
            ("sign-in", Path("/sign-in")),
            ("apply", Path("/apply")),
            ("join", Path("/join")),
            ("join-found", Path("/join/gimn44")),
            ("invite-gone", Path("/invite/AAAAAAAAAAAAAAAAAAAAAA")),
        ],
    },
    Role {
        name: "parent",
        face: Some("Родитель"),
        screens: &[
            ("today", Path("/")),
            ("child", Link("/", "/children/")),
            ("chats", Path("/chats")),
            ("chat", Link("/chats", "/chats/")),
            ("channels", Path("/channels")),
            ("channel", Link("/channels", "/channels/")),
            ("people", Path("/people")),
            ("school", Path("/school")),
            ("profile", Path("/profile")),
            (
                "password",
                Dialog(&Path("/profile"), ".card .actions .button"),
            ),
        ],
    },
    Role {
        name: "student",
        face: Some("Ученик 7А"),
        screens: &[
            ("today", Path("/")),
            ("chat", Link("/chats", "/chats/")),
            ("channel", Link("/channels", "/channels/")),
            ("people", Path("/people")),
            ("school", Path("/school")),
            ("class", Link("/school", "/class/")),
            ("profile", Path("/profile")),
        ],
    },
    Role {
        name: "teacher",
        face: Some("Классный руководитель"),
        screens: &[
            ("today", Path("/")),
            ("chats", Path("/chats")),
            ("chat", Link("/chats", "/chats/")),
            ("channel", Link("/channels", "/channels/")),
            ("people", Path("/people")),
            ("school", Path("/school")),
            ("class", Link("/school", "/class/")),
            ("lead", Path("/admin")),
        ],
    },
    Role {
        name: "administrator",
        face: Some("Администратор"),
        screens: &[
            ("today", Path("/")),
            ("classes", Path("/admin")),
            (
                "creating",
                Dialog(&Path("/admin"), ".pane-header__actions .button"),
            ),
            ("class", Link("/admin", "/admin/class/")),
            (
                "adding",
                Dialog(
                    &Link("/admin", "/admin/class/"),
                    ".columns__main .card .button",
                ),
            ),
            (
                "inviting",
                Dialog(
                    &Link("/admin", "/admin/class/"),
                    ".columns__side .button[data-variant=primary]",
                ),
            ),
            ("people", Path("/admin/people")),
            ("person", Dialog(&Path("/admin/people"), ".pick")),
            ("invites", Path("/admin/invites")),
            ("requests", Path("/admin/requests")),
            ("information", Path("/admin/information")),
            ("channels", Path("/channels")),
            ("managing-channels", Path("/admin/channels")),
            (
                "new-channel",
                Dialog(&Path("/admin/channels"), ".actions .button"),
            ),
            ("missing", Path("/admin/nowhere")),
        ],
    },
    Role {
        name: "operator",
        face: Some("Оператор"),
        screens: &[("applications", Path("/admin/applications"))],
    },
];

/// Each pair of size, scheme and language is met once.
const fn looks(device: Device) -> &'static [(&'static str, &'static str)] {
    match device {
        Device::Phone => &[("light", "ru"), ("dark", "en")],
        Device::Tablet => &[("light", "ru")],
        Device::Desktop => &[("dark", "ru"), ("light", "en")],
    }
}

#[test]
fn every_screen_of_every_role() {
    let server = Server::demo();
    let faults: Vec<String> = thread::scope(|scope| {
        let devices = [Device::Phone, Device::Tablet, Device::Desktop];
        let visits = devices.map(|device| {
            let server = &server;
            scope.spawn(move || {
                ROLES
                    .iter()
                    .flat_map(|role| visit(server, role, device))
                    .collect::<Vec<_>>()
            })
        });
        visits
            .into_iter()
            .flat_map(|visit| visit.join().unwrap())
            .collect()
    });
    assert!(
        faults.is_empty(),
        "{} screens:\n{}",
        faults.len(),
        faults.join("\n\n")
    );
}

/// A role's screens, in both looks that the device has: what is wrong with them.
fn visit(server: &Server, role: &Role, device: Device) -> Vec<String> {
    let browser = Browser::new(&server.url, device, Language::Russian);
    browser.open("/sign-in");
    if let Some(face) = role.face.map(|face| server.face(face)) {
        browser.fill("Телефон или логин", &face.login);
        browser.fill("Пароль", &face.password);
        browser.click("Войти");
        browser.sees("Здравствуйте");
    }
    if role.face.is_none() {
        // The invite that nobody has made: the screen that says so is the one to look at.
        let unknown_invite =
            "AAAAAAAAAA%22%7D - Failed to load resource: the server responded with a status of 410";
        browser.expected.borrow_mut().push(unknown_invite);
    }
    let mut faults = Vec::new();
    for (scheme, language) in looks(device) {
        browser.run(
            "localStorage.setItem('zvonok.theme', arguments[0]); localStorage.setItem('zvonok.lang', arguments[1])",
            &json!([scheme, language]),
        );
        for (screen, place) in role.screens {
            open(&browser, place);
            let name = format!(
                "{}-{screen}-{}-{scheme}-{language}",
                role.name,
                device.name()
            );
            browser.screenshot(&name);
            let found = browser.faults();
            if !found.is_empty() {
                faults.push(format!("{name}: {}", found.join("\n")));
            }
        }
    }
    faults
}

pub fn open(browser: &Browser, place: &Place) {
    match place {
        Path(path) => browser.open(path),
        Link(from, prefix) => {
            browser.open(from);
            let path = first_link(browser, prefix);
            browser.open(&path);
        }
        Dialog(screen, selector) => {
            open(browser, screen);
            browser.wait(&format!("{selector} to press"), || {
                let script = "const found = document.querySelector(arguments[0]);
                    if (found) found.click();
                    return found ? true : null";
                browser.run(script, &json!([selector])).as_bool()
            });
            browser.counts("dialog[open]", 1);
            browser.ready();
        }
    }
}

fn first_link(browser: &Browser, prefix: &str) -> String {
    browser.wait(&format!("a link to {prefix}"), || {
        let script = "const all = [...document.querySelectorAll('main a[href]')];
            const found = all.find(it => it.getAttribute('href').startsWith(arguments[0]));
            return found ? found.getAttribute('href') : null";
        Some(browser.run(script, &json!([prefix])).as_str()?.to_owned())
    })
}
