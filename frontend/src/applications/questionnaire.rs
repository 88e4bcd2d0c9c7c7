//! The questionnaire's fields (R3 to R6), in steps of three to fill in at most, kept on this device until sent.

use common::schools::SchoolKind;
use common::schools::applications::{Application, Questionnaire};
use common::{ApplicationId, Error, Name};
use leptos::prelude::*;

use super::facts::kind_words;
use crate::reactive::effect;
use crate::schools::zones::{self, ZoneField};
use crate::ui::{FormErrors, PhoneField, SelectField, TextField, storage};
use crate::{errors, t};

/// Where this device keeps the draft of an application.
pub const DRAFT: &str = "zvonok.application";

/// Where it keeps the corrections of one that was returned; each time that it is sent they begin anew.
pub fn corrections(of: &Application) -> String {
    format!("{DRAFT}.{}.{}", of.id, of.submitted_at.0)
}

/// They are sent, here or from another device, or nobody waits for them any more; but for those of `but`.
pub fn forget_corrections(of: ApplicationId, but: Option<&str>) {
    let mine = format!("{DRAFT}.{of}.");
    for place in storage::keys() {
        if place.starts_with(&mine) && but != Some(place.as_str()) {
            storage::remove(&place);
        }
    }
}

/// Steps of the wizard before the document.
pub const STEPS: usize = 5;

/// Which fields stand on which step.
const PLACES: [&[&str]; STEPS] = [
    &["kind", "full_name", "short_name"],
    &["region", "municipality", "settlement", "time_zone"],
    &["inn", "kpp"],
    &["name.surname", "name.given", "name.patronymic"],
    &["phone", "email"],
];

/// On which step of the wizard this tab was, before the page was loaded again.
const STEP: &str = "zvonok.application.step";

pub fn kept_step() -> usize {
    let step = storage::get_in_tab(STEP).and_then(|step| step.parse().ok());
    step.filter(|step| *step <= STEPS).unwrap_or_default()
}

pub fn keep_step(step: usize) {
    storage::set_in_tab(STEP, &step.to_string());
}

#[derive(Clone, Copy)]
pub struct Fields {
    kind: RwSignal<String>,
    full_name: RwSignal<String>,
    short_name: RwSignal<String>,
    region: RwSignal<String>,
    municipality: RwSignal<String>,
    settlement: RwSignal<String>,
    time_zone: RwSignal<String>,
    inn: RwSignal<String>,
    kpp: RwSignal<String>,
    surname: RwSignal<String>,
    given: RwSignal<String>,
    patronymic: RwSignal<String>,
    phone: RwSignal<String>,
    email: RwSignal<String>,
}

impl Fields {
    /// Filled with what this device keeps at a place, or else with a questionnaire. What is typed from now on is
    /// kept there at every keystroke: a page may be loaded again at any time.
    pub fn kept(place: String, questionnaire: Option<&Questionnaire>) -> Self {
        let kept = storage::get(&place)
            .and_then(|kept| common::json::from_str::<Questionnaire>(&kept).ok());
        let start = kept.or_else(|| questionnaire.cloned());
        let field = |read: fn(&Questionnaire) -> &str| {
            RwSignal::new(start.as_ref().map(read).unwrap_or_default().to_owned())
        };
        let zone = match &start {
            Some(it) => it.time_zone.as_str(),
            None => zones::of_this_device(),
        };
        let fields = Self {
            kind: field(|it| it.kind.as_str()),
            full_name: field(|it| &it.full_name),
            short_name: field(|it| &it.short_name),
            region: field(|it| &it.region),
            municipality: field(|it| &it.municipality),
            settlement: field(|it| &it.settlement),
            time_zone: RwSignal::new(zone.to_owned()),
            inn: field(|it| &it.inn),
            kpp: field(|it| &it.kpp),
            surname: field(|it| &it.name.surname),
            given: field(|it| &it.name.given),
            patronymic: field(|it| it.name.patronymic.as_deref().unwrap_or_default()),
            phone: field(|it| &it.phone),
            email: field(|it| &it.email),
        };
        fields.keep(place);
        fields
    }

    pub fn get(self) -> Questionnaire {
        Questionnaire {
            kind: SchoolKind::parse(&self.kind.get_untracked()).unwrap_or(SchoolKind::General),
            full_name: self.full_name.get_untracked(),
            short_name: self.short_name.get_untracked(),
            region: self.region.get_untracked(),
            municipality: self.municipality.get_untracked(),
            settlement: self.settlement.get_untracked(),
            time_zone: self.time_zone.get_untracked(),
            inn: self.inn.get_untracked(),
            kpp: self.kpp.get_untracked(),
            name: Name {
                surname: self.surname.get_untracked(),
                given: self.given.get_untracked(),
                patronymic: Some(self.patronymic.get_untracked())
                    .filter(|it| !it.trim().is_empty()),
            },
            phone: self.phone.get_untracked(),
            email: self.email.get_untracked(),
        }
    }

