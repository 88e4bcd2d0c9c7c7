//! What must not get into a repository.

use crate::files::{below, none};

/// In halves, so that this file does not find itself.
const BANNED: [(&str, &str); 11] = [
    (concat!("TO", "DO"), "finish it, or open an issue"),
    (concat!("FIX", "ME"), "finish it, or open an issue"),
    (concat!("/ho", "me/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/t", "mp/"), "a path of one machine"),
    (
        concat!("index.crates", ".io"),
        "a registry is the machine's setting",
    ),
    (
        concat!("static.crates", ".io"),
        "a registry is the machine's setting",
    ),
    (
        concat!("registry.npmjs", ".org"),
        "a registry is the machine's setting",
    ),
    (
        concat!("deb.debian", ".org"),
        "a registry is the machine's setting",
    ),
    (concat!("<<<<", "<<<"), "a merge that was not finished"),
];

#[test]
fn nothing_private_or_unfinished_is_committed() {
    let mut found = Vec::new();
    for file in below("") {
        for (place, line) in file.lines() {
            let banned = BANNED.iter().filter(|(text, _)| line.contains(text));
            found.extend(banned.map(|(text, why)| format!("{place}: {text} ({why})")));
        }
    }
    none("Take these out:", &found);
}
