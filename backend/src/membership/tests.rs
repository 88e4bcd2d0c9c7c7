//! What follows from changes, without a database.

mod any;
mod links;

use common::classes::ClassRole;
use common::permissions::Role;
use common::{AccountId, ClassId, GuardianLinkId, Name, Timestamp};

use super::known::{Known, Link};
use super::plan::plan;
use super::{Change, ClassPlace, Effects, Place};
use crate::parents::link_status::LinkStatus;

const NOW: Timestamp = Timestamp(1_000);
const ROOM: ClassId = ClassId(1);
const CLASS: ClassId = ClassId(2);
const OTHER_CLASS: ClassId = ClassId(3);
const LEADER: AccountId = AccountId(1);
const TEACHER: AccountId = AccountId(2);
const CHILD: AccountId = AccountId(3);
const SIBLING: AccountId = AccountId(4);
const PARENT: AccountId = AccountId(5);
const STRANGER: AccountId = AccountId(6);

fn begin(who: AccountId, place: Place) -> Change {
    Change::begin(who, place, NOW)
}

fn end(who: AccountId, place: Place) -> Change {
    Change::end(who, place, NOW)
}

fn place(account: AccountId, class: ClassId, role: ClassRole) -> ClassPlace {
    ClassPlace {
        account,
        class,
        role,
        child: None,
    }
}

fn by_child(account: AccountId, class: ClassId, child: AccountId) -> ClassPlace {
    ClassPlace {
        child: Some(child),
        ..place(account, class, ClassRole::Parent)
    }
}

fn link(id: i64, child: Option<AccountId>, class: ClassId) -> Link {
    Link {
        id: GuardianLinkId(id),
        parent: PARENT,
        child,
        child_name: "Иванов Пётр".into(),
        class,
        status: LinkStatus::Confirmed,
    }
}

/// A family with a child in each of two classes; one of the staff leads the first, and another
/// teaches there.
fn school() -> Known {
    Known {
        staff_room: Some(ROOM),
        roles: [
            (LEADER, Role::Administrator),
            (LEADER, Role::Teacher),
            (TEACHER, Role::Teacher),
            (CHILD, Role::Student),
            (SIBLING, Role::Student),
            (PARENT, Role::Parent),
        ]
        .into(),
        classes: [
            place(LEADER, ROOM, ClassRole::Teacher),
            place(LEADER, CLASS, ClassRole::ClassTeacher),
            place(TEACHER, ROOM, ClassRole::Teacher),
            place(TEACHER, CLASS, ClassRole::Teacher),
            place(CHILD, CLASS, ClassRole::Student),
            place(SIBLING, OTHER_CLASS, ClassRole::Student),
            by_child(PARENT, CLASS, CHILD),
            by_child(PARENT, OTHER_CLASS, SIBLING),
        ]
        .into(),
        links: vec![
            link(1, Some(CHILD), CLASS),
            link(2, Some(SIBLING), OTHER_CLASS),
        ],
        ..Known::default()
    }
}

/// The world after the effects.
fn after(known: &Known, effects: &Effects) -> Known {
    let mut after = known.clone();
    after.roles.extend(effects.roles.begin.keys());
    after
        .roles
        .retain(|one| !effects.roles.end.contains_key(one));
    after.classes.extend(effects.classes.begin.keys());
    after
        .classes
        .retain(|one| !effects.classes.end.contains_key(one));
    for moved in &effects.links {
        let link = after.links.iter_mut().find(|link| link.id == moved.link);
        let link = link.unwrap();
        assert_eq!(link.status, moved.before);
        (link.status, link.child) = (moved.after, moved.child);
    }
    after.links.retain(|link| link.status != LinkStatus::Ended);
    after.archived.extend(effects.archives.begin.keys());
    let back = |class: &ClassId| effects.archives.end.contains_key(class);
    after.archived.retain(|class| !back(class));
    // Never an id that another link has had.
    let ids = known.links.iter().map(|link| link.id.0);
    let free = ids.chain([100]).max().unwrap_or_default() + 1;
    for (number, ((parent, child), (class, _))) in (free..).zip(&effects.new_links) {
        let parent = *parent;
        after.links.push(Link {
            parent,
            ..link(number, Some(*child), *class)
        });
    }
    after
}

