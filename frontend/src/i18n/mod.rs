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
//! signal at every run. A new text is one line in `ru.rs` (which also declares the field) and one
//! in `en.rs`; a section is named as its feature. A third language is one more file like `en.rs`,
//! a variant of [`Locale`], and its column in `sections!` below.

mod en;
mod plural;
mod ru;

use leptos::prelude::*;

pub use plural::Plural;

/// The languages that the interface speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Locale {
    Ru,
    En,
}

impl Locale {
    pub const ALL: [Self; 2] = [Self::Ru, Self::En];

    /// The BCP 47 tag, as `<html lang>` and `Intl` want it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// The language's own name for itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ru => "Русский",
            Self::En => "English",
        }
    }

    fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or(tag);
        Self::ALL.into_iter().find(|locale| locale.tag() == primary)
    }
}

/// Each section is a static of its own, so that a program holds only the sections it names.
macro_rules! sections {
    ($($section:ident: $type:ident = $constant:ident;)+) => {
        impl Locale {
            $(pub fn $section(self) -> &'static ru::$type {
                match self {
                    Self::Ru => &ru::$constant,
                    Self::En => &en::$constant,
                }
            })+
        }
    };
}

sections! {
    common: Common = COMMON;
    ui: Ui = UI;
    nav: Nav = NAV;
    errors: Errors = ERRORS;
    accounts: Accounts = ACCOUNTS;
    invites: Invites = INVITES;
    applications: Applications = APPLICATIONS;
    schools: Schools = SCHOOLS;
    classes: Classes = CLASSES;
    people: People = PEOPLE;
    chats: Chats = CHATS;
    channels: Channels = CHANNELS;
    parents: Parents = PARENTS;
    admin: Admin = ADMIN;
}

thread_local! {
    static LOCALE: ArcRwSignal<Locale> = ArcRwSignal::new(preferred());
}

/// The language of the interface now. Tracked: a closure that reads it runs again when it changes.
pub fn locale() -> Locale {
    LOCALE.with(ArcRwSignal::get)
}

/// Switches the language at once and remembers the choice on this device.
pub fn set_locale(locale: Locale) {
    crate::ui::storage::set("zvonok.lang", locale.tag());
    apply(locale);
    LOCALE.with(|signal| signal.set(locale));
}

/// Tells the document which language it is in. Called once at the start.
pub fn init() {
    apply(LOCALE.with(GetUntracked::get_untracked));
}

fn apply(locale: Locale) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", locale.tag());
    }
}

/// The remembered choice; else Russian, unless the browser clearly speaks English.
fn preferred() -> Locale {
    crate::ui::storage::get("zvonok.lang")
        .and_then(|tag| Locale::from_tag(&tag))
        .or_else(|| {
            let language = window().navigator().language()?;
            Locale::from_tag(&language)
        })
        .unwrap_or(Locale::Ru)
}

/// What `t!` expands to: one function for all texts, so that a text costs a pointer.
pub fn text(pick: fn(Locale) -> &'static str) -> Signal<&'static str> {
    Signal::derive(move || pick(locale()))
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
        $crate::i18n::text(|locale| locale.$section().$name)
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
        $crate::i18n::locale().$section().$name
    };
    ($section:ident . $name:ident, $($key:ident = $value:expr),+ $(,)?) => {
        $crate::i18n::fill(
            $crate::i18n::locale().$section().$name,
            &[$((stringify!($key), &$value as &dyn ::std::fmt::Display)),+],
        )
    };
}

/// A plural as it is now: see the module's table.
#[macro_export]
macro_rules! plural {
    ($section:ident . $name:ident, $count:expr) => {{
        let locale = $crate::i18n::locale();
        locale.$section().$name.of(locale, $count as u32)
    }};
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

    #[test]
    fn a_region_does_not_change_the_language() {
        assert_eq!(Locale::from_tag("en-GB"), Some(Locale::En));
        assert_eq!(Locale::from_tag("de"), None);
    }
}
