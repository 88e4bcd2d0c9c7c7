use common::ChatId;
use common::chats::Chat;
use common::name::initialled;
use common::permissions::ChatKind;
use common::realtime::State;
use leptos::prelude::*;

use super::said::{said, unsent};
use super::school_switch::SchoolSwitch;
use super::title::{archived, title};
use crate::route::Route;
use crate::ui::{
    Avatar, ButtonLink, EmptyState, Icon, List, ListItem, PaneHeader, Variant, live, time,
};
use crate::{outbox, reactive::Derived, store, t, text};

/// More chats than this are worth a search.
const MANY: usize = 12;

/// The list of chats of the school in sight, the last active first.
pub fn list(open: Derived<Option<ChatId>>) -> AnyView {
    let search = RwSignal::new(String::new());
    let all = Derived::new(move || {
        let school = store::school();
        // Somebody opened it and has written nothing: not worth a row yet.
        let begun = |chat: &Chat| {
            chat.kind != ChatKind::Direct
                || chat.last_seq > 0
                || open.get() == Some(chat.id)
                || outbox::drafts().with(|drafts| drafts.contains_key(&chat.id))
        };
        let mine = |chat: &Chat| Some(chat.school) == school && begun(chat);
        store::with(|state| sorted(state, mine)).unwrap_or_default()
    });
    let found = Derived::new(move || {
        let words = search.with(|search| common::letters::folded(search));
        let mut ids = all.get();
        if !words.is_empty() {
            store::with(|state| {
                ids.retain(|id| {
                    let chat = state.chats.0.get(id);
                    chat.is_some_and(|chat| common::letters::folded(&title(chat)).contains(&words))
                });
            });
        }
        ids
    });
    let beside = Derived::new(move || open.get().is_some());
    let header = live(move || {
        let actions = view! {
            <a class="icon-button" href=Route::People.href() aria-label=t!(chats.write) title=t!(chats.write)>
                {Icon::PENCIL.view()}
            </a>
        };
        view! { <PaneHeader title=t!(chats.title) secondary=beside.get() actions=actions.into_any() /> }
    });
    let many = Derived::new(move || all.with(|all| all.len() > MANY));
    let search_field = live(move || {
        many.get().then(|| {
            view! {
                <div class="chats__search" role="search">
                    <input
                        class="input"
                        type="search"
                        aria-label=t!(chats.search)
                        placeholder=t!(chats.search)
                        autocomplete="off"
                        prop:value=search
                        on:input:target=move |event| search.set(event.target().value())
                    />
                </div>
            }
        })
    });
    let none = Derived::new(move || all.with(Vec::is_empty));
    let nothing_found = move || {
        (!none.get() && found.with(Vec::is_empty)).then(|| {
            view! { <EmptyState icon=Icon::SEARCH title=t!(chats.nothing_found) hint=t!(chats.nothing_found_hint) /> }
        })
    };
    let content = live(move || {
        if none.get() {
            return empty();
        }
        view! {
            <List label=t!(chats.title)>
                <For each=move || found.get() key=|id| *id let(id)>
                    {row(id, open)}
                </For>
            </List>
        }
        .into_any()
    });
    view! { {header} <SchoolSwitch /> {search_field} {lost()} {content} {nothing_found} }.into_any()
}

/// Chats that one is not in any more, but wrote to, or began to: what wasn't taken is found there.
fn lost() -> AnyView {
    let chats = Derived::new(|| {
        let mut chats: Vec<ChatId> = outbox::drafts().with(|all| all.keys().copied().collect());
        outbox::pending().with(|all| {
            for it in all.iter().filter(|it| it.refused.is_some()) {
                if !chats.contains(&it.chat) {
                    chats.push(it.chat);
                }
            }
        });
        store::with(|state| chats.retain(|chat| !state.chats.0.contains_key(chat)));
        chats
    });
    live(move || {
        let chats = chats.get();
        (!chats.is_empty()).then(|| {
            let rows = chats
                .into_iter()
                .map(|chat| {
                    view! {
                        <ListItem
                            href=Route::Chat(chat)
                            title=t!(chats.gone)
                            subtitle=Signal::derive(move || unsent(chat).unwrap_or_default())
                        >
                            <span class="rows__icon">{Icon::CIRCLE_ALERT.view()}</span>
                        </ListItem>
                    }
                })
                .collect::<Vec<_>>();
            view! { <List label=t!(chats.not_sent)>{rows}</List> }
        })
    })
}

