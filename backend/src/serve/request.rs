//! What comes with a request, before anything is done for it.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use actix_web::http::header::{self, AcceptEncoding, Encoding, Header as _, HeaderMap};
use actix_web::{HttpRequest, web};
use common::accounts::BELIEF;
use common::endpoint::{BODY_LIMIT, Declared, Info, Kind, Method};
use common::error::Error;
use common::permissions::{Action, Scope};
use futures_util::StreamExt as _;

use crate::actor::Actor;
use crate::app::App;
use crate::error::Result;
use crate::session::{self, COOKIE};
use crate::uploads::Share;

#[derive(serde::Deserialize)]
struct Query {
    #[serde(default)]
    q: String,
}

/// The declared value, as it was sent.
pub(super) async fn value(
    request: &HttpRequest,
    payload: &mut web::Payload,
    method: Method,
) -> Result<web::Bytes> {
    if method == Method::Post {
        return Ok(read(payload, BODY_LIMIT, PATIENCE, None).await?);
    }
    let query = web::Query::<Query>::from_query(request.query_string());
    Ok(match query.map_err(|_| Error::Malformed)?.into_inner().q {
        empty if empty.is_empty() => web::Bytes::from_static(b"{}"),
        q => q.into(),
    })
}

/// The file of an upload, whole.
pub(super) async fn file(
    payload: &mut web::Payload,
    limit: usize,
    share: &mut Share,
) -> Result<web::Bytes> {
    Ok(read(payload, limit, PATIENCE_WITH_FILES, Some(share)).await?)
}

/// How long the body of a call may take to arrive: on a bad network, too.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a file may take: 10 MB over a bad mobile network.
const PATIENCE_WITH_FILES: Duration = Duration::from_secs(10 * 60);

/// A body of at most `limit` bytes; a file takes its share of the room that all have. Whoever is slower
/// than `patience` isn't waited for: connections that send nothing would keep everybody else out.
async fn read(
    payload: &mut web::Payload,
    limit: usize,
    patience: Duration,
    mut share: Option<&mut Share>,
) -> Result<web::Bytes, Error> {
    let body = async {
        let mut body = web::BytesMut::new();
        while let Some(part) = payload.next().await {
            let part = part.map_err(|_| Error::Malformed)?;
            if body.len() + part.len() > limit {
                let limit = limit as u64;
                return Err(Error::TooLarge { limit });
            }
            if let Some(share) = &mut share {
                share.grow(part.len())?;
            }
            body.extend_from_slice(&part);
        }
        Ok(body.freeze())
    };
    tokio::time::timeout(patience, body)
        .await
        .map_err(|_| Error::Malformed)?
}

/// The declared value of a call. Who asks the rule book looks at it, the handler takes it, and a call
/// that runs again decodes it again: handlers own what they are given.
pub(super) struct Value<E> {
    sent: web::Bytes,
    decoded: Option<E>,
}

impl<E: Declared> Value<E> {
    pub(super) const fn new(sent: web::Bytes) -> Self {
        Self {
            sent,
            decoded: None,
        }
    }

    pub(super) fn needs(&mut self) -> Result<(Action, Scope)> {
        let value = self.take()?;
        let needs = value.needs();
        self.decoded = Some(value);
        Ok(needs)
    }

    pub(super) fn take(&mut self) -> Result<E> {
        self.decoded.take().map_or_else(|| decode(&self.sent), Ok)
    }
}

fn decode<E: Declared>(request: &[u8]) -> Result<E> {
    let decoded = if E::KIND == Kind::Form {
        std::str::from_utf8(request)
            .ok()
            .filter(|text| !text.contains("%00"))
            .and_then(|text| web::Query::<E>::from_query(text).ok())
            .map(web::Query::into_inner)
    } else if has_nul(request) {
        None
    } else {
        serde_json::from_slice(request).ok()
    };
    Ok(decoded.ok_or(Error::Malformed)?)
}

/// Whether a text in the JSON has U+0000 in it, which PostgreSQL doesn't store and nobody types. (As
/// it is, without an escape, it isn't JSON.) Refused at the door: messages are written many at a time,
/// and one that can't be would keep the others out.
fn has_nul(body: &[u8]) -> bool {
    let mut rest = body;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        if rest[at + 1..].starts_with(b"u0000") {
            return true;
        }
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    false
}

/// Whether the answer may come gzipped.
pub(super) fn accepts_gzip(request: &HttpRequest) -> bool {
    let ours = [Encoding::gzip(), Encoding::identity()];
    AcceptEncoding::parse(request)
        .is_ok_and(|accepted| accepted.negotiate(ours.iter()) == Some(Encoding::gzip()))
}

