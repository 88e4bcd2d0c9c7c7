//! Any changes, at random: what holds whatever is asked for.

use std::collections::HashSet;

use common::classes::ClassRole;
use common::permissions::Role;
use common::{GuardianLinkId, Name};
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::*;

/// With links that wait, that expect a child, and that were refused.
fn with_links() -> Known {
    let mut school = school();
    let link = |id, parent, status| Link {
        parent,
        status,
        ..link(id, None, CLASS)
    };
    school.links.extend([
        link(3, PARENT, LinkStatus::Waiting),
        link(4, PARENT, LinkStatus::Confirmed),
        link(5, LEADER, LinkStatus::Refused),
    ]);
    let name = Name::new("Иванов", "Пётр", None);
    school.names.insert(STRANGER, name);
    school.kept_out.push(by_child(PARENT, CLASS, CHILD));
    school
}

/// Any change that somebody may ask for.
fn any_change(rng: &mut ChaCha8Rng) -> Change {
    let people = [LEADER, TEACHER, CHILD, SIBLING, PARENT, STRANGER];
    let who = *people.choose(rng).unwrap();
    let class = *[CLASS, OTHER_CLASS].choose(rng).unwrap();
    let child = *[CHILD, SIBLING].choose(rng).unwrap();
    if rng.random_ratio(1, 8) {
        let archive = [Change::archive, Change::restore].choose(rng).unwrap();
        return archive(class, NOW);
    }
    let place = match rng.random_range(0..5) {
        0 => Place::School(*Role::ALL.choose(rng).unwrap()),
        1 => Place::ClassByChild(class, child),
        2 => Place::Family { child, class },
        3 => {
            let link = GuardianLinkId(rng.random_range(1..6));
            let of = [None, Some(child), Some(STRANGER)];
            let child = *of.choose(rng).unwrap();
            Place::Link { link, child }
        }
        _ => Place::Class(class, *ClassRole::ALL.choose(rng).unwrap()),
    };
    if who == child {
        return any_change(rng);
    }
    if rng.random() {
        begin(who, place)
    } else {
        end(who, place)
    }
}

#[test]
fn all_at_once_is_one_after_the_other() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut moved = HashSet::new();
    for round in 0..4_000 {
        let start = with_links();
        let changes: Vec<Change> = (0..rng.random_range(1..8))
            .map(|_| any_change(&mut rng))
            .collect();
        let effects = plan(&start, &changes);
        moved.extend(effects.links.iter().map(|one| (one.before, one.after)));
        let together = after(&start, &effects);
        let mut stepwise = start;
        for change in &changes {
            stepwise = after(&stepwise, &plan(&stepwise, &[*change]));
        }
        let what = format!("round {round}: {changes:?}");
        assert_eq!(together.roles, stepwise.roles, "{what}");
        assert_eq!(together.classes, stepwise.classes, "{what}");
        assert_eq!(together.archived, stepwise.archived, "{what}");
        let pairs = |known: &Known| {
            let mut all: Vec<_> = known
                .links
                .iter()
                .map(|one| (one.parent, one.child, one.status))
                .collect();
            all.sort_unstable();
            all
        };
        assert_eq!(pairs(&together), pairs(&stepwise), "{what}");
        // One class teacher, and no class by a role that one doesn't have in the school.
        for class in [CLASS, OTHER_CLASS] {
            let leads =
                |one: &&ClassPlace| one.class == class && one.role == ClassRole::ClassTeacher;
            assert!(together.classes.iter().filter(leads).count() <= 1, "{what}");
        }
        for one in together.classes.iter().filter(|one| one.class != ROOM) {
            let role = (one.account, one.role.school_role());
            assert!(together.roles.contains(&role), "{one:?} {what}");
        }
    }
    // Links were confirmed, got their child, were decided again, and ended.
    let (waiting, confirmed) = (LinkStatus::Waiting, LinkStatus::Confirmed);
    for seen in [
        (waiting, confirmed),
        (confirmed, confirmed),
        (confirmed, waiting),
        (waiting, LinkStatus::Ended),
        (LinkStatus::Refused, LinkStatus::Ended),
    ] {
        assert!(moved.contains(&seen), "{seen:?}");
    }
}
