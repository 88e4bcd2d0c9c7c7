use common::chats::Chat;
use common::parents::{Child, ChildPage, GetChildren};
use common::permissions::{Action, ChatKind, Role};
use common::realtime::State;
use common::schools::MySchool;
use leptos::prelude::*;

use super::child::{self, Registering, state_tag};
use crate::admin::route::AdminRoute;
use crate::chats::said::said;
use crate::chats::school_switch::SchoolSwitch;
use crate::chats::title::title;
use crate::load::Load;
use crate::route::Route;
use crate::ui::{
    Avatar, ButtonLink, Card, EmptyState, Icon, List, ListItem, Page, Shape, Tag, Tone, live, time,
};
use crate::{reactive::Derived, store, t, tn};

/// Chats shown at the most.
const NEW: usize = 6;
/// Announcements shown at the most.
const POSTS: usize = 4;

/// Children with their teachers, what waits for a decision, announcements, unread chats.
#[component]
pub fn Today(registering: Registering) -> AnyView {
    let name = store::select(greeted);
    view! {
        <Page title=t!(parents.hello, name = name.get())>
            <SchoolSwitch />
            <Requests />
            <Children registering />
            <Waiting />
            <Announcements />
            <Unread />
            <Nowhere />
        </Page>
    }
    .into_any()
}

/// Adults are addressed with the patronymic, children by their name.
fn greeted(state: &State) -> String {
    let name = &state.me.name;
    let student = |school: &MySchool| school.roles.shown() == Some(Role::Student);
    if state.schools.iter().any(student) {
        name.given.clone()
    } else {
        name.address()
    }
}

/// One's own requests to join: still waiting, or refused and why.
#[component]
fn Requests() -> AnyView {
    let requests = store::select(|state| state.requests.clone());
    live(move || {
        let all = requests.get();
        (!all.is_empty()).then(|| {
            let rows = all
                .into_iter()
                .map(|request| {
                    let place = request.class_name.unwrap_or(request.school_name);
                    let note = request.refused.clone();
                    let tag = match &request.refused {
                        None => view! { <Tag label=t!(parents.request_waits) tone=Tone::Warn /> }.into_any(),
                        Some(_) => view! { <Tag label=t!(parents.request_refused) tone=Tone::Danger /> }.into_any(),
                    };
                    view! {
                        <li class="rows__row">
                            <span class="rows__words">
                                <span class="rows__title">{place}</span>
                                <span class="rows__note">{note}</span>
                            </span>
                            {tag}
                        </li>
                    }
                    .into_any()
                })
                .collect::<Vec<_>>();
            view! { <Card title=t!(parents.requests)><ul class="rows" role="list">{rows}</ul></Card> }
        })
    })
}

/// A card per child: the class, the class teacher and teachers with one-tap writing, unread.
#[component]
fn Children(registering: Registering) -> AnyView {
    let children = store::select(|state| state.children.clone());
    let any = Derived::new(move || children.with(|all| !all.is_empty()));
    // The state says which children there are; their teachers are asked for.
    let pages = Load::when(move || any.get().then_some(GetChildren {}));
    live(move || {
        any.get().then(|| {
            pages.view(Shape::List, move |pages| {
                let several = pages.len() > 1;
                pages
                    .iter()
                    .map(|page| card(page, several, registering))
                    .collect::<Vec<_>>()
                    .into_any()
            })
        })
    })
}

/// Of several children the teachers are folded: the announcements below must not be out of reach.
fn card(page: &ChildPage, folded: bool, registering: Registering) -> AnyView {
    let child = &page.child;
    let unread = unread_for(child);
    let teachers = child::teachers(page, folded);
    let link = Route::Child(child.link);
    let class = format!("{} · {}", child.class.name, child.school_name);
    let next = child::next_step(child, registering);
    view! {
        <section class="card child">
            <a class="child__head" href=link.href()>
                <Avatar name=child.name.clone() seed=child.link.0 />
                <span class="child__words">
                    <span class="child__name">{child.name.clone()}</span>
                    <span class="child__class">{class}</span>
                    {state_tag(child.state)}
                </span>
                {Icon::CHEVRON_RIGHT.view()}
            </a>
            {next}
            {teachers}
            {move || (unread.get() > 0).then(|| view! {
                <ButtonLink label=tn!(ui.unread, unread.get()) href=Route::Chats />
            })}
        </section>
    }
    .into_any()
}

/// Unread messages in the chats of the child's class.
fn unread_for(child: &Child) -> Derived<u32> {
    let class = child.class.id;
    store::select(move |state| {
        let unread: i64 = state
            .chats
            .0
            .values()
            .filter(|chat| chat.class == Some(class))
            .map(Chat::unread)
            .sum();
        u32::try_from(unread).unwrap_or_default()
    })
}

