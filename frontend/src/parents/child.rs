use common::GuardianLinkId;
use common::parents::{
    Child, ChildPage as Details, ConfirmChild, GetChildren, LinkState, ParentEvent,
};
use common::realtime::Event;
use leptos::{prelude::*, task::spawn_local};

use crate::chats::write_to::{write_button, write_to};
use crate::load::Load;
use crate::route::Route;
use crate::ui::{
    Avatar, AvatarSize, Button, ButtonLink, Card, EmptyState, Icon, Page, Shape, Tag, Tone,
    Variant, toast,
};
use crate::{api, errors, store, t, text};

/// The dialog in which a parent registers the child of a link, by the child's name: a chunk of its own, which this
/// room doesn't know.
pub type Registering = fn(GuardianLinkId, String, RwSignal<bool>) -> AnyView;

/// One child: class, teachers, and what is still to be done.
#[component]
pub fn ChildPage(link: GuardianLinkId, registering: Registering) -> AnyView {
    let children = store::select(|state| state.children.clone());
    let pages = Load::new(|| GetChildren {});
    let name = Signal::derive(move || {
        let found = children.with(|all| {
            all.iter()
                .find(|child| child.link == link)
                .map(|it| it.name.clone())
        });
        found.unwrap_or_default()
    });
    let content = pages.view(Shape::Page, move |pages| {
        pages
            .iter()
            .find(|page| page.child.link == link)
            .map_or_else(gone, |page| details(page, registering))
    });
    view! { <Page title=name back=Route::Home>{content}</Page> }.into_any()
}

fn gone() -> AnyView {
    view! {
        <EmptyState icon=Icon::USERS_ROUND title=t!(errors.not_found)>
            <ButtonLink label=t!(common.to_home) href=Route::Home />
        </EmptyState>
    }
    .into_any()
}

fn details(page: &Details, registering: Registering) -> AnyView {
    let child = &page.child;
    let class = format!("{} · {}", child.class.name, child.school_name);
    let login = page.login.clone().map(|login| {
        view! { <p class="public__more">{t!(parents.login, login = login)}</p> }
    });
    let write = child.account.filter(|_| child.state == LinkState::Confirmed).map(|account| {
        let school = child.school;
        view! { <Button label=t!(parents.write_child) icon=Icon::MESSAGE_CIRCLE on_click=move || write_to(school, account) /> }
    });
    let (name, seed) = (child.name.clone(), child.link.0);
    let teachers = teachers(page, false);
    view! {
        <div class="profile">
            <Avatar name=name.clone() seed size=AvatarSize::Large />
            <div class="profile__words">
                <p class="profile__name">{name}</p>
                <p class="profile__reach">{class}</p>
                {state_tag(child.state)}
            </div>
        </div>
        {next_step(child, registering)}
        {login}
        {write}
        <Card title=t!(parents.teachers)>{teachers}</Card>
    }
    .into_any()
}

/// What the parent can do about the link now; nothing when all is well.
pub(super) fn next_step(child: &Child, registering: Registering) -> AnyView {
    let link = child.link;
    match child.state {
        LinkState::Confirmed => ().into_any(),
        LinkState::Waiting => {
            view! { <p class="child__note">{t!(parents.note_waiting)}</p> }.into_any()
        }
        LinkState::Refused => {
            let reason = child.reason.clone().unwrap_or_default();
            view! {
                <p class="child__note">{t!(parents.note_refused, reason = reason.clone())}</p>
                <ButtonLink label=t!(nav.join) href=Route::Join />
            }
            .into_any()
        }
        LinkState::Unconfirmed => {
            let busy = RwSignal::new(false);
            view! {
                <p class="child__note">{t!(parents.note_unconfirmed)}</p>
                <Button label=t!(parents.confirm) variant=Variant::Primary busy on_click=move || confirm(link, busy) />
            }
            .into_any()
        }
        LinkState::NoAccount => {
            let open = RwSignal::new(false);
            view! {
                <p class="child__note">{t!(parents.note_no_account)}</p>
                <Button label=t!(parents.register) variant=Variant::Primary on_click=move || open.set(true) />
                {registering(link, child.name.clone(), open)}
            }
            .into_any()
        }
    }
}

fn confirm(link: GuardianLinkId, busy: RwSignal<bool>) {
    busy.set(true);
    spawn_local(async move {
        match api::call(ConfirmChild { link }).await {
            Ok(page) => {
                store::apply(&Event::Parent(ParentEvent::Child(page.child)));
                toast::show(text!(parents.confirmed));
            }
            Err(error) => toast::show(errors::sentence(&error)),
        }
        busy.try_set(false);
    });
}

/// The class teacher first; one tap opens the conversation. `folded` shows the others when asked.
pub(super) fn teachers(page: &Details, folded: bool) -> AnyView {
    let school = page.child.school;
    let mut rows = page
        .teachers
        .iter()
        .map(|teacher| {
            let id = teacher.person.id;
            let name = teacher.person.name.clone();
            let note = teacher.class_teacher.then(|| t!(parents.class_teacher));
            let write = write_button(school, id, name.clone());
            view! {
                <li class="rows__row">
                    <Avatar name=name.clone() seed=id.0 />
                    <span class="rows__words">
                        <span class="rows__title">{name}</span>
                        <span class="rows__note">{note}</span>
                    </span>
                    {write}
                </li>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    let others = rows.split_off(if folded {
        1.min(rows.len())
    } else {
        rows.len()
    });
    let others = (!others.is_empty()).then(|| {
        view! {
            <details>
                <summary>{t!(parents.teachers)} ": " {others.len()}</summary>
                <ul class="rows" role="list">{others}</ul>
            </details>
        }
    });
    view! { <ul class="rows" role="list">{rows}</ul> {others} }.into_any()
}

/// The link's state in a word; none when all is well.
pub(super) fn state_tag(state: LinkState) -> AnyView {
    let (label, tone) = match state {
        LinkState::Confirmed => return ().into_any(),
        LinkState::Waiting => (t!(parents.state_waiting), Tone::Warn),
        LinkState::NoAccount => (t!(parents.state_no_account), Tone::Neutral),
        LinkState::Unconfirmed => (t!(parents.state_unconfirmed), Tone::Warn),
        LinkState::Refused => (t!(parents.state_refused), Tone::Danger),
    };
    view! { <Tag label tone /> }.into_any()
}
