//! What belongs to a feature its own files write. Others call the few functions that have a name for it, and of
//! its queries those that read.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::{below, none};
use crate::house::FEATURES;

/// By what a statement writes, in diesel's language and in SQL. A lock is none.
const WRITES: [&str; 6] = [
    "insert_into(",
    "diesel::update(",
    "diesel::delete(",
    "INSERT INTO ",
    "DELETE FROM ",
    " SET ",
];

/// Who makes a whole school, and no feature.
const MAKERS: [&str; 1] = ["demo"];

#[test]
fn features_write_by_themselves() {
    let files: Vec<_> = below("backend/src")
        .into_iter()
        .filter(|file| file.is("rs"))
        .collect();
    let mut writers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in &files {
        let Some(feature) = room(&file.path).filter(|room| FEATURES.contains(room)) else {
            continue;
        };
        if file.path.contains("/queries") {
            let all = writers.entry(feature).or_default();
            all.extend(functions_that_write(&file.text));
        }
    }
    let known: usize = writers.values().map(BTreeSet::len).sum();
    assert!(known > 30, "hardly anything writes: {known}");
    let mut found = Vec::new();
    for file in &files {
        // Single files serve all: sessions, and what is deleted with time.
        let Some(room) = room(&file.path).filter(|room| !MAKERS.contains(room)) else {
            continue;
        };
        for (feature, named) in named(&file.text) {
            let foreign = feature != room && writers.contains_key(feature);
            if foreign && (named == "self" || writers[feature].contains(named)) {
                found.push(format!("{}: {feature}, {named}", file.path));
            }
        }
    }
    none(
        "Give it a name among what the feature does, beside its queries:",
        &found,
    );
}

#[test]
fn writers_are_found() {
    let queries = "
        pub async fn reads(conn: &mut Conn) { table.for_update().first(conn) }
        pub async fn renames<T>(conn: &mut Conn) { diesel::update(classes::table).set(x) }
        async fn deletes(conn: &mut Conn) { sql_query(\"DELETE FROM sessions\") }
        pub async fn locks(conn: &mut Conn) { sql_query(\"SELECT id FROM a FOR UPDATE\") }";
    let all: Vec<&str> = functions_that_write(queries).collect();
    assert_eq!(all, ["renames", "deletes"]);
    let calls = "use crate::classes::members::queries::{lock, add as more};
        use crate::parents::queries; use super::queries::own;
        fn f() { accounts::queries::insert(tx); crate::chats::queries::list(tx) }";
    let expected = [
        ("classes", "lock"),
        ("classes", "add"),
        ("parents", "self"),
        ("accounts", "insert"),
        ("chats", "list"),
    ];
    assert_eq!(named(calls), expected);
}

/// The folder of the server in which a file stands.
fn room(path: &str) -> Option<&str> {
    let (room, _) = path.strip_prefix("backend/src/")?.split_once('/')?;
    Some(room)
}

fn functions_that_write(text: &str) -> impl Iterator<Item = &str> {
    let bodies = text.split("async fn ").skip(1);
    bodies
        .filter(|body| WRITES.iter().any(|word| body.contains(word)))
        .filter_map(|body| body.split(['(', '<']).next())
}

/// Which features' queries a file names, and what of them: «self» is all of them.
fn named(text: &str) -> Vec<(&str, &str)> {
    let word = |it: char| it.is_alphanumeric() || it == '_';
    let mut named = Vec::new();
    for (at, _) in text.match_indices("::queries") {
        let before = text[..at].rfind(|it| !word(it) && it != ':');
        let path = &text[before.map_or(0, |end| end + 1)..at];
        let mut path = path.split("::").filter(|part| *part != "crate");
        let own = ["super", "self"];
        let Some(feature) = path.next().filter(|it| !own.contains(it)) else {
            continue;
        };
        let after = &text[at + "::queries".len()..];
        match after.strip_prefix("::") {
            Some(after) => {
                let list = after.strip_prefix('{');
                let list = list.map(|list| list.split('}').next().unwrap_or_default());
                let names = list.unwrap_or(after).split(',');
                let names = names.take(if list.is_some() { usize::MAX } else { 1 });
                let first = |it: &str| it.trim_start().find(|it| !word(it));
                named.extend(names.filter(|name| !name.trim().is_empty()).map(|name| {
                    let end = first(name).unwrap_or(name.trim_start().len());
                    (feature, &name.trim_start()[..end])
                }));
            }
            None if after.starts_with([';', ' ']) => named.push((feature, "self")),
            None => {}
        }
    }
    named
}
