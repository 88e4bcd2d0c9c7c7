//! Long lists come a page at a time.

use serde::{Deserialize, Serialize};

/// Rows on one page of a list.
pub const PAGE: u32 = 50;

/// A page of a list: the rows from `page * PAGE` on, and how many there are on all pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paged<T> {
    pub rows: Vec<T>,
    /// Zero as well for a page after the last one.
    pub total: u32,
}

impl<T> Paged<T> {
    /// The same page of something else.
    ///
    /// # Errors
    /// The first of `change`.
    pub fn try_map<U, E>(self, change: impl FnMut(T) -> Result<U, E>) -> Result<Paged<U>, E> {
        Ok(Paged {
            rows: self
                .rows
                .into_iter()
                .map(change)
                .collect::<Result<_, E>>()?,
            total: self.total,
        })
    }
}
