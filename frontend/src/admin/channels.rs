//! What an administrator does with channels: makes and renames them (R88, R89).

use common::channels::{Audience, CreateChannel, RenameChannel};
use common::chats::{Chat, ChatEvent};
use common::classes::{Class, GetStructure};
use common::permissions::ChatKind;
use common::realtime::Event;
use common::{Error, SchoolId};
use leptos::{prelude::*, task::spawn_local};

use super::route::AdminRoute;
use crate::chats::school_switch::SchoolSwitch;
use crate::load::Load;
use crate::route::Route;
use crate::ui::{
    Button, Dialog, EmptyState, Form, FormErrors, Icon, IconButton, Page, SelectField, TextField,
    Variant, toast,
};
use crate::{api, errors, router, store, t, text};

/// The channels of the school, by name.
#[component]
pub fn Channels() -> AnyView {
    let channels = store::select(|state| {
        let school = store::school();
        let all = state.chats.0.values();
        let mut all: Vec<Chat> = all
            .filter(|chat| chat.kind == ChatKind::Channel && Some(chat.school) == school)
            .cloned()
            .collect();
        all.sort_by(|one, other| one.title.cmp(&other.title));
        all
    });
    let creating = RwSignal::new(false);
    let renaming = RwSignal::new(false);
    let renamed = RwSignal::new(None::<Chat>);
    let rename = Callback::new(move |channel: Chat| {
        renamed.set(Some(channel));
        renaming.set(true);
    });
    let list = move || {
        let all = channels.get();
        if all.is_empty() {
            return view! { <EmptyState icon=Icon::MEGAPHONE title=t!(channels.none) /> }
                .into_any();
        }
        let rows = all
            .into_iter()
            .map(|channel| row(channel, rename))
            .collect::<Vec<_>>();
        view! { <ul class="rows" role="list">{rows}</ul> }.into_any()
    };
    let creation = move || store::school().map(|school| creation(school, creating));
    view! {
        <Page title=t!(channels.title) back=AdminRoute::Information>
            <SchoolSwitch administered=true />
            <div class="actions">
                <Button label=t!(channels_admin.create) icon=Icon::PLUS variant=Variant::Primary on_click=move || creating.set(true) />
            </div>
            {list}
            <Dialog open=creating title=t!(channels_admin.create)>{creation}</Dialog>
            <Dialog open=renaming title=t!(channels_admin.rename)>
                {move || renamed.get().map(|channel| renamer(&channel, renaming))}
            </Dialog>
        </Page>
    }
    .into_any()
}

fn row(channel: Chat, rename: Callback<Chat>) -> AnyView {
    let title = channel.title.clone();
    let place = Route::Channel(channel.id).href();
    view! {
        <li class="rows__row">
            <span class="rows__icon">{Icon::MEGAPHONE.view()}</span>
            <span class="rows__words"><a class="rows__title" href=place>{title}</a></span>
            <IconButton label=t!(channels_admin.rename) icon=Icon::PENCIL on_click=move || rename.run(channel.clone()) />
        </li>
    }
    .into_any()
}

fn creation(school: SchoolId, open: RwSignal<bool>) -> AnyView {
    let name = RwSignal::new(String::new());
    let audience = RwSignal::new("school".to_owned());
    let classes = Load::new(move || GetStructure { school });
    let options = Signal::derive(move || audiences(classes));
    let form = Submission::new();
    let submit = move || {
        form.errors.require("name", &name.get_untracked());
        if !form.errors.none() {
            return;
        }
        let audience = match audience.get_untracked().as_str() {
            "school" => Audience::School,
            "staff" => Audience::Staff,
            "students" => Audience::Students,
            "parents" => Audience::Parents,
            class => match class.parse() {
                Ok(class) => Audience::Class(class),
                Err(_) => return,
            },
        };
        let name = name.get_untracked();
        form.send(async move {
            let request = CreateChannel {
                school,
                name,
                audience,
            };
            let channel = api::call(request).await?;
            let place = Route::Channel(channel.id);
            store::apply(&Event::Chat(ChatEvent::Chat(channel)));
            open.set(false);
            router::go(place);
            Ok(())
        });
    };
    view! {
        <Form errors=form.errors on_submit=submit>
            <TextField value=name label=t!(channels_admin.name) name="name" />
            <SelectField value=audience label=t!(channels_admin.audience) name="audience" options />
            <Button label=t!(channels_admin.create_button) variant=Variant::Primary busy=form.busy wide=true />
        </Form>
    }
    .into_any()
}

/// Who may read a channel: the school's groups, then each class that is not archived.
fn audiences(classes: Load<Vec<Class>>) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = [
        ("school", text!(channels_admin.for_school)),
        ("staff", text!(channels_admin.for_staff)),
        ("students", text!(channels_admin.for_students)),
        ("parents", text!(channels_admin.for_parents)),
    ]
    .map(|(value, words)| (value.to_owned(), words.to_owned()))
    .to_vec();
    classes.with(|classes| {
        let living = classes.iter().filter(|class| !class.archived);
        all.extend(living.map(|class| (class.id.to_string(), class.name.clone())));
    });
    all
}

fn renamer(channel: &Chat, open: RwSignal<bool>) -> AnyView {
    let (school, channel, title) = (channel.school, channel.id, channel.title.clone());
    let name = RwSignal::new(title);
    let form = Submission::new();
    let submit = move || {
        form.errors.require("name", &name.get_untracked());
        if !form.errors.none() {
            return;
        }
        let name = name.get_untracked();
        form.send(async move {
            let request = RenameChannel {
                school,
                channel,
                name,
            };
            api::call(request).await?;
            open.set(false);
            toast::show(text!(channels_admin.renamed));
            Ok(())
        });
    };
    view! {
        <Form errors=form.errors on_submit=submit>
            <TextField value=name label=t!(channels_admin.name) name="name" />
            <Button label=t!(common.save) variant=Variant::Primary busy=form.busy wide=true />
        </Form>
    }
    .into_any()
}

/// A form on its way.
#[derive(Clone, Copy)]
struct Submission {
    errors: FormErrors,
    busy: RwSignal<bool>,
}

impl Submission {
    fn new() -> Self {
        Self {
            errors: FormErrors::new(),
            busy: RwSignal::new(false),
        }
    }

    fn send(self, work: impl Future<Output = Result<(), Error>> + 'static) {
        self.busy.set(true);
        spawn_local(async move {
            let outcome = work.await;
            self.busy.try_set(false);
            if let Err(error) = outcome {
                errors::show(self.errors, &error);
            }
        });
    }
}
