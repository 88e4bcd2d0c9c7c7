//! Texts in the person's language: a table made at compile time, switchable while the page lives.
//!
//! | write | get | for |
//! |---|---|---|
//! | `t!(nav.chats)` | `Signal<&'static str>` | views and component props: follows the language |
//! | `t!(invites.hello, name = name.get())` | `Signal<String>` | the same with `{name}` filled in |
//! | `tn!(chats.unread, count.get())` | `Signal<String>` | a plural form chosen by `{n}` |
//! | `text!(…)`, `plural!(…)` | the text as it is now | inside closures and event handlers |
//!
//! Inside a reactive closure `text!` follows the language too; `t!` there would make a new
//! signal at every run. A new text is one line in `ru.rs` and one at the same place in
//! `locales/en.txt`; a section is named as its feature. Russian is part of the programs, so that
//! most people wait for nothing; another language is fetched when it is chosen. A third one is one
//! more file like `en.txt` and a variant of [`Locale`].

mod locale;
mod plural;
pub mod ru;
mod text;

use leptos::prelude::*;

pub use locale::{Locale, init, locale, set_locale};
pub use plural::Plural;
pub use text::{Section, Text};

/// What `t!` expands to: one function for all texts, so that a text costs two numbers.
pub fn follow(text: Text) -> Signal<&'static str> {
    Signal::derive(move || text.now())
}

/// Replaces each `{key}` of `template`.
pub fn fill(template: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    let mut filled = template.to_owned();
    for (key, value) in values {
        filled = filled.replace(&format!("{{{key}}}"), &value.to_string());
    }
    filled
}

/// A text that follows the language: see the module's table.
#[macro_export]
macro_rules! t {
    ($section:ident . $name:ident) => {
        $crate::i18n::follow($crate::i18n::ru::$section::$name)
    };
    ($section:ident . $name:ident, $($key:ident = $value:expr),+ $(,)?) => {
        ::leptos::prelude::Signal::derive(move || $crate::text!($section.$name, $($key = $value),+))
    };
}

/// A plural that follows the language and its count: see the module's table.
#[macro_export]
macro_rules! tn {
    ($section:ident . $name:ident, $count:expr) => {
        ::leptos::prelude::Signal::derive(move || $crate::plural!($section.$name, $count))
    };
}

/// A text as it is now: see the module's table.
#[macro_export]
macro_rules! text {
    ($section:ident . $name:ident) => {
        $crate::i18n::ru::$section::$name.now()
    };
    ($section:ident . $name:ident, $($key:ident = $value:expr),+ $(,)?) => {
        $crate::i18n::fill(
            $crate::i18n::ru::$section::$name.now(),
            &[$((stringify!($key), &$value as &dyn ::std::fmt::Display)),+],
        )
    };
}

/// A plural as it is now: see the module's table.
#[macro_export]
macro_rules! plural {
    ($section:ident . $name:ident, $count:expr) => {
        $crate::i18n::ru::$section::$name.now($count as u32)
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fill_replaces_every_named_place() {
        assert_eq!(
            fill("{who}: {n} из {n}", &[("who", &"Анна"), ("n", &3)]),
            "Анна: 3 из 3"
        );
    }
}
