use std::time::Duration;

use common::Secret;
use common::schools::applications::{
    Application, ApplicationState, GetApplication, RegisterAdministrator, Resubmit,
};
use leptos::{prelude::*, task::spawn_local};
use web_sys::VisibilityState;

use super::facts::facts;
use super::order::Order;
use super::questionnaire::{Fields, STEPS, corrections, forget_corrections};
use super::sending;
use crate::accounts::{NewPerson, Reach, Registration};
use crate::admin::route::AdminRoute;
use crate::load::Load;
use crate::reactive::Derived;
use crate::route::Route;
use crate::store::{self, Session};
use crate::ui::{
    Banner, Button, ButtonLink, Card, EmptyState, Form, FormErrors, Icon, PublicPage, Shape, Tone,
    Variant, copy, live, time,
};
use crate::{api, errors, router, t, text};

/// The applicant's private page: the state, correcting what was returned, taking over at last.
#[component]
pub fn ApplicationPage(secret: String) -> AnyView {
    let secret = Secret(secret);
    sending::arrived(&secret);
    let secret = StoredValue::new(secret);
    let application = Load::new(move || GetApplication {
        secret: secret.get_value(),
    });
    follow(application);
    let order = Order::new(secret, application);
    // Drawn anew only when it has changed: what somebody writes or chooses there stays.
    let seen = Derived::new(move || application.with(Clone::clone));
    let content = live(move || match seen.get() {
        None => application.view(Shape::Form, |_| ().into_any()),
        Some(it) => view(&it, secret, application, order),
    });
    view! { <PublicPage title=t!(applications.state_title) wide=true>{content}</PublicPage> }
        .into_any()
}

/// So often it is looked whether the operator has decided.
const BEAT: Duration = Duration::from_secs(15);

/// An applicant has no account, so that nothing tells of the decision: the page asks, while somebody looks at it
/// and waits.
fn follow(application: Load<Application>) {
    let look = move || {
        let waits = application.with(|it| {
            matches!(
                it.state,
                // Who corrects it should know that it was refused meanwhile.
                ApplicationState::Submitted | ApplicationState::Returned { .. }
            )
        });
        if waits == Some(true) && document().visibility_state() == VisibilityState::Visible {
            application.again();
        }
    };
    let look = move || untrack(look);
    if let Ok(beat) = set_interval_with_handle(look, BEAT) {
        on_cleanup(move || beat.clear());
    }
    let comes_back = window_event_listener_untyped("visibilitychange", move |_| look());
    on_cleanup(move || comes_back.remove());
}

fn view(
    it: &Application,
    secret: StoredValue<Secret>,
    load: Load<Application>,
    order: Order,
) -> AnyView {
    if !matches!(it.state, ApplicationState::Returned { .. }) {
        forget_corrections(it.id, None);
    }
    let heading = format!(
        "{}, {}",
        it.questionnaire.short_name, it.questionnaire.settlement
    );
    let submitted = it.submitted_at;
    let missing = it.state == ApplicationState::Submitted && it.order.is_none();
    let rest = missing.then(|| {
        view! {
            <Banner shown=Signal::stored(true) words=t!(applications.order_missing) icon=Icon::INFO tone=Tone::Warn />
            {order.view(it, Variant::Primary)}
        }
        .into_any()
    });
    let title = if missing {
        t!(applications.received)
    } else {
        t!(applications.submitted)
    };
    let state = match &it.state {
        ApplicationState::Submitted => view! {
            <EmptyState icon=Icon::CLOCK title hint=t!(applications.submitted_hint)>
                <Button label=t!(applications.copy_link) icon=Icon::COPY on_click=copy_link />
            </EmptyState>
        }
        .into_any(),
        ApplicationState::Returned { remarks } => returned(it, remarks, secret, load, order),
        ApplicationState::Refused { reason } => view! {
            <EmptyState icon=Icon::X title=t!(applications.refused) hint=reason.clone()>
                <ButtonLink label=t!(applications.apply_again) href=AdminRoute::Apply />
            </EmptyState>
        }
        .into_any(),
        ApplicationState::Approved { claimed: true, .. } => view! {
            <EmptyState icon=Icon::CHECK title=t!(applications.claimed)>
                <ButtonLink label=t!(accounts.sign_in) href=Route::Home />
            </EmptyState>
        }
        .into_any(),
        ApplicationState::Approved { .. } => {
            view! { <TakeOver application=it.clone() secret /> }.into_any()
        }
    };
    let summary = (it.state == ApplicationState::Submitted).then(|| {
        let facts = facts(&it.questionnaire);
        view! { <Card title=t!(applications.sent)>{facts}</Card> }
    });
    view! {
        <p class="public__lead">{heading} " · " {move || time::date(submitted)}</p>
        {rest}
        {state}
        {summary}
    }
    .into_any()
}

