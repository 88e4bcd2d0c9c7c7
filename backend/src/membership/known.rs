//! What is so, as far as a set may touch it.

use std::collections::{BTreeSet, HashMap, HashSet};

use common::classes::ClassRole;
use common::permissions::Role;
use common::{AccountId, ClassId, GuardianLinkId, Name};
use diesel_async::AsyncPgConnection;

use super::{Change, ClassPlace, Place, Set, When, queries};
use crate::error::Result;
use crate::parents::LinkStatus;

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
    pub archived: HashSet<ClassId>,
    pub links: Vec<Link>,
    /// Of students who may be the child that a link speaks of.
    pub names: HashMap<AccountId, Name>,
}

pub async fn load(conn: &mut AsyncPgConnection, set: &Set<'_>) -> Result<Known> {
    let asked = Asked::of(set.changes);
    let school = set.school;
    let people = queries::near(conn, school, &asked).await?;
    let links = queries::links(conn, school, &people).await?;
    let nameless = |link: &Link| link.child.is_none() && link.status == LinkStatus::Confirmed;
    let names = if links.iter().any(nameless) && !asked.students.is_empty() {
        queries::names(conn, &asked.students).await?
    } else {
        HashMap::new()
    };
    let (classes, archived) = queries::class_places(conn, school, &people).await?;
    Ok(Known {
        staff_room: queries::staff_room(conn, school).await?,
        roles: queries::roles(conn, school, &people).await?,
        classes,
        archived,
        links,
        names,
    })
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
}

impl Asked {
    fn of(changes: &[Change]) -> Self {
        let mut asked = Self::default();
        for Change { who, place, when } in changes {
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
