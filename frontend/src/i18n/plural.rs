use js_sys::{Array, Intl::PluralRules, Object};

use super::{Locale, fill};

/// The forms of a counted text, by the categories of `Intl.PluralRules`. `{n}` is the count.
pub struct Plural {
    pub one: &'static str,
    pub few: &'static str,
    pub many: &'static str,
    pub other: &'static str,
}

impl Plural {
    /// For languages that know only "one" and "other".
    pub const fn two(one: &'static str, other: &'static str) -> Self {
        Self {
            one,
            few: other,
            many: other,
            other,
        }
    }

    /// The form for `count`, with `{n}` filled in.
    pub fn of(&self, locale: Locale, count: u32) -> String {
        let form = match category(locale, count).as_deref() {
            Some("one") => self.one,
            Some("few") => self.few,
            Some("many") => self.many,
            _ => self.other,
        };
        fill(form, &[("n", &count)])
    }
}

thread_local! {
    // Making the rules costs far more than asking them.
    static RULES: [PluralRules; Locale::ALL.len()] = Locale::ALL
        .map(|locale| PluralRules::new(&Array::of1(&locale.tag().into()), &Object::new()));
}

fn category(locale: Locale, count: u32) -> Option<String> {
    let index = Locale::ALL.iter().position(|each| *each == locale)?;
    RULES.with(|rules| rules[index].select(f64::from(count)).as_string())
}
