use common::error::Conflict;
use common::schools::applications::{
    Application, ApplicationState, Decide, Decision, DownloadOrder, GetApplications,
    OpenApplication,
};
use common::{ApplicationId, Error};
use leptos::{prelude::*, task::spawn_local};

use super::route::AdminRoute;
use crate::applications::facts::facts;
use crate::load::Load;
use crate::outbox::KeptField;
use crate::ui::{
    Avatar, Button, Card, Confirm, Dialog, EmptyState, Form, FormErrors, Icon, List, ListItem,
    Page, Pager, Shape, Tag, TextArea, Tone, Variant, time, toast,
};
use crate::{api, errors, outbox, t, text};

/// Schools that ask to be admitted: those that wait first (R9).
#[component]
pub fn Applications() -> AnyView {
    let page = RwSignal::new(0);
    let all = Load::new(move || GetApplications { page: page.get() });
    let content = all.view(Shape::List, move |all| {
        if all.rows.is_empty() {
            return view! { <EmptyState icon=Icon::INBOX title=t!(admin.no_applications) hint=t!(admin.no_applications_hint) /> }.into_any();
        }
        let rows = all.rows.iter().map(row).collect::<Vec<_>>();
        view! { <List label=t!(admin.applications_title)>{rows}</List> <Pager page total=all.total /> }.into_any()
    });
    view! { <Page title=t!(admin.applications_title)>{content}</Page> }.into_any()
}

fn row(it: &Application) -> AnyView {
    let asked = &it.questionnaire;
    let (name, place) = (
        asked.short_name.clone(),
        format!("{}, {}", asked.settlement, asked.region),
    );
    let at = it.submitted_at;
    let seed = it.id.0;
    view! {
        <ListItem
            href=AdminRoute::Application(it.id).href() title=name.clone() subtitle=place
            meta=Signal::derive(move || time::stamp(at)) trailing=state(&it.state)
        >
            <Avatar name seed />
        </ListItem>
    }
    .into_any()
}

fn state(state: &ApplicationState) -> AnyView {
    let (label, tone) = match state {
        ApplicationState::Submitted => (t!(admin.state_submitted), Tone::Warn),
        ApplicationState::Returned { .. } => (t!(admin.state_returned), Tone::Neutral),
        ApplicationState::Refused { .. } => (t!(admin.state_refused), Tone::Danger),
        ApplicationState::Approved { .. } => (t!(admin.state_approved), Tone::Ok),
    };
    view! { <Tag label tone /> }.into_any()
}

/// One application: the whole questionnaire, the order, the decision.
#[component]
pub fn ApplicationReview(application: ApplicationId) -> AnyView {
    let load = Load::new(move || OpenApplication { application });
    let content = load.view(Shape::Page, move |it| review(it, load));
    view! { <Page title=t!(admin.application) back=AdminRoute::Applications>{content}</Page> }
        .into_any()
}

