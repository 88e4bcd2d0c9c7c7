//! Where a text is found: by its section and its place there, in each language.

use std::cell::RefCell;

use super::{Locale, locale};

/// The texts of a feature. One static each, so that a program holds only the sections it names.
pub struct Section {
    pub name: &'static str,
    pub russian: &'static [&'static str],
}

/// One text in all languages.
#[derive(Clone, Copy)]
pub struct Text {
    section: &'static Section,
    place: u16,
}

impl Text {
    pub(super) const fn new(section: &'static Section, place: u16) -> Self {
        Self { section, place }
    }

    /// The text as it is now. Tracked: a closure that reads it runs again at another language.
    #[inline(never)]
    pub fn now(self) -> &'static str {
        let place = usize::from(self.place);
        let fetched = match locale() {
            Locale::Ru => None,
            Locale::En => FETCHED.with_borrow(|all| {
                let (_, texts) = all.iter().find(|(name, _)| *name == self.section.name)?;
                texts.get(place).copied()
            }),
        };
        fetched.unwrap_or(self.section.russian[place])
    }
}

type Texts = Vec<(&'static str, Vec<&'static str>)>;

thread_local! {
    /// English, once someone wanted it.
    static FETCHED: RefCell<Texts> = const { RefCell::new(Vec::new()) };
}

pub(super) fn here() -> bool {
    FETCHED.with_borrow(|all| !all.is_empty())
}

/// Takes the file of a language. Texts live as long as the page does.
pub(super) fn keep(file: String) {
    FETCHED.set(parse(String::leak(file)));
}

/// `[section]`, then `name = text` in the order of `ru.rs`; `#` begins a comment.
fn parse(file: &'static str) -> Texts {
    let mut all = Texts::new();
    for line in file.lines() {
        if let Some(section) = line.strip_prefix('[') {
            all.push((section.trim_end_matches(']'), Vec::new()));
        } else if let (Some((_, texts)), Some((_, text))) = (all.last_mut(), line.split_once(" = "))
        {
            texts.push(text);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a text is without its words: section, name, the places to fill in, and how many forms.
    type Outline = Vec<(String, String, Vec<String>, bool)>;

    fn outline(section: &str, name: &str, text: &str) -> (String, String, Vec<String>, bool) {
        let mut places: Vec<String> = text
            .split('{')
            .skip(1)
            .filter_map(|rest| Some(rest.split_once('}')?.0.to_owned()))
            .collect();
        places.sort();
        places.dedup();
        (
            section.to_owned(),
            name.to_owned(),
            places,
            text.contains(" | "),
        )
    }

    /// Read as text: the macro knows the names only while it expands.
    fn russian() -> Outline {
        let source = include_str!("ru.rs");
        let mut section = "";
        let mut all = Outline::new();
        for line in source.lines() {
            if let Some(name) = line.strip_prefix("section! { ") {
                section = name.trim_end_matches(" {");
            } else if let Some((name, text)) = line
                .strip_prefix("    ")
                .filter(|_| !section.is_empty())
                .and_then(|line| line.split_once(": "))
            {
                all.push(outline(section, name, &text.replace("\", \"", " | ")));
            }
        }
        all
    }

    fn english() -> Outline {
        let mut section = "";
        let mut all = Outline::new();
        for line in include_str!("../../locales/en.txt").lines() {
            if let Some(name) = line.strip_prefix('[') {
                section = name.trim_end_matches(']');
            } else if let Some((name, text)) =
                line.split_once(" = ").filter(|_| !line.starts_with('#'))
            {
                all.push(outline(section, name, text));
            }
        }
        all
    }

    #[test]
    fn english_has_each_text_at_the_place_of_the_russian_one() {
        let (russian, english) = (russian(), english());
        assert!(russian.len() > 400, "found only {}", russian.len());
        for (russian, english) in russian.iter().zip(&english) {
            assert_eq!(russian, english);
        }
        assert_eq!(russian.len(), english.len());
    }

    #[test]
    fn a_file_gives_its_texts_by_section() {
        let texts = parse("# all\n\n[common]\nback = Back\n[ui]\nno = A = B\nyes = Yes\n");
        assert_eq!(
            texts,
            [("common", vec!["Back"]), ("ui", vec!["A = B", "Yes"])]
        );
    }
}
