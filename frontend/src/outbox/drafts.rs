//! What someone has begun to write, per chat, kept on this device: one text for all tabs, which follow each
//! other.

use std::cell::Cell;

use common::ChatId;
use common::validate::is_blank;
use leptos::prelude::*;
use litemap::LiteMap;

use super::private::place;
use crate::ui::storage;

thread_local! {
    static DRAFTS: ArcRwSignal<LiteMap<ChatId, String>> = ArcRwSignal::default();
    /// There was no room once: what is kept may be an earlier text of this tab.
    static FULL: Cell<bool> = const { Cell::new(false) };
}

/// All drafts, for the list. Tracked by what reads it.
pub fn drafts() -> ArcRwSignal<LiteMap<ChatId, String>> {
    DRAFTS.with(Clone::clone)
}

/// What was begun in a chat; empty if nothing was.
pub fn draft(chat: ChatId) -> String {
    here(chat).unwrap_or_default()
}

/// Keeps what is typed, at every keystroke: a tab may be closed at any time.
pub fn keep_draft(chat: ChatId, text: &str) {
    let Some(place) = place(&format!("draft.{chat}")) else {
        return;
    };
    let text = if FULL.get() {
        text.to_owned()
    } else {
        with_unseen(here(chat), storage::get(&place), text)
    };
    let blank = is_blank(&text);
    if blank {
        storage::remove(&place);
    } else if !storage::set(&place, &text) {
        FULL.set(true);
        super::ask_before_leaving();
    }
    show(chat, (!blank).then_some(text));
}

fn here(chat: ChatId) -> Option<String> {
    DRAFTS.with(|drafts| drafts.with_untracked(|all| all.get(&chat).cloned()))
}

fn show(chat: ChatId, text: Option<String>) {
    DRAFTS.with(|drafts| {
        drafts.update(|all| {
            if let Some(text) = text {
                all.insert(chat, text);
            } else {
                all.remove(&chat);
            }
        });
    });
}

/// What is to be kept when `text` is typed where this tab knows `here`. A tab that slept has not heard what
/// was typed in another one meanwhile, which is `there`: that stands in front then.
fn with_unseen(here: Option<String>, there: Option<String>, text: &str) -> String {
    match there {
        Some(there) if here.as_ref() != Some(&there) && text != there => {
            if is_blank(text) {
                there
            } else {
                format!("{there}\n{text}")
            }
        }
        _ => text.to_owned(),
    }
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

/// Another tab has changed what is kept there, which was `was`: typed on, or sent it. This tab follows, unless
/// it has words that were never there.
pub(super) fn changed(key: &str, was: Option<&str>) {
    let Some(chat) = place("").and_then(|mine| chat_of(&mine, key)) else {
        return;
    };
    let (here, now) = (here(chat), storage::get(key));
    match turn(here.as_deref(), was, now.as_deref()) {
        Turn::Stay => {}
        Turn::Follow => show(chat, now),
        Turn::Keep => keep_draft(chat, &here.unwrap_or_default()),
        Turn::Ask => super::ask_before_leaving(),
    }
}

/// What a tab does when another one has changed a draft.
#[derive(Debug, PartialEq)]
enum Turn {
    Stay,
    /// It shows what there is now.
    Follow,
    /// It keeps its own words, for which there's a place.
    Keep,
    /// Its own words are nowhere else, and there's no place for them before the next is typed.
    Ask,
}

fn turn(here: Option<&str>, was: Option<&str>, now: Option<&str>) -> Turn {
    if here == now {
        Turn::Stay
    } else if here.is_none() || here == was {
        Turn::Follow
    } else if now.is_none() {
        Turn::Keep
    } else {
        Turn::Ask
    }
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
    DRAFTS.with(|drafts| drafts.set(LiteMap::new()));
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

    #[test]
    fn tabs_follow_each_other_and_lose_no_words_of_their_own() {
        // Typed on, sent, or begun there.
        assert_eq!(turn(Some("Да"), Some("Да"), Some("Дав")), Turn::Follow);
        assert_eq!(turn(Some("Да"), Some("Да"), None), Turn::Follow);
        assert_eq!(turn(None, None, Some("Д")), Turn::Follow);
        // Heard late: this tab has looked already.
        assert_eq!(turn(Some("Дав"), Some("Д"), Some("Дав")), Turn::Stay);
        assert_eq!(turn(None, Some("Да"), None), Turn::Stay);
        // Typed here when there was no room.
        assert_eq!(turn(Some("Нет"), Some("Да"), None), Turn::Keep);
        assert_eq!(turn(Some("Нет"), Some("Да"), Some("Дав")), Turn::Ask);
    }

    #[test]
    fn a_tab_that_slept_types_over_nothing() {
        let kept = |here: Option<&str>, there: Option<&str>, text| {
            with_unseen(here.map(str::to_owned), there.map(str::to_owned), text)
        };
        assert_eq!(kept(Some("Да"), Some("Да"), "Дав"), "Дав");
        assert_eq!(kept(Some("Да"), Some("Да"), ""), "");
        assert_eq!(kept(None, None, "Д"), "Д");
        assert_eq!(kept(None, Some("Длинное"), "Д"), "Длинное\nД");
        // What was known here was sent elsewhere, and is typed on here.
        assert_eq!(kept(Some("Да"), None, "Дав"), "Дав");
        // Sent here, with the other text still to come.
        assert_eq!(kept(Some("Да"), Some("Длинное"), ""), "Длинное");
        assert_eq!(kept(None, Some("Да"), "Да"), "Да");
    }
}
