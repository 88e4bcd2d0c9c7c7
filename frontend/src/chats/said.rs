use common::chats::Message;
use common::text::preview;

use crate::text;

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
