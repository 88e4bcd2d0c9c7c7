//! What is so, as far as a set may touch it.

use std::collections::{BTreeSet, HashMap};

use common::classes::ClassRole;
use common::permissions::Role;
use common::{AccountId, ClassId, GuardianLinkId, Name};

use super::change::{Change, ClassPlace, Place, What, When};
use crate::parents::link_status::LinkStatus;

/// A guardian link that isn't ended.
#[derive(Clone, Debug)]
pub struct Link {
    pub id: GuardianLinkId,
    pub parent: AccountId,
    pub child: Option<AccountId>,
    pub child_name: String,
    pub class: ClassId,
    pub status: LinkStatus,
}

/// Of the people of a set and of those who come and go with them: the parents of children, the
/// children of parents, and who leads the classes.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub staff_room: Option<ClassId>,
    pub roles: BTreeSet<(AccountId, Role)>,
    pub classes: BTreeSet<ClassPlace>,
    pub archived: BTreeSet<ClassId>,
    /// Of classes that come back: parents who were confirmed meanwhile, and so have never been there.
    pub kept_out: Vec<ClassPlace>,
    pub links: Vec<Link>,
    /// Of students who may be the child that a link speaks of.
    pub names: HashMap<AccountId, Name>,
}

/// Whom and what the changes name.
#[derive(Debug, Default)]
pub struct Asked {
    pub people: Vec<AccountId>,
    /// Classes that get a class teacher.
    pub led: Vec<ClassId>,
    /// Classes that get students, and who they are.
    pub entered: Vec<ClassId>,
    pub students: Vec<AccountId>,
    /// Classes that are archived or come back; those that come back.
    pub archives: Vec<ClassId>,
    pub restored: Vec<ClassId>,
}

impl Asked {
    pub(super) fn of(changes: &[Change]) -> Self {
        let mut asked = Self::default();
        for Change { what, when } in changes {
            let (who, place) = match what {
                What::Place(who, place) => (who, place),
                What::Archive(class) => {
                    asked.archives.push(*class);
                    if matches!(when, When::Until(_)) {
                        asked.restored.push(*class);
                    }
                    continue;
                }
            };
            asked.people.push(*who);
            match (place, when) {
                (Place::Class(class, ClassRole::ClassTeacher), When::From(_)) => {
                    asked.led.push(*class);
                }
                (Place::Class(class, ClassRole::Student), When::From(_)) => {
                    asked.entered.push(*class);
                    asked.students.push(*who);
                }
                (Place::Family { child, .. } | Place::ClassByChild(_, child), _) => {
                    asked.people.push(*child);
                }
                (Place::Link { child, .. }, _) => asked.people.extend(child),
                (Place::School(_) | Place::Class(..), _) => {}
            }
        }
        for all in [&mut asked.people, &mut asked.students] {
            all.sort_unstable();
            all.dedup();
        }
        for all in [&mut asked.led, &mut asked.entered] {
            all.sort_unstable();
            all.dedup();
        }
        asked
    }
}
