use common::SchoolId;
use common::schools::{EditSchool, GetSchool, School, SchoolInfo};
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
use crate::{api, errors, store, t, text};

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
        Some((id, code)) => view! { <Edit id code fields /> }.into_any(),
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

/// What is written.
#[derive(Clone, Copy)]
struct Fields {
    typed: [RwSignal<String>; 10],
    /// As it was saved last, by whomever.
    saved: StoredValue<Option<School>>,
}

/// In the order of [`Fields::typed`].
fn texts(school: &School) -> [&str; 10] {
    let info = &school.info;
    [
        &school.full_name,
        &school.short_name,
        &school.time_zone,
        &info.about,
        &info.address,
        &info.phone,
        &info.email,
        &info.hours,
        &info.site,
        &info.journal,
    ]
}

impl Fields {
    fn new() -> Self {
        Self {
            typed: std::array::from_fn(|_| RwSignal::new(String::new())),
            saved: StoredValue::new(None),
        }
    }

    /// Takes what somebody has saved, but for the fields that are being written.
    fn follow(self, school: &School) {
        let before = self.saved.get_value();
        let before = before.filter(|before| before.id == school.id);
        let before = before.as_ref().map(texts);
        for (place, (field, text)) in self.typed.iter().zip(texts(school)).enumerate() {
            let written =
                before.is_some_and(|before| field.with_untracked(|typed| typed != before[place]));
            if !written {
                field.set(text.to_owned());
            }
        }
        self.saved.set_value(Some(school.clone()));
    }

    /// Takes all that was saved.
    fn begin(self, school: &School) {
        self.saved.set_value(None);
        self.follow(school);
    }

    fn request(self, school: SchoolId) -> EditSchool {
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
        ] = self.typed.map(|field| field.get_untracked());
        EditSchool {
            school,
            full_name,
            short_name,
            time_zone,
            info: SchoolInfo {
                about,
                address,
                phone,
                email,
                site,
                hours,
                journal,
            },
        }
    }
}

#[component]
fn Edit(id: SchoolId, code: String, fields: Fields) -> AnyView {
    let problems = FormErrors::new();
    let busy = RwSignal::new(false);
    let submit = move || {
        busy.set(true);
        let request = fields.request(id);
        spawn_local(async move {
            match api::call(request).await {
                Ok(saved) => {
                    if !busy.is_disposed() {
                        fields.begin(&saved);
                    }
                    toast::show(text!(admin.saved));
                }
                Err(common::Error::Invalid(all)) => {
                    for wrong in all {
                        let field = wrong
                            .field
                            .rsplit('.')
                            .next()
                            .unwrap_or_default()
                            .to_owned();
                        problems.add(field, errors::problem(wrong.problem));
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
    view! {
        <Card title=t!(schools.code)>
            <p class="code">{code}</p>
            <p class="rows__note">{t!(admin.code_hint)}</p>
        </Card>
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
