//! What follows from changes: pure, so that it can be shown before it is made.

use std::collections::{BTreeSet, HashMap};

use common::classes::ClassRole;
use common::permissions::Role;
use common::{AccountId, ClassId, GuardianLinkId, Timestamp};

use super::change::{Change, ClassPlace, Place, What, When};
use super::effects::Effects;
use super::known::Known;
use super::links::Links;
use super::tracked::Tracked;
use crate::parents::link_status::LinkStatus;

/// What the changes do, one after the other, but for the chats.
pub fn plan(known: &Known, changes: &[Change]) -> Effects {
    let mut draft = Draft::new(known);
    for change in changes {
        match (change.what, change.when) {
            (What::Place(who, place), When::From(at)) => draft.begin(who, place, at),
            (What::Place(who, place), When::Until(at)) => draft.end(who, place, at),
            (What::Archive(class), When::From(at)) => {
                draft.archives.begin(class, at);
            }
            (What::Archive(class), When::Until(at)) => draft.restore(class, at),
        }
    }
    let (links, new_links) = draft.links.moves();
    Effects {
        roles: draft.roles.moves,
        classes: draft.classes.moves,
        new_links,
        links,
        archives: draft.archives.moves,
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
    links: Links<'a>,
    archives: Tracked<ClassId>,
}

impl<'a> Draft<'a> {
    fn new(known: &'a Known) -> Self {
        let mut draft = Self {
            known,
            roles: Tracked::new(&known.roles),
            classes: Tracked::new(&known.classes),
            leads: HashMap::new(),
            by_child: HashMap::new(),
            links: Links::new(&known.links),
            archives: Tracked::new(&known.archived),
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
        draft
    }

    fn begin(&mut self, who: AccountId, place: Place, at: Timestamp) {
        match place {
            Place::School(role) => self.begin_role(who, role, at),
            Place::Class(class, role) => self.begin_in_class(who, class, role, at),
            Place::ClassByChild(class, child) => self.begin_by_child(who, class, child, at),
            Place::Family { child, class } => self.begin_family(who, child, class, at),
            Place::Link { link, child } => self.begin_link(who, link, child, at),
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
            Place::Link { link, .. } => self.end_link(who, link, at),
        }
    }

    /// Parents who were confirmed while it was archived come to where their child is.
    fn restore(&mut self, class: ClassId, at: Timestamp) {
        if !self.archives.end(class, at) {
            return;
        }
        let known = self.known;
        for place in known.kept_out.iter().filter(|place| place.class == class) {
            let Some(child) = place.child else {
                continue;
            };
            let student = ClassPlace {
                account: child,
                class,
                role: ClassRole::Student,
                child: None,
            };
            if self.classes.now.contains(&student) {
                self.begin_by_child(place.account, class, child, at);
            }
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
                let parents = self.links.parents(who);
                self.links.end_of_child(who, at);
                for parent in parents {
                    self.end_childless(parent, at);
                }
            }
            Role::Parent => {
                self.end_places(who, at, |place| place.role == ClassRole::Parent);
                self.links.end_of_parent(who, at);
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
                let known = self.known;
                if let Some(name) = known.names.get(&who).filter(|_| new) {
                    self.links.meet(who, name, class, at);
                }
            }
            ClassRole::Parent => {}
        }
    }

    /// The confirmed parents of a student come along (R61 in reverse).
    fn bring_parents(&mut self, student: AccountId, class: ClassId, at: Timestamp) {
        for parent in self.links.parents(student) {
            self.begin_by_child(parent, class, student, at);
        }
    }

    /// Only a confirmed parent is somewhere by a child.
    fn begin_by_child(&mut self, who: AccountId, class: ClassId, child: AccountId, at: Timestamp) {
        if !self.links.is_parent(who, child) {
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
        if !self.links.is_parent(who, child) {
            self.links.add(who, child, class, at);
        }
        self.begin_role(who, Role::Parent, at);
        self.begin_where(who, child, at);
    }

    /// A parent comes to where the child is.
    fn begin_where(&mut self, who: AccountId, child: AccountId, at: Timestamp) {
        for place in self.places(child) {
            if place.role == ClassRole::Student && !self.archives.now.contains(&place.class) {
                self.begin_by_child(who, place.class, child, at);
            }
        }
    }

    fn end_family(&mut self, who: AccountId, child: AccountId, at: Timestamp) {
        self.end_by_child(who, child, at, |_| true);
        self.links.end_between(who, child, at);
        self.end_childless(who, at);
    }

    fn begin_link(
        &mut self,
        who: AccountId,
        id: GuardianLinkId,
        child: Option<AccountId>,
        at: Timestamp,
    ) {
        let Some(link) = self.links.of(who, id) else {
            return;
        };
        let is_so = link.status == LinkStatus::Confirmed && child.is_none();
        // Whose parent somebody is doesn't change: such a link ends.
        if is_so || link.child.is_some() || child == Some(who) {
            return;
        }
        if let Some(child) = child {
            // Asked twice, under different names or for different classes.
            self.links.end_between(who, child, at);
        }
        self.links.confirm(id, child, at);
        self.begin_role(who, Role::Parent, at);
        if let Some(child) = child {
            self.begin_where(who, child, at);
        }
    }

    fn end_link(&mut self, who: AccountId, id: GuardianLinkId, at: Timestamp) {
        let Some(link) = self.links.of(who, id) else {
            return;
        };
        let (child, refused) = (link.child, link.status == LinkStatus::Refused);
        self.links.end(id, at);
        if let Some(child) = child {
            self.end_by_child(who, child, at, |_| true);
        }
        // By one that was refused nobody was anything.
        if !refused {
            self.end_childless(who, at);
        }
    }

    /// Who has no link to a child in the school any more is no parent here.
    fn end_childless(&mut self, parent: AccountId, at: Timestamp) {
        if !self.links.is_any_parent(parent) {
            self.roles.end((parent, Role::Parent), at);
        }
    }
}