fn review(it: &Application, load: Load<Application>) -> AnyView {
    let id = (it.id, it.version);
    let asked = it.questionnaire.clone();
    let facts = facts(&asked);
    let order = match &it.order {
        Some(order) => {
            let (name, kb) = (order.name.clone(), order.size.div_ceil(1024));
            let words = move || text!(admin.order, name = name, kb = kb);
            let href = api::link(&DownloadOrder { application: it.id });
            view! { <a class="order" href=href target="_blank" rel="noopener" download="">{Icon::FILE_TEXT.view()} {words}</a> }.into_any()
        }
        None => view! { <p class="rows__note">{t!(admin.no_order)}</p> }.into_any(),
    };
    let remarks = match &it.state {
        ApplicationState::Returned { remarks: words }
        | ApplicationState::Refused { reason: words } => {
            Some(view! { <p class="decision__message">{words.clone()}</p> })
        }
        _ => None,
    };
    let waits = it.state == ApplicationState::Submitted;
    // It would keep its organisation from applying anew.
    let refusable = waits || matches!(it.state, ApplicationState::Returned { .. });
    let approving = RwSignal::new(false);
    let saying = RwSignal::new(false);
    let refusing = RwSignal::new(false);
    let approve = move || decide(id, Decision::Approve, load, saying, FormErrors::new());
    let buttons = refusable.then(|| {
        view! {
            <div class="actions">
                <Button label=t!(admin.refuse) variant=Variant::Danger on_click=move || { refusing.set(true); saying.set(true); } />
                {waits.then(|| view! {
                    <Button label=t!(admin.return_) on_click=move || { refusing.set(false); saying.set(true); } />
                    <Button label=t!(admin.approve) variant=Variant::Primary on_click=move || approving.set(true) />
                })}
            </div>
        }
    });
    let title = Signal::derive(move || {
        if refusing.get() {
            text!(admin.refuse)
        } else {
            text!(admin.return_)
        }
        .to_owned()
    });
    view! {
        <Card title=asked.short_name action=state(&it.state)>
            {facts}
            {order}
            {remarks}
            {buttons}
        </Card>
        <Confirm
            open=approving title=t!(admin.approve_title) text=t!(admin.approve_text) action=t!(admin.approve)
            variant=Variant::Primary on_confirm=approve
        />
        <Dialog open=saying title><Say id refusing open=saying load /></Dialog>
    }
    .into_any()
}

/// What was begun to be said to the applicant, by what it's called in the request.
const SAID: [&str; 2] = ["reason", "remarks"];

fn form(name: &str, application: ApplicationId) -> String {
    format!("{name}.application.{application}")
}

/// It's decided: nobody comes back to what was begun.
fn forget_begun(application: ApplicationId) {
    for name in SAID {
        outbox::keep_begun(&form(name, application), "");
    }
}

fn decide(
    (application, version): (ApplicationId, i32),
    decision: Decision,
    load: Load<Application>,
    open: RwSignal<bool>,
    problems: FormErrors,
) {
    spawn_local(async move {
        match api::call(Decide {
            application,
            version,
            decision,
        })
        .await
        {
            Ok(_) => {
                forget_begun(application);
                open.try_set(false);
                load.again();
            }
            // What was written is kept, and what it's about is another.
            Err(error @ Error::Conflict(Conflict::Changed | Conflict::Decided)) => {
                if error == Error::Conflict(Conflict::Decided) {
                    forget_begun(application);
                }
                open.try_set(false);
                load.again();
                toast::show(errors::sentence(&error));
            }
            // What was written stays in its dialog.
            Err(error) if open.try_get_untracked() == Some(true) => errors::show(problems, &error),
            Err(error) => toast::show(errors::sentence(&error)),
        }
    });
}

/// The applicant reads what is written here.
#[component]
fn Say(
    id: (ApplicationId, i32),
    refusing: RwSignal<bool>,
    open: RwSignal<bool>,
    load: Load<Application>,
) -> AnyView {
    let problems = FormErrors::new();
    let refuse = refusing.get_untracked();
    let name = SAID[usize::from(!refuse)];
    let words = KeptField::new(form(name, id.0)).value;
    let submit = move || {
        problems.require(name, &words.get_untracked());
        if problems.none() {
            let words = words.get_untracked();
            let decision = if refuse {
                Decision::Refuse { reason: words }
            } else {
                Decision::Return { remarks: words }
            };
            decide(id, decision, load, open, problems);
        }
    };
    view! {
        <Form errors=problems on_submit=submit>
            <TextArea name value=words label=t!(admin.remarks) hint=t!(admin.remarks_hint) rows=4 />
            {if refuse {
                view! { <Button label=t!(admin.refuse) variant=Variant::Danger wide=true /> }
            } else {
                view! { <Button label=t!(admin.return_action) variant=Variant::Primary wide=true /> }
            }}
        </Form>
    }
    .into_any()
}