fn empty() -> AnyView {
    view! {
        <EmptyState icon=Icon::MESSAGE_CIRCLE title=t!(chats.empty) hint=t!(chats.empty_hint)>
            <ButtonLink label=t!(chats.write) href=Route::People variant=Variant::Primary icon=Icon::PENCIL />
        </EmptyState>
    }
    .into_any()
}

/// The ids of the chats that `belongs` lets through (never channels), in the order of the list.
fn sorted(state: &State, belongs: impl Fn(&Chat) -> bool) -> Vec<ChatId> {
    let chats = state
        .chats
        .by_activity(&|chat| chat.kind != ChatKind::Channel && belongs(chat));
    chats.into_iter().map(|chat| chat.id).collect()
}

fn row(id: ChatId, open: Derived<Option<ChatId>>) -> AnyView {
    let chat = store::select(move |state| state.chats.0.get(&id).cloned());
    let read = move |read: fn(&Chat) -> String| {
        Signal::derive(move || chat.with(|chat| chat.as_ref().map(read).unwrap_or_default()))
    };
    let moment = read(|chat| match &chat.last {
        Some(last) => time::stamp(last.sent_at),
        None => String::new(),
    });
    let count = Signal::derive(move || {
        let unread = chat.with(|chat| chat.as_ref().map_or(0, Chat::unread));
        u32::try_from(unread).unwrap_or_default()
    });
    let current = Signal::derive(move || open.get() == Some(id));
    let peer = store::select(move |state| state.chats.0.get(&id)?.peer.as_ref().map(|it| it.id));
    let online = move || {
        let peer = peer.get()?;
        store::with(|state| state.online.contains(&peer))?.then(presence)
    };
    // A person has the same hue here as beside their messages.
    let seed = peer.get_untracked().map_or(id.0, |peer| peer.0);
    let unsent = Derived::new(move || unsent(id));
    let typing = Derived::new(move || typing_line(id));
    let subtitle = Signal::derive(move || words(typing, unsent, chat));
    view! {
        <ListItem
            href=Route::Chat(id)
            title=read(title)
            subtitle
            meta=moment
            count
            current
            trailing=archived(chat)
        >
            <span class="with-presence"><Avatar name=read(|chat| chat.title.clone()) seed /> {online}</span>
        </ListItem>
    }
    .into_any()
}

/// The dot of someone who is online.
pub fn presence() -> AnyView {
    view! { <span class="presence"><span class="unseen">{t!(chats.online)}</span></span> }
        .into_any()
}

/// The second line: who writes, else what isn't sent, else the last message.
fn words(
    typing: Derived<Option<String>>,
    unsent: Derived<Option<String>>,
    chat: Derived<Option<Chat>>,
) -> String {
    if let Some(line) = typing.get() {
        return line;
    }
    if let Some(line) = unsent.get() {
        return line;
    }
    let me = store::me();
    chat.with(|chat| {
        let Some(last) = chat.as_ref().and_then(|chat| chat.last.as_ref()) else {
            return text!(chats.no_messages).to_owned();
        };
        let body = said(last);
        if last.deleted {
            body
        } else if Some(last.author.id) == me {
            text!(chats.you, text = body)
        } else if chat.as_ref().is_some_and(|it| it.kind == ChatKind::Direct) {
            body
        } else {
            format!("{}: {body}", initialled(&last.author.name))
        }
    })
}

/// Who is writing in a chat, in a line; None if nobody. Tracked.
pub fn typing_line(chat: ChatId) -> Option<String> {
    let writers = store::typing::writers(chat);
    match writers.as_slice() {
        [] => None,
        [one] => Some(text!(chats.typing_one, name = one)),
        [one, other] => Some(text!(chats.typing_two, one = one, other = other)),
        more => Some(crate::plural!(chats.typing_many, more.len())),
    }
}
