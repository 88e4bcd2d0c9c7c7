//! Rows that are given to a statement.

/// Rows of parameters, written out one by one, each with its place from 1 at the end: `($1::bigint, $2::text,
/// 1::bigint), ($3::bigint, …`. So the plan is kept with the statement, while for arrays, whose length changes it, a
/// statement is planned anew each time: for one row that takes longer than the work.
pub struct Rows {
    /// To be bound, one after the other. Those beyond the rows that there are get NULL everywhere, so that there are
    /// few such statements.
    pub places: usize,
    /// What stands behind `VALUES`.
    pub text: String,
}

/// For at least so many rows, with columns of these types.
#[must_use]
pub fn rows(count: usize, types: &[&str]) -> Rows {
    let places = count.next_power_of_two();
    let mut text = String::new();
    for place in 0..places {
        text += if place == 0 { "(" } else { ", (" };
        for (column, kind) in types.iter().enumerate() {
            text += &format!("${}::{kind}, ", place * types.len() + column + 1);
        }
        text += &format!("{}::bigint)", place + 1);
    }
    Rows { places, text }
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn rows_are_filled_up_to_a_power_of_two() {
        let two = "($1::bigint, $2::text, 1::bigint), ($3::bigint, $4::text, 2::bigint)";
        assert_eq!(rows(2, &["bigint", "text"]).text, two);
        let all: Vec<usize> = [1, 2, 3, 4, 5, 256]
            .map(|count| rows(count, &["bigint"]).places)
            .into();
        assert_eq!(all, [1, 2, 4, 4, 8, 256]);
    }
}
