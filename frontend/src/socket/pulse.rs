//! Whether the connection still leads to the server: a network that is gone says nothing.

use std::time::Duration;

/// The server's answer takes no longer, in milliseconds.
const ANSWER: f64 = 10_000.0;

/// After so long it's known whether there is an answer.
pub(super) const SURELY: Duration = Duration::from_secs(11);

/// After so long without a sign of life the server has given us up, in milliseconds.
const GIVEN_UP: f64 = 70_000.0;

/// Moments in milliseconds of the clock.
#[derive(Clone, Copy, Default)]
pub(super) struct Pulse {
    /// When `Alive` was last said.
    said: f64,
    /// When anything was last heard.
    heard: f64,
}

impl Pulse {
    pub(super) const fn begin(now: f64) -> Self {
        Self {
            said: now,
            heard: now,
        }
    }

    pub(super) const fn hear(&mut self, now: f64) {
        self.heard = now;
    }

    /// `Alive` is due. True: the one before was answered by nothing, the connection is gone.
    pub(super) fn beat(&mut self, now: f64) -> bool {
        let silent = self.heard < self.said && now - self.said >= ANSWER;
        self.said = now;
        silent
    }

    /// The device slept for so long that the server has given us up.
    pub(super) fn slept(&self, now: f64) -> bool {
        now - self.said > GIVEN_UP
    }
}

#[cfg(test)]
mod tests {
    use super::{Pulse, SURELY};

    #[test]
    fn a_network_that_is_gone_is_noticed_within_a_minute() {
        let mut pulse = Pulse::begin(0.0);
        assert!(!pulse.beat(30_000.0));
        pulse.hear(30_100.0);
        // It goes right after the answer.
        assert!(!pulse.beat(60_000.0));
        assert!(pulse.beat(90_000.0));
    }

    #[test]
    fn who_doubts_knows_soon() {
        let surely = SURELY.as_millis() as f64;
        let mut pulse = Pulse::begin(0.0);
        pulse.hear(10_000.0);
        assert!(!pulse.beat(12_000.0));
        assert!(pulse.beat(12_000.0 + surely));
        pulse.hear(12_000.0 + surely);
        assert!(!pulse.beat(13_000.0 + surely));
        pulse.hear(13_001.0 + surely);
        assert!(!pulse.beat(13_000.0 + surely * 2.0));
    }

    #[test]
    fn whoever_is_answered_stays_connected() {
        let mut pulse = Pulse::begin(0.0);
        for beat in 1..100 {
            let now = f64::from(beat) * 30_000.0;
            assert!(!pulse.beat(now), "{beat}");
            assert!(!pulse.slept(now + 30_000.0));
            pulse.hear(now + 200.0);
        }
        // Timers that were late come close together: the answer needs its time.
        pulse.beat(3_000_000.0);
        assert!(!pulse.beat(3_001_000.0));
        assert!(pulse.slept(3_072_000.0));
    }
}
