//! What screens fetch for themselves, and don't keep in the state: an event says that it's another
//! now, not what it is. Whoever shows it fetches it again.

use serde::{Deserialize, Serialize};

use super::Event;
use crate::id::{ClassId, SchoolId};
use crate::permissions::{Action, Scope};
use crate::schools::SchoolEvent;

/// Where something has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Touched {
    /// Classes, people, invites or requests of a school. Its staff is told, once for each
    /// transaction: others see no more of it than their classes.
    School(SchoolId),
    /// Who is in a class, or what it's called. Its members are told, and who has just left.
    Class { school: SchoolId, class: ClassId },
    /// Where the person is signed in, or something else of their own.
    Account,
    /// The operators are told.
    Applications,
}

impl Event {
    /// Whether the answer to a request that needed this (see
    /// [`Endpoint::needs`](crate::endpoint::Endpoint::needs)) may be another after the event.
    #[must_use]
    pub fn outdates(&self, action: Action, scope: Scope) -> bool {
        match self {
            Self::Touched(touched) => touched.concerns(action, scope),
            Self::School(SchoolEvent::Changed { school, .. }) => {
                action == Action::SeeSchool && scope == Scope::School(*school)
            }
            // What a parent fetches of a child has in it what the state says of it.
            Self::Parent(_) => action == Action::UseAccount && scope == Scope::Installation,
            _ => false,
        }
    }
}

impl Touched {
    fn concerns(self, action: Action, scope: Scope) -> bool {
        match (self, scope) {
            (Self::School(school), Scope::School(of)) => {
                of == school && action != Action::SeeSchool
            }
            // Which school it is of isn't known here; staff are mostly of one.
            (Self::School(_), Scope::Class(_)) => true,
            (Self::Class { class, .. }, Scope::Class(of)) => of == class,
            (Self::Class { school, .. }, Scope::School(of)) => {
                of == school && action == Action::SeeContacts
            }
            // A parent's children, with the teachers of their classes.
            (Self::Class { .. } | Self::Account, Scope::Installation) => {
                action == Action::UseAccount
            }
            (Self::Applications, _) => action == Action::ReviewApplications,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHOOL: SchoolId = SchoolId(1);
    const CLASS: ClassId = ClassId(1);

    #[test]
    fn what_is_touched_elsewhere_outdates_nothing() {
        let event = Event::Touched(Touched::School(SCHOOL));
        let elsewhere = Scope::School(SchoolId(2));
        assert!(event.outdates(Action::SeePeople, Scope::School(SCHOOL)));
        assert!(!event.outdates(Action::SeePeople, elsewhere));
        let event = Event::Touched(Touched::Class {
            school: SCHOOL,
            class: CLASS,
        });
        assert!(event.outdates(Action::SeeClass, Scope::Class(CLASS)));
        assert!(!event.outdates(Action::SeeClass, Scope::Class(ClassId(2))));
        assert!(event.outdates(Action::SeeContacts, Scope::School(SCHOOL)));
        assert!(!event.outdates(Action::SeeContacts, elsewhere));
    }

    #[test]
    fn the_information_page_is_outdated_by_its_own_event_alone() {
        let page = Scope::School(SCHOOL);
        for touched in [Touched::School(SCHOOL), Touched::Account] {
            assert!(!Event::Touched(touched).outdates(Action::SeeSchool, page));
        }
    }
}
