//! What an operator reads of the running server: `GET /metrics`, in Prometheus' words.

use std::net::IpAddr;

use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, HttpResponse, web};
use common::Error;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::app::App;
use crate::queue::Reading;
use crate::serve;

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

fn text(app: &App) -> Result<String, std::fmt::Error> {
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

/// For programs on this machine alone; for everybody else it isn't there.
pub async fn answer(request: HttpRequest, app: web::Data<App>) -> HttpResponse {
    let peer = request.peer_addr().map(|address| address.ip());
    if !local(peer, request.headers()) {
        return serve::failure(Error::NotFound.into());
    }
    match text(&app) {
        Ok(text) => HttpResponse::Ok()
            .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
            .body(text),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

/// Whether it's asked from this machine, and not by a proxy on it for somebody else.
fn local(peer: Option<IpAddr>, headers: &HeaderMap) -> bool {
    let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
    peer.is_some_and(|peer| peer.to_canonical().is_loopback())
        && !forwarded.iter().any(|name| headers.contains_key(*name))
}
