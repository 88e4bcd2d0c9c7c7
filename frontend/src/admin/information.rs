use common::SchoolId;
use common::error::{FieldError, Problem};
use common::schools::{EditSchool, GetSchool, Information as Written, School};
use leptos::{prelude::*, task::spawn_local};

use super::route::AdminRoute;
use crate::chats::school_switch::SchoolSwitch;
use crate::load::Load;
use crate::reactive::{Derived, effect};
use crate::schools::zones::ZoneField;
use crate::ui::{
    Button, Card, Form, FormErrors, Icon, List, ListItem, Page, Shape, TextArea, TextField,
    Variant, live, toast,
};
use crate::{api, errors, outbox, store, t, text};

/// The information page, edited (R13); the public code to hand out.
#[component]
pub fn Information() -> AnyView {
    let school = Load::when(move || store::school().map(|school| GetSchool { school }));
    let fields = Fields::new();
    effect(move || {
        school.with(|school| fields.follow(school));
    });
    // Apart from the rest: the form must not be drawn anew while somebody writes in it.
    let fixed = Derived::new(move || school.with(|school| (school.id, school.code.clone())));
    let content = live(move || match fixed.get() {
        None => school.view(Shape::Form, |_| ().into_any()),
        Some((id, code)) => view! { <Edit id code fields school /> }.into_any(),
    });
    view! {
        <Page title=t!(admin.information_title)>
            <SchoolSwitch administered=true />
            <List label=t!(channels.title)>
                <ListItem href=AdminRoute::Channels title=t!(channels.manage) subtitle=t!(channels_admin.manage_hint)>
                    <span class="rows__icon">{Icon::MEGAPHONE.view()}</span>
                </ListItem>
            </List>
            {content}
        </Page>
    }
    .into_any()
}

/// How what is written is kept: a field's name, what stood there, what stands there now. A version that doesn't
/// know a field leaves it out.
type Kept = Vec<(String, String, String)>;

fn form(school: SchoolId) -> String {
    format!("information.{school}")
}

/// What is written.
#[derive(Clone, Copy)]
struct Fields {
    typed: [RwSignal<String>; 10],
    /// What the form was made from: of a field that is being written, what stood there when that began.
    before: StoredValue<Option<(SchoolId, Written)>>,
    /// Something that was begun before stands in the form.
    taken_up: RwSignal<bool>,
}

impl Fields {
    /// What is written in them is kept from now on.
    fn new() -> Self {
        let fields = Self {
            typed: std::array::from_fn(|_| RwSignal::new(String::new())),
            before: StoredValue::new(None),
            taken_up: RwSignal::new(false),
        };
        effect(move || {
            for field in fields.typed {
                field.track();
            }
            fields.keep();
        });
        fields
    }

    fn keep(self) {
        let Some((school, mut before)) = self.before.get_value() else {
            return;
        };
        let fields = self.typed.iter().zip(before.fields());
        let written = fields.filter_map(|(typed, (name, before))| {
            let written = typed.get_untracked();
            (written != *before).then(|| (name.to_owned(), before.clone(), written))
        });
        let written: Kept = written.collect();
        let text = (!written.is_empty()).then(|| common::json::to_string(&written).ok());
        outbox::keep_begun(&form(school), &text.flatten().unwrap_or_default());
    }

    /// Takes what somebody has saved, but for the fields that are being written.
    fn follow(self, school: &School) {
        let mut saved = school.information();
        let same = |it: &(SchoolId, Written)| it.0 == school.id;
        let before = self.before.get_value().filter(same);
        if let Some((_, mut before)) = before {
            let fields = before.fields().into_iter().zip(saved.fields());
            for (typed, ((_, before), (_, saved))) in self.typed.iter().zip(fields) {
                let written = typed.with_untracked(|typed| typed != before && typed != saved);
                if written {
                    saved.clone_from(before);
                } else {
                    typed.set(saved.clone());
                }
            }
            self.before.set_value(Some((school.id, saved)));
        } else {
            self.begin(school);
            self.take_up(school);
        }
    }

    /// Goes on with what was written here before, and left.
    fn take_up(self, school: &School) {
        let begun = outbox::begun(&form(school.id));
        let kept = begun.and_then(|text| common::json::from_str::<Kept>(&text).ok());
        let kept = kept.unwrap_or_default();
        let mut before = school.information();
        for (typed, (name, before)) in self.typed.iter().zip(before.fields()) {
            if let Some((_, stood, written)) = kept.iter().find(|it| it.0 == name) {
                before.clone_from(stood);
                typed.set(written.clone());
            }
        }
        self.before.set_value(Some((school.id, before)));
        self.follow(school);
        let differs = self
            .request(school.id)
            .is_some_and(|it| it.before != it.after);
        self.taken_up.set(differs);
    }

