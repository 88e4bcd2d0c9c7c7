//! How far a call has come.

use std::sync::atomic::{AtomicBool, Ordering};

use common::Error;

#[derive(Default)]
pub struct Progress {
    /// A transaction of it was committed, or may have been: then it is not done again.
    committed: AtomicBool,
    /// Whoever asked has been told that it isn't done.
    late: AtomicBool,
}

impl Progress {
    /// It commits now; whether it had before.
    pub(super) fn commits(&self) -> bool {
        self.committed.swap(true, Ordering::AcqRel)
    }

    /// It did not.
    pub(super) fn undone(&self, before: bool) {
        self.committed.store(before, Ordering::Release);
    }

    pub(crate) fn is_late(&self) {
        self.late.store(true, Ordering::Release);
    }

    /// Whether all of it may be done again.
    pub(crate) fn may_run_again(&self) -> bool {
        !self.committed.load(Ordering::Acquire) && self.may_commit().is_ok()
    }

    /// # Errors
    /// `Unavailable`, which the person has been told already.
    pub(crate) fn may_commit(&self) -> Result<(), Error> {
        if self.late.load(Ordering::Acquire) {
            return Err(Error::Unavailable);
        }
        Ok(())
    }
}
