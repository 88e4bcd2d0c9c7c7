//! What programs are told that watch over the server: whether it's well, and in Prometheus' words how full
//! its queues are.

use common::Error;
use common::monitoring::{GetHealth, GetMetrics};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::app::{App, Ctx};
use crate::error::{Failure, Result};
use crate::queue::Reading;
use crate::serve::Text;

/// All queues of a server. What comes to the end of one is answered `Unavailable`; a socket is told to
/// start again.
#[must_use]
pub fn queues(app: &App) -> [Reading; 8] {
    [
        app.access.queue(),
        app.sender.queue(),
        app.passwords.queue(),
        app.pool.queue(),
        app.hub.queue(),
        app.turns.queue(),
        app.unknown.queue(),
        app.uploads.queue(),
    ]
}

type Label = [(&'static str, &'static str); 1];

fn metrics(app: &App) -> Result<String, std::fmt::Error> {
    let (waiting, refused) = (
        Family::<Label, Gauge>::default(),
        Family::<Label, Counter>::default(),
    );
    for queue in queues(app) {
        let label = [("queue", queue.name)];
        let now = i64::try_from(queue.waiting).unwrap_or(i64::MAX);
        waiting.get_or_create(&label).set(now);
        refused.get_or_create(&label).inc_by(queue.refused);
    }
    let sockets = Gauge::<i64>::default();
    sockets.set(i64::try_from(app.hub.connections()).unwrap_or(i64::MAX));
    let repeated = Counter::<u64>::default();
    repeated.inc_by(app.repeated.count());
    let mut registry = Registry::with_prefix("zvonok");
    registry.register("queue_waiting", "What waits in a queue", waiting);
    registry.register("queue_refused", "What met the end of a full queue", refused);
    registry.register(
        "calls_repeated",
        "Calls undone by the database and done again",
        repeated,
    );
    registry.register("sockets", "Open sockets", sockets);
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

pub async fn get_health(ctx: Ctx, _: GetHealth) -> Result<Text> {
    let app = &ctx.app;
    if app.health.answers(&app.pool, &app.clock).await {
        Ok(Text::plain("ok"))
    } else {
        Err(Error::Unavailable.into())
    }
}

pub async fn get_metrics(ctx: Ctx, _: GetMetrics) -> Result<Text> {
    let text = metrics(&ctx.app).map_err(|error| Failure::Unforeseen(error.into()))?;
    Ok(Text {
        media_type: "application/openmetrics-text; version=1.0.0; charset=utf-8",
        text,
    })
}
