//! What a set does, all that follows included.

use std::collections::{BTreeMap, BTreeSet};

use common::permissions::Role;
use common::{AccountId, ChatId, ClassId, GuardianLinkId, Timestamp};

use super::change::ClassPlace;
use crate::parents::link_status::LinkStatus;

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

    /// What is so after them.
    pub(super) fn after<'a>(&'a self, before: &'a BTreeSet<T>) -> impl Iterator<Item = &'a T>
    where
        T: Ord,
    {
        let all = before.iter().chain(self.begin.keys());
        all.filter(|one| !self.end.contains_key(one))
    }
}

/// A guardian link that stands otherwise than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkMove {
    pub link: GuardianLinkId,
    pub parent: AccountId,
    pub class: ClassId,
    /// After it; the last one, of a link that ends.
    pub child: Option<AccountId>,
    pub before: LinkStatus,
    /// The same, where a child has come to a confirmed one.
    pub after: LinkStatus,
    pub at: Timestamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    pub roles: Moves<(AccountId, Role)>,
    pub classes: Moves<ClassPlace>,
    /// Parent and child, with the class that the link names.
    pub new_links: BTreeMap<(AccountId, AccountId), (ClassId, Timestamp)>,
    pub links: Vec<LinkMove>,
    /// Classes that are archived, and those that come back.
    pub archives: Moves<ClassId>,
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

    /// The links that come to stand so.
    pub fn links_after(&self, status: LinkStatus) -> impl Iterator<Item = &LinkMove> {
        self.links.iter().filter(move |link| link.after == status)
    }

    /// Who is or was a member by the roles and places that change.
    #[must_use]
    pub fn members(&self) -> Vec<AccountId> {
        let roles = self.roles.items().map(|(account, _)| *account);
        let classes = self.classes.items().map(|place| place.account);
        let all: BTreeSet<_> = roles.chain(classes).collect();
        all.into_iter().collect()
    }

    /// Whose roles, classes or links change.
    #[must_use]
    pub fn people(&self) -> Vec<AccountId> {
        let roles = self.roles.items().map(|(account, _)| *account);
        let classes = self.classes.items().map(|place| place.account);
        let new = self.new_links.keys().map(|(parent, _)| *parent);
        let links = self.links.iter().map(|link| link.parent);
        let all: BTreeSet<_> = roles.chain(classes).chain(new).chain(links).collect();
        all.into_iter().collect()
    }
}
