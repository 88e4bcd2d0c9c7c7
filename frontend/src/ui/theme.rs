//! Light or dark: the device's choice, or the person's on this device.

use leptos::prelude::*;

use super::storage;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Theme {
    Auto,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The remembered choice.
pub fn chosen() -> Theme {
    let name = storage::get("zvonok.theme").unwrap_or_default();
    Theme::ALL
        .into_iter()
        .find(|theme| theme.name() == name)
        .unwrap_or(Theme::Auto)
}

/// Changes the look at once and remembers it. `shell.js` applies it before the next paint.
pub fn choose(theme: Theme) {
    storage::set("zvonok.theme", theme.name());
    if let Some(root) = document().document_element() {
        let _ = match theme {
            Theme::Auto => root.remove_attribute("data-theme"),
            other => root.set_attribute("data-theme", other.name()),
        };
    }
}
