//! What an administrator does with channels: makes and renames them (R88, R89).

use common::channels::{Audience, CreateChannel, RenameChannel};
use common::chats::ChatEvent;
use common::realtime::Event;
use common::{ChatId, Error, SchoolId};
use leptos::{prelude::*, task::spawn_local};

use crate::route::Route;
use crate::ui::{
    Button, Dialog, Form, FormErrors, Icon, IconButton, SelectField, TextField, Variant, toast,
};
use crate::{api, errors, router, store, t, text};

/// The button and dialog for a new channel; nothing for others.
pub fn create() -> AnyView {
    let may = Memo::new(move |_| {
        let school = store::school()?;
        administers(school).then_some(school)
    });
    let open = RwSignal::new(false);
    (move || {
        may.get().map(|school| {
            view! {
                <IconButton label=t!(channels.create) icon=Icon::PLUS on_click=move || open.set(true) />
                <Dialog open title=t!(channels.create)>{creation(school, open)}</Dialog>
            }
        })
    })
    .into_any()
}

fn creation(school: SchoolId, open: RwSignal<bool>) -> AnyView {
    let name = RwSignal::new(String::new());
    let audience = RwSignal::new("school".to_owned());
    let options = Signal::derive(|| {
        let option = |value: &str, words: &str| (value.to_owned(), words.to_owned());
        vec![
            option("school", text!(channels.for_school)),
            option("staff", text!(channels.for_staff)),
            option("students", text!(channels.for_students)),
            option("parents", text!(channels.for_parents)),
        ]
    });
    let form = Submission::new();
    let submit = move || {
        form.errors.require("name", &name.get_untracked());
        if !form.errors.none() {
            return;
        }
        let audience = match audience.get_untracked().as_str() {
            "staff" => Audience::Staff,
            "students" => Audience::Students,
            "parents" => Audience::Parents,
            _ => Audience::School,
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
            <TextField value=name label=t!(channels.name) name="name" maxlength=60 />
            <SelectField value=audience label=t!(channels.audience) name="audience" options />
            <Button label=t!(channels.create_button) variant=Variant::Primary busy=form.busy wide=true />
        </Form>
    }
    .into_any()
}

/// The button and dialog for another name; nothing for others.
pub fn rename(channel: ChatId) -> AnyView {
    let may = store::select(move |state| {
        let school = state.chats.0.get(&channel)?.school;
        administers(school).then_some(school)
    });
    let open = RwSignal::new(false);
    (move || {
        may.get().map(|school| {
            view! {
                <IconButton label=t!(channels.rename) icon=Icon::PENCIL on_click=move || open.set(true) />
                <Dialog open title=t!(channels.rename)>{renaming(school, channel, open)}</Dialog>
            }
        })
    })
    .into_any()
}

fn renaming(school: SchoolId, channel: ChatId, open: RwSignal<bool>) -> AnyView {
    let title = store::peek(|state| state.chats.0.get(&channel).map(|it| it.title.clone()));
    let name = RwSignal::new(title.flatten().unwrap_or_default());
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
            toast::show(text!(channels.renamed));
            Ok(())
        });
    };
    view! {
        <Form errors=form.errors on_submit=submit>
            <TextField value=name label=t!(channels.name) name="name" maxlength=60 />
            <Button label=t!(common.save) variant=Variant::Primary busy=form.busy wide=true />
        </Form>
    }
    .into_any()
}

/// Tracked.
fn administers(school: SchoolId) -> bool {
    store::with(|state| {
        let mine = state.school(school);
        mine.is_some_and(|school| school.roles.administrator)
    })
    .unwrap_or_default()
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
