//! The HTTP side: one registry of endpoints, in front of which the rule book stands.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};
use common::endpoint::{BODY_LIMIT, Endpoint, Info, Method};
use common::error::Error;
use common::permissions::{Action, Scope, allows};

use crate::actor::Actor;
use crate::app::{App, Ctx};
use crate::error::{Failure, Result};
use crate::session::COOKIE;
use crate::{access, database, secret};

type Answer = Pin<Box<dyn Future<Output = Result<Vec<u8>>> + Send>>;
type Call = Box<dyn Fn(Ctx, web::Bytes) -> Answer + Send + Sync>;

/// So often a call runs at most, if the database undoes it because another one stood in its way.
const RUNS: u32 = 3;

/// The handlers, each mounted by the type of its endpoint.
#[derive(Default)]
pub struct Registry {
    calls: HashMap<(&'static str, bool), (Info, Call)>,
}

impl Registry {
    /// Mounts a handler: `registry.on(send_message)`, where `send_message` takes a [`Ctx`] and a
    /// `SendMessage`. Before it runs, the rule book is asked; it can't be forgotten.
    pub fn on<E, H, F>(&mut self, handler: H)
    where
        E: Endpoint,
        H: Fn(Ctx, E) -> F + Copy + Send + Sync + 'static,
        F: Future<Output = Result<E::Response>> + Send + 'static,
    {
        let call: Call = Box::new(move |ctx, body| Box::pin(run(ctx, body, handler)));
        let info = Info::of::<E>();
        let before = self
            .calls
            .insert((E::PATH, E::METHOD == Method::Post), (info, call));
        assert!(before.is_none(), "{} has two handlers", E::NAME);
    }

    /// What is mounted, for the test that compares it with the declared list.
    pub fn mounted(&self) -> impl Iterator<Item = Info> + '_ {
        self.calls.values().map(|(info, _)| *info)
    }
}

/// Runs a handler. If the database undoes its transaction because another one stood in its way, it
/// runs again from the start, rule book included: nothing was committed, nobody was told anything.
async fn run<E, H, F>(ctx: Ctx, body: web::Bytes, handler: H) -> Result<Vec<u8>>
where
    E: Endpoint,
    H: Fn(Ctx, E) -> F + Copy + Send + Sync + 'static,
    F: Future<Output = Result<E::Response>> + Send + 'static,
{
    if has_nul(&body) {
        return Err(Error::Malformed.into());
    }
    let mut mine = ctx.clone();
    for run in 1.. {
        let request: E = serde_json::from_slice(&body).map_err(|_| Error::Malformed)?;
        let (action, scope) = request.needs();
        authorise(&mut mine, action, scope).await?;
        let failure = match handler(mine, request).await {
            Ok(response) => {
                return serde_json::to_vec(&response)
                    .map_err(|error| Failure::Unforeseen(error.into()));
            }
            Err(failure) => failure,
        };
        let again = failure.is_undone().then(|| ctx.again()).flatten();
        let Some(again) = again else {
            return Err(failure);
        };
        tracing::warn!(%failure, call = E::NAME, run, "undone by the database");
        if run >= RUNS {
            break;
        }
        ctx.app.repeated.add();
        mine = again;
    }
    Err(Error::Unavailable.into())
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

async fn authorise(ctx: &mut Ctx, action: Action, scope: Scope) -> Result<()> {
    ctx.facts = match &ctx.actor {
        Some(actor) if action != Action::Anyone && scope != Scope::Installation => {
            ctx.app.access.facts(actor, scope, ctx.now).await?
        }
        actor => access::outside(actor.as_ref()),
    };
    if ctx.actor.is_none() {
        ctx.app.limits.stranger(ctx.address)?;
    }
    Ok(allows(&ctx.facts, action)?)
}

/// The API. What features answer besides it is in `routes.rs`, pages and assets in `assets.rs`.
pub fn configure(config: &mut web::ServiceConfig, app: Arc<App>, registry: Arc<Registry>) {
    config
        .app_data(web::Data::from(app))
        .app_data(web::Data::from(registry))
        .route("/health", web::get().to(health))
        .route("/api/{path:.*}", web::get().to(get))
        .route("/api/{path:.*}", web::post().to(post));
}

/// For a proxy or a supervisor: the server answers and reaches its database.
async fn health(app: web::Data<App>) -> HttpResponse {
    if database::answers(&app.pool).await {
        HttpResponse::Ok().body("ok")
    } else {
        HttpResponse::ServiceUnavailable().finish()
    }
}

#[derive(serde::Deserialize)]
struct Query {
    #[serde(default)]
    q: String,
}

async fn get(
    request: HttpRequest,
    query: web::Query<Query>,
    app: web::Data<App>,
    registry: web::Data<Registry>,
) -> HttpResponse {
    let body = match query.into_inner().q {
        empty if empty.is_empty() => web::Bytes::from_static(b"{}"),
        q => q.into(),
    };
    answer(&request, body, app.into_inner(), &registry, false).await
}

async fn post(
    request: HttpRequest,
    body: web::Payload,
    app: web::Data<App>,
    registry: web::Data<Registry>,
) -> HttpResponse {
    // A foreign page can't send this type without a question that we don't answer.
    let json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
    if !json || !same_origin(&request) {
        return failure(Error::Malformed.into());
    }
    match read(body, BODY_LIMIT, PATIENCE).await {
        Ok(body) => answer(&request, body, app.into_inner(), &registry, true).await,
        Err(error) => failure(error.into()),
    }
}

/// How long the body of a call may take to arrive: on a bad network, too.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A body of at most `limit` bytes. Whoever is slower than `patience` isn't waited for: connections
/// that send nothing would keep everybody else out.
pub(crate) async fn read(
    body: web::Payload,
    limit: usize,
    patience: Duration,
) -> Result<web::Bytes, Error> {
    let too_large = Error::TooLarge {
        limit: limit as u64,
    };
    tokio::time::timeout(patience, body.to_bytes_limited(limit))
        .await
        .map_err(|_| Error::Malformed)?
        .map_err(|_| too_large)?
        .map_err(|_| Error::Malformed)
}

/// Runs what writes in a task of its own: when the client disconnects, actix drops the handler, but
/// a transaction must not stop half-way.
pub(crate) async fn apart<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    tokio::spawn(work)
        .await
        .unwrap_or_else(|panic| Err(Failure::Unforeseen(panic.into())))
}

