//! Time and randomness, as arguments: the server takes both from here, tests set the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

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

/// Random bytes of the operating system.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where randomness is drawn"
)]
pub fn random<const N: usize>() -> [u8; N] {
    rand::random()
}