/// What begins and ends, as a person reads it.
fn told(effects: &Effects) -> Vec<String> {
    let roles = &effects.roles;
    let role = |sign: &str, (who, role): &(AccountId, Role)| format!("{sign}{} {role:?}", who.0);
    let class = |sign: &str, place: &ClassPlace| {
        let ClassPlace {
            account,
            class,
            role,
            child,
        } = place;
        let child = child.map_or_else(String::new, |child| format!(" by {}", child.0));
        format!("{sign}{} {role:?} of {}{child}", account.0, class.0)
    };
    let mut all: Vec<String> = roles.end.keys().map(|one| role("-", one)).collect();
    all.extend(effects.classes.end.keys().map(|one| class("-", one)));
    let ended = effects.links_after(LinkStatus::Ended);
    all.extend(ended.map(|one| format!("-link {}", one.link.0)));
    all.extend(roles.begin.keys().map(|one| role("+", one)));
    all.extend(effects.classes.begin.keys().map(|one| class("+", one)));
    let new = effects.new_links.keys();
    all.extend(new.map(|(parent, child)| format!("+link of {} to {}", parent.0, child.0)));
    let confirmed = effects.links_after(LinkStatus::Confirmed);
    all.extend(confirmed.map(|one| {
        let child = one
            .child
            .map_or_else(String::new, |child| format!(" to {}", child.0));
        format!("+link {}{child}", one.link.0)
    }));
    let reopened = effects.links_after(LinkStatus::Waiting);
    all.extend(reopened.map(|one| format!("?link {}", one.link.0)));
    all
}

#[test]
fn staff_comes_into_the_staff_room_and_goes_with_the_last_of_its_roles() {
    let school = school();
    let came = plan(
        &school,
        &[begin(STRANGER, Place::Class(CLASS, ClassRole::Teacher))],
    );
    assert_eq!(
        told(&came),
        ["+6 Teacher", "+6 Teacher of 1", "+6 Teacher of 2"]
    );
    let one = end(LEADER, Place::School(Role::Administrator));
    assert_eq!(told(&plan(&school, &[one])), ["-1 Administrator"]);
    let other = end(LEADER, Place::School(Role::Teacher));
    // Leads no class without teaching; in the staff room as an administrator.
    assert_eq!(
        told(&plan(&school, &[other])),
        ["-1 Teacher", "-1 ClassTeacher of 2"]
    );
    assert_eq!(
        told(&plan(&school, &[other, one])),
        [
            "-1 Administrator",
            "-1 Teacher",
            "-1 Teacher of 1",
            "-1 ClassTeacher of 2"
        ]
    );
}

#[test]
fn a_class_has_one_class_teacher_and_the_one_before_stays() {
    let lead = Place::Class(CLASS, ClassRole::ClassTeacher);
    let effects = plan(&school(), &[begin(TEACHER, lead)]);
    assert_eq!(
        told(&effects),
        [
            "-1 ClassTeacher of 2",
            "-2 Teacher of 2",
            "+1 Teacher of 2",
            "+2 ClassTeacher of 2"
        ]
    );
    // Who leads it is no teacher of it besides.
    let teach = Place::Class(CLASS, ClassRole::Teacher);
    assert!(plan(&school(), &[begin(LEADER, teach)]).is_empty());
    assert!(plan(&school(), &[begin(LEADER, lead)]).is_empty());
}

