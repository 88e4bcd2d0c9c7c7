//! Whoever reads a chat: asked of one by the rule book, and of many by lists.

use common::permissions::{About, ChatFacts, ChatKind, Facts, InClass, Place, Relation, Roles};
use common::{AccountId, ClassId, SchoolId};
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::relations::Pair;
use super::standing::Standing;
use crate::database::row;

row! {
    /// A chat, and what someone is there.
    pub struct ReadChat {
        pub standing: Standing,
        pub kind: ChatKind as Text,
        archived: bool as Bool,
        /// Of a direct chat: the other one.
        pub peer_id: Option<AccountId> as Nullable<BigInt>,
    }
}

impl ReadChat {
    /// The columns: of `chats`, joined with its `classes` if it has one, and of who `account` says, as the
    /// statement calls it.
    #[must_use]
    pub fn columns(account: &str) -> String {
        format!(
            "{}, chats.kind, classes.archived_at IS NOT NULL AS archived, \
             CASE WHEN chats.low_id = {account} THEN chats.high_id ELSE chats.low_id END AS peer_id",
            Standing::columns("chats", account)
        )
    }

    /// Of a direct chat: who reads it, and the other one.
    #[must_use]
    pub fn pair(&self, reader: AccountId) -> Option<Pair> {
        Some((self.standing.school_id, reader, self.peer_id?))
    }

    /// The facts of who reads it.
    #[must_use]
    pub fn reader(&self, account: AccountId, peer: Option<Relation>) -> Facts {
        Facts {
            account: Some(account),
            about: About::Chat(self.standing.place(), self.facts(true, peer)),
        }
    }

    pub(super) const fn facts(&self, member: bool, peer: Option<Relation>) -> ChatFacts {
        ChatFacts {
            kind: self.kind,
            member,
            archived: self.archived,
            peer,
        }
    }
}

/// The facts of who will read a chat of a class that isn't archived, and what they will be: of what is asked
/// before it's so.
#[must_use]
pub const fn reader_in_class(
    account: AccountId,
    (school, class, kind): (SchoolId, ClassId, ChatKind),
    roles: Roles,
    in_class: InClass,
) -> Facts {
    let place = Place {
        school,
        roles,
        class: Some(class),
        in_class,
    };
    let chat = ChatFacts {
        kind,
        member: true,
        archived: false,
        peer: None,
    };
    Facts {
        account: Some(account),
        about: About::Chat(place, chat),
    }
}
