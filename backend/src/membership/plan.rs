//! What follows from changes: pure, so that it can be shown before it is made.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use common::classes::ClassRole;
use common::permissions::Role;
use common::{AccountId, ClassId, Timestamp};

use super::change::{Change, ClassPlace, Place, When};
use super::effects::{Effects, EndedLink, ReopenedLink};
use super::known::{Known, Link};
use super::tracked::Tracked;
use crate::parents::link_status::LinkStatus;
use crate::parents::matching::{Fit, fit};

/// What the changes do, one after the other, but for the chats.
pub fn plan(known: &Known, changes: &[Change]) -> Effects {
    let mut draft = Draft::new(known);
    for change in changes {
        match change.when {
            When::From(at) => draft.begin(change.who, change.place, at),
            When::Until(at) => draft.end(change.who, change.place, at),
        }
    }
    Effects {
        roles: draft.roles.moves,
        classes: draft.classes.moves,
        new_links: draft.new_links,
        ended_links: draft.ended_links,
        reopened_links: draft.reopened_links,
        ..Effects::default()
    }
}

struct Draft<'a> {
    known: &'a Known,
    roles: Tracked<(AccountId, Role)>,
    classes: Tracked<ClassPlace>,
    leads: HashMap<ClassId, AccountId>,
    /// Parents who are in a class by the child, or were.
    by_child: HashMap<AccountId, BTreeSet<AccountId>>,
    links_of_parent: HashMap<AccountId, Vec<&'a Link>>,
    links_of_child: HashMap<AccountId, Vec<&'a Link>>,
    nameless_links: HashMap<ClassId, Vec<&'a Link>>,
    gone: HashSet<i64>,
    new_links: BTreeMap<(AccountId, AccountId), (ClassId, Timestamp)>,
    ended_links: Vec<EndedLink>,
    reopened_links: Vec<ReopenedLink>,
}

impl<'a> Draft<'a> {
    fn new(known: &'a Known) -> Self {
        let mut draft = Self {
            known,
            roles: Tracked::new(&known.roles),
            classes: Tracked::new(&known.classes),
            leads: HashMap::new(),
            by_child: HashMap::new(),
            links_of_parent: HashMap::new(),
            links_of_child: HashMap::new(),
            nameless_links: HashMap::new(),
            gone: HashSet::new(),
            new_links: BTreeMap::new(),
            ended_links: Vec::new(),
            reopened_links: Vec::new(),
        };
        for place in &known.classes {
            if place.role == ClassRole::ClassTeacher {
                draft.leads.insert(place.class, place.account);
            }
            if let Some(child) = place.child {
                draft
                    .by_child
                    .entry(child)
                    .or_default()
                    .insert(place.account);
            }
        }
        for link in &known.links {
            let of_parent = draft.links_of_parent.entry(link.parent).or_default();
            of_parent.push(link);
            match link.child {
                Some(child) => draft.links_of_child.entry(child).or_default().push(link),
                None if link.status == LinkStatus::Confirmed => {
                    draft
                        .nameless_links
                        .entry(link.class)
                        .or_default()
                        .push(link);
                }
                None => {}
            }
        }
        draft
    }

    fn begin(&mut self, who: AccountId, place: Place, at: Timestamp) {
        match place {
            Place::School(role) => self.begin_role(who, role, at),
            Place::Class(class, role) => self.begin_in_class(who, class, role, at),
            Place::ClassByChild(class, child) => self.begin_by_child(who, class, child, at),
            Place::Family { child, class } => self.begin_family(who, child, class, at),
        }
    }

    fn end(&mut self, who: AccountId, place: Place, at: Timestamp) {
        match place {
            Place::School(role) => self.end_role(who, role, at),
            Place::Class(class, role) => self.end_in_class(who, class, role, at),
            Place::ClassByChild(class, child) => {
                self.end_by_child(who, child, at, |place| place.class == class);
            }
            Place::Family { child, .. } => self.end_family(who, child, at),
        }
    }

    fn has(&self, who: AccountId, role: Role) -> bool {
        self.roles.now.contains(&(who, role))
    }

    fn is_staff(&self, who: AccountId) -> bool {
        self.has(who, Role::Administrator) || self.has(who, Role::Teacher)
    }