async fn answer(
    request: &HttpRequest,
    body: web::Bytes,
    app: Arc<App>,
    registry: &Registry,
    writes: bool,
) -> HttpResponse {
    let Some((_, call)) = registry.calls.get(&(request.path(), writes)) else {
        return failure(Error::NotFound.into());
    };
    let actor = match actor(&app, request).await {
        Ok(actor) => actor,
        Err(problem) => return failure(problem),
    };
    let ctx = context(request, app, actor);
    let cookie = Arc::clone(&ctx.cookie);
    let answer = call(ctx, body);
    let answer = if writes {
        apart(answer).await
    } else {
        answer.await
    };
    match answer {
        Ok(body) => {
            let mut response = HttpResponse::Ok();
            response.insert_header((header::CACHE_CONTROL, "no-store"));
            if let Some(cookie) = &*cookie.lock().unwrap_or_else(PoisonError::into_inner) {
                response.insert_header((header::SET_COOKIE, cookie.header()));
            }
            response.content_type("application/json").body(body)
        }
        Err(problem) => failure(problem),
    }
}

/// What a handler knows of the call.
pub(crate) fn context(request: &HttpRequest, app: Arc<App>, actor: Option<Actor>) -> Ctx {
    Ctx {
        now: app.clock.now(),
        facts: access::outside(actor.as_ref()),
        address: address(request, app.behind_proxy),
        user_agent: text_header(request.headers(), &header::USER_AGENT).to_owned(),
        cookie: Arc::new(Mutex::new(None)),
        committed: Arc::default(),
        app,
        actor,
    }
}

/// Whose session it is, if any.
pub(crate) async fn actor(app: &App, request: &HttpRequest) -> Result<Option<Actor>> {
    let cookies = text_header(request.headers(), &header::COOKIE);
    let session = cookies.split(';').find_map(|cookie| {
        cookie
            .trim()
            .strip_prefix(COOKIE)?
            .strip_prefix('=')
            .filter(|value| !value.is_empty())
    });
    match session {
        Some(session) => app.sessions.find(&app.pool, session, app.clock.now()).await,
        None => Ok(None),
    }
}

/// The failure as the client is told.
pub(crate) fn failure(problem: Failure) -> HttpResponse {
    let error = problem.answer(|| secret::readable(10));
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if let Error::TooMany { retry_after } = error {
        response.insert_header((header::RETRY_AFTER, retry_after));
    }
    response.json(error)
}

/// Browsers say where a request comes from; other programs may leave it out, they carry no
/// cookies of somebody else.
pub(crate) fn same_origin(request: &HttpRequest) -> bool {
    let Some(origin) = request.headers().get(header::ORIGIN) else {
        return true;
    };
    let host = text_header(request.headers(), &header::HOST);
    origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"))
        .is_some_and(|(_, origin)| origin == host)
}

/// The last address in `X-Forwarded-For` is the one that our own proxy saw; those before it are
/// whatever the client claimed.
fn address(request: &HttpRequest, behind_proxy: bool) -> IpAddr {
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

fn text_header<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::has_nul;

    #[test]
    fn only_an_escape_is_a_nul() {
        assert!(has_nul(br#"{"body":"a\u0000"}"#));
        assert!(has_nul(br#"{"body":"\\\u0000"}"#));
        assert!(!has_nul(br#"{"body":"\\u0000 \n \u0001"}"#));
        assert!(!has_nul(br#"{"body":"u0000\"#));
    }
}
