//! Which language the interface speaks.

use leptos::prelude::*;

use super::text;
use crate::{api, ui::storage};

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

    /// The categories of `Intl.PluralRules` that the language has, in the order of a plural's forms.
    pub(super) const fn plurals(self) -> &'static [&'static str] {
        match self {
            Self::Ru => &["one", "few", "many", "other"],
            Self::En => &["one", "other"],
        }
    }

    fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or(tag);
        Self::ALL.into_iter().find(|locale| locale.tag() == primary)
    }
}

thread_local! {
    static LOCALE: ArcRwSignal<Locale> = ArcRwSignal::new(Locale::Ru);
}

/// The language of the interface now. Tracked: a closure that reads it runs again when it changes.
pub fn locale() -> Locale {
    LOCALE.with(ArcRwSignal::get)
}

/// Switches the language when its texts are here, and remembers the choice on this device.
///
/// # Errors
/// [`common::Error::Offline`] when the texts could not be fetched: the language stays.
pub async fn set_locale(locale: Locale) -> Result<(), common::Error> {
    speak(locale).await?;
    storage::set("zvonok.lang", locale.tag());
    Ok(())
}

/// Takes the language that this device prefers; to be waited for before anything is drawn. Russian
/// if the texts of another don't come: words in the wrong language are better than none.
pub async fn init() {
    let locale = preferred();
    if speak(locale).await.is_err() {
        tell_document(Locale::Ru);
    }
}

async fn speak(locale: Locale) -> Result<(), common::Error> {
    if locale == Locale::En && !text::here() {
        text::keep(api::text(ENGLISH).await?);
    }
    tell_document(locale);
    LOCALE.with(|signal| signal.set(locale));
    Ok(())
}

fn tell_document(locale: Locale) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", locale.tag());
    }
}

/// The remembered choice; else Russian, unless the browser clearly speaks English.
fn preferred() -> Locale {
    storage::get("zvonok.lang")
        .and_then(|tag| Locale::from_tag(&tag))
        .or_else(|| {
            let language = window().navigator().language()?;
            Locale::from_tag(&language)
        })
        .unwrap_or(Locale::Ru)
}

/// Texts are found by their places, so the file of another version must not be taken for this
/// program's: the build puts a hash into its name, and tells it.
const ENGLISH: &str = match option_env!("ENGLISH_FILE") {
    Some(name) => name,
    None => "/locales/en.txt",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_does_not_change_the_language() {
        assert_eq!(Locale::from_tag("en-GB"), Some(Locale::En));
        assert_eq!(Locale::from_tag("de"), None);
    }
}