    fn places(&self, who: AccountId) -> Vec<ClassPlace> {
        let first = ClassPlace {
            account: who,
            class: ClassId(i64::MIN),
            role: ClassRole::ClassTeacher,
            child: None,
        };
        let mine = self.classes.now.range(first..);
        mine.take_while(|place| place.account == who)
            .copied()
            .collect()
    }

    /// Staff comes into the staff room, if the school has one yet (R51).
    fn begin_role(&mut self, who: AccountId, role: Role, at: Timestamp) {
        self.roles.begin((who, role), at);
        if matches!(role, Role::Administrator | Role::Teacher)
            && let Some(room) = self.known.staff_room
        {
            let place = ClassPlace {
                account: who,
                class: room,
                role: ClassRole::Teacher,
                child: None,
            };
            self.classes.begin(place, at);
        }
    }

    /// What hangs on the role ends with it; with a student go the parents who have no other child
    /// here (R61).
    fn end_role(&mut self, who: AccountId, role: Role, at: Timestamp) {
        if !self.roles.end((who, role), at) {
            return;
        }
        match role {
            Role::Administrator | Role::Teacher => self.end_staff(who, role, at),
            Role::Student => {
                self.end_places(who, at, |place| place.role == ClassRole::Student);
                for parent in self.by_child.get(&who).cloned().unwrap_or_default() {
                    self.end_by_child(parent, who, at, |_| true);
                }
                for link in self.links_of_child.get(&who).cloned().unwrap_or_default() {
                    self.end_link(link);
                    self.end_childless(link.parent, at);
                }
                self.forget_new_links(|(_, child)| *child == who, at);
            }
            Role::Parent => {
                self.end_places(who, at, |place| place.role == ClassRole::Parent);
                for link in self.links_of_parent.get(&who).cloned().unwrap_or_default() {
                    self.end_link(link);
                }
                self.new_links.retain(|(parent, _), _| *parent != who);
            }
        }
    }

    /// The staff room stays with those who are staff otherwise, and classes with those who teach.
    fn end_staff(&mut self, who: AccountId, role: Role, at: Timestamp) {
        let still = self.is_staff(who);
        if role == Role::Administrator && still {
            return;
        }
        let room = self.known.staff_room;
        self.end_places(who, at, |place| {
            matches!(place.role, ClassRole::ClassTeacher | ClassRole::Teacher)
                && !(still && Some(place.class) == room)
        });
    }

    fn end_places(&mut self, who: AccountId, at: Timestamp, which: impl Fn(&ClassPlace) -> bool) {
        for place in self.places(who).into_iter().filter(which) {
            self.classes.end(place, at);
            if place.role == ClassRole::ClassTeacher {
                self.leads.remove(&place.class);
            }
        }
    }

    fn begin_in_class(&mut self, who: AccountId, class: ClassId, role: ClassRole, at: Timestamp) {
        let place = |account, role| ClassPlace {
            account,
            class,
            role,
            child: None,
        };
        self.begin_role(who, role.school_role(), at);
        match role {
            ClassRole::ClassTeacher => {
                // The one before stays as a teacher of the class (R58).
                if let Some(before) = self.leads.insert(class, who).filter(|one| *one != who) {
                    self.classes.end(place(before, ClassRole::ClassTeacher), at);
                    self.classes.begin(place(before, ClassRole::Teacher), at);
                }
                self.classes.end(place(who, ClassRole::Teacher), at);
                self.classes.begin(place(who, role), at);
            }
            ClassRole::Teacher => {
                // Who leads a class isn't made a teacher of it besides.
                if self.leads.get(&class) != Some(&who) {
                    self.classes.begin(place(who, role), at);
                }
            }
            ClassRole::Student => {
                let new = self.classes.begin(place(who, role), at);
                self.bring_parents(who, class, at);
                if new {
                    self.meet(who, class);
                }
            }
            ClassRole::Parent => {}
        }
    }

    /// The confirmed parents of a student come along (R61 in reverse).
    fn bring_parents(&mut self, student: AccountId, class: ClassId, at: Timestamp) {
        let links = self.links_of_child.get(&student).into_iter().flatten();
        let new = self.new_links.keys().filter(|pair| pair.1 == student);
        let parents = links.map(|link| link.parent).chain(new.map(|pair| pair.0));
        let parents: BTreeSet<AccountId> = parents.collect();
        for parent in parents {
            self.begin_by_child(parent, class, student, at);
        }
    }