/// For those who decide: join requests and guardian links.
#[component]
fn Waiting() -> AnyView {
    let waits = store::select(|state| {
        let school = state.school(store::school()?)?;
        // Who doesn't decide for the whole school does so for a class.
        let whole = state.may(Action::DecideRequest, Some(school.id));
        let class = store::led(state).find(|(of, _)| !whole && of.id == school.id);
        (school.waiting > 0).then_some((school.waiting, class.map(|(_, class)| class.id)))
    });
    live(move || {
        waits.get().map(|(waiting, class)| {
            let route = class.map_or(AdminRoute::Requests, AdminRoute::Class);
            let href = route.href();
            view! {
                <List label=t!(parents.decide)>
                    <ListItem href title=t!(parents.decide) subtitle=tn!(parents.waiting, waiting) count=Signal::stored(waiting)>
                        <span class="rows__icon">{Icon::INBOX.view()}</span>
                    </ListItem>
                </List>
            }
        })
    })
}

/// The newest post of each channel of the school in sight.
#[component]
fn Announcements() -> AnyView {
    let posts = store::select(|state| newest(state, true, POSTS));
    live(move || {
        let posts = posts.get();
        (!posts.is_empty()).then(|| {
            let rows = posts.iter().map(|chat| row(chat, Route::Channel(chat.id))).collect::<Vec<_>>();
            view! { <Card title=t!(parents.announcements)><List label=t!(parents.announcements)>{rows}</List></Card> }
        })
    })
}

#[component]
fn Unread() -> AnyView {
    let chats = store::select(|state| newest(state, false, usize::MAX));
    live(move || {
        store::school()?;
        let chats = chats.get();
        let rest = chats.len().saturating_sub(NEW);
        let more = (rest > 0).then(|| {
            view! { <ButtonLink label=t!(parents.more, n = rest) href=Route::Chats /> }
        });
        let rows = chats
            .iter()
            .take(NEW)
            .map(|chat| row(chat, Route::Chat(chat.id)))
            .collect::<Vec<_>>();
        let content = if rows.is_empty() {
            view! { <p class="rows__note">{t!(parents.all_read)}</p> }.into_any()
        } else {
            view! { <List label=t!(parents.unread)>{rows}</List> }.into_any()
        };
        Some(view! { <Card title=t!(parents.unread)>{content} {more}</Card> })
    })
}

/// Channels that have posts, or chats with something unread; the newest first.
fn newest(state: &State, channels: bool, most: usize) -> Vec<Chat> {
    let school = store::school();
    let chats = state.chats.by_activity(&|chat| {
        let news = if channels {
            chat.last.is_some()
        } else {
            chat.unread() > 0
        };
        Some(chat.school) == school && (chat.kind == ChatKind::Channel) == channels && news
    });
    chats.into_iter().take(most).cloned().collect()
}

fn row(chat: &Chat, route: Route) -> AnyView {
    let name = title(chat);
    let last = chat.last.as_ref().map(said).unwrap_or_default();
    let at = chat.active_at();
    let count = u32::try_from(chat.unread()).unwrap_or_default();
    let seed = chat.peer.as_ref().map_or(chat.id.0, |peer| peer.id.0);
    view! {
        <ListItem
            href=route.href() title=name.clone() subtitle=last
            meta=Signal::derive(move || time::stamp(at)) count=Signal::stored(count)
        >
            <Avatar name seed />
        </ListItem>
    }
    .into_any()
}

/// Of no school yet, and nothing asked for: what to do.
#[component]
fn Nowhere() -> AnyView {
    let operates = |state: &State| state.may(Action::ReviewApplications, None);
    let alone = store::select(move |state| {
        state.schools.is_empty()
            && state.requests.is_empty()
            && state.children.is_empty()
            && !operates(state)
    });
    let operator = store::select(move |state| operates(state) && state.schools.is_empty());
    live(move || {
        if operator.get() {
            return Some(
                view! {
                    <EmptyState icon=Icon::INBOX title=t!(parents.operator)>
                        <ButtonLink label=t!(nav.applications) href="/admin/applications" />
                    </EmptyState>
                }
                .into_any(),
            );
        }
        alone.get().then(|| {
            view! {
                <EmptyState icon=Icon::SCHOOL title=t!(parents.nowhere) hint=t!(parents.nowhere_hint)>
                    <ButtonLink label=t!(nav.join) href=Route::Join />
                </EmptyState>
            }
            .into_any()
        })
    })
}
