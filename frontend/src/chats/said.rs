use common::ChatId;
use common::chats::Message;
use common::text::preview;
use leptos::prelude::With;

use crate::{outbox, text};

/// As much of a message as the widest list shows.
const MOST: usize = 100;

/// What a list shows of a message. Tracked: it follows the language.
pub fn said(message: &Message) -> String {
    if message.deleted {
        text!(chats.deleted).to_owned()
    } else {
        preview(&message.body, MOST)
    }
}

/// What one has written and the chat doesn't have: what wasn't sent and waits for its writer, else what was
/// begun. Tracked.
pub fn unsent(chat: ChatId) -> Option<String> {
    let refused = outbox::pending().with(|all| {
        let mut all = all.iter();
        let it = all.find(|it| it.chat == chat && it.refused.is_some())?;
        Some(format!(
            "{} {}",
            text!(chats.not_sent),
            preview(&it.body, MOST)
        ))
    });
    refused.or_else(|| {
        outbox::drafts().with(|all| {
            let begun = all.get(&chat)?;
            Some(text!(chats.draft, text = preview(begun, MOST)))
        })
    })
}
