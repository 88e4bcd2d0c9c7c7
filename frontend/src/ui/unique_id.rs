//! Ids of elements.

use std::cell::Cell;

thread_local! {
    static IDS: Cell<u32> = const { Cell::new(0) };
}

/// An id that no other element of the page has, for `for`, `aria-describedby` and the like.
pub fn unique_id() -> String {
    IDS.with(|next| {
        next.set(next.get() + 1);
        format!("u{}", next.get())
    })
}
