//! A class, as those who are in it see it.

mod page;

use common::classes::ClassKind;
use leptos::prelude::*;

use crate::t;

pub use page::ClassView;

/// What who leads it is called: a class has a class teacher, a club or a group hasn't.
pub fn leader(kind: ClassKind) -> Signal<&'static str> {
    if kind == ClassKind::Grade {
        t!(parents.class_teacher)
    } else {
        t!(classes.leader)
    }
}
