//! What must not get into a repository.

use crate::files::{below, none, root};

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

/// How each text begins that the manifest names.
const LICENCES: [(&str, &str, &str); 2] = [
    ("MIT", "LICENSE-MIT", "MIT License"),
    (
        "Apache-2.0",
        "LICENSE-APACHE",
        "Apache License Version 2.0,",
    ),
];

#[test]
fn the_licences_are_told_whole() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let named = LICENCES.map(|(name, ..)| name).join(" OR ");
    assert!(manifest.contains(&format!("license = \"{named}\"")));
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    for (name, file, begins) in LICENCES {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        let words: Vec<&str> = text.split_whitespace().collect();
        assert!(words.join(" ").starts_with(begins), "{file}");
        assert!(readme.contains(&format!("[{name}]({file})")), "{file}");
    }
}
