use common::Error;
use common::invites::{AskToJoin, FindSchool, FoundSchool};
use common::parents::CHILD_NAME_LIMIT;
use common::permissions::Role;
use common::validate::Check;
use leptos::{prelude::*, task::spawn_local};

use super::proceed;
use crate::accounts::{NewPerson, Reach, Registration};
use crate::route::Route;
use crate::store::{self, Session};
use crate::ui::{
    Button, ButtonLink, EmptyState, Form, FormErrors, Icon, PublicPage, SegmentedControl,
    SelectField, TextArea, TextField, Variant, live,
};
use crate::{api, errors, router, t, text};

const ROLES: [Role; 3] = [Role::Parent, Role::Student, Role::Teacher];

/// What is in front of the person who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The school's code.
    Code,
    /// Who one is.
    Ask,
    Register,
    /// The school decides.
    Waiting,
}

/// Without an invite: the school's code, who one is, and a request that the school decides (R57).
#[component]
pub fn JoinPage(code: String) -> AnyView {
    let step = RwSignal::new(Step::Code);
    let code = RwSignal::new(code);
    let found = RwSignal::new(None::<FoundSchool>);
    let role = RwSignal::new(0_usize);
    let class = RwSignal::new(String::new());
    let child = RwSignal::new(String::new());
    let message = RwSignal::new(String::new());
    let person = NewPerson::new();
    let busy = RwSignal::new(false);
    let problems = FormErrors::new();

    let find = move || {
        problems.require("code", &code.get_untracked());
        if !problems.none() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match api::call(FindSchool {
                code: code.get_untracked(),
            })
            .await
            {
                Ok(school) => {
                    found.set(Some(school));
                    proceed(step, Step::Ask);
                }
                Err(Error::NotFound) => problems.add("code", text!(invites.no_such_code)),
                Err(error) => errors::show(problems, &error),
            }
            busy.try_set(false);
        });
    };
    let send = move |register: bool| {
        busy.set(true);
        let role = ROLES[role.get_untracked()];
        let request = AskToJoin {
            code: code.get_untracked(),
            class: class
                .get_untracked()
                .parse()
                .ok()
                .filter(|_| role != Role::Teacher),
            role,
            message: message.get_untracked(),
            child: (role == Role::Parent).then(|| child.get_untracked()),
            account: register.then(|| person.account()),
        };
        spawn_local(async move {
            match api::call(request).await {
                Ok(()) => {
                    store::signed_in();
                    step.set(Step::Waiting);
                }
                Err(error) => errors::show(problems, &error),
            }
            busy.try_set(false);
        });
    };
    let ask = move || {
        let chosen = ROLES[role.get_untracked()];
        let mut check = Check::new();
        if chosen != Role::Teacher {
            check.text("class", &class.get_untracked(), 20);
        }
        if chosen == Role::Parent {
            check.text("child", &child.get_untracked(), CHILD_NAME_LIMIT);
        }
        if let Err(error) = check.done() {
            errors::show(problems, &error);
        } else if untrack(store::session) == Session::In {
            send(false);
        } else {
            proceed(step, Step::Register);
        }
    };
    let content = live(move || {
        match step.get() {
        Step::Code => view! {
            <Form errors=problems on_submit=find>
                <TextField name="code" value=code label=t!(invites.code) hint=t!(invites.code_hint) />
                <Button label=t!(invites.find) variant=Variant::Primary wide=true busy />
            </Form>
            <p class="public__more">
                {t!(invites.have_account_question)} " "
                <a href=Route::SignIn.href() on:click=|_| store::return_here()>{t!(accounts.sign_in)}</a>
            </p>
        }
        .into_any(),
        Step::Ask => asking(Asking { found, role, class, child, message, problems, busy, on_submit: Callback::new(move |()| ask()) }),
        Step::Register => {
            let reach = if ROLES[role.get_untracked()] == Role::Student { Reach::PhoneOrLogin } else { Reach::Phone };
            view! { <Registration person problems reach busy action=t!(invites.ask) on_submit=move || send(true) /> }.into_any()
        }
        Step::Waiting => view! {
            <EmptyState icon=Icon::CLOCK title=t!(invites.asked) hint=t!(invites.asked_hint)>
                <ButtonLink label=t!(common.to_home) href=Route::Home />
            </EmptyState>
        }
        .into_any(),
    }
    });
    if !code.with_untracked(String::is_empty) {
        find();
    }
    let lead = Signal::derive(move || {
        let asked = step.get() == Step::Waiting;
        if asked { "" } else { text!(invites.join_lead) }.to_owned()
    });
    view! { <PublicPage title=t!(nav.join) lead>{content}</PublicPage> }.into_any()
}

struct Asking {
    found: RwSignal<Option<FoundSchool>>,
    role: RwSignal<usize>,
    class: RwSignal<String>,
    child: RwSignal<String>,
    message: RwSignal<String>,
    problems: FormErrors,
    busy: RwSignal<bool>,
    on_submit: Callback<()>,
}

fn asking(it: Asking) -> AnyView {
    let Asking {
        found,
        role,
        class,
        child,
        message,
        problems,
        busy,
        on_submit,
    } = it;
    let school = found.with(|found| {
        found
            .as_ref()
            .map(|found| format!("{}, {}", found.full_name, found.settlement))
    });
    let classes = Signal::derive(move || {
        found.with(|found| {
            let all = found.iter().flat_map(|found| &found.classes);
            all.map(|class| (class.id.to_string(), class.name.clone()))
                .collect::<Vec<_>>()
        })
    });
    let roles = [t!(ui.parent), t!(ui.student), t!(ui.teacher)]
        .map(Into::into)
        .to_vec();
    let chosen = move || ROLES[role.get()];
    // Who isn't known yet registers first.
    let send = Signal::derive(move || {
        let known = store::session() == Session::In;
        if known {
            text!(invites.ask)
        } else {
            text!(registration.next)
        }
        .to_owned()
    });
    let which_class = live(move || {
        (chosen() != Role::Teacher).then(|| {
            view! { <SelectField name="class" value=class label=t!(invites.class) options=classes /> }
        })
    });
    let whose = live(move || {
        (chosen() == Role::Parent).then(|| {
            view! { <TextField name="child" value=child label=t!(invites.child_name) hint=t!(invites.child_hint) /> }
        })
    });
    view! {
        <p><strong>{school}</strong></p>
        <Form errors=problems on_submit=move || on_submit.run(())>
            <SegmentedControl label=t!(invites.who) options=roles selected=role />
            {which_class}
            {whose}
            <TextArea name="message" value=message label=t!(invites.message) hint=t!(invites.message_hint) rows=2 optional=true />
            <Button label=send variant=Variant::Primary wide=true busy />
        </Form>
        <p class="public__more"><a href=Route::Join.href() on:click=move |_| router::replace(Route::Join)>{t!(invites.other_school)}</a></p>
    }
    .into_any()
}
