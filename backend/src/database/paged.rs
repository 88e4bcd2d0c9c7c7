use common::Paged;
use common::page::PAGE;
use diesel::QueryableByName;
use diesel::sql_types::BigInt;

/// A row of a page; the statement selects `count(*) OVER () AS total` beside it.
#[derive(QueryableByName)]
pub struct Counted<R> {
    #[diesel(sql_type = BigInt)]
    total: i64,
    #[diesel(embed)]
    pub row: R,
}

/// For `LIMIT … OFFSET …` of a page.
pub const fn bounds(page: u32) -> (i64, i64) {
    (PAGE as i64, page as i64 * PAGE as i64)
}

pub fn paged<R>(rows: Vec<Counted<R>>) -> Paged<R> {
    let total = rows.first().map_or(0, |row| row.total);
    Paged {
        rows: rows.into_iter().map(|row| row.row).collect(),
        total: u32::try_from(total).unwrap_or(u32::MAX),
    }
}
