//! Which statements a server sends to its database.

use std::sync::{Arc, Mutex};

use backend::database::Pool;
use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel_async::AsyncConnection as _;
use futures_util::future::join_all;

/// The statements sent since it was made.
pub struct Statements(Arc<Mutex<Vec<String>>>);

/// Listens to one connection.
struct Ear(Arc<Mutex<Vec<String>>>);

impl Instrumentation for Ear {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            self.0.lock().unwrap().push(query.to_string());
        }
    }
}

impl Statements {
    /// Opens every connection that the pool may have, and listens to each.
    pub(crate) async fn listen(pool: &Pool) -> Self {
        let sent = Arc::default();
        let all = (0..pool.most()).map(|_| pool.get());
        for connection in &mut join_all(all).await {
            let connection = connection.as_mut().unwrap();
            connection.set_instrumentation(Ear(Arc::clone(&sent)));
        }
        Self(sent)
    }

    /// How many since the last time.
    #[must_use]
    pub fn count(&self) -> usize {
        std::mem::take(&mut *self.0.lock().unwrap()).len()
    }

    /// # Panics
    /// With the statements, if there were more than this since the last time, or none at all.
    #[track_caller]
    pub fn at_most(&self, limit: usize) {
        let sent = std::mem::take(&mut *self.0.lock().unwrap());
        assert!(!sent.is_empty(), "nothing was counted");
        assert!(
            sent.len() <= limit,
            "{} statements instead of {limit}:\n\n{}",
            sent.len(),
            sent.join("\n\n")
        );
    }
}
