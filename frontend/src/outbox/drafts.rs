//! What someone has begun to write, per chat, kept on this device.

use std::collections::BTreeMap;

use common::ChatId;
use leptos::prelude::*;

use crate::ui::storage;

thread_local! {
    static DRAFTS: ArcRwSignal<BTreeMap<ChatId, String>> = ArcRwSignal::default();
}

/// All drafts, for the list. Tracked by what reads it.
pub fn drafts() -> ArcRwSignal<BTreeMap<ChatId, String>> {
    DRAFTS.with(Clone::clone)
}

/// What was begun in a chat; empty if nothing was.
pub fn draft(chat: ChatId) -> String {
    DRAFTS.with(|drafts| drafts.with_untracked(|all| all.get(&chat).cloned().unwrap_or_default()))
}

/// Keeps what is typed, at every keystroke: a tab may be closed at any time.
pub fn keep_draft(chat: ChatId, text: &str) {
    let Some(place) = super::place(&format!("draft.{chat}")) else {
        return;
    };
    let blank = text.trim().is_empty();
    if blank {
        storage::remove(&place);
    } else {
        storage::set(&place, text);
    }
    DRAFTS.with(|drafts| {
        drafts.update(|all| {
            if blank {
                all.remove(&chat);
            } else {
                all.insert(chat, text.to_owned());
            }
        });
    });
}

/// Whether the browser has really kept all of them.
pub(super) fn stored() -> bool {
    let kept = |(chat, text): (&ChatId, &String)| {
        let place = super::place(&format!("draft.{chat}"));
        place.and_then(|place| storage::get(&place)).as_ref() == Some(text)
    };
    DRAFTS.with(|drafts| drafts.with_untracked(|all| all.iter().all(kept)))
}

/// Another tab has removed a draft, `was`: it was sent there. What this tab has begun stays, unless
/// it's the same.
pub(super) fn removed(key: &str, was: &str) {
    DRAFTS.with(|drafts| {
        drafts.with_untracked(|all| {
            let ours = all.iter().find(|(chat, text)| {
                *text != was && super::place(&format!("draft.{chat}")).as_deref() == Some(key)
            });
            if let Some((_, text)) = ours {
                storage::set(key, text);
            }
        });
    });
}

pub(super) fn open(mine: &str) {
    let found = storage::keys()
        .into_iter()
        .filter_map(|key| {
            let chat = key
                .strip_prefix(mine)?
                .strip_prefix("draft.")?
                .parse()
                .ok()?;
            Some((chat, storage::get(&key)?))
        })
        .collect();
    DRAFTS.with(|drafts| drafts.set(found));
}

pub(super) fn close() {
    DRAFTS.with(|drafts| drafts.set(BTreeMap::new()));
}
