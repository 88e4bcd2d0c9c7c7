//! Whether the database answers.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection as _;
use tokio::sync::Mutex;

use super::pool::Pool;
use crate::clock::Clock;

/// For so long an answer is good: whoever asks more often costs nothing.
const GOOD: Duration = Duration::from_secs(1);

/// Whoever watches over us doesn't wait longer; a database that is frozen doesn't say so.
const PATIENCE: Duration = Duration::from_secs(4);

/// What the database answered last, and when, as [`Clock::running`] counts.
#[derive(Default)]
pub struct Health(Mutex<Option<(bool, Duration)>>);

impl Health {
    /// Whether the database answers; asked of it once a second, whoever wants to know. An idle connection
    /// may be to a server that is gone.
    pub async fn answers(&self, pool: &Pool, clock: &Clock) -> bool {
        let asked = tokio::time::timeout(PATIENCE, self.ask(pool, clock));
        asked.await.unwrap_or(false)
    }

    async fn ask(&self, pool: &Pool, clock: &Clock) -> bool {
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

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::time::Instant;

    use super::super::connect;
    use super::*;

    #[tokio::test]
    async fn a_database_that_is_frozen_is_noticed() {
        // Takes the connection, and says nothing.
        let frozen = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = frozen.local_addr().unwrap().port();
        let pool = connect(&format!("postgres://zvonok@127.0.0.1:{port}/zvonok"), 2).unwrap();
        let (health, begun) = (Health::default(), Instant::now());
        let ask = || health.answers(&pool, &Clock::System);
        assert_eq!(tokio::join!(ask(), ask(), ask()), (false, false, false));
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}
