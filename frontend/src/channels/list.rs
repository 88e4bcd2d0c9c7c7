use common::ChatId;
use common::chats::Chat;
use common::permissions::{Action, ChatKind};
use leptos::prelude::*;

use crate::admin::route::AdminRoute;
use crate::chats::said::{said, unsent};
use crate::chats::school_switch::SchoolSwitch;
use crate::chats::title::archived;
use crate::route::Route;
use crate::ui::{Avatar, EmptyState, Icon, List, ListItem, PaneHeader, live, time};
use crate::{reactive::Derived, store, t, text};

/// The channels of the school in sight, the last active first.
pub fn list(open: Derived<Option<ChatId>>) -> AnyView {
    let ids = Derived::new(move || {
        let school = store::school();
        let ids = store::with(|state| {
            let channels = state
                .chats
                .by_activity(&|chat| chat.kind == ChatKind::Channel && Some(chat.school) == school);
            channels.into_iter().map(|chat| chat.id).collect::<Vec<_>>()
        });
        ids.unwrap_or_default()
    });
    let beside = Derived::new(move || open.get().is_some());
    let header = live(move || {
        view! { <PaneHeader title=t!(channels.title) secondary=beside.get() actions=manage() /> }
    });
    let none = Derived::new(move || ids.with(Vec::is_empty));
    let content = live(move || {
        if none.get() {
            return view! {
                <EmptyState icon=Icon::MEGAPHONE title=t!(channels.none) hint=t!(channels.none_hint) />
            }
            .into_any();
        }
        view! {
            <List label=t!(channels.title)>
                <For each=move || ids.get() key=|id| *id let(id)>
                    {row(id, open)}
                </For>
            </List>
        }
        .into_any()
    });
    view! { {header} <SchoolSwitch /> {content} }.into_any()
}

/// Where channels are made and renamed; nothing for those who may not.
fn manage() -> AnyView {
    let may = store::select(|state| state.may(Action::ManageChannels, store::school()));
    let link = move || {
        may.get().then(|| {
            view! {
                <a class="icon-button" href=AdminRoute::Channels.href() aria-label=t!(channels.manage)>
                    {Icon::PENCIL.view()}
                </a>
            }
        })
    };
    link.into_any()
}

fn row(id: ChatId, open: Derived<Option<ChatId>>) -> AnyView {
    let channel = store::select(move |state| state.chats.0.get(&id).cloned());
    let read = move |read: fn(&Chat) -> String| {
        Signal::derive(move || channel.with(|it| it.as_ref().map(read).unwrap_or_default()))
    };
    let title = read(|it| it.title.clone());
    let moment = read(|it| {
        it.last
            .as_ref()
            .map(|last| time::stamp(last.sent_at))
            .unwrap_or_default()
    });
    let said = read(|it| match &it.last {
        Some(last) => said(last),
        None => text!(channels.no_posts).to_owned(),
    });
    let subtitle = Signal::derive(move || unsent(id).unwrap_or_else(|| said.get()));
    let count = Signal::derive(move || {
        let unread = channel.with(|it| it.as_ref().map_or(0, Chat::unread));
        u32::try_from(unread).unwrap_or_default()
    });
    let current = Signal::derive(move || open.get() == Some(id));
    view! {
        <ListItem href=Route::Channel(id) title subtitle meta=moment count current trailing=archived(channel)>
            <Avatar name=title seed=id.0 />
        </ListItem>
    }
    .into_any()
}
