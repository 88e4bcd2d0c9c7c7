use common::Paged;
use common::page::PAGE;
use diesel::dsl::count_star;
use diesel::prelude::*;

/// For `LIMIT … OFFSET …` of a page.
pub const fn bounds(page: u32) -> (i64, i64) {
    (PAGE as i64, page as i64 * PAGE as i64)
}

/// How many rows there are in all: selected beside each row of a page.
#[diesel::dsl::auto_type]
pub fn total() -> _ {
    count_star().over()
}

/// Rows of a page, each with the [`total`].
pub fn paged<R>(rows: Vec<(i64, R)>) -> Paged<R> {
    let total = rows.first().map_or(0, |(total, _)| *total);
    Paged {
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        total: u32::try_from(total).unwrap_or(u32::MAX),
    }
}
