//! When to connect again.

use std::time::Duration;

/// Between two tries, at most, in milliseconds.
const LONGEST: f64 = 30_000.0;

/// How long to wait before the next try, by a chance between 0 and 1. All of it is chance: a server that
/// starts, or that tells a school to come back, must not meet everybody in one moment.
pub(super) fn delay(tries: i32, chance: f64) -> Duration {
    let longest = (1000.0 * 2_f64.powi(tries.clamp(1, 10))).min(LONGEST);
    Duration::from_millis((longest * chance) as u64)
}

#[cfg(test)]
mod tests {
    use super::delay;

    #[test]
    fn a_school_that_is_told_to_come_back_does_not_come_at_once() {
        // A thousand clients, evenly by chance: how many come in the busiest tenth of a second.
        let mut tenths = [0; 30];
        for client in 0..1000 {
            let wait = delay(1, f64::from(client) / 1000.0);
            tenths[wait.as_millis() as usize / 100] += 1;
        }
        let busiest = tenths.iter().max();
        assert_eq!(busiest, Some(&50), "{tenths:?}");
    }

    #[test]
    fn the_longest_wait_grows_and_ends() {
        let longest = |tries| delay(tries, 1.0).as_secs();
        assert_eq!([0, 1, 2, 3, 9, 1000].map(longest), [2, 2, 4, 8, 30, 30]);
    }
}