#[test]
fn parents_come_and_go_with_a_child() {
    let school = school();
    let study = |class| Place::Class(class, ClassRole::Student);
    let moved = [end(CHILD, study(CLASS)), begin(CHILD, study(OTHER_CLASS))];
    assert_eq!(
        told(&plan(&school, &moved)),
        [
            "-3 Student of 2",
            "-5 Parent of 2 by 3",
            "+3 Student of 3",
            "+5 Parent of 3 by 3"
        ]
    );
    // The other child keeps the parent in the school.
    let left = end(CHILD, Place::School(Role::Student));
    assert_eq!(
        told(&plan(&school, &[left])),
        [
            "-3 Student",
            "-3 Student of 2",
            "-5 Parent of 2 by 3",
            "-link 1"
        ]
    );
    let both = [left, end(SIBLING, Place::School(Role::Student))];
    assert!(told(&plan(&school, &both)).contains(&"-5 Parent".to_owned()));
    let parent = end(PARENT, Place::School(Role::Parent));
    assert_eq!(
        told(&plan(&school, &[parent])),
        [
            "-5 Parent",
            "-5 Parent of 2 by 3",
            "-5 Parent of 3 by 4",
            "-link 1",
            "-link 2"
        ]
    );
}

#[test]
fn a_parent_is_where_the_children_are() {
    let school = school();
    let family = Place::Family {
        child: CHILD,
        class: CLASS,
    };
    assert_eq!(
        told(&plan(&school, &[begin(STRANGER, family)])),
        ["+6 Parent", "+6 Parent of 2 by 3", "+link of 6 to 3"]
    );
    assert!(plan(&school, &[begin(PARENT, family)]).is_empty());
    assert_eq!(
        told(&plan(&school, &[end(PARENT, family)])),
        ["-5 Parent of 2 by 3", "-link 1"]
    );
    // In any order: the child first, or its parent.
    let study = begin(STRANGER, Place::Class(OTHER_CLASS, ClassRole::Student));
    let child_of = begin(
        PARENT,
        Place::Family {
            child: STRANGER,
            class: OTHER_CLASS,
        },
    );
    let together = plan(&school, &[study, child_of]);
    assert_eq!(plan(&school, &[child_of, study]), together);
    assert!(told(&together).contains(&"+5 Parent of 3 by 6".to_owned()));
}

#[test]
fn a_child_that_a_parent_waits_for_is_decided_again() {
    let mut school = school();
    school.links.push(link(3, None, CLASS));
    let study = begin(STRANGER, Place::Class(CLASS, ClassRole::Student));
    for (surname, expected) in [("Иванов", true), ("Петров", false)] {
        let name = Name::new(surname, "Петр", None);
        school.names.insert(STRANGER, name);
        let asked = told(&plan(&school, &[study])).contains(&"?link 3".to_owned());
        assert_eq!(asked, expected, "{surname}");
    }
}

#[test]
fn what_ends_and_begins_again_has_not_moved() {
    let study = Place::Class(CLASS, ClassRole::Student);
    assert!(plan(&school(), &[end(CHILD, study), begin(CHILD, study)]).is_empty());
    let visit = [
        begin(STRANGER, study),
        end(STRANGER, study),
        end(STRANGER, Place::School(Role::Student)),
    ];
    assert!(plan(&school(), &visit).is_empty());
}

#[test]
fn parents_who_were_confirmed_meanwhile_come_when_a_class_comes_back() {
    let mut school = school();
    school.classes.remove(&by_child(PARENT, CLASS, CHILD));
    school.kept_out.push(by_child(PARENT, CLASS, CHILD));
    let archive = Change::archive(CLASS, NOW);
    let archived = plan(&school, &[archive]);
    assert!(archived.archives.begin.contains_key(&CLASS) && told(&archived).is_empty());
    let school = after(&school, &archived);
    assert!(plan(&school, &[archive]).is_empty());
    // Nobody comes to it by a child, while it is archived or once it is in the same set.
    let family = Place::Family {
        child: CHILD,
        class: CLASS,
    };
    let stranger = [begin(STRANGER, family)];
    assert_eq!(
        told(&plan(&school, &stranger)),
        ["+6 Parent", "+link of 6 to 3"]
    );
    let restore = Change::restore(CLASS, NOW);
    assert_eq!(told(&plan(&school, &[restore])), ["+5 Parent of 2 by 3"]);
    assert!(told(&plan(&school, &[restore, stranger[0]])).contains(&"+6 Parent of 2 by 3".into()));
    assert!(plan(&school, &[restore, archive]).archives.is_empty());
}
