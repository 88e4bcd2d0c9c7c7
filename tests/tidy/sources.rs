//! Rust files: names, length, attributes, where SQL and paths may stand.

use common::accounts::SignInByForm;
use common::endpoint::Declared as _;

use crate::files::{below, none};

/// Longer than others for a reason.
const MAY_BE_LONG: [(&str, &str); 4] = [
    (
        "frontend/src/i18n/ru.rs",
        "one language's texts, in one table",
    ),
    (
        "common/src/permissions.rs",
        "the rule book: one exhaustive match and its table, read as a whole",
    ),
    (
        "backend/src/demo/names.rs",
        "tables of names; the code that draws from them is short",
    ),
    (
        "backend/src/demo/scripts.rs",
        "the texts of conversations, no code to follow",
    ),
];
const LONGEST: usize = 400;

/// Files of the server that may speak to the database.
const SQL_FILES: [&str; 7] = [
    "queries.rs",
    "access.rs",
    "schema.rs",
    "database.rs",
    "write.rs",
    "tests.rs",
    // How a time zone is bound and read.
    "zone.rs",
];
const SQL_FOLDERS: [&str; 4] = [
    "backend/src/access/",
    "backend/src/database/",
    "backend/src/demo/",
    "backend/migrations/",
];

#[test]
fn file_names_say_what_is_inside() {
    let empty = ["utils", "util", "helpers", "helper", "types", "misc"];
    let files = below("").into_iter().map(|file| file.path);
    let found: Vec<String> = files
        .filter(|path| {
            path.split('/')
                .any(|part| empty.contains(&part.split('.').next().unwrap()))
        })
        .collect();
    none("Name these after their subject:", &found);
}

/// A channel is made for an audience. Who belongs in a chat by its rule are its rightful members, whom an
/// event goes to are recipients.
#[test]
fn an_audience_is_for_whom_a_channel_is_made() {
    let mut found = Vec::new();
    for file in below("") {
        let history = file.path.starts_with("backend/migrations/");
        if history || file.path == "tests/tidy/sources.rs" {
            continue;
        }
        if file.name().contains("audience") {
            found.push(file.path.clone());
        }
        let other = |line: &str| {
            line.split(|it: char| !it.is_alphanumeric() && it != '_')
                .any(|word| word.ends_with("_audience") && word != "a_channel_reaches_its_audience")
        };
        let places = file.lines().filter(|(_, line)| other(line));
        found.extend(places.map(|(place, _)| place));
    }
    none("Say rightful members, readers or recipients:", &found);
}

#[test]
fn files_stay_short() {
    let rust = below("").into_iter().filter(|file| file.is("rs"));
    let found: Vec<String> = rust
        .filter(|file| !MAY_BE_LONG.iter().any(|(path, _)| *path == file.path))
        .filter(|file| file.text.lines().count() > LONGEST)
        .map(|file| format!("{}: {} lines", file.path, file.text.lines().count()))
        .collect();
    none("Split these by subject, at most 400 lines each:", &found);
}

#[test]
fn exceptions_are_still_needed() {
    let long = |path: &str| {
        let text = std::fs::read_to_string(crate::files::root().join(path)).unwrap_or_default();
        text.lines().count() > LONGEST
    };
    let idle = MAY_BE_LONG.iter().filter(|(path, _)| !long(path));
    none(
        "Not long any more, take off the list:",
        &idle.map(|(path, _)| (*path).into()).collect::<Vec<_>>(),
    );
}

#[test]
fn lints_are_expected_with_a_reason_not_allowed() {
    found_in(
        "",
        "Write #[expect(…, reason = …)] in place of:",
        |path, line| {
            path.ends_with(".rs")
                && (line.contains(concat!("#[all", "ow("))
                    || line.contains(concat!("#![all", "ow(")))
        },
    );
}

#[test]
fn sql_stands_in_its_own_files() {
    found_in(
        "backend/src",
        "Move to queries.rs, or access.rs for what the rule book asks:",
        |path, line| {
            let name = path.rsplit('/').next().unwrap();
            let may = SQL_FILES.contains(&name)
                || path.contains("/queries/")
                || SQL_FOLDERS.iter().any(|folder| path.starts_with(folder));
            // The error enum translates what the database refuses.
            let refusal = name == "error.rs" && line.contains("diesel::result");
            !may && !refusal
                && ["sql_query", "diesel::", "schema::"]
                    .iter()
                    .any(|word| code(line).contains(word))
        },
    );
}

#[test]
fn paths_stand_in_common_only() {
    let mut found = Vec::new();
    for folder in ["frontend", "backend/src"] {
        let programs = below(folder).into_iter();
        for file in programs.filter(|file| ["rs", "js", "html"].iter().any(|it| file.is(it))) {
            let lines = file.lines().filter(|(_, line)| names_a_path(line));
            found.extend(lines.map(|(place, line)| format!("{place}: {}", line.trim())));
        }
    }
    none("Declare it in `common` and call it by value:", &found);
}

/// Whether a path of the list of endpoints is written out. All of them at once have a beginning, and the form
/// that works without the program can't be told by `common` where it leads.
fn names_a_path(line: &str) -> bool {
    let form = format!("action=\"{}\"", SignInByForm::PATH);
    let line = code(line).replace("\"/api/\"", "").replace(&form, "");
    let quoted = |path: &str| ["\"", "'", "`", "}"].map(|before| format!("{before}{path}"));
    ["/api/", "/session", "/socket", "/health", "/metrics"]
        .iter()
        .any(|path| quoted(path).iter().any(|it| line.contains(it)))
}

#[test]
fn paths_are_found() {
    for path in [
        "Request::post(\"/api/chats/read\")",
        "fetch('/session', { method })",
        "new WebSocket(`${host}/socket`)",
        "<form action=\"/session/other\">",
        "<a href=\"/api/state\">",
        "config.route(\"/metrics\", get())",
    ] {
        assert!(names_a_path(path), "{path}");
    }
    for fine in [
        "const API: &str = \"/api/\";",
        "<form class=\"form\" method=\"post\" action=\"/session\">",
        "let old = 1; // \"/api/chats\"",
    ] {
        assert!(!names_a_path(fine), "{fine}");
    }
}

#[test]
fn writes_ask_again() {
    found_in(
        "backend/src",
        "Use `begin`, which asks the rule book again: only a mark of reading writes the row of its right:",
        |path, line| {
            let may = path.ends_with("src/app.rs") || path.ends_with("chats/handlers.rs");
            !may && code(line).contains("begin_by_row")
        },
    );
    let handlers = below("backend/src/chats").into_iter();
    let used: usize = handlers
        .filter(|file| file.path.ends_with("chats/handlers.rs"))
        .map(|file| file.text.matches("begin_by_row").count())
        .sum();
    assert_eq!(used, 1, "only a mark of reading");
}

/// Fails with each line of the folder's Rust files that breaks the rule.
#[track_caller]
fn found_in(folder: &str, rule: &str, breaks: impl Fn(&str, &str) -> bool) {
    let mut found = Vec::new();
    for file in below(folder).into_iter().filter(|file| file.is("rs")) {
        let lines = file.lines().filter(|(_, line)| breaks(&file.path, line));
        found.extend(lines.map(|(place, line)| format!("{place}: {}", line.trim())));
    }
    none(rule, &found);
}

/// The line without its comment.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}
