//! The rule book is asked with facts that somebody has looked up, and by whoever shows or does something.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::files::{below, none};

/// What the rule book looks at, of `permissions.rs`.
const FACTS: [&str; 10] = [
    "Facts",
    "Outside",
    "Machine",
    "Place",
    "Roles",
    "InClass",
    "LinkFacts",
    "ChatFacts",
    "MessageFacts",
    "Relation",
];

/// Who says what an action is about: the server, the client by its state, and the tests, apart from both. The
/// rule book itself adds role to role.
const MAKERS: [&str; 5] = [
    "backend/src/access.rs",
    "backend/src/access/",
    "common/src/permissions.rs",
    "common/src/realtime/rights.rs",
    "tests/api/facts.rs",
];

#[test]
fn facts_are_made_whole_and_in_few_places() {
    let mut found = Vec::new();
    for file in below("").into_iter().filter(|file| file.is("rs")) {
        let made = Made::read(&file.path, &file.text);
        found.extend(
            made.rest
                .into_iter()
                .map(|name| format!("{}: say each fact of `{name}`, in place of `..`", file.path)),
        );
        if !MAKERS.iter().any(|maker| file.path.starts_with(maker)) {
            let whole = made.whole.into_iter();
            found.extend(whole.map(|name| format!("{}: let `access` make `{name}`", file.path)));
        }
    }
    none(
        "A new fact must not compile until every scope says what it is:",
        &found,
    );
}

#[test]
fn facts_taken_over_are_found() {
    let file = |text: &str| Made::read("backend/src/a.rs", text);
    let over = "use common::permissions::{Action, Facts};
        fn f(old: Facts) -> Facts { Facts { account: None, ..old } }";
    let made = file(over);
    assert_eq!(
        (made.whole, made.rest),
        (vec!["Facts".into()], vec!["Facts".into()])
    );
    let part = "use common::permissions; fn f() { g(permissions::ChatFacts { member: true }) }";
    assert_eq!(file(part).whole, ["ChatFacts"]);
    let inside = "use common::permissions::Relation;
        mod one { fn f() { g([Relation { self_: true, ..Relation::none() }]) } }";
    assert_eq!(file(inside).rest, ["Relation"]);
    for fine in [
        // Taken apart, and another one of the same name.
        "use common::permissions::Facts; fn f(Facts { account, .. }: &Facts) -> Facts { 0..9 }",
        "struct Facts { a: u8 } fn f() { Facts { ..good() } }",
        "use crate::change::Place; fn f() { Place::Class { class: None, ids: a..b } }",
    ] {
        let made = file(fine);
        assert!(made.whole.is_empty() && made.rest.is_empty(), "{fine}");
    }
    let range = "use common::permissions::Place; fn f() { Place { class: None, ids: a..b } }";
    assert!(file(range).rest.is_empty());
}

#[test]
fn facts_have_no_default() {
    let text = std::fs::read_to_string(crate::files::root().join("common/src/permissions.rs"));
    none(
        "A new fact must not be false by itself, so these have no `Default`:",
        &with_default(text.unwrap().parse().unwrap()),
    );
    let found = |text: &str| with_default(text.parse().unwrap());
    assert_eq!(
        found("#[derive(Clone, Default)] #[a] pub struct Roles {}"),
        ["Roles"]
    );
    assert_eq!(
        found("impl core::default::Default for InClass {}"),
        ["InClass"]
    );
    assert!(found("#[derive(Default)] struct A; #[derive(Clone)] struct Roles;").is_empty());
}

/// The facts that have a default.
fn with_default(tokens: TokenStream) -> Vec<String> {
    let (mut derived, mut before) = (false, Vec::<String>::new());
    let mut found = Vec::new();
    for token in tokens {
        let text = token.to_string();
        let implemented = before.ends_with(&["Default".into(), "for".into()]);
        let declared = before
            .last()
            .is_some_and(|it| it == "struct" || it == "enum");
        if FACTS.contains(&text.as_str()) && (implemented || (declared && derived)) {
            found.push(text.clone());
        }
        derived &= !declared;
        // `[derive (Clone , Default)]`
        derived |= text.contains("derive") && text.contains("Default");
        before.push(text);
    }
    found
}

/// The facts that a file makes.
#[derive(Default)]
struct Made {
    whole: Vec<String>,
    /// What is filled up with `..`.
    rest: Vec<String>,
}