    /// By a confirmed link, old or new.
    fn is_parent(&self, who: AccountId, child: AccountId) -> bool {
        let mut links = self.links_of_child.get(&child).into_iter().flatten();
        self.new_links.contains_key(&(who, child))
            || links.any(|link| {
                link.parent == who
                    && link.status == LinkStatus::Confirmed
                    && !self.gone.contains(&link.id.0)
            })
    }

    /// Where a parent was confirmed before the child had an account and the name fits, the school
    /// decides again, now with the child.
    fn meet(&mut self, student: AccountId, class: ClassId) {
        let (known, links) = (self.known, self.nameless_links.get(&class));
        let Some(name) = known.names.get(&student) else {
            return;
        };
        let fitting = links.into_iter().flatten().filter(|link| {
            link.parent != student
                && fit(&link.child_name, name) == Fit::Both
                && !self.gone.contains(&link.id.0)
        });
        let reopened: Vec<_> = fitting
            .map(|link| ReopenedLink {
                link: link.id,
                parent: link.parent,
                class,
            })
            .collect();
        self.gone.extend(reopened.iter().map(|link| link.link.0));
        self.reopened_links.extend(reopened);
    }

    /// Only a confirmed parent is somewhere by a child.
    fn begin_by_child(&mut self, who: AccountId, class: ClassId, child: AccountId, at: Timestamp) {
        if !self.is_parent(who, child) {
            return;
        }
        self.begin_role(who, Role::Parent, at);
        let place = ClassPlace {
            account: who,
            class,
            role: ClassRole::Parent,
            child: Some(child),
        };
        self.classes.begin(place, at);
        self.by_child.entry(child).or_default().insert(who);
    }

    /// With a student go the parents who are in the class for this child alone.
    fn end_in_class(&mut self, who: AccountId, class: ClassId, role: ClassRole, at: Timestamp) {
        let before = self.classes.now.len();
        self.end_places(who, at, |place| place.class == class && place.role == role);
        if role == ClassRole::Student && self.classes.now.len() < before {
            for parent in self.by_child.get(&who).cloned().unwrap_or_default() {
                self.end_by_child(parent, who, at, |place| place.class == class);
            }
        }
    }

    fn end_by_child(
        &mut self,
        parent: AccountId,
        child: AccountId,
        at: Timestamp,
        which: impl Fn(&ClassPlace) -> bool,
    ) {
        self.end_places(parent, at, |place| {
            place.child == Some(child) && which(place)
        });
    }

    fn begin_family(&mut self, who: AccountId, child: AccountId, class: ClassId, at: Timestamp) {
        if !self.is_parent(who, child) {
            self.new_links.insert((who, child), (class, at));
        }
        self.begin_role(who, Role::Parent, at);
        for place in self.places(child) {
            if place.role == ClassRole::Student && !self.known.archived.contains(&place.class) {
                self.begin_by_child(who, place.class, child, at);
            }
        }
    }

    fn end_family(&mut self, who: AccountId, child: AccountId, at: Timestamp) {
        self.end_by_child(who, child, at, |_| true);
        let links = self.links_of_child.get(&child).cloned();
        for link in links.unwrap_or_default() {
            if link.parent == who {
                self.end_link(link);
            }
        }
        self.new_links.remove(&(who, child));
        self.end_childless(who, at);
    }

    fn end_link(&mut self, link: &Link) {
        if self.gone.insert(link.id.0) {
            self.ended_links.push(EndedLink {
                link: link.id,
                parent: link.parent,
                class: link.class,
                waited: link.status == LinkStatus::Waiting,
            });
        }
    }

    fn forget_new_links(&mut self, which: impl Fn(&(AccountId, AccountId)) -> bool, at: Timestamp) {
        let gone: Vec<_> = self.new_links.keys().copied().filter(which).collect();
        for pair in gone {
            self.new_links.remove(&pair);
            self.end_childless(pair.0, at);
        }
    }

    /// Who has no link to a child in the school any more is no parent here.
    fn end_childless(&mut self, parent: AccountId, at: Timestamp) {
        let links = self.links_of_parent.get(&parent);
        let mut live = links.into_iter().flatten().filter(|link| {
            matches!(link.status, LinkStatus::Waiting | LinkStatus::Confirmed)
                && !self.ended_links.iter().any(|ended| ended.link == link.id)
        });
        if live.next().is_none() && !self.new_links.keys().any(|(who, _)| *who == parent) {
            self.roles.end((parent, Role::Parent), at);
        }
    }
}
