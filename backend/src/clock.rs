//! Time as an argument, which tests set; and the one place where secrets are drawn, which nobody sets.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use common::Timestamp;

#[derive(Clone, Debug)]
pub enum Clock {
    System,
    /// Stands still until a test moves it. Milliseconds since 1970.
    Set(Arc<AtomicI64>),
}

impl Clock {
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the system's time is read"
    )]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp(
                SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .map_or(0, |since| since.as_millis() as i64),
            ),
            Self::Set(time) => Timestamp(time.load(Ordering::Relaxed)),
        }
    }
}

impl Clock {
    /// How long it has been running: never goes back, as the time of day may.
    #[must_use]
    pub fn running(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        match self {
            Self::System => START.elapsed(),
            Self::Set(_) => Duration::from_millis(self.now().0.unsigned_abs()),
        }
    }
}

/// Random bytes of the operating system.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where secrets are drawn"
)]
pub fn random<const N: usize>() -> [u8; N] {
    rand::random()
}
