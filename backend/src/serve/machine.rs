//! Which other program asks.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};

use super::request::text_header;
use crate::app::App;
use crate::secret;

/// Whether it watches over the server: by the secret of the settings; where there's none, by running on this
/// machine.
pub(super) fn is_monitor(app: &App, request: &HttpRequest) -> bool {
    let headers = request.headers();
    match &app.monitor {
        // Of hashes, how long a comparison takes tells nothing of the secret.
        Some(hash) => bearer(headers).is_some_and(|shown| secret::hash(shown) == *hash),
        None => {
            let peer = request.peer_addr().map(|address| address.ip());
            local(peer, headers)
        }
    }
}

/// `Authorization: Bearer …`
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, shown) = text_header(headers, &header::AUTHORIZATION).split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(shown.trim())
}

/// Whether it's asked from this machine, and not by a proxy on it for somebody else.
fn local(peer: Option<IpAddr>, headers: &HeaderMap) -> bool {
    let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
    peer.is_some_and(|peer| peer.to_canonical().is_loopback())
        && !forwarded.iter().any(|name| headers.contains_key(*name))
}
