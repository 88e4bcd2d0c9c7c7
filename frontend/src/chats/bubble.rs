use common::chats::{Chat, MESSAGE_LIMIT, Message};
use common::permissions::ChatKind;
use common::{ChatId, Timestamp};
use leptos::prelude::*;

use super::formatted::formatted;
use super::unsent::{Edit, take_back, waiting};
use crate::channels::Seen;
use crate::outbox::{self, Pending, Refused};
use crate::ui::{Avatar, AvatarSize, Button, Icon, RoleBadge, Variant, copy, time};
use crate::{plural, reactive::Derived, t, text};

/// A message that the server has.
pub fn message(
    message: Message,
    own: bool,
    head: bool,
    listed: Derived<Option<Chat>>,
    seen: Option<Seen>,
) -> AnyView {
    let kind = listed.with_untracked(|chat| chat.as_ref().map(|chat| chat.kind));
    let channel = kind == Some(ChatKind::Channel);
    let named = head && (channel || (!own && kind != Some(ChatKind::Direct)));
    let pictured = !channel && !own && kind != Some(ChatKind::Direct);
    let Message {
        seq,
        author,
        body,
        sent_at,
        deleted,
        ..
    } = message;
    let body = if deleted {
        view! { <p class="message__deleted">{t!(chats.deleted)}</p> }.into_any()
    } else {
        formatted(&body)
    };
    let picture = pictured.then(|| {
        let avatar = head.then(|| {
            view! { <Avatar name=author.name.clone() seed=author.id.0 size=AvatarSize::Small /> }
        });
        view! { <span class="message__picture">{avatar}</span> }
    });
    let who = if named {
        view! {
            <p class="message__author">
                <span class="message__name">{author.name}</span>
                <RoleBadge role=author.role />
            </p>
        }
        .into_any()
    } else if own {
        view! { <span class="unseen">{t!(chats.you_wrote)}</span> }.into_any()
    } else {
        view! { <span class="unseen">{format!("{}: ", author.name)}</span> }.into_any()
    };
    let state = (own && !channel && !deleted).then_some(move || {
        let others = listed.with(|chat| chat.as_ref().map_or(0, |it| it.others_read_seq));
        if others >= seq {
            tick(Icon::CHECK_CHECK, "read", t!(chats.read))
        } else {
            tick(Icon::CHECK, "sent", t!(chats.sent))
        }
    });
    let views = seen.filter(|_| !deleted).map(|seen| seen.of(seq));
    view! {
        <li
            class="message"
            data-seq=seq
            data-own=(own && !channel).then_some("")
            data-head=head.then_some("")
            tabindex="-1"
        >
            {picture}
            <div class="message__bubble">
                {who}
                <div class="message__body">
                    {body}
                    <p class="message__meta">{views} {moment(sent_at)} {state}</p>
                </div>
            </div>
        </li>
    }
    .into_any()
}

/// A message that the server doesn't have yet, or will not take.
pub fn pending(pending: Pending) -> AnyView {
    let Pending {
        client_id,
        body,
        at,
        refused,
        loose,
        ..
    } = pending;
    let edit = use_context::<Edit>().and_then(|Edit(edit)| edit);
    let below = refused.map(|why| {
        let words = body.clone();
        let again = if why == Refused::Stale {
            t!(chats.send)
        } else {
            t!(common.retry)
        };
        let why = move || match why {
            Refused::Gone => text!(chats.gone_hint).to_owned(),
            Refused::TooLong => plural!(errors.too_long, MESSAGE_LIMIT),
            Refused::Denied => text!(chats.denied).to_owned(),
            Refused::Blocked => text!(outbox.blocked).to_owned(),
            Refused::Stale => {
                text!(outbox.stale, day = time::date(at), hour = time::clock(at))
            }
        };
        // Where there's no composer, the text can be taken elsewhere.
        let keep = match edit {
            Some(edit) => {
                let change = move || take_back(client_id, Some(edit));
                view! { <Button label=t!(common.edit) on_click=change /> }
            }
            None => view! { <Button label=t!(chats.copy) on_click=move || copy(&words) /> },
        };
        let discard = move || take_back(client_id, None);
        view! {
            <p>{t!(chats.not_sent)} " " {why}</p>
            <div class="actions">
                {keep}
                <Button label=again on_click=move || outbox::retry(client_id) />
                <Button label=t!(common.delete) variant=Variant::Danger on_click=discard />
            </div>
        }
        .into_any()
    });
    let below = below.or_else(|| loose.then(|| t!(outbox.loose).into_any()));
    let state = if refused.is_some() {
        tick(Icon::CIRCLE_ALERT, "refused", t!(chats.not_sent))
    } else {
        tick(Icon::CLOCK, "sending", t!(chats.sending))
    };
    // What waits can be taken back in the menu of messages.
    let waits = refused.is_none().then(|| waiting(&client_id));
    unsent(
        &body,
        waits,
        view! { {moment(at)} {state} }.into_any(),
        below,
    )
}

/// What was begun in a chat that one isn't in any more.
pub fn begun(chat: ChatId, words: String) -> AnyView {
    let body = words.clone();
    let discard = move || outbox::keep_draft(chat, "");
    let below = view! {
        <p>{t!(chats.not_sent)} " " {t!(chats.gone_hint)}</p>
        <div class="actions">
            <Button label=t!(chats.copy) on_click=move || copy(&words) />
            <Button label=t!(common.delete) variant=Variant::Danger on_click=discard />
        </div>
    };
    unsent(&body, None, ().into_any(), Some(below.into_any()))
}

fn unsent(body: &str, waits: Option<String>, meta: AnyView, below: Option<AnyView>) -> AnyView {
    let below = below.map(|below| {
        view! { <div class="message__refusal" role="alert">{below}</div> }
    });
    view! {
        <li class="message" data-own="" data-head="" data-waits=waits tabindex="-1">
            <div class="message__bubble">
                <span class="unseen">{t!(chats.you_wrote)}</span>
                <div class="message__body">
                    {formatted(body)}
                    <p class="message__meta">{meta}</p>
                </div>
                {below}
            </div>
        </li>
    }
    .into_any()
}

fn moment(at: Timestamp) -> AnyView {
    view! { <time title=move || time::full(at)>{move || time::clock(at)}</time> }.into_any()
}

fn tick(icon: Icon, state: &'static str, words: Signal<&'static str>) -> AnyView {
    view! {
        <span class="message__state" data-state=state title=words>
            {icon.view()}
            <span class="unseen">{words}</span>
        </span>
    }
    .into_any()
}
