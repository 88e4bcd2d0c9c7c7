//! What an organisation has said of itself, to be read: by the operator, and by who has sent it.

use common::schools::SchoolKind;
use common::schools::applications::Questionnaire;
use leptos::prelude::*;

use crate::schools::zones;
use crate::{t, text};

/// What kind of organisation it is. Tracked: it follows the language.
pub fn kind_words(kind: SchoolKind) -> &'static str {
    match kind {
        SchoolKind::General => text!(applications.general),
        SchoolKind::Vocational => text!(applications.vocational),
        SchoolKind::Additional => text!(applications.additional),
    }
}

pub fn facts(asked: &Questionnaire) -> AnyView {
    let line = |label: Signal<&'static str>, words: &str| {
        let words = words.to_owned();
        view! { <div class="facts__line"><dt>{label}</dt><dd>{words}</dd></div> }.into_any()
    };
    let zone = asked.time_zone.clone();
    let kind = asked.kind;
    let lines = vec![
        view! { <div class="facts__line"><dt>{t!(applications.kind)}</dt><dd>{move || kind_words(kind)}</dd></div> }.into_any(),
        line(t!(applications.full_name), &asked.full_name),
        line(t!(applications.short_name), &asked.short_name),
        line(t!(applications.region), &asked.region),
        line(t!(applications.municipality), &asked.municipality),
        line(t!(applications.settlement), &asked.settlement),
        view! { <div class="facts__line"><dt>{t!(zones.title)}</dt><dd>{move || zones::words(&zone)}</dd></div> }.into_any(),
        line(t!(applications.inn), &asked.inn),
        line(t!(applications.kpp), &asked.kpp),
        line(t!(ui.administrator), &asked.name.full()),
        line(t!(registration.phone), &asked.phone),
        line(t!(applications.email), &asked.email),
    ];
    view! { <dl class="facts">{lines}</dl> }.into_any()
}