/// Whether a page of ours may have sent it. What changes nothing may come from everywhere, but for the
/// socket: its answer can be read by a foreign page.
pub(super) fn is_ours(request: &HttpRequest, info: Info, public_url: &str) -> bool {
    if info.method == Method::Get && info.kind != Kind::Socket {
        return true;
    }
    // A foreign page can't send JSON without a question that we don't answer.
    let needed = match info.kind {
        Kind::Json | Kind::Machine(_) => "application/json",
        Kind::Form => "application/x-www-form-urlencoded",
        Kind::Upload | Kind::Download | Kind::Socket => "",
    };
    text_header(request.headers(), &header::CONTENT_TYPE).starts_with(needed)
        && same_origin(request, public_url)
}

/// Whose session it is, if any.
pub(super) async fn actor(app: &App, request: &HttpRequest) -> Result<Option<Actor>> {
    let cookies = text_header(request.headers(), &header::COOKIE);
    let cookie = cookies.split(';').find_map(|cookie| {
        cookie
            .trim()
            .strip_prefix(COOKIE)?
            .strip_prefix('=')
            .filter(|value| !value.is_empty())
    });
    match cookie {
        Some(cookie) => {
            let address = address(request, app.behind_proxy);
            session::find(app, cookie, || app.hub.still_stranger(address)).await
        }
        None => Ok(None),
    }
}

/// Whoever says for whom they ask must be right; other programs may say nothing.
pub(super) fn believes(request: &HttpRequest, actor: &Actor) -> Result<(), Error> {
    let Some(belief) = request.headers().get(BELIEF) else {
        return Ok(());
    };
    if belief.as_bytes() == actor.account.to_string().as_bytes() {
        return Ok(());
    }
    Err(Error::SomebodyElse {
        name: actor.name.short(),
    })
}

/// Browsers say where a request comes from; other programs may leave it out, they carry no
/// cookies of somebody else. A proxy may put its own words for us into `Host`, so where people open the
/// application is known from the settings, too.
fn same_origin(request: &HttpRequest, public_url: &str) -> bool {
    let Some(origin) = request.headers().get(header::ORIGIN) else {
        return true;
    };
    let host = text_header(request.headers(), &header::HOST);
    origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"))
        .is_some_and(|(_, origin)| origin == host)
        || *origin == *public_url
}

/// The last address in `X-Forwarded-For` is the one that our own proxy saw; those before it are
/// whatever the client claimed.
pub(super) fn address(request: &HttpRequest, behind_proxy: bool) -> IpAddr {
    if behind_proxy
        && let Some(values) = request.headers().get_all("x-forwarded-for").last()
        && let Some(last) = values
            .to_str()
            .ok()
            .and_then(|values| values.rsplit(',').next())
        && let Ok(address) = last.trim().parse()
    {
        return address;
    }
    request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip())
}

pub(super) fn text_header<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use common::endpoint::{Declared, Kind, Method};
    use common::permissions::{Action, Scope};
    use serde::{Deserialize, Deserializer, Serialize};

    use super::{Value, has_nul};

    thread_local! {
        static DECODED: Cell<u32> = const { Cell::new(0) };
    }

    #[derive(Serialize)]
    struct Counted {}

    impl<'de> Deserialize<'de> for Counted {
        fn deserialize<D: Deserializer<'de>>(decoder: D) -> Result<Self, D::Error> {
            serde::de::IgnoredAny::deserialize(decoder)?;
            DECODED.set(DECODED.get() + 1);
            Ok(Self {})
        }
    }

    impl Declared for Counted {
        const NAME: &'static str = "Counted";
        const KIND: Kind = Kind::Json;
        const METHOD: Method = Method::Get;
        const PATH: &'static str = "/counted";

        fn needs(&self) -> (Action, Scope) {
            (Action::Anyone, Scope::Installation)
        }
    }

    #[test]
    fn a_value_is_decoded_once_for_each_run() {
        let mut value = Value::<Counted>::new("{}".into());
        // As memory is asked, and the database when that didn't help.
        value.needs().unwrap();
        value.needs().unwrap();
        value.take().unwrap();
        assert_eq!(DECODED.get(), 1);
        value.needs().unwrap();
        value.take().unwrap();
        assert_eq!(DECODED.get(), 2);
        let mut broken = Value::<Counted>::new("{".into());
        assert!(broken.needs().is_err());
    }

    #[test]
    fn only_an_escape_is_a_nul() {
        assert!(has_nul(br#"{"body":"a\u0000"}"#));
        assert!(has_nul(br#"{"body":"\\\u0000"}"#));
        assert!(!has_nul(br#"{"body":"\\u0000 \n \u0001"}"#));
        assert!(!has_nul(br#"{"body":"u0000\"#));
    }
}
