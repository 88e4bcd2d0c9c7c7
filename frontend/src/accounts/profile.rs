use common::Password;
use common::accounts::{AccountEvent, ChangeName, ChangePassword, Me};
use common::permissions::Action;
use common::realtime::Event;
use common::schools::MySchool;
use common::validate::{self, Check};
use leptos::{prelude::*, task::spawn_local};

use super::sessions::Sessions;
use super::{NameFields, NewPerson};
use crate::frame::Appearance;
use crate::ui::{
    Avatar, AvatarSize, Button, Card, Confirm, Dialog, Form, FormErrors, Icon, List, ListItem,
    Page, PasswordField, Tag, Tone, Variant, live, toast,
};
use crate::{api, errors, outbox, store, t, text, tn};

/// Who one is, one's schools, the look, the sessions, the way out.
#[component]
pub fn Profile() -> AnyView {
    let me = store::select(|state| Some(state.me.clone()));
    let renaming = RwSignal::new(false);
    let changing = RwSignal::new(false);
    let leaving = RwSignal::new(false);
    let leave = move || {
        spawn_local(async {
            if let Err(error) = store::sign_out().await {
                toast::show(errors::sentence(&error));
            }
        });
    };
    let ask_or_leave = move || {
        if outbox::unsent() > 0 {
            leaving.set(true);
        } else {
            leave();
        }
    };
    view! {
        <Page title=t!(profile.title)>
            {move || me.get().map(|me| person(&me, renaming))}
            <Schools />
            <Card title=t!(profile.appearance)><Appearance /></Card>
            <Sessions changed=changing />
            <Card title=t!(profile.access)>
                <div class="actions">
                    <Button label=t!(profile.change_password) icon=Icon::PENCIL on_click=move || changing.set(true) />
                    <Button label=t!(profile.sign_out) icon=Icon::LOG_OUT variant=Variant::Danger on_click=ask_or_leave />
                </div>
            </Card>
            <Dialog open=renaming title=t!(profile.rename)><Rename open=renaming /></Dialog>
            <Dialog open=changing title=t!(profile.change_password)><NewPassword open=changing /></Dialog>
            <Confirm
                open=leaving title=t!(profile.leave_title) action=t!(profile.sign_out)
                text=tn!(profile.leave_unsent, outbox::unsent()) on_confirm=leave
            />
        </Page>
    }
    .into_any()
}

fn person(me: &Me, renaming: RwSignal<bool>) -> AnyView {
    let name = me.name.full();
    let reach = me
        .phone
        .clone()
        .or_else(|| me.login.clone())
        .unwrap_or_default();
    view! {
        <div class="profile">
            <Avatar name=me.name.short() seed=me.id.0 size=AvatarSize::Large />
            <div class="profile__words">
                <p class="profile__name">{name}</p>
                <p class="profile__reach">{reach}</p>
            </div>
            <Button label=t!(common.edit) on_click=move || renaming.set(true) />
        </div>
    }
    .into_any()
}

/// One's schools: the one in sight is switched here, and the administration begins here.
#[component]
fn Schools() -> AnyView {
    let schools = store::select(|state| state.schools.clone());
    let administered = store::select(|state| {
        let ids = state.schools.iter().map(|school| school.id);
        ids.filter(|id| store::administers(state, *id))
            .collect::<Vec<_>>()
    });
    let operator = store::select(|state| state.may(Action::ReviewApplications, None));
    let admin = move |school: &MySchool| {
        administered.with(|all| all.contains(&school.id)).then(|| {
            view! { <ListItem href="/admin" title=t!(nav.admin) subtitle=school.short_name.clone()>{Icon::SHIELD.view()}</ListItem> }
        })
    };
    let choice = move || {
        let all = schools.get();
        (all.len() > 1).then(|| all.iter().map(school_choice).collect::<Vec<_>>())
    };
    let links = move || {
        let school = schools
            .get()
            .into_iter()
            .find(|school| Some(school.id) == store::school());
        view! {
            {school.as_ref().and_then(admin)}
            {operator.get().then(|| view! {
                <ListItem href="/admin/applications" title=t!(nav.applications)>{Icon::INBOX.view()}</ListItem>
            })}
        }
        .into_any()
    };
    let any = move || {
        operator.get()
            || schools.with(|all| all.len() > 1)
            || administered.with(|all| !all.is_empty())
    };
    live(move || {
        any().then(|| {
            view! {
                <Card title=t!(profile.schools)>
                    <ul class="rows" role="list">{live(choice)}</ul>
                    <List label=t!(nav.admin)>{live(links)}</List>
                </Card>
            }
        })
    })
}

fn school_choice(school: &MySchool) -> AnyView {
    let id = school.id;
    let state = live(move || {
        if store::school() == Some(id) {
            view! { <Tag label=t!(profile.school_shown) tone=Tone::Ok /> }.into_any()
        } else {
            view! { <Button label=t!(profile.show_school) on_click=move || store::choose_school(id) /> }.into_any()
        }
    });
    view! {
        <li class="rows__row">
            <span class="rows__icon">{Icon::SCHOOL.view()}</span>
            <span class="rows__words"><span class="rows__title">{school.short_name.clone()}</span></span>
            {state}
        </li>
    }
    .into_any()
}

#[component]
fn Rename(open: RwSignal<bool>) -> AnyView {
    let person = NewPerson::new();
    if let Some(name) = store::peek(|state| state.me.name.clone()) {
        person.set_name(&name);
    }
    let problems = FormErrors::new();
    let busy = RwSignal::new(false);
    let submit = move || {
        if !person.check_name(problems) {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match api::call(ChangeName {
                name: person.name(),
            })
            .await
            {
                Ok(me) => {
                    store::apply(&Event::Account(AccountEvent::Changed(me)));
                    open.set(false);
                }
                Err(error) => errors::show(problems, &error),
            }
            busy.try_set(false);
        });
    };
    view! {
        <Form errors=problems on_submit=submit>
            <NameFields person />
            <Button label=t!(common.save) variant=Variant::Primary wide=true busy />
        </Form>
    }
    .into_any()
}

#[component]
fn NewPassword(open: RwSignal<bool>) -> AnyView {
    let current = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let problems = FormErrors::new();
    let busy = RwSignal::new(false);
    let submit = move || {
        problems.require("current", &current.get_untracked());
        let mut check = Check::new();
        check.take("new", validate::password(&new.get_untracked()));
        if let Err(error) = check.done() {
            errors::show(problems, &error);
        }
        if !problems.none() {
            return;
        }
        busy.set(true);
        let request = ChangePassword {
            current: Password(current.get_untracked()),
            new: Password(new.get_untracked()),
        };
        spawn_local(async move {
            match api::call(request).await {
                Ok(()) => {
                    toast::show(text!(profile.password_changed));
                    open.set(false);
                }
                Err(error) => errors::show(problems, &error),
            }
            busy.try_set(false);
        });
    };
    view! {
        <Form errors=problems on_submit=submit>
            <PasswordField name="current" value=current label=t!(profile.current_password) />
            <PasswordField
                name="new" value=new label=t!(registration.new_password) hint=t!(registration.password_hint)
                autocomplete="new-password"
            />
            <Button label=t!(common.save) variant=Variant::Primary wide=true busy />
        </Form>
    }
    .into_any()
}
