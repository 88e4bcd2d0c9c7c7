//! The choice of a school's time zone.

use common::schools::zones::{MOSCOW, ZONES};
use leptos::prelude::*;

use crate::i18n::Text;
use crate::i18n::ru::zones;
use crate::t;
use crate::ui::{SelectField, time};

/// Who lives by each of [`ZONES`].
const CITIES: [Text; ZONES.len()] = [
    zones::kaliningrad,
    zones::moscow,
    zones::samara,
    zones::yekaterinburg,
    zones::omsk,
    zones::krasnoyarsk,
    zones::irkutsk,
    zones::yakutsk,
    zones::vladivostok,
    zones::magadan,
    zones::kamchatka,
];

/// «Москва (UTC+3)»; a zone that isn't offered by its IANA name. Follows the language.
pub fn words(name: &str) -> String {
    let mut offered = ZONES.iter().zip(CITIES);
    offered.find(|(zone, _)| zone.name == name).map_or_else(
        || name.to_owned(),
        |(zone, city)| format!("{} (UTC+{})", city.now(), zone.hours),
    )
}

/// The offered zone whose clocks show what this device's do, Moscow if there's none: a device in
/// Novosibirsk has a zone of its own, and the time of Krasnoyarsk.
pub fn of_this_device() -> &'static str {
    let hours = time::hours_before_utc();
    let mut offered = ZONES.iter();
    offered
        .find(|zone| f64::from(zone.hours) == hours)
        .map_or(MOSCOW, |zone| zone.name)
}

/// Those offered, and the one that the school has.
#[component]
pub fn ZoneField(value: RwSignal<String>) -> AnyView {
    let options = Signal::derive(move || {
        let mut names: Vec<String> = ZONES.iter().map(|zone| zone.name.to_owned()).collect();
        let has = value.get();
        if !has.is_empty() && !names.contains(&has) {
            names.push(has);
        }
        let both = names.into_iter().map(|name| {
            let words = words(&name);
            (name, words)
        });
        both.collect::<Vec<_>>()
    });
    view! { <SelectField name="time_zone" value label=t!(zones.title) hint=t!(zones.hint) options /> }
        .into_any()
}
