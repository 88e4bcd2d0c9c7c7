//! What a set does, all that follows included.

use std::collections::{BTreeMap, BTreeSet};

use common::permissions::Role;
use common::{AccountId, ChatId, ClassId, GuardianLinkId, Timestamp};

use super::change::ClassPlace;

/// What begins and what ends, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moves<T> {
    pub begin: BTreeMap<T, Timestamp>,
    pub end: BTreeMap<T, Timestamp>,
}

impl<T> Default for Moves<T> {
    fn default() -> Self {
        Self {
            begin: BTreeMap::new(),
            end: BTreeMap::new(),
        }
    }
}

impl<T> Moves<T> {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.begin.is_empty() && self.end.is_empty()
    }

    pub(super) fn items(&self) -> impl Iterator<Item = &T> {
        self.begin.keys().chain(self.end.keys())
    }
}

/// A guardian link that ends with the role of one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedLink {
    pub link: GuardianLinkId,
    pub parent: AccountId,
    pub class: ClassId,
    /// It had not been decided yet.
    pub waited: bool,
}

/// A link that was confirmed before the child had an account: now somebody came who may be the child,
/// and the school decides again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReopenedLink {
    pub link: GuardianLinkId,
    pub parent: AccountId,
    pub class: ClassId,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    pub roles: Moves<(AccountId, Role)>,
    pub classes: Moves<ClassPlace>,
    /// Parent and child, with the class that the link names.
    pub new_links: BTreeMap<(AccountId, AccountId), (ClassId, Timestamp)>,
    pub ended_links: Vec<EndedLink>,
    pub reopened_links: Vec<ReopenedLink>,
    /// Who enters and who leaves which chats.
    pub joins: Vec<(ChatId, AccountId)>,
    pub leaves: Vec<(ChatId, AccountId)>,
}

impl Effects {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whose roles change.
    #[must_use]
    pub fn of_roles(&self) -> Vec<AccountId> {
        let all: BTreeSet<_> = self.roles.items().map(|(account, _)| *account).collect();
        all.into_iter().collect()
    }

    /// Whose roles, classes or links change.
    #[must_use]
    pub fn people(&self) -> Vec<AccountId> {
        let roles = self.roles.items().map(|(account, _)| *account);
        let classes = self.classes.items().map(|place| place.account);
        let links = self.new_links.keys().map(|(parent, _)| *parent);
        let ended = self.ended_links.iter().map(|link| link.parent);
        let reopened = self.reopened_links.iter().map(|link| link.parent);
        let all: BTreeSet<_> = roles
            .chain(classes)
            .chain(links)
            .chain(ended)
            .chain(reopened)
            .collect();
        all.into_iter().collect()
    }
}
