use common::people::{EndRole, GrantRole, Person, ResetPassword};
use common::permissions::{Action, Role};
use common::{Error, Paged};
use leptos::{prelude::*, task::spawn_local};

use crate::load::Load;
use crate::ui::{Button, Icon, RoleBadge, Variant, copy, live, role_title};
use crate::{api, errors, store, t, text};

/// One person: roles given and ended (R15, R17), a new password for who lost access (R48).
#[component]
pub fn Details(
    person: Person,
    chosen: RwSignal<Option<Person>>,
    open: RwSignal<bool>,
    people: Load<Paged<Person>>,
) -> AnyView {
    let id = person.id;
    let ending = RwSignal::new(None::<Role>);
    let password = RwSignal::new(None::<String>);
    let asking = RwSignal::new(false);
    // Here, where it is seen: a notice would lie under the dialog.
    let problem = RwSignal::new(String::new());
    let failed = move |error: Error| {
        problem.try_set(errors::sentence(&error));
    };
    let done = move |person: Option<Person>| {
        people.again();
        if person.is_none() {
            open.set(false);
        }
        chosen.set(person);
    };
    let grant = move |role: Role| {
        let Some(school) = untrack(store::school) else {
            return;
        };
        spawn_local(async move {
            match api::call(GrantRole {
                school,
                account: id,
                role,
            })
            .await
            {
                Ok(person) => done(Some(person)),
                Err(error) => failed(error),
            }
        });
    };
    let end = move |role: Role| {
        let Some(school) = untrack(store::school) else {
            return;
        };
        spawn_local(async move {
            match api::call(EndRole {
                school,
                account: id,
                role,
            })
            .await
            {
                Ok(person) => done(person),
                Err(error) => failed(error),
            }
        });
    };
    let reset = move || {
        let Some(school) = untrack(store::school) else {
            return;
        };
        spawn_local(async move {
            match api::call(ResetPassword {
                school,
                account: id,
            })
            .await
            {
                Ok(new) => password.set(Some(new.0)),
                Err(error) => failed(error),
            }
            asking.try_set(false);
        });
    };
    let manages = store::peek(|state| state.may(Action::ManagePeople, untrack(store::school)));
    let manages = manages.unwrap_or_default();
    let roles = Role::ALL
        .into_iter()
        .filter(|role| person.roles.has(*role))
        .map(|role| {
            let end = manages.then(|| view! { <Button label=t!(admin.end_role) on_click=move || { problem.set(String::new()); ending.set(Some(role)); } /> });
            view! {
                <li class="rows__row">
                    <span class="rows__words"><RoleBadge role /></span>
                    {end}
                </li>
            }
        })
        .collect::<Vec<_>>();
    // Inside the dialog a question is a paragraph, not a dialog over a dialog.
    let question = move || {
        ending.get().map(|role| {
            view! {
                <div class="question" role="alert">
                    <p>{live(move || text!(admin.end_role_text, role = role_title(role)))}</p>
                    <div class="actions">
                        <Button label=t!(common.cancel) on_click=move || ending.set(None) />
                        <Button label=t!(admin.end_role) variant=Variant::Danger on_click=move || { ending.set(None); end(role); } />
                    </div>
                </div>
            }
        })
    };
    let problem_shown = live(move || {
        let shown = problem.with(|words| !words.is_empty());
        shown.then(|| view! { <p class="form__summary" role="alert">{problem}</p> })
    });
    let takes = |role| manages && GrantRole::fits(role, person.roles);
    let promote = takes(Role::Administrator)
        .then(|| view! { <Button label=t!(admin.make_administrator) on_click=move || grant(Role::Administrator) /> });
    let teach = takes(Role::Teacher).then(
        || view! { <Button label=t!(admin.make_teacher) on_click=move || grant(Role::Teacher) /> },
    );
    let new_password = move || {
        if let Some(password) = password.get() {
            let copied = password.clone();
            return view! {
                <div class="question" role="alert">
                    <p>{text!(admin.new_password, password = password)}</p>
                    <div class="actions"><Button label=t!(chats.copy) icon=Icon::COPY on_click=move || copy(&copied) /></div>
                </div>
            }
            .into_any();
        }
        if asking.get() {
            return view! {
                <div class="question" role="alert">
                    <p>{t!(admin.reset_text)}</p>
                    <div class="actions">
                        <Button label=t!(common.cancel) on_click=move || asking.set(false) />
                        <Button label=t!(admin.reset) variant=Variant::Danger on_click=reset />
                    </div>
                </div>
            }
            .into_any();
        }
        view! { <Button label=t!(admin.reset) on_click=move || asking.set(true) /> }.into_any()
    };
    let reach = person
        .phone
        .clone()
        .or_else(|| person.login.clone())
        .unwrap_or_default();
    view! {
        <p class="rows__note">{reach}</p>
        <ul class="rows" role="list">{roles}</ul>
        {question}
        {problem_shown}
        <div class="actions">{promote} {teach}</div>
        {(manages && !person.roles.administrator).then_some(new_password)}
    }
    .into_any()
}
