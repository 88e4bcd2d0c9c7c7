use common::error::Conflict;
use common::invites::{DecideJoinRequest, GetJoinRequests, JoinRequest};
use common::parents::{DecideGuardianLink, GetGuardianLinks, GuardianLink, LinkDecision};
use common::{AccountId, ClassId, SchoolId};
use leptos::{prelude::*, task::spawn_local};
use litemap::LiteMap;

use crate::load::Load;
use crate::outbox::KeptField;
use crate::reactive::effect;
use crate::ui::{
    Button, Confirm, Dialog, EmptyState, Form, FormErrors, Icon, SelectField, Shape, Tag, TextArea,
    Tone, Variant, live, role_title, time, toast,
};
use crate::{api, errors, outbox, t, text};

/// What is being refused.
#[derive(Clone, Copy)]
enum Case {
    Request(common::JoinRequestId),
    Link(common::GuardianLinkId),
}

impl Case {
    /// Where a refusal is kept that was begun.
    fn form(self) -> String {
        match self {
            Self::Request(request) => format!("refusal.request.{request}"),
            Self::Link(link) => format!("refusal.link.{link}"),
        }
    }
}

/// Whom a guardian link is to make the parent of whom.
#[derive(Clone)]
struct Tie {
    link: common::GuardianLinkId,
    parent: String,
    /// None: not registered yet.
    child: Option<AccountId>,
    question: String,
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
    let tying = RwSignal::new(None::<Tie>);
    let asking = RwSignal::new(false);
    let tie = Callback::new(move |tie: Tie| {
        tying.set(Some(tie));
        asking.set(true);
    });
    let question = Signal::derive(move || {
        tying
            .with(|tie| tie.as_ref().map(|tie| tie.question.clone()))
            .unwrap_or_default()
    });
    let confirm = move || {
        if let Some(tie) = tying.get_untracked() {
            confirm(tie, done);
        }
    };
    let asked = requests.view(Shape::List, move |all| {
        all.iter()
            .map(|request| request_row(request, refuse, done))
            .collect::<Vec<_>>()
            .into_any()
    });
    let picked = Picked::new(LiteMap::new());
    let linked = links.view(Shape::List, move |all| {
        all.iter()
            .map(|link| link_row(link, refuse, tie, picked))
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
        <Confirm
            open=asking title=t!(invites_admin.confirm_title) text=question action=t!(invites_admin.confirm_link)
            variant=Variant::Primary on_confirm=confirm
        />
    }
    .into_any()
}

fn request_row(request: &JoinRequest, refuse: Callback<Case>, done: Callback<()>) -> AnyView {
    let (id, role, at) = (request.id, request.role, request.asked_at);
    let busy = RwSignal::new(false);
    let place = request.class.as_ref().map(|class| class.name.clone());
    let name = request.name.clone();
    let accept = move || {
        busy.set(true);
        let said = text!(invites_admin.accepted, name = name);
        spawn_local(async move {
            let request = DecideJoinRequest {
                request: id,
                refusal: None,
            };
            let answer = api::call(request).await;
            decided(Case::Request(id), &answer);
            finish(answer, said, done);
            busy.try_set(false);
        });
    };
    let words = live(move || match &place {
        Some(class) => format!("{} · {class}", role_title(role)),
        None => role_title(role).to_owned(),
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

/// The children that were chosen, where others than those chosen beforehand: they outlive rows that
/// are drawn anew.
type Picked = StoredValue<LiteMap<common::GuardianLinkId, String>>;

/// Only a student whose whole name fits is chosen beforehand; any of the class may be.
fn link_row(
    link: &GuardianLink,
    refuse: Callback<Case>,
    tie: Callback<Tie>,
    picked: Picked,
) -> AnyView {
    const NOBODY: &str = "0";
    let (id, at, confirmed) = (link.id, link.asked_at, link.confirmed);
    let first = link
        .exact
        .map_or_else(|| NOBODY.to_owned(), |id| id.to_string());
    let chosen = picked.with_value(|all| all.get(&id).cloned());
    let child = RwSignal::new(chosen.unwrap_or_else(|| first.clone()));
    effect(move || {
        let chosen = child.get();
        picked.update_value(|all| {
            if chosen == first {
                all.remove(&id);
            } else {
                all.insert(id, chosen);
            }
        });
    });
    let students = StoredValue::new([link.suggestions.clone(), link.others.clone()].concat());
    let options = Signal::derive(move || {
        let nobody = text!(invites_admin.not_registered).to_owned();
        let mut all = vec![(NOBODY.to_owned(), nobody)];
        students.with_value(|students| {
            all.extend(
                students
                    .iter()
                    .map(|one| (one.id.to_string(), one.name.clone())),
            );
        });
        all
    });
    let (parent, named, class) = (
        link.parent.name.clone(),
        link.child_name.clone(),
        link.class.name.clone(),
    );
    let ask = move || {
        let chosen = child.get_untracked();
        let student = students.with_value(|students| {
            students
                .iter()
                .find(|one| one.id.to_string() == chosen)
                .cloned()
        });
        let question = match &student {
            Some(one) => {
                text!(
                    invites_admin.confirm_text,
                    parent = parent,
                    child = one.name,
                    class = class
                )
            }
            None => {
                text!(
                    invites_admin.confirm_nobody,
                    parent = parent,
                    child = named,
                    class = class
                )
            }
        };
        tie.run(Tie {
            link: id,
            parent: parent.clone(),
            child: student.map(|one| one.id),
            question,
        });
    };
    let named = link.child_name.clone();
    view! {
        <li class="card">
            <p class="decision__name">{link.parent.name.clone()}</p>
            <p class="rows__note">{link.class.name.clone()} " · " {live(move || time::stamp(at))} " " {link.parent_phone.clone()}</p>
            <p>{t!(invites_admin.parent_of, child = named)}</p>
            {(!link.message.is_empty()).then(|| view! { <p class="decision__message">{link.message.clone()}</p> })}
            <SelectField name="child" value=child label=t!(invites_admin.which_child) options />
            <div class="actions">
                {(!confirmed).then(|| view! { <Button label=t!(invites_admin.refuse) on_click=move || refuse.run(Case::Link(id)) /> })}
                <Button
                    label=t!(invites_admin.confirm_link) variant=Variant::Primary
                    disabled=Signal::derive(move || child.with(String::is_empty)) on_click=ask
                />
            </div>
        </li>
    }
    .into_any()
}

fn confirm(tie: Tie, done: Callback<()>) {
    spawn_local(async move {
        let decision = DecideGuardianLink {
            link: tie.link,
            decision: LinkDecision::Confirm { child: tie.child },
        };
        let said = text!(invites_admin.link_confirmed, name = tie.parent);
        let answer = api::call(decision).await;
        decided(Case::Link(tie.link), &answer);
        finish(answer, said, done);
    });
}

/// A refusal that was begun is nobody's any more.
fn decided(case: Case, answer: &Result<(), common::Error>) {
    if matches!(
        answer,
        Ok(()) | Err(common::Error::Conflict(Conflict::Decided))
    ) {
        outbox::keep_begun(&case.form(), "");
    }
}

/// Says what was decided, or why not, and looks what waits now.
fn finish(answer: Result<(), common::Error>, said: String, done: Callback<()>) {
    toast::show(match answer {
        Ok(()) => said,
        Err(error) => errors::sentence(&error),
    });
    // Whoever has gone on meanwhile has nothing to look at.
    let _ = done.try_run(());
}

/// A refusal needs a reason: the person reads it.
#[component]
fn Refuse(case: RwSignal<Option<Case>>, open: RwSignal<bool>, done: Callback<()>) -> AnyView {
    let problems = FormErrors::new();
    let busy = RwSignal::new(false);
    let asked = case.get_untracked();
    // As each request calls it.
    let name = match asked {
        Some(Case::Link(_)) => "reason",
        _ => "refusal",
    };
    let reason = KeptField::new(asked.map(Case::form).unwrap_or_default()).value;
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
            decided(case, &answer);
            match answer {
                Ok(()) => {
                    open.set(false);
                    finish(Ok(()), text!(invites_admin.refused).to_owned(), done);
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
