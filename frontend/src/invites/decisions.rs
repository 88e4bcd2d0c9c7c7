use common::invites::{DecideJoinRequest, GetJoinRequests, JoinRequest};
use common::parents::{DecideGuardianLink, GetGuardianLinks, GuardianLink, LinkDecision};
use common::{AccountId, ClassId, SchoolId};
use leptos::{prelude::*, task::spawn_local};

use super::role_name;
use crate::load::Load;
use crate::ui::{
    Button, Dialog, EmptyState, Form, FormErrors, Icon, SelectField, Shape, Tag, TextArea, Tone,
    Variant, live, time, toast,
};
use crate::{api, errors, t, text};

/// What is being refused.
#[derive(Clone, Copy)]
enum Case {
    Request(common::JoinRequestId),
    Link(common::GuardianLinkId),
}

/// Join requests and guardian links that wait, of a class or of the whole school (R57).
#[component]
pub fn Decisions(
    school: SchoolId,
    class: Option<ClassId>,
    #[prop(into)] on_decided: Callback<()>,
) -> AnyView {
    let requests = Load::new(move || GetJoinRequests { school, class });
    let links = Load::new(move || GetGuardianLinks { school, class });
    let refusing = RwSignal::new(None::<Case>);
    let open = RwSignal::new(false);
    let done = Callback::new(move |()| {
        requests.again();
        links.again();
        on_decided.run(());
    });
    let refuse = Callback::new(move |case: Case| {
        refusing.set(Some(case));
        open.set(true);
    });
    let asked = requests.view(Shape::List, move |all| {
        all.iter()
            .map(|request| request_row(request, refuse, done))
            .collect::<Vec<_>>()
            .into_any()
    });
    let linked = links.view(Shape::List, move |all| {
        all.iter()
            .map(|link| link_row(link, refuse, done))
            .collect::<Vec<_>>()
            .into_any()
    });
    let nothing = live(move || {
        let none = requests.with(Vec::is_empty).unwrap_or_default()
            && links.with(Vec::is_empty).unwrap_or_default();
        none.then(|| view! { <EmptyState icon=Icon::INBOX title=t!(invites_admin.nothing_waits) hint=t!(invites_admin.nothing_waits_hint) /> })
    });
    view! {
        {nothing}
        <ul class="cards" role="list">{linked} {asked}</ul>
        <Dialog open title=t!(invites_admin.refuse_title)>
            <Refuse case=refusing open done />
        </Dialog>
    }
    .into_any()
}

fn request_row(request: &JoinRequest, refuse: Callback<Case>, done: Callback<()>) -> AnyView {
    let (id, role, at) = (request.id, request.role, request.asked_at);
    let busy = RwSignal::new(false);
    let place = request.class.as_ref().map(|class| class.name.clone());
    let accept = move || {
        busy.set(true);
        spawn_local(async move {
            finish(
                api::call(DecideJoinRequest {
                    request: id,
                    refusal: None,
                })
                .await,
                done,
            );
            busy.try_set(false);
        });
    };
    let words = live(move || match &place {
        Some(class) => format!("{} · {class}", role_name(role)),
        None => role_name(role).to_owned(),
    });
    view! {
        <li class="card">
            <p class="decision__name">{request.name.clone()} {request.namesake.then(|| view! { <Tag label=t!(invites_admin.namesake) tone=Tone::Warn /> })}</p>
            <p class="rows__note">{words} " · " {move || time::stamp(at)} " " {request.phone.clone()}</p>
            {(!request.message.is_empty()).then(|| view! { <p class="decision__message">{request.message.clone()}</p> })}
            <div class="actions">
                <Button label=t!(invites_admin.refuse) on_click=move || refuse.run(Case::Request(id)) />
                <Button label=t!(invites_admin.accept) variant=Variant::Primary busy on_click=accept />
            </div>
        </li>
    }
    .into_any()
}

/// The best fitting student is chosen; the last choice is a child that isn't registered yet.
fn link_row(link: &GuardianLink, refuse: Callback<Case>, done: Callback<()>) -> AnyView {
    const NOBODY: &str = "0";
    let (id, at) = (link.id, link.asked_at);
    let busy = RwSignal::new(false);
    let first = link
        .suggestions
        .first()
        .map_or(NOBODY.to_owned(), |one| one.id.to_string());
    let child = RwSignal::new(first);
    let suggestions = link.suggestions.clone();
    let named = link.child_name.clone();
    let options = Signal::derive(move || {
        let mut all: Vec<(String, String)> = suggestions
            .iter()
            .map(|one| (one.id.to_string(), one.name.clone()))
            .collect();
        all.push((
            NOBODY.to_owned(),
            text!(invites_admin.not_registered).to_owned(),
        ));
        all
    });
    let confirm = move || {
        busy.set(true);
        let child = child
            .get_untracked()
            .parse()
            .ok()
            .filter(|id: &AccountId| id.0 != 0);
        spawn_local(async move {
            let decision = LinkDecision::Confirm { child };
            finish(
                api::call(DecideGuardianLink { link: id, decision }).await,
                done,
            );
            busy.try_set(false);
        });
    };
    view! {
        <li class="card">
            <p class="decision__name">{link.parent.name.clone()}</p>
            <p class="rows__note">{link.class.name.clone()} " · " {move || time::stamp(at)} " " {link.parent_phone.clone()}</p>
            <p>{t!(invites_admin.parent_of, child = named)}</p>
            <SelectField name="child" value=child label=t!(invites_admin.which_child) options />
            <div class="actions">
                <Button label=t!(invites_admin.refuse) on_click=move || refuse.run(Case::Link(id)) />
                <Button label=t!(invites_admin.confirm_link) variant=Variant::Primary busy on_click=confirm />
            </div>
        </li>
    }
    .into_any()
}

fn finish(answer: Result<(), common::Error>, done: Callback<()>) {
    if let Err(error) = answer {
        toast::show(errors::sentence(&error));
    }
    done.run(());
}

/// A refusal needs a reason: the person reads it.
#[component]
fn Refuse(case: RwSignal<Option<Case>>, open: RwSignal<bool>, done: Callback<()>) -> AnyView {
    let reason = RwSignal::new(String::new());
    let problems = FormErrors::new();
    let busy = RwSignal::new(false);
    // As each request calls it.
    let name = match case.get_untracked() {
        Some(Case::Link(_)) => "reason",
        _ => "refusal",
    };
    let submit = move || {
        problems.require(name, &reason.get_untracked());
        let Some(case) = case.get_untracked().filter(|_| problems.none()) else {
            return;
        };
        busy.set(true);
        let reason = reason.get_untracked();
        spawn_local(async move {
            let answer = match case {
                Case::Request(request) => {
                    api::call(DecideJoinRequest {
                        request,
                        refusal: Some(reason),
                    })
                    .await
                }
                Case::Link(link) => {
                    let decision = LinkDecision::Refuse { reason };
                    api::call(DecideGuardianLink { link, decision }).await
                }
            };
            match answer {
                Ok(()) => {
                    open.set(false);
                    done.run(());
                }
                Err(error) => errors::show(problems, &error),
            }
            busy.try_set(false);
        });
    };
    view! {
        <Form errors=problems on_submit=submit>
            <TextArea name value=reason label=t!(invites_admin.reason) hint=t!(invites_admin.reason_hint) />
            <Button label=t!(invites_admin.refuse) variant=Variant::Danger wide=true busy />
        </Form>
    }
    .into_any()
}
