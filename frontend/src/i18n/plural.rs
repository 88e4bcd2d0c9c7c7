use js_sys::{Array, Intl::PluralRules, Object};

use super::{Locale, Text, fill, locale};

/// A text with a form for each category of `Intl.PluralRules` that its language has, parted by
/// ` | `. `{n}` is the count.
#[derive(Clone, Copy)]
pub struct Plural(pub(super) Text);

impl Plural {
    /// The form for `count` as it is now, with `{n}` filled in. Tracked like [`locale`].
    pub fn now(self, count: u32) -> String {
        let language = locale();
        let mut forms = self.0.now().split(" | ");
        let category = category(language, count).unwrap_or_default();
        let at = language.plurals().iter().position(|it| *it == category);
        let form = at.and_then(|at| forms.nth(at));
        fill(form.unwrap_or_default(), &[("n", &count)])
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
