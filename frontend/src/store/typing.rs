//! Who is writing right now. Not part of the state: it passes by itself.

use std::cell::Cell;
use std::time::Duration;

use common::{AccountId, ChatId};
use leptos::prelude::*;
use litemap::LiteMap;

/// How long "is writing" holds without being repeated.
const HOLDS: Duration = Duration::from_secs(6);

#[derive(Clone, PartialEq)]
struct Writer {
    account: AccountId,
    name: String,
    /// Which of the person's notices this is: an older one's end doesn't count.
    notice: u32,
}

thread_local! {
    static NOTICES: Cell<u32> = const { Cell::new(0) };
    static WRITERS: ArcRwSignal<LiteMap<ChatId, Vec<Writer>>> = ArcRwSignal::default();
}

/// The names of those who write in a chat. Tracked.
pub fn writers(chat: ChatId) -> Vec<String> {
    WRITERS.with(|writers| {
        writers.with(|writers| {
            let here = writers.get(&chat).into_iter().flatten();
            here.map(|writer| writer.name.clone()).collect()
        })
    })
}

pub(super) fn heard(chat: ChatId, account: AccountId, name: &str) {
    let notice = NOTICES.replace(NOTICES.get() + 1);
    WRITERS.with(|writers| {
        writers.update(|writers| {
            let here = writers.entry(chat).or_default();
            if let Some(writer) = here.iter_mut().find(|writer| writer.account == account) {
                writer.notice = notice;
            } else {
                here.push(Writer {
                    account,
                    name: name.to_owned(),
                    notice,
                });
            }
        });
    });
    set_timeout(move || end(chat, account, Some(notice)), HOLDS);
}

pub(super) fn stopped(chat: ChatId, account: AccountId) {
    end(chat, account, None);
}

fn end(chat: ChatId, account: AccountId, notice: Option<u32>) {
    WRITERS.with(|writers| {
        writers.maybe_update(|writers| {
            let Some(here) = writers.get_mut(&chat) else {
                return false;
            };
            let before = here.len();
            here.retain(|writer| {
                writer.account != account || notice.is_some_and(|notice| notice != writer.notice)
            });
            here.len() != before
        });
    });
}
