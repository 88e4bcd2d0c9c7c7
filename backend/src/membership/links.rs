//! Guardian links while a plan is made: how they stand, and what has become of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use common::{AccountId, ClassId, GuardianLinkId, Name, Timestamp};

use super::effects::LinkMove;
use super::known::Link;
use crate::parents::link_status::LinkStatus;
use crate::parents::matching::{Fit, fit};

/// Parent and child, with the class that the link names.
pub type NewLinks = BTreeMap<(AccountId, AccountId), (ClassId, Timestamp)>;

pub struct Links<'a> {
    before: &'a [Link],
    /// Those that have ended are out.
    now: BTreeMap<GuardianLinkId, Link>,
    of_parent: HashMap<AccountId, Vec<GuardianLinkId>>,
    of_child: HashMap<AccountId, Vec<GuardianLinkId>>,
    /// To children without an account, by the class in which they are expected.
    nameless: HashMap<ClassId, Vec<GuardianLinkId>>,
    moved: HashMap<GuardianLinkId, Timestamp>,
    new: NewLinks,
}

impl<'a> Links<'a> {
    pub fn new(known: &'a [Link]) -> Self {
        let mut links = Self {
            before: known,
            now: BTreeMap::new(),
            of_parent: HashMap::new(),
            of_child: HashMap::new(),
            nameless: HashMap::new(),
            moved: HashMap::new(),
            new: NewLinks::new(),
        };
        for link in known {
            links.now.insert(link.id, link.clone());
            links
                .of_parent
                .entry(link.parent)
                .or_default()
                .push(link.id);
            let same = match link.child {
                Some(child) => links.of_child.entry(child).or_default(),
                None => links.nameless.entry(link.class).or_default(),
            };
            same.push(link.id);
        }
        links
    }

    /// The link, if it's this parent's and not ended.
    pub fn of(&self, parent: AccountId, link: GuardianLinkId) -> Option<&Link> {
        self.now.get(&link).filter(|link| link.parent == parent)
    }

    pub fn of_child(&self, child: AccountId) -> impl Iterator<Item = &Link> {
        let ids = self.of_child.get(&child).into_iter().flatten();
        ids.filter_map(|id| self.now.get(id))
    }

    pub fn parents(&self, child: AccountId) -> BTreeSet<AccountId> {
        let new = self.new.keys().filter(|pair| pair.1 == child);
        let old = self.of_child(child).map(|link| link.parent);
        old.chain(new.map(|pair| pair.0)).collect()
    }

    /// By a confirmed link, old or new.
    pub fn is_parent(&self, who: AccountId, child: AccountId) -> bool {
        self.new.contains_key(&(who, child))
            || self
                .of_child(child)
                .any(|link| link.parent == who && link.status == LinkStatus::Confirmed)
    }

    /// Whether the school has, or may have, a child of theirs.
    pub fn is_any_parent(&self, who: AccountId) -> bool {
        let ids = self.of_parent.get(&who).into_iter().flatten();
        let mut live = ids
            .filter_map(|id| self.now.get(id))
            .filter(|link| matches!(link.status, LinkStatus::Waiting | LinkStatus::Confirmed));
        live.next().is_some() || self.new.keys().any(|(parent, _)| *parent == who)
    }

    pub fn add(&mut self, parent: AccountId, child: AccountId, class: ClassId, at: Timestamp) {
        self.new.insert((parent, child), (class, at));
    }

    pub fn confirm(&mut self, id: GuardianLinkId, child: Option<AccountId>, at: Timestamp) {
        let Some(link) = self.now.get_mut(&id) else {
            return;
        };
        link.status = LinkStatus::Confirmed;
        link.child = child;
        if let Some(child) = child {
            self.of_child.entry(child).or_default().push(id);
        }
        self.moved.insert(id, at);
    }

    pub fn end(&mut self, link: GuardianLinkId, at: Timestamp) {
        self.now.remove(&link);
        self.moved.insert(link, at);
    }

    /// All of them, old and new, that make one the parent of the other.
    pub fn end_between(&mut self, parent: AccountId, child: AccountId, at: Timestamp) {
        self.new.remove(&(parent, child));
        let of_child = self.of_child(child).filter(|link| link.parent == parent);
        let ids: Vec<GuardianLinkId> = of_child.map(|link| link.id).collect();
        ids.into_iter().for_each(|id| self.end(id, at));
    }

    pub fn end_of_child(&mut self, child: AccountId, at: Timestamp) {
        self.new.retain(|pair, _| pair.1 != child);
        let ids: Vec<GuardianLinkId> = self.of_child(child).map(|link| link.id).collect();
        ids.into_iter().for_each(|id| self.end(id, at));
    }

    pub fn end_of_parent(&mut self, parent: AccountId, at: Timestamp) {
        self.new.retain(|pair, _| pair.0 != parent);
        for id in self.of_parent.get(&parent).cloned().unwrap_or_default() {
            if self.now.contains_key(&id) {
                self.end(id, at);
            }
        }
    }

    /// Where a parent was confirmed before the child had an account and the name fits, the school
    /// decides again, now with the child.
    pub fn meet(&mut self, student: AccountId, name: &Name, class: ClassId, at: Timestamp) {
        for id in self.nameless.get(&class).into_iter().flatten() {
            if let Some(link) = self.now.get_mut(id)
                && link.status == LinkStatus::Confirmed
                && link.child.is_none()
                && link.parent != student
                && fit(&link.child_name, name) == Fit::Both
            {
                link.status = LinkStatus::Waiting;
                self.moved.insert(*id, at);
            }
        }
    }

    /// What stands otherwise than before, and what is new.
    pub fn moves(mut self) -> (Vec<LinkMove>, NewLinks) {
        let mut moves = Vec::new();
        for before in self.before {
            let now = self.now.remove(&before.id);
            let now = now.map(|link| (link.status, link.child));
            let (status, child) = now.unwrap_or((LinkStatus::Ended, before.child));
            if (status, child) == (before.status, before.child) {
                continue;
            }
            let Some(at) = self.moved.get(&before.id) else {
                continue;
            };
            moves.push(LinkMove {
                link: before.id,
                parent: before.parent,
                class: before.class,
                child,
                before: before.status,
                after: status,
                at: *at,
            });
        }
        (moves, self.new)
    }
}
