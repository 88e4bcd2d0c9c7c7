//! No call takes for ever, whatever the database does.

use std::time::Duration;

use common::Error;

use crate::error::Result;
use crate::write::Progress;

/// A second more than what is waited for inside: for a place, a connection, a lock. That knows why, and counts it.
pub(super) const PATIENCE: Duration = Duration::from_secs(16);

/// What the work comes to; `Unavailable` when it takes longer. It goes on then, so that its connection comes back as
/// it should, but commits nothing any more.
pub(super) async fn in_time<T: Send + 'static>(
    patience: Duration,
    progress: &Progress,
    mut work: impl Future<Output = Result<T>> + Send + Unpin + 'static,
) -> Result<T> {
    if let Ok(outcome) = tokio::time::timeout(patience, &mut work).await {
        return outcome;
    }
    progress.is_late();
    tokio::spawn(work);
    let late = Error::Unavailable.into();
    crate::error::Failure::warn(&late, "a call took too long");
    Err(late)
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn who_waits_too_long_is_told_and_the_work_goes_on() {
        let progress = Progress::default();
        let (go, may_go) = oneshot::channel::<()>();
        let (done, is_done) = oneshot::channel::<()>();
        let work = Box::pin(async move {
            may_go.await.unwrap();
            done.send(()).unwrap();
            Ok(())
        });
        let outcome = in_time(Duration::from_millis(1), &progress, work).await;
        assert_eq!(outcome.unwrap_err().to_string(), "Unavailable");
        assert!(progress.may_commit().is_err());
        go.send(()).unwrap();
        is_done.await.unwrap();
    }

    #[tokio::test]
    async fn who_is_in_time_commits() {
        let progress = Progress::default();
        let outcome = in_time(PATIENCE, &progress, Box::pin(async { Ok(7) })).await;
        assert_eq!(outcome.unwrap(), 7);
        assert!(progress.may_commit().is_ok());
    }
}
