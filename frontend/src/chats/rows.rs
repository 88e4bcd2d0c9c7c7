//! What stands in a conversation, from top to bottom: pure, so that it can be tested.

use common::chats::{Author, Message};
use common::{AccountId, Timestamp};

use crate::outbox::{Pending, Refused};

/// Messages of one person within so long of each other belong together, in milliseconds.
const TOGETHER: i64 = 5 * 60 * 1000;

#[derive(Clone, PartialEq, Debug)]
pub enum Row {
    /// A new day begins.
    Day(Timestamp),
    /// What follows was not read when the conversation was opened, or the reader came back to it.
    Unread,
    Message {
        message: Message,
        own: bool,
        /// The first of several of one person: it carries the name.
        head: bool,
    },
    Pending(Pending),
}

/// What makes a row the same row. A message whose place in its group changes is another.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Key {
    Day(i64),
    Unread(i64),
    /// With its version, and who wrote it as they are called now: what changed is drawn anew, and nothing else.
    Message(i64, i64, bool, Author),
    /// With why it waits for its writer, and whether it lives as long as the page.
    Pending(u128, Option<Refused>, bool),
}

impl Row {
    /// `seq` of the next message, for what stands between messages.
    pub fn key(&self, next: i64) -> Key {
        match self {
            Self::Day(_) => Key::Day(next),
            Self::Unread => Key::Unread(next),
            Self::Message { message, head, .. } => {
                let author = message.author.clone();
                Key::Message(message.seq, message.version, *head, author)
            }
            Self::Pending(pending) => {
                Key::Pending(pending.client_id.0, pending.refused, pending.loose)
            }
        }
    }
}

/// The rows of a conversation. `unread` is the number of the message before which the divider
/// stands; `same_day` compares in the person's time zone; pending messages stand at the end.
pub fn rows<'a>(
    messages: impl Iterator<Item = &'a Message>,
    pending: impl Iterator<Item = &'a Pending>,
    me: AccountId,
    unread: Option<i64>,
    same_day: impl Fn(Timestamp, Timestamp) -> bool,
) -> Vec<(Key, Row)> {
    let mut rows = Vec::new();
    let mut before: Option<&Message> = None;
    let push = |rows: &mut Vec<(Key, Row)>, row: Row, next: i64| {
        rows.push((row.key(next), row));
    };
    for message in messages {
        let new_day = before.is_none_or(|it| !same_day(it.sent_at, message.sent_at));
        let divider = unread == Some(message.seq);
        if new_day {
            push(&mut rows, Row::Day(message.sent_at), message.seq);
        }
        if divider {
            push(&mut rows, Row::Unread, message.seq);
        }
        let continues = before.is_some_and(|it| {
            it.author.id == message.author.id && message.sent_at.0 - it.sent_at.0 < TOGETHER
        });
        let row = Row::Message {
            message: message.clone(),
            own: message.author.id == me,
            head: new_day || divider || !continues,
        };
        push(&mut rows, row, message.seq);
        before = Some(message);
    }
    for pending in pending {
        push(&mut rows, Row::Pending(pending.clone()), 0);
    }
    rows
}

#[cfg(test)]
mod tests {
    use common::ClientId;
    use common::permissions::Role;

    use super::*;

    const MINUTE: i64 = 60 * 1000;

    fn message(seq: i64, author: i64, minute: i64) -> Message {
        Message {
            seq,
            author: Author {
                id: AccountId(author),
                name: "А".into(),
                role: Role::Teacher,
            },
            client_id: ClientId(seq as u128),
            body: String::new(),
            sent_at: Timestamp(minute * MINUTE),
            version: 0,
            deleted: false,
        }
    }

    fn shape(messages: &[Message], unread: Option<i64>) -> String {
        let days = |a: Timestamp, b: Timestamp| a.0 / Timestamp::DAY == b.0 / Timestamp::DAY;
        rows(
            messages.iter(),
            std::iter::empty(),
            AccountId(1),
            unread,
            days,
        )
        .iter()
        .map(|(_, row)| match row {
            Row::Day(_) => "day".to_owned(),
            Row::Unread => "unread".to_owned(),
            Row::Message {
                message, own, head, ..
            } => format!(
                "{}{}{}",
                message.seq,
                if *own { "o" } else { "" },
                if *head { "h" } else { "" }
            ),
            Row::Pending(_) => "pending".to_owned(),
        })
        .collect::<Vec<_>>()
        .join(" ")
    }

    #[test]
    fn messages_of_one_person_stand_together_for_five_minutes() {
        let all = [
            message(1, 2, 0),
            message(2, 2, 1),
            message(3, 1, 2),
            message(4, 1, 8),
        ];
        assert_eq!(shape(&all, None), "day 1h 2 3oh 4oh");
    }

    #[test]
    fn a_day_and_the_unread_begin_a_group() {
        let all = [
            message(1, 2, 1438),
            message(2, 2, 1441),
            message(3, 2, 1442),
        ];
        assert_eq!(shape(&all, Some(3)), "day 1h day 2h unread 3h");
    }

    #[test]
    fn another_name_draws_the_rows_of_its_author_anew_and_no_others() {
        let mut all = [message(1, 2, 0), message(2, 3, 1), message(3, 2, 2)];
        let keys = |all: &[Message]| -> Vec<Key> {
            let me = AccountId(1);
            let rows = rows(all.iter(), std::iter::empty(), me, None, |_, _| true);
            rows.into_iter().map(|(key, _)| key).collect()
        };
        let before = keys(&all);
        all[1].author.name = "Б".into();
        all[1].author.role = Role::Administrator;
        let after = keys(&all);
        let same: Vec<bool> = before.iter().zip(&after).map(|(a, b)| a == b).collect();
        // The day, and three messages.
        assert_eq!(same, [true, true, false, true]);
    }
}
