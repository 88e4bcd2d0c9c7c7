//! Who fetches something besides the state, and wants to know when it may be another.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use common::realtime::Event;
use leptos::prelude::on_cleanup;

type Follower = Rc<dyn Fn(Option<&Event>)>;

thread_local! {
    static NEXT: Cell<u32> = const { Cell::new(0) };
    static ALL: RefCell<Vec<(u32, Follower)>> = const { RefCell::new(Vec::new()) };
}

/// Calls with each event from now on, and with None after a reconnection, when anything may have been
/// missed; as long as the screen lives.
pub fn follow(follower: Follower) {
    let id = NEXT.replace(NEXT.get() + 1);
    ALL.with_borrow_mut(|all| all.push((id, follower)));
    on_cleanup(move || ALL.with_borrow_mut(|all| all.retain(|(other, _)| *other != id)));
}

pub(super) fn tell(event: Option<&Event>) {
    let all = ALL.with_borrow(Clone::clone);
    all.iter().for_each(|(_, follower)| follower(event));
}
