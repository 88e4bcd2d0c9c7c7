//! What someone has begun to write, per chat, kept on this device.

use std::collections::BTreeMap;

use common::ChatId;
use leptos::prelude::*;

use super::private::place;
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
    let Some(place) = place(&format!("draft.{chat}")) else {
        return;
    };
    let blank = text.trim().is_empty();
    if blank {
        storage::remove(&place);
    } else if !storage::set(&place, text) {
        super::ask_before_leaving();
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

/// How many there are on this device, of other tabs too.
pub(super) fn count() -> usize {
    let mine = place("").unwrap_or_default();
    DRAFTS.with(|drafts| {
        drafts.with_untracked(|all| {
            let keys = storage::keys();
            let others = keys.iter().filter_map(|key| chat_of(&mine, key));
            all.len() + others.filter(|chat| !all.contains_key(chat)).count()
        })
    })
}

/// Whether the browser has really kept all of them.
pub(super) fn stored() -> bool {
    let kept = |(chat, text): (&ChatId, &String)| {
        let place = place(&format!("draft.{chat}"));
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
                *text != was && place(&format!("draft.{chat}")).as_deref() == Some(key)
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
        .filter_map(|key| Some((chat_of(mine, &key)?, storage::get(&key)?)))
        .collect();
    DRAFTS.with(|drafts| drafts.set(found));
}

/// A draft is kept as it was typed, under the chat's number. A later version that keeps more of it
/// takes another key, which this one leaves alone.
fn chat_of(mine: &str, key: &str) -> Option<ChatId> {
    key.strip_prefix(mine)?.strip_prefix("draft.")?.parse().ok()
}

pub(super) fn close() {
    DRAFTS.with(|drafts| drafts.set(BTreeMap::new()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drafts_of_every_version_are_found_and_others_left_alone() {
        let of = |key| chat_of("zvonok.private.5.", key);
        // What browsers out there have kept. Add to it, never change it.
        assert_eq!(of("zvonok.private.5.draft.12"), Some(ChatId(12)));
        for other in [
            "zvonok.private.5.outbox",
            "zvonok.private.5.draft.12.files",
            "zvonok.private.5.draft.class-7",
            "zvonok.private.55.draft.12",
            "zvonok.lang",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
