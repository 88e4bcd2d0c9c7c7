//! What programs ask that watch over the server.

use crate::endpoint;
use crate::permissions::{Action, Scope};

endpoint! {
    /// Whether the server answers and reaches its database; `Unavailable` if it doesn't. For a proxy or a
    /// supervisor.
    GetHealth {}
    GET "/health" by machine => text,
    needs |request| Action::Anyone, in Scope::Installation
}

endpoint! {
    /// How full the queues are, how often the end of one was met: in Prometheus' words.
    GetMetrics {}
    GET "/metrics" by machine => text,
    needs |request| Action::SeeMetrics, in Scope::Installation
}
