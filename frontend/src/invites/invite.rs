use common::Secret;
use common::invites::{AcceptInvite, Joined, OpenInvite, OpenedInvite, RegisterByInvite};
use common::permissions::Role;
use leptos::{prelude::*, task::spawn_local};

use super::{ChildName, proceed, role_name};
use crate::accounts::{NewPerson, Reach, Registration};
use crate::load::Load;
use crate::route::Route;
use crate::store::{self, Session};
use crate::ui::{
    Button, ButtonLink, EmptyState, FormErrors, Icon, PublicPage, Shape, Variant, live,
};
use crate::{api, errors, router, t, text};

/// What is in front of the invited person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Which school, class and role; before any data.
    Look,
    Child,
    Register,
    /// The school decides.
    Waiting,
}

/// An opened invite: see it, then register in the same flow, or accept as a known person.
#[component]
pub fn InvitePage(secret: String) -> AnyView {
    let secret = Secret(secret);
    let asked = secret.clone();
    let joined = RwSignal::new(false);
    let invite = Load::when(move || {
        // Whether one is a member already depends on who is signed in. Who has just come in by it knows.
        store::session();
        (!joined.get_untracked()).then(|| OpenInvite {
            secret: asked.clone(),
        })
    });
    let content = invite.view(Shape::Form, move |opened| {
        opened_view(opened, &secret, joined)
    });
    view! { <PublicPage title=t!(invites.title)>{content}</PublicPage> }.into_any()
}

fn opened_view(opened: &OpenedInvite, secret: &Secret, joined: RwSignal<bool>) -> AnyView {
    let summary = summary(opened);
    if let Some(gone) = opened.gone {
        let sentence = Signal::derive(move || errors::rare::invite(gone));
        return view! {
            {summary}
            <EmptyState icon=Icon::CLOCK title=t!(invites.gone) hint=sentence>
                <ButtonLink label=t!(invites.ask_with_code) href=Route::Join />
            </EmptyState>
        }
        .into_any();
    }
    if opened.member {
        return view! {
            {summary}
            <EmptyState icon=Icon::CHECK title=t!(invites.member)>
                <ButtonLink label=t!(common.to_home) href=Route::Home />
            </EmptyState>
        }
        .into_any();
    }
    view! { <Flow opened=opened.clone() secret=secret.clone() joined /> }.into_any()
}

/// «Гимназия № 44, Тверь · 7А · родитель».
fn summary(opened: &OpenedInvite) -> AnyView {
    let role = opened.role;
    let class = (!opened.staff_room).then(|| opened.class_name.clone());
    let line = |label: Signal<&'static str>, words: AnyView| {
        view! { <div class="facts__line"><dt>{label}</dt><dd>{words}</dd></div> }.into_any()
    };
    view! {
        <dl class="facts">
            {line(t!(invites.school), format!("{}, {}", opened.school_name, opened.settlement).into_any())}
            {class.map(|class| line(t!(invites.class), class.into_any()))}
            {line(t!(invites.role), live(move || role_name(role)))}
            {opened.child.clone().map(|child| line(t!(invites.child), child.into_any()))}
        </dl>
    }
    .into_any()
}

#[component]
fn Flow(opened: OpenedInvite, secret: Secret, joined: RwSignal<bool>) -> AnyView {
    let step = RwSignal::new(Step::Look);
    let busy = RwSignal::new(false);
    let person = NewPerson::new();
    let child = RwSignal::new(String::new());
    let problems = FormErrors::new();
    let secret = StoredValue::new(secret);
    let names_child = opened.role == Role::Parent && opened.child.is_none();
    let signed_in = move || store::session() == Session::In;
    let child_if_asked = move || names_child.then(|| child.get_untracked());

    let arrived = move |how: Joined| {
        joined.set(true);
        store::signed_in();
        match how {
            Joined::Member { school } => {
                store::choose_school(school);
                router::go(Route::Home);
            }
            Joined::Waiting { .. } => step.set(Step::Waiting),
        }
    };
    let accept = move || {
        busy.set(true);
        let request = AcceptInvite {
            secret: secret.get_value(),
            child: child_if_asked(),
        };
        spawn_local(async move {
            match api::call(request).await {
                Ok(joined) => arrived(joined),
                Err(error) => problems.summary(errors::sentence(&error)),
            }
            busy.try_set(false);
        });
    };
    let register = move || {
        busy.set(true);
        let request = RegisterByInvite {
            secret: secret.get_value(),
            account: person.account(),
            child: child_if_asked(),
        };
        spawn_local(async move {
            match api::call(request).await {
                Ok(joined) => arrived(joined),
                Err(error) => errors::show(problems, &error),
            }
            busy.try_set(false);
        });
    };
    let child_named = move || {
        if untrack(signed_in) {
            accept();
        } else {
            proceed(step, Step::Register);
        }
    };
    let begin = move || {
        if names_child {
            proceed(step, Step::Child);
        } else {
            child_named();
        }
    };
    let reach = if opened.role == Role::Student {
        Reach::PhoneOrLogin
    } else {
        Reach::Phone
    };
    live(move || {
        match step.get() {
        Step::Look => view! {
            {summary(&opened)}
            {refusal(problems)}
            <div class="stack">
                {move || {
                    if signed_in() {
                        let name = store::with(|state| state.me.name.short()).unwrap_or_default();
                        view! { <Button label=text!(invites.join_as, name = name) variant=Variant::Primary wide=true busy on_click=begin /> }.into_any()
                    } else {
                        view! {
                            <Button label=t!(invites.new_here) variant=Variant::Primary wide=true on_click=begin />
                            <Button label=t!(invites.have_account) wide=true on_click=sign_in_first />
                        }
                        .into_any()
                    }
                }}
            </div>
            <p class="public__more">{t!(invites.voluntary)}</p>
        }
        .into_any(),
        Step::Child => view! { {summary(&opened)} {refusal(problems)} <ChildName child on_done=child_named /> }.into_any(),
        Step::Register => view! {
            <Registration person problems reach busy action=t!(invites.join) on_submit=register />
        }
        .into_any(),
        Step::Waiting => view! { {summary(&opened)} {wait_for_school()} }.into_any(),
    }
    })
}

fn wait_for_school() -> AnyView {
    view! {
        <EmptyState icon=Icon::CLOCK title=t!(invites.waiting) hint=t!(invites.waiting_hint)>
            <ButtonLink label=t!(common.to_home) href=Route::Home />
        </EmptyState>
    }
    .into_any()
}

fn refusal(problems: FormErrors) -> AnyView {
    live(move || {
        let sentence = problems.sentence();
        (!sentence.is_empty())
            .then(|| view! { <p class="form__summary" role="alert">{sentence}</p> })
    })
}

/// A known person signs in and comes back to this page.
fn sign_in_first() {
    store::return_here();
    router::go(Route::SignIn);
}
