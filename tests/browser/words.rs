//! What stands on the screen in another language: the tests name texts in Russian, and a browser that
//! speaks English looks for their translations.

use std::sync::LazyLock;

/// The interface's languages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    Russian,
    English,
}

impl Language {
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Russian => "ru",
            Self::English => "en",
        }
    }

    /// All that a Russian text of the interface, or its begin, may be called; what is not of the
    /// interface stays as it is.
    pub fn says(self, russian: &str) -> Vec<String> {
        let mut found: Vec<String> = match self {
            Self::Russian => Vec::new(),
            Self::English => TEXTS
                .iter()
                .filter_map(|(from, to)| translate(russian, from, to))
                .collect(),
        };
        found.dedup();
        if found.is_empty() {
            found.push(russian.to_owned());
        }
        found
    }
}

/// Each text in both languages, found by its place: both files have one order.
static TEXTS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let read = |file: &str| {
        let path = format!("{}/../frontend/{file}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let russian = read("src/i18n/ru.rs");
    let russian = russian
        .lines()
        .skip_while(|line| !line.starts_with("section! {"))
        .filter_map(|line| {
            line.strip_prefix("    ")?
                .split_once(": ")?
                .1
                .strip_suffix(',')
        })
        .map(|text| text.trim_matches('"').to_owned());
    let english = read("locales/en.txt");
    let english = english
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| Some(line.split_once(" = ")?.1.to_owned()));
    russian.zip(english).collect()
});

/// `words` are `from`, its begin, or it with its places filled in: what they are in `to`.
fn translate(words: &str, from: &str, to: &str) -> Option<String> {
    let mut filled = Vec::new();
    let (mut rest, mut template) = (words, from);
    while !rest.is_empty() {
        let (literal, place) = match template.split_once('{') {
            Some((literal, place)) => (literal, place.split_once('}')),
            None => (template, None),
        };
        if literal.starts_with(rest) && words.chars().count() > 2 {
            break;
        }
        rest = rest.strip_prefix(literal)?;
        let (name, after) = place?;
        let next = after.split('{').next().unwrap_or_default();
        let value = match rest.find(next).filter(|_| !next.is_empty()) {
            Some(end) => &rest[..end],
            None => rest,
        };
        // A text that begins with a place would fit everything: only a number counts there.
        let number = value.bytes().all(|byte| byte.is_ascii_digit());
        if value.is_empty() || (from.starts_with('{') && !number) {
            return None;
        }
        filled.push((name, value));
        rest = &rest[value.len()..];
        template = after;
    }
    let mut text = to.to_owned();
    for (name, value) in filled {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    // What was not named cannot be looked for.
    let text = text.split('{').next().unwrap_or_default();
    let whole = words.len() >= from.len() || !text.contains(". ");
    let text = if whole {
        text
    } else {
        text.split_inclusive(". ").next()?
    };
    Some(text.trim_end_matches([' ', ',']).to_owned())
}

#[test]
fn texts_are_found_in_english() {
    let says = |russian| Language::English.says(russian);
    assert_eq!(says("Шаг 3 из 6"), ["Step 3 of 6"]);
    assert_eq!(says("Нет связи."), ["No connection."]);
    assert_eq!(says("7 класс"), ["Grade 7"]);
    assert_eq!(says("Гимназия № 44"), ["Гимназия № 44"]);
    assert_eq!(Language::Russian.says("Войти"), ["Войти"]);
}
