//! Every dependency may be used under a licence that deny.toml allows.

use std::process::Command;

use serde_json::Value;

use crate::files::{none, root};

#[test]
fn licences_are_allowed() {
    let allowed = allowed();
    let found: Vec<String> = packages()
        .iter()
        .filter(|package| !may_use(package["license"].as_str().unwrap_or_default(), &allowed))
        .map(|package| {
            format!(
                "{} {}: {}",
                package["name"], package["version"], package["license"]
            )
        })
        .collect();
    none(
        "Replace these, or say in deny.toml why their licence is fine:",
        &found,
    );
}

/// All packages that are built for the server or the browser.
fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .args(["--filter-platform", "wasm32-unknown-unknown"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().clone();
    assert!(
        packages.len() > 50,
        "cargo metadata named {} packages only",
        packages.len()
    );
    packages
}

/// The list in deny.toml: one list for both tools.
fn allowed() -> Vec<String> {
    let deny = std::fs::read_to_string(root().join("deny.toml")).unwrap();
    let list = deny
        .split("\nallow = [")
        .nth(1)
        .unwrap()
        .split(']')
        .next()
        .unwrap();
    let allowed: Vec<String> = list
        .split('"')
        .skip(1)
        .step_by(2)
        .map(String::from)
        .collect();
    assert!(
        allowed.iter().any(|licence| licence == "MIT"),
        "{allowed:?}"
    );
    allowed
}

/// Whether one alternative of an SPDX expression needs only allowed licences.
fn may_use(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    let verdict = alternatives(&mut words, allowed);
    verdict && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn alternatives(words: &mut Words, allowed: &[String]) -> bool {
    let mut verdict = together(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        verdict |= together(words, allowed);
    }
    verdict
}

fn together(words: &mut Words, allowed: &[String]) -> bool {
    let mut verdict = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        verdict &= one(words, allowed);
    }
    verdict
}

fn one(words: &mut Words, allowed: &[String]) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let verdict = alternatives(words, allowed);
        return words.next() == Some(")") && verdict;
    }
    let mut licence = words.next().unwrap_or_default().to_owned();
    if words.next_if_eq(&"WITH").is_some() {
        licence = format!("{licence} WITH {}", words.next().unwrap_or_default());
    }
    allowed.contains(&licence)
}

#[test]
fn expressions_are_understood() {
    let allowed = [
        "MIT".to_owned(),
        "Apache-2.0 WITH LLVM-exception".to_owned(),
        "ISC".to_owned(),
    ];
    for yes in [
        "MIT",
        "MIT/GPL-3.0",
        "GPL-3.0 OR (MIT AND ISC)",
        "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
    ] {
        assert!(may_use(yes, &allowed), "{yes}");
    }
    for no in [
        "",
        "GPL-3.0",
        "MIT AND AGPL-3.0",
        "(MIT OR ISC) AND GPL-2.0",
        "Apache-2.0 WITH other",
        "MIT MIT",
    ] {
        assert!(!may_use(no, &allowed), "{no}");
    }
}
