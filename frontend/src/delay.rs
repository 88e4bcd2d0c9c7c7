//! When to try again what has failed.

use std::time::Duration;

use common::Error;

/// Between two tries, at most, in milliseconds.
const LONGEST: f64 = 30_000.0;

/// How long to wait before the next try, by a chance between 0 and 1. All of it is chance: a server that
/// starts, or that tells a school to come back, must not meet everybody in one moment.
pub(crate) fn delay(tries: i32, chance: f64) -> Duration {
    let longest = (1000.0 * 2_f64.powi(tries.clamp(1, 10))).min(LONGEST);
    Duration::from_millis((longest * chance) as u64)
}

/// Whether a call that failed like this may succeed by itself later: how long to wait before the next try.
pub(crate) fn again(error: &Error, tries: i32, chance: f64) -> Option<Duration> {
    match error {
        Error::Offline | Error::Unavailable | Error::Internal { .. } => Some(delay(tries, chance)),
        Error::TooMany { retry_after } => {
            Some(Duration::from_secs(*retry_after).max(delay(tries, chance)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{again, delay};
    use common::Error;

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

    #[test]
    fn what_fails_for_a_while_is_tried_later_and_later_and_what_is_refused_is_not() {
        for passing in [Error::Offline, Error::Unavailable] {
            let waits = [1, 2, 3].map(|tries| again(&passing, tries, 1.0).map(|it| it.as_secs()));
            assert_eq!(waits, [Some(2), Some(4), Some(8)]);
        }
        let busy = Error::TooMany { retry_after: 60 };
        assert_eq!(again(&busy, 1, 0.5).map(|it| it.as_secs()), Some(60));
        for lasting in [Error::NotFound, Error::SignIn, Error::Malformed] {
            assert_eq!(again(&lasting, 1, 0.5), None);
        }
    }
}
