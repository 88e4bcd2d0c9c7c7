//! Guardian links that are confirmed and ended.

use super::*;

fn of(link: i64, child: Option<AccountId>) -> Place {
    let link = GuardianLinkId(link);
    Place::Link { link, child }
}

/// With a link by which a stranger waits for a child of the class.
fn asked() -> Known {
    let mut school = school();
    school.links.push(Link {
        parent: STRANGER,
        status: LinkStatus::Waiting,
        ..link(3, None, CLASS)
    });
    school
}

#[test]
fn a_link_that_is_confirmed_brings_the_parent_where_the_child_is() {
    let school = asked();
    let confirmed = plan(&school, &[begin(STRANGER, of(3, Some(CHILD)))]);
    assert_eq!(
        told(&confirmed),
        ["+6 Parent", "+6 Parent of 2 by 3", "+link 3 to 3"]
    );
    let school = after(&school, &confirmed);
    assert!(plan(&school, &[begin(STRANGER, of(3, Some(CHILD)))]).is_empty());
    assert_eq!(
        told(&plan(&school, &[end(STRANGER, of(3, None))])),
        ["-6 Parent", "-6 Parent of 2 by 3", "-link 3"]
    );
    // Nobody else's, and nobody is one's own child.
    assert!(plan(&asked(), &[begin(PARENT, of(3, Some(CHILD)))]).is_empty());
    assert!(plan(&asked(), &[begin(STRANGER, of(3, Some(STRANGER)))]).is_empty());
}

#[test]
fn a_child_may_come_to_a_link_later() {
    let school = asked();
    let expects = plan(&school, &[begin(STRANGER, of(3, None))]);
    assert_eq!(told(&expects), ["+6 Parent", "+link 3"]);
    let mut school = after(&school, &expects);
    let newcomer = AccountId(7);
    let name = Name::new("Иванов", "Пётр", None);
    school.names.insert(newcomer, name);
    let study = begin(newcomer, Place::Class(CLASS, ClassRole::Student));
    // Registered by the parent: the school isn't asked whose child it is …
    let registered = plan(&school, &[begin(STRANGER, of(3, Some(newcomer))), study]);
    assert_eq!(
        told(&registered),
        [
            "+7 Student",
            "+6 Parent of 2 by 7",
            "+7 Student of 2",
            "+link 3 to 7"
        ]
    );
    // … as it is where the child has come alone.
    let alone = told(&plan(&school, &[study]));
    assert_eq!(alone, ["+7 Student", "+7 Student of 2", "?link 3"]);
}

#[test]
fn of_two_links_between_the_same_the_newer_stays() {
    let mut school = asked();
    school.links[2].parent = PARENT;
    assert_eq!(
        told(&plan(&school, &[begin(PARENT, of(3, Some(CHILD)))])),
        ["-link 1", "+link 3 to 3"]
    );
}

#[test]
fn a_refused_link_that_ends_takes_nothing_away() {
    let mut school = asked();
    school.links[2].status = LinkStatus::Refused;
    school.roles.insert((STRANGER, Role::Parent));
    assert_eq!(
        told(&plan(&school, &[end(STRANGER, of(3, None))])),
        ["-link 3"]
    );
}