    /// Takes all that was saved.
    fn begin(self, school: &School) {
        let mut saved = school.information();
        for (typed, (_, saved)) in self.typed.iter().zip(saved.fields()) {
            typed.set(saved.clone());
        }
        self.before.set_value(Some((school.id, saved)));
        self.taken_up.set(false);
    }

    /// What is written stays, over what others have saved: the writer is told of it.
    fn know(self, school: &School) {
        self.follow(school);
        let known = (school.id, school.information());
        self.before.set_value(Some(known));
        self.keep();
    }

    fn request(self, school: SchoolId) -> Option<EditSchool> {
        let (_, before) = self.before.get_value().filter(|it| it.0 == school)?;
        let mut after = before.clone();
        for (typed, (_, after)) in self.typed.iter().zip(after.fields()) {
            *after = typed.get_untracked();
        }
        Some(EditSchool {
            school,
            before,
            after,
        })
    }
}

/// Tells which fields others have changed while they were being written, and to what: who saves once more
/// replaces that.
async fn collide(fields: Fields, problems: FormErrors, school: SchoolId, names: Vec<String>) {
    let Ok(school) = api::call(GetSchool { school }).await else {
        for name in names {
            problems.add(name, errors::problem(Problem::Changed));
        }
        return;
    };
    if fields.before.is_disposed() {
        return;
    }
    fields.know(&school);
    for (name, value) in school.information().fields() {
        if names.iter().any(|it| it == name) {
            let sentence = if value.is_empty() {
                text!(admin.cleared_meanwhile).to_owned()
            } else {
                text!(admin.changed_meanwhile, value = value)
            };
            problems.add(name, sentence);
        }
    }
}

#[component]
fn Edit(id: SchoolId, code: String, fields: Fields, school: Load<School>) -> AnyView {
    let problems = FormErrors::new();
    let busy = RwSignal::new(false);
    let submit = move || {
        let Some(request) = fields.request(id) else {
            return;
        };
        busy.set(true);
        spawn_local(async move {
            match api::call(request).await {
                Ok(saved) => {
                    outbox::keep_begun(&form(id), "");
                    if !busy.is_disposed() {
                        fields.begin(&saved);
                    }
                    toast::show(text!(admin.saved));
                }
                Err(common::Error::Invalid(all)) => {
                    let changed = |it: &FieldError| it.problem == Problem::Changed;
                    let (changed, wrong): (Vec<_>, Vec<_>) = all.into_iter().partition(changed);
                    for wrong in wrong {
                        problems.add(wrong.field, errors::problem(wrong.problem));
                    }
                    if !changed.is_empty() {
                        let names = changed.into_iter().map(|it| it.field).collect();
                        collide(fields, problems, id, names).await;
                    }
                }
                Err(error) => errors::show(problems, &error),
            }
            busy.try_set(false);
        });
    };
    let [
        full_name,
        short_name,
        time_zone,
        about,
        address,
        phone,
        email,
        hours,
        site,
        journal,
    ] = fields.typed;
    let discard = move || {
        untrack(|| school.with(|school| fields.begin(school)));
    };
    let taken_up = live(move || {
        fields.taken_up.get().then(|| {
            view! {
                <div class="question" role="status">
                    <p>{t!(admin.begun)}</p>
                    <div class="actions"><Button label=t!(admin.discard) on_click=discard /></div>
                </div>
            }
        })
    });
    view! {
        <Card title=t!(schools.code)>
            <p class="code">{code}</p>
            <p class="rows__note">{t!(admin.code_hint)}</p>
        </Card>
        {taken_up}
        <Form errors=problems on_submit=submit>
            <TextField name="full_name" value=full_name label=t!(applications.full_name) />
            <TextField name="short_name" value=short_name label=t!(applications.short_name) />
            <ZoneField value=time_zone />
            <TextArea name="about" value=about label=t!(admin.about) hint=t!(admin.about_hint) rows=6 optional=true />
            <TextField name="address" value=address label=t!(schools.address) optional=true />
            <TextField name="phone" value=phone label=t!(schools.phone) inputmode="tel" optional=true />
            <TextField name="email" value=email label=t!(schools.email) inputmode="email" optional=true />
            <TextField name="hours" value=hours label=t!(schools.hours) optional=true />
            <TextField name="site" value=site label=t!(schools.site) inputmode="url" optional=true />
            <TextField name="journal" value=journal label=t!(schools.journal) inputmode="url" optional=true />
            <Button label=t!(common.save) variant=Variant::Primary wide=true busy />
        </Form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::Kept;

    #[test]
    fn what_was_begun_with_any_version_is_read() {
        // What browsers out there have kept. Add to it, never change it.
        let text = r#"[["hours","пн–пт","пн–сб"],["a_later_field","","новое"]]"#;
        let kept: Kept = common::json::from_str(text).unwrap();
        assert_eq!(kept[0], ("hours".into(), "пн–пт".into(), "пн–сб".into()));
        assert_eq!(common::json::to_string(&kept).unwrap(), text);
    }
}
