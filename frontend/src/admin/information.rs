use common::schools::{EditSchool, GetSchool, School, SchoolInfo};
use leptos::{prelude::*, task::spawn_local};

use super::AdminRoute;
use crate::chats::SchoolSwitch;
use crate::load::Load;
use crate::ui::{
    Button, Card, Form, FormErrors, Icon, List, ListItem, Page, Shape, TextArea, TextField,
    Variant, toast,
};
use crate::{api, errors, store, t, text};

/// The information page, edited (R13); the public code to hand out.
#[component]
pub fn Information() -> AnyView {
    let school = Load::when(move || store::school().map(|school| GetSchool { school }));
    let content = school.view(Shape::Form, |school| {
        view! { <Edit school=school.clone() /> }.into_any()
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

#[component]
fn Edit(school: School) -> AnyView {
    let field = |text: &str| RwSignal::new(text.to_owned());
    let full_name = field(&school.full_name);
    let short_name = field(&school.short_name);
    let info = &school.info;
    let about = field(&info.about);
    let [address, phone, email, site, hours, journal] = [
        &info.address,
        &info.phone,
        &info.email,
        &info.site,
        &info.hours,
        &info.journal,
    ]
    .map(|text| field(text));
    let id = school.id;
    let problems = FormErrors::new();
    let busy = RwSignal::new(false);
    let submit = move || {
        busy.set(true);
        let request = EditSchool {
            school: id,
            full_name: full_name.get_untracked(),
            short_name: short_name.get_untracked(),
            info: SchoolInfo {
                about: about.get_untracked(),
                address: address.get_untracked(),
                phone: phone.get_untracked(),
                email: email.get_untracked(),
                site: site.get_untracked(),
                hours: hours.get_untracked(),
                journal: journal.get_untracked(),
            },
        };
        spawn_local(async move {
            match api::call(request).await {
                Ok(_) => toast::show(text!(admin.saved)),
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
    view! {
        <Card title=t!(schools.code)>
            <p class="code">{school.code.clone()}</p>
            <p class="rows__note">{t!(admin.code_hint)}</p>
        </Card>
        <Form errors=problems on_submit=submit>
            <TextField name="full_name" value=full_name label=t!(applications.full_name) />
            <TextField name="short_name" value=short_name label=t!(applications.short_name) />
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