fn copy_link() {
    let Ok(href) = window().location().href() else {
        return;
    };
    copy(&href);
}

fn returned(
    it: &Application,
    remarks: &str,
    secret: StoredValue<Secret>,
    load: Load<Application>,
    order: Order,
) -> AnyView {
    let id = it.id;
    forget_corrections(it.id, Some(&corrections(it)));
    let fields = Fields::kept(corrections(it), Some(&it.questionnaire));
    let problems = FormErrors::new();
    let busy = RwSignal::new(false);
    let submit = move || {
        // All steps, not only up to the first with a problem.
        let wrong = (0..STEPS)
            .filter(|step| !fields.check(*step, problems))
            .count();
        if wrong > 0 {
            return;
        }
        busy.set(true);
        let request = Resubmit {
            secret: secret.get_value(),
            questionnaire: fields.get(),
        };
        spawn_local(async move {
            // A file that was chosen is meant, also without a press of its button.
            if order.upload().await {
                match api::repeat(request).await {
                    Ok(_) => {
                        forget_corrections(id, None);
                        load.again();
                    }
                    Err(error) => errors::show(problems, &error),
                }
            }
            busy.try_set(false);
        });
    };
    let remarks = Signal::stored(remarks.to_owned());
    // While the order is on its way, this would send it once more.
    let working = Signal::derive(move || busy.get() || order.busy.get());
    view! {
        <Banner shown=Signal::stored(true) words=remarks icon=Icon::INFO tone=Tone::Warn />
        <p class="public__more">{t!(applications.returned)}</p>
        {order.view(it, Variant::default())}
        <Form errors=problems on_submit=submit>
            {(0..STEPS).map(|step| fields.view(step)).collect::<Vec<_>>()}
            <Button label=t!(applications.resubmit) variant=Variant::Primary wide=true busy=working />
        </Form>
    }
    .into_any()
}

/// The rights belong to the application's phone (R10): a new account gets it, a known one has it.
#[component]
fn TakeOver(application: Application, secret: StoredValue<Secret>) -> AnyView {
    let person = NewPerson::new();
    person.set_name(&application.questionnaire.name);
    person.phone.set(application.questionnaire.phone.clone());
    let phone = application.questionnaire.phone;
    let problems = FormErrors::new();
    let busy = RwSignal::new(false);
    let send = move |register: bool| {
        busy.set(true);
        let request = RegisterAdministrator {
            secret: secret.get_value(),
            account: register.then(|| person.account()),
        };
        spawn_local(async move {
            match api::call(request).await {
                Ok(school) => {
                    store::signed_in();
                    store::choose_school(school);
                    router::go(AdminRoute::Structure);
                }
                Err(error) => errors::show(problems, &error),
            }
            busy.try_set(false);
        });
    };
    let form = live(move || {
        if store::session() == Session::In {
            let name = store::with(|state| state.me.name.short()).unwrap_or_default();
            view! {
                <Form errors=problems on_submit=move || send(false)>
                    <Button label=text!(applications.take_over_as, name = name) variant=Variant::Primary wide=true busy />
                </Form>
            }
            .into_any()
        } else {
            view! {
                <Registration person problems reach=Reach::Given busy action=t!(applications.take_over) on_submit=move || send(true) />
                <p class="public__more">
                    {t!(invites.have_account_question)} " "
                    <a href=Route::SignIn.href() on:click=|_| store::return_here()>{t!(accounts.sign_in)}</a>
                </p>
            }
            .into_any()
        }
    });
    view! {
        <p class="public__lead">{t!(applications.approved, phone = phone)}</p>
        {form}
    }
    .into_any()
}