impl Made {
    fn read(path: &str, text: &str) -> Self {
        let tokens: TokenStream = text
            .parse()
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut known = Vec::new();
        if path == "common/src/permissions.rs" {
            known.extend(FACTS.map(str::to_owned));
            known.push("Self".to_owned());
        }
        imports(&tokens, &mut known);
        let mut made = Self::default();
        made.search(tokens, &known);
        made
    }

    fn search(&mut self, tokens: TokenStream, known: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            let TokenTree::Group(group) = token else {
                continue;
            };
            if let Some(name) = made_by(&tokens[..at], known)
                && group.delimiter() == Delimiter::Brace
            {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                // `Facts { account, .. }` is a pattern.
                let pattern = ends_open(&inside);
                if !pattern {
                    self.whole.push(name.clone());
                }
                if !pattern && takes_over(&inside) {
                    self.rest.push(name);
                }
            }
            self.search(group.stream(), known);
        }
    }
}

/// The name of what the braces after these tokens make.
fn made_by(before: &[TokenTree], known: &[String]) -> Option<String> {
    let (last, before) = before.split_last()?;
    let name = last.to_string();
    // `struct Facts {`, `impl Facts {`, `impl From<_> for Facts {`, `-> Facts {`
    let other = before
        .last()
        .is_some_and(|token| ["struct", "impl", "for", ">"].contains(&token.to_string().as_str()));
    (known.contains(&name) && !other).then_some(name)
}

fn dots(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Punct(one), TokenTree::Punct(two)]
        if one.as_char() == '.' && two.as_char() == '.')
}

fn ends_open(inside: &[TokenTree]) -> bool {
    inside.len() > 1 && dots(&inside[inside.len() - 2..])
}

/// `..other` where a field would stand.
fn takes_over(inside: &[TokenTree]) -> bool {
    let begins = |at: usize| at == 0 || inside[at - 1].to_string() == ",";
    (0..inside.len().saturating_sub(1)).any(|at| begins(at) && dots(&inside[at..at + 2]))
}

/// The facts that are imported: `permissions::Facts`, `permissions::{Action, Facts}`.
fn imports(tokens: &TokenStream, known: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            imports(&group.stream(), known);
        }
        let after = tokens
            .get(at + 3)
            .filter(|_| token.to_string() == "permissions");
        let names: Vec<String> = match after {
            Some(TokenTree::Group(group)) => group
                .stream()
                .into_iter()
                .map(|it| it.to_string())
                .collect(),
            Some(name) => vec![name.to_string()],
            None => Vec::new(),
        };
        known.extend(
            names
                .into_iter()
                .filter(|name| FACTS.contains(&name.as_str())),
        );
    }
}

/// How a right could be read off by hand.
const READ_BY_HAND: [&str; 8] = [
    "roles.administrator",
    "roles.teacher",
    "roles.staff()",
    "roles.member()",
    "roles().staff()",
    "roles().member()",
    ".me.operator",
    ".leads",
];

/// What of this is no right of the person who acts.
const NO_RIGHT: [(&str, &str, &str); 4] = [
    (
        "frontend/src/store/schools.rs",
        ".leads",
        "which classes are led is looked up there, for all screens",
    ),
    (
        "frontend/src/admin/person.rs",
        "person.roles.",
        "those of somebody else, who is looked at",
    ),
    (
        "backend/src/live/outgoing.rs",
        "roles.staff()",
        "to whom events for the staff lead",
    ),
    (
        "backend/src/membership/plan.rs",
        ".leads.",
        "who leads a class from now on",
    ),
];

/// `.leads` isn't said by `.leads_ids`.
fn says(line: &str, words: &str) -> bool {
    let mut places = line.match_indices(words).map(|(at, _)| at + words.len());
    places.any(|end| !line[end..].starts_with(|next: char| next.is_alphanumeric() || next == '_'))
}

#[test]
fn screens_and_handlers_ask_the_rule_book() {
    let mut found = Vec::new();
    let mut met = [false; NO_RIGHT.len()];
    let files = below("frontend/src")
        .into_iter()
        .chain(below("backend/src"));
    for file in files.filter(|it| it.is("rs")) {
        for (place, line) in file.lines() {
            let Some(by_hand) = READ_BY_HAND.iter().find(|it| says(line, it)) else {
                continue;
            };
            let exception = NO_RIGHT
                .iter()
                .position(|(path, text, _)| file.path == *path && line.contains(text));
            match exception {
                Some(at) => met[at] = true,
                None => found.push(format!("{place}: {by_hand}")),
            }
        }
    }
    none(
        "Ask `State::may`, or on the server `Ctx::may`, what the person may do:",
        &found,
    );
    assert_eq!(met, [true; NO_RIGHT.len()], "not needed any more");
}
