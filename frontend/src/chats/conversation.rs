use common::ChatId;
use common::chats::Chat;
use common::permissions::ChatKind;
use leptos::{ev, prelude::*};

use super::bubble::{begun, pending};
use super::composer::Composer;
use super::list::{presence, typing_line};
use super::log::Log;
use super::menus::Menus;
use super::title::{subtitle, title};
use super::unsent::Edit;
use crate::route::Route;
use crate::ui::{Avatar, AvatarSize, ButtonLink, EmptyState, Icon, PaneHeader, live};
use crate::{outbox, reactive::Derived, router, store, t, text};

/// One conversation: what was said, and where one writes. Of a channel: its posts.
#[component]
pub fn Conversation(
    chat: ChatId,
    /// The list that it was chosen from.
    back: Route,
    menus: Menus,
) -> AnyView {
    provide_context(menus);
    let back = back.href();
    let listed = store::select(move |state| state.chats.0.get(&chat).cloned());
    let known = Derived::new(move || listed.with(Option::is_some));
    live(move || {
        let first = known.get().then(|| listed.get_untracked()).flatten();
        match first {
            Some(chat) => conversation(&chat, listed, back.clone()),
            None => gone(chat, back.clone()),
        }
    })
}

/// Not in the chat any more. What one wrote or began and it didn't take stays here until it is deleted.
fn gone(chat: ChatId, back: String) -> AnyView {
    let unsent = live(move || {
        outbox::pending().with(|all| {
            all.iter()
                .filter(|it| it.chat == chat)
                .map(|it| pending(it.clone()))
                .collect::<Vec<_>>()
        })
    });
    let draft = Derived::new(move || outbox::drafts().with(|all| all.get(&chat).cloned()));
    let draft = live(move || draft.get().map(|words| begun(chat, words)));
    view! {
        <PaneHeader title=t!(chats.gone) back=back.clone() />
        <EmptyState icon=Icon::MESSAGE_CIRCLE title=t!(chats.gone) hint=t!(chats.gone_hint)>
            <ButtonLink label=t!(common.back) href=back />
        </EmptyState>
        <div class="log__column"><ul class="log__rows" role="list">{unsent} {draft}</ul></div>
    }
    .into_any()
}

fn conversation(chat: &Chat, listed: Derived<Option<Chat>>, back: String) -> AnyView {
    let (id, kind) = (chat.id, chat.kind);
    let log = Log::new(chat, listed);
    let wrote = log.clone();
    let composer = Composer::new(chat, Callback::new(move |()| wrote.wrote()));
    let closed = Derived::new(move || listed.with(|chat| chat.as_ref().and_then(|it| it.closed)));
    let edit = closed
        .with_untracked(Option::is_none)
        .then(|| Callback::new(move |text: String| composer.edit(&text)));
    // Also when there's none: an owner keeps its contexts when what it draws is drawn anew.
    provide_context(Edit(edit));
    let name = Signal::derive(move || listed.with(|it| it.as_ref().map(title).unwrap_or_default()));
    let label = Signal::derive(move || text!(chats.messages_of, title = name.get()));
    let away = back.clone();
    let escape = window_event_listener(ev::keydown, move |event| {
        let above = document().query_selector("dialog[open], [role=menu], .fetching");
        let free = matches!(above, Ok(None)) && !event.default_prevented();
        if event.key() == "Escape" && free {
            router::go(away.clone());
        }
    });
    on_cleanup(move || escape.remove());
    view! {
        <section
            class="conversation"
            data-kind=if kind == ChatKind::Channel { "channel" } else { "chat" }
            aria-label=name
        >
            {header(chat, listed, name, back)}
            {log.view(label)}
            {composer.view(closed)}
            <p class="unseen" role="status">{move || typing_line(id)}</p>
        </section>
    }
    .into_any()
}

fn header(
    chat: &Chat,
    listed: Derived<Option<Chat>>,
    name: Signal<String>,
    back: String,
) -> AnyView {
    let (id, peer) = (chat.id, chat.peer.as_ref().map(|peer| peer.id));
    let online = Derived::new(move || {
        let here = peer.and_then(|peer| store::with(|state| state.sees_online(peer)));
        here == Some(true)
    });
    let below = Signal::derive(move || {
        if let Some(line) = typing_line(id) {
            return line;
        }
        let words = listed.with(|chat| chat.as_ref().map(subtitle).unwrap_or_default());
        if online.get() {
            format!("{words} · {}", text!(chats.online))
        } else {
            words
        }
    });
    let picture = Signal::derive(move || {
        listed.with(|chat| chat.as_ref().map(|it| it.title.clone()).unwrap_or_default())
    });
    let seed = peer.map_or(id.0, |peer| peer.0);
    let people = chat.class.filter(|_| chat.kind != ChatKind::Channel).map(|class| {
        view! {
            <a class="icon-button" href=Route::Class(class).href() aria-label=t!(classes.title) title=t!(classes.title)>
                {Icon::USERS_ROUND.view()}
            </a>
        }
        .into_any()
    });
    view! {
        <PaneHeader title=name subtitle=below back actions=people.into_any()>
            <span class="with-presence">
                <Avatar name=picture seed size=AvatarSize::Small />
                {move || online.get().then(presence)}
            </span>
        </PaneHeader>
    }
    .into_any()
}