    fn keep(self, place: String) {
        let mut begun = false;
        effect(move || {
            for field in self.all() {
                field.track();
            }
            // What nobody has touched is no draft.
            if std::mem::replace(&mut begun, true)
                && let Ok(draft) = common::json::to_string(&self.get())
            {
                storage::set(&place, &draft);
            }
        });
    }

    fn all(self) -> [RwSignal<String>; 14] {
        [
            self.kind,
            self.full_name,
            self.short_name,
            self.region,
            self.municipality,
            self.settlement,
            self.time_zone,
            self.inn,
            self.kpp,
            self.surname,
            self.given,
            self.patronymic,
            self.phone,
            self.email,
        ]
    }

    /// Shows what is wrong with one step; true: nothing.
    pub fn check(self, step: usize, problems: FormErrors) -> bool {
        let Err(Error::Invalid(mut wrong)) = self.get().checked() else {
            return true;
        };
        wrong.retain(|one| PLACES[step].contains(&one.field.as_str()));
        let right = wrong.is_empty();
        if !right {
            errors::show(problems, &Error::Invalid(wrong));
        }
        right
    }

    /// The step on which a field stands that the server found fault with.
    pub fn step_of(problems: FormErrors) -> Option<usize> {
        PLACES
            .iter()
            .position(|fields| fields.iter().any(|field| problems.of(field).is_some()))
    }

    pub fn view(self, step: usize) -> AnyView {
        match step {
            0 => self.organisation(),
            1 => self.place(),
            2 => self.numbers(),
            3 => self.administrator(),
            _ => self.contacts(),
        }
    }

    fn organisation(self) -> AnyView {
        if self.kind.with_untracked(String::is_empty) {
            self.kind.set(SchoolKind::General.as_str().to_owned());
        }
        let kinds = Signal::derive(|| {
            SchoolKind::ALL
                .map(|kind| (kind.as_str().to_owned(), kind_words(kind).to_owned()))
                .to_vec()
        });
        view! {
            <SelectField name="kind" value=self.kind label=t!(applications.kind) options=kinds />
            <TextField name="full_name" value=self.full_name label=t!(applications.full_name) hint=t!(applications.full_name_hint) autocomplete="organization" />
            <TextField name="short_name" value=self.short_name label=t!(applications.short_name) hint=t!(applications.short_name_hint) />
        }
        .into_any()
    }

    fn place(self) -> AnyView {
        view! {
            <TextField name="region" value=self.region label=t!(applications.region) hint=t!(applications.region_hint) autocomplete="address-level1" />
            <TextField name="municipality" value=self.municipality label=t!(applications.municipality) hint=t!(applications.municipality_hint) />
            <TextField name="settlement" value=self.settlement label=t!(applications.settlement) autocomplete="address-level2" />
            <ZoneField value=self.time_zone />
        }
        .into_any()
    }

    fn numbers(self) -> AnyView {
        view! {
            <TextField name="inn" value=self.inn label=t!(applications.inn) hint=t!(applications.inn_hint) inputmode="numeric" />
            <TextField name="kpp" value=self.kpp label=t!(applications.kpp) hint=t!(applications.kpp_hint) />
        }
        .into_any()
    }

    fn administrator(self) -> AnyView {
        view! {
            <p class="public__more">{t!(applications.administrator_lead)}</p>
            <TextField name="name.surname" value=self.surname label=t!(registration.surname) autocomplete="family-name" />
            <TextField name="name.given" value=self.given label=t!(registration.given) autocomplete="given-name" />
            <TextField name="name.patronymic" value=self.patronymic label=t!(registration.patronymic) autocomplete="additional-name" optional=true />
        }
        .into_any()
    }

    fn contacts(self) -> AnyView {
        view! {
            <p class="public__more">{t!(applications.phone_lead)}</p>
            <PhoneField value=self.phone label=t!(registration.phone) />
            <TextField name="email" value=self.email label=t!(applications.email) kind="email" inputmode="email" autocomplete="email" />
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What browsers out there have kept. Add to it, never change it: a new field has a default.
    #[test]
    fn drafts_of_every_version_are_read() {
        let first = r#"{"kind":"KIND","full_name":"Школа № 7","short_name":"Школа 7","region":"Москва","municipality":"","settlement":"","inn":"7707083893","kpp":"770701001","name":{"surname":"Белова","given":"Ольга"},"phone":"","email":""}"#;
        let first = first.replace("KIND", SchoolKind::General.as_str());
        let read = common::json::from_str::<Questionnaire>(&first).unwrap();
        assert_eq!(read.short_name, "Школа 7");
        assert_eq!(read.time_zone, "Europe/Moscow");
        let second = first.replace(r#""inn""#, r#""time_zone":"Asia/Omsk","inn""#);
        let read = common::json::from_str::<Questionnaire>(&second);
        assert_eq!(read.unwrap().time_zone, "Asia/Omsk");
    }
}
