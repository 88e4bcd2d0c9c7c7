//! Times, days and dates in the person's language and time zone, by the browser's `Intl`.
//! All follow the language inside a reactive closure.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use common::Timestamp;
use js_sys::{Array, Date, Function, Intl::DateTimeFormat, Object, Reflect};
use leptos::{ev, prelude::*};
use litemap::LiteMap;
use wasm_bindgen::{JsCast, JsValue};

pub use crate::clock::now;
use crate::{
    i18n::{Locale, locale},
    text,
};

/// "14:05"
pub fn clock(moment: Timestamp) -> String {
    format(
        "clock",
        &[("hour", "2-digit"), ("minute", "2-digit")],
        moment,
    )
}

/// For a separator between days: "Сегодня", "Вчера", "12 марта", "12 марта 2025 г."
pub fn day(moment: Timestamp) -> String {
    match days_ago(moment) {
        0 => text!(ui.today).to_owned(),
        1 => text!(ui.yesterday).to_owned(),
        _ if same_year(moment) => format("day", &[("day", "numeric"), ("month", "long")], moment),
        _ => date(moment),
    }
}

/// For the corner of a list's row: "14:05" today, "пн" this week, "12.03" or "12.03.2025" before.
pub fn stamp(moment: Timestamp) -> String {
    match days_ago(moment) {
        0 => clock(moment),
        1..=6 => format("weekday", &[("weekday", "short")], moment),
        _ if same_year(moment) => {
            format("short", &[("day", "2-digit"), ("month", "2-digit")], moment)
        }
        _ => format(
            "short-year",
            &[
                ("day", "2-digit"),
                ("month", "2-digit"),
                ("year", "numeric"),
            ],
            moment,
        ),
    }
}

/// "12 марта 2025 г."
pub fn date(moment: Timestamp) -> String {
    format(
        "date",
        &[("day", "numeric"), ("month", "long"), ("year", "numeric")],
        moment,
    )
}

/// "12 марта, 14:05"; with the year when it is another. For the title of a time and for journals.
pub fn full(moment: Timestamp) -> String {
    format!("{}, {}", day(moment), clock(moment))
}

/// Whether two moments fall on one day here: a conversation puts a separator where they don't.
pub fn same_day(one: Timestamp, other: Timestamp) -> bool {
    days(one) == days(other)
}

/// Begins to notice that the device is in another time zone, or the day another: what is drawn follows.
pub fn watch() {
    HERE.set(here());
    let look = || {
        if HERE.replace(here()) != HERE.get() {
            FORMATTERS.take();
            CHANGES.with(|it| it.update(|it| *it += 1));
        }
    };
    window_event_listener(ev::visibilitychange, move |_| look());
    set_interval(look, MINUTE);
}

/// The zone, as far as one sees it now, and the day.
fn here() -> (f64, i64) {
    let now = now();
    (js(now).get_timezone_offset(), days(now))
}

/// Today, as the calendar here shows it.
pub fn today() -> common::Date {
    date_here(now())
}

/// Today in a time zone, by its IANA name: a school's day. An old browser may not know the zone.
pub fn today_in(zone: &str) -> common::Date {
    let day = || {
        let now = js(now());
        let options = Object::new();
        Reflect::set(&options, &"timeZone".into(), &zone.into()).ok()?;
        let write = Reflect::get(&now, &"toLocaleDateString".into()).ok()?;
        // Swedes write 2026-09-01.
        let words = write
            .unchecked_ref::<Function>()
            .call2(&now, &"sv".into(), &options);
        words.ok()?.as_string()?.parse().ok()
    };
    day().unwrap_or_else(today)
}

/// How far the clocks here are before UTC now.
pub fn hours_before_utc() -> f64 {
    -js(now()).get_timezone_offset() / 60.0
}

fn days_ago(moment: Timestamp) -> i64 {
    days(now()) - days(moment)
}

fn same_year(moment: Timestamp) -> bool {
    date_here(moment).year == today().year
}

/// Calendar days since 1970.
fn days(moment: Timestamp) -> i64 {
    CHANGES.with(ArcRwSignal::track);
    local(moment).0.div_euclid(24 * 60 * 60 * 1000)
}

/// The day here at the moment.
#[expect(
    clippy::disallowed_methods,
    reason = "of what the clocks here show, as if it were UTC"
)]
fn date_here(moment: Timestamp) -> common::Date {
    local(moment).utc_date()
}

/// What the clocks here show at the moment, as if it were UTC.
fn local(moment: Timestamp) -> Timestamp {
    let behind = js(moment).get_timezone_offset();
    Timestamp(moment.0 - (behind * 60_000.0) as i64)
}

fn js(moment: Timestamp) -> Date {
    Date::new(&JsValue::from_f64(moment.0 as f64))
}

const MINUTE: Duration = Duration::from_secs(60);

thread_local! {
    static HERE: Cell<(f64, i64)> = const { Cell::new((0.0, 0)) };
    static CHANGES: ArcRwSignal<u32> = ArcRwSignal::new(0);
    // A formatter takes milliseconds to make and microseconds to use.
    static FORMATTERS: RefCell<LiteMap<(&'static str, &'static str), Function>> = RefCell::default();
}

fn format(name: &'static str, parts: &[(&str, &str)], moment: Timestamp) -> String {
    let locale = locale();
    CHANGES.with(ArcRwSignal::track);
    FORMATTERS.with_borrow_mut(|formatters| {
        let formatter = formatters
            .entry((locale.tag(), name))
            .or_insert_with(|| formatter(locale, parts));
        formatter
            .call1(&JsValue::UNDEFINED, &js(moment))
            .ok()
            .and_then(|words| words.as_string())
            .unwrap_or_default()
    })
}

fn formatter(locale: Locale, parts: &[(&str, &str)]) -> Function {
    let options = Object::new();
    for (key, value) in parts {
        let _ = Reflect::set(&options, &(*key).into(), &(*value).into());
    }
    // British English: a Russian school's day has 24 hours and comes before its month.
    let tag = if locale == Locale::En {
        "en-GB"
    } else {
        locale.tag()
    };
    DateTimeFormat::new(&Array::of1(&tag.into()), &options).format()
}
