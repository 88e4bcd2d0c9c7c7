//! Whether the database answers.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection as _;
use tokio::sync::Mutex;

use super::pool::Pool;
use crate::clock::Clock;

/// For so long an answer is good: whoever asks more often costs nothing.
const GOOD: Duration = Duration::from_secs(1);

/// What the database answered last, and when, as [`Clock::running`] counts.
#[derive(Default)]
pub struct Health(Mutex<Option<(bool, Duration)>>);

impl Health {
    /// Whether the database answers; asked of it once a second, whoever wants to know. An idle connection
    /// may be to a server that is gone.
    pub async fn answers(&self, pool: &Pool, clock: &Clock) -> bool {
        // All who ask meanwhile wait for the one answer.
        let mut last = self.0.lock().await;
        if let Some((answers, at)) = *last
            && clock.running() < at + GOOD
        {
            return answers;
        }
        let answers = match pool.get().await {
            Ok(mut connection) => connection.batch_execute("SELECT 1").await.is_ok(),
            Err(_) => false,
        };
        *last = Some((answers, clock.running()));
        answers
    }
}
