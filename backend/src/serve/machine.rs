//! Which other program asks: by a secret of the settings in the head, so that it's known before a body is read.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};
use common::permissions::Program;

use super::request::text_header;
use crate::app::App;
use crate::secret;

/// Whether it's this program.
pub(super) fn is(program: Program, app: &App, request: &HttpRequest) -> bool {
    let headers = request.headers();
    let expected = match program {
        Program::Monitor => &app.monitor,
    };
    match (expected, program) {
        // Of hashes, how long a comparison takes tells nothing of the secret.
        (Some(hash), _) => bearer(headers).is_some_and(|shown| secret::hash(shown) == *hash),
        // Only here: without a secret whoever runs on this machine watches over it. With a proxy in front
        // everybody seems to, for one that adds nothing to the head can't be told from a program.
        (None, Program::Monitor) => {
            let peer = request.peer_addr().map(|address| address.ip());
            !app.behind_proxy && local(peer, headers)
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
