//! Lines of the log that would come for each request while something is out of order.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;

/// A line is written so often, at most: the log may lie on the very disk that is full.
const PAUSE: Duration = Duration::from_secs(1);

/// A line that is written once a second, at most, with how many were left out before.
pub struct Seldom(Mutex<(Option<Duration>, u64)>);

impl Seldom {
    #[must_use]
    pub const fn new() -> Self {
        Self(Mutex::new((None, 0)))
    }

    /// How many were left out since the last one. None: this one is left out, too.
    pub fn due(&self, clock: &Clock) -> Option<u64> {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, left_out) = &mut *said;
        let now = clock.running();
        if last.is_some_and(|last| now < last + PAUSE) {
            *left_out += 1;
            return None;
        }
        *last = Some(now);
        Some(std::mem::take(left_out))
    }
}

impl Default for Seldom {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    #[test]
    fn a_second_has_one_line_which_counts_the_others() {
        let time = Arc::new(AtomicI64::new(0));
        let (clock, line) = (Clock::Set(Arc::clone(&time)), Seldom::new());
        assert_eq!(line.due(&clock), Some(0));
        assert_eq!((line.due(&clock), line.due(&clock)), (None, None));
        time.store(1000, Ordering::Relaxed);
        assert_eq!((line.due(&clock), line.due(&clock)), (Some(2), None));
    }
}
