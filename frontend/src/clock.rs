//! What time it is: the server's, by the device's clock. A device may be days wrong, and what a person may
//! still do (delete a message) is decided by the server's time.

use std::cell::Cell;

use common::Timestamp;
use js_sys::Date;

/// So wrong a clock is left alone, in milliseconds: an answer may have been long under way, and a time that
/// jumps is worse than one that is a minute late.
const TOLERANCE: f64 = 60_000.0;

thread_local! {
    /// How far the server is before this device, in milliseconds.
    static AHEAD: Cell<f64> = const { Cell::new(0.0) };
}

/// Now.
pub fn now() -> Timestamp {
    Timestamp((Date::now() + AHEAD.get()) as i64)
}

/// An answer says when it was given (the header `Date`); asked for when the device's clock showed `asked`.
pub(crate) fn heard(date: &str, asked: f64) {
    AHEAD.set(ahead(Date::parse(date), asked, Date::now()).unwrap_or_else(|| AHEAD.get()));
}

/// How far the server is before this device, whose clock showed `asked` and `heard` around an answer. None:
/// it can't be known.
fn ahead(server: f64, asked: f64, heard: f64) -> Option<f64> {
    // A clock that was set meanwhile, or no date.
    if server.is_nan() || heard < asked {
        return None;
    }
    let right = asked - TOLERANCE <= server && server <= heard + TOLERANCE;
    Some(if right {
        0.0
    } else {
        server - f64::midpoint(asked, heard)
    })
}

#[cfg(test)]
mod tests {
    use super::ahead;

    const DAY: f64 = 86_400_000.0;

    #[test]
    fn a_clock_that_is_about_right_is_believed() {
        assert_eq!(ahead(100_000.0, 99_000.0, 101_000.0), Some(0.0));
        // The server's seconds are whole, an answer may take half a minute.
        assert_eq!(ahead(100_000.0, 100_999.0, 130_000.0), Some(0.0));
        assert_eq!(ahead(100_000.0, 150_000.0, 150_100.0), Some(0.0));
    }

    #[test]
    fn a_wrong_clock_is_set_by_the_server() {
        let now = 100.0 * DAY;
        assert_eq!(
            ahead(now - 3.0 * DAY, now, now + 200.0),
            Some(-3.0 * DAY - 100.0)
        );
        assert_eq!(ahead(now + DAY, now, now), Some(DAY));
        // It was put right.
        assert_eq!(ahead(now, now, now), Some(0.0));
    }

    #[test]
    fn what_says_nothing_changes_nothing() {
        assert_eq!(ahead(f64::NAN, 1.0, 2.0), None);
        assert_eq!(ahead(DAY, 2.0, 1.0), None);
    }
}
