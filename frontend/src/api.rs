//! Calls of the endpoints that `common` declares: `api::call(GetContacts { school, search }).await`.
//!
//! One function does the work for all endpoints and knows no types, so that an endpoint costs the
//! download only its own (de)serialisation. A lost session is told to the store, whoever asked.

use std::cell::Cell;
use std::pin::Pin;

use crate::clock;
use common::accounts::BELIEF as BELIEF_HEADER;
use common::endpoint::{Declared, Download, Endpoint, Method, Upload};
use common::{AccountId, Error};
use gloo_net::http::{Request, RequestBuilder};
use js_sys::{Date, JSON, Promise, Reflect};
use leptos::prelude::window;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

/// A phone that moves between cells can hold a request forever. In milliseconds.
const PATIENCE: u32 = 30_000;

/// What can be sent again is, when there is no answer after so long: the server needs far less.
const SOON: u32 = 10_000;

/// Whatever works is answered sooner by [`renew`]'s question.
const SIGN: u32 = 3_000;

/// So many connections to one server browsers hold at most, for HTTP/1.1.
const POOL: usize = 6;

thread_local! {
    static RUNNING: Cell<u32> = const { Cell::new(0) };
    static BELIEF: Cell<fn() -> Option<AccountId>> = const { Cell::new(|| None) };
    static LOST: Cell<fn(Lost)> = const { Cell::new(|_| {}) };
    static LATE: Cell<fn()> = const { Cell::new(|| {}) };
}

/// What an answer said of the session.
pub(crate) enum Lost {
    /// There is none.
    Ended,
    /// It's somebody else's: their name.
    Taken(String),
}

/// Whose account the program shows, and who is told that an answer said that the session isn't theirs any more: the
/// store, which itself calls.
pub(crate) fn for_whom(belief: fn() -> Option<AccountId>, lost: fn(Lost)) {
    BELIEF.set(belief);
    LOST.set(lost);
}

/// With the account in whose name it's asked.
fn signed(request: RequestBuilder) -> RequestBuilder {
    match BELIEF.get()() {
        Some(account) => request.header(BELIEF_HEADER, &account.to_string()),
        None => request,
    }
}

/// Who is told that an answer didn't come in time: the socket, whose connection may be as dead.
pub(crate) fn when_late(tell: fn()) {
    LATE.set(tell);
}

/// Whether an answer is waited for.
pub(crate) fn waits() -> bool {
    RUNNING.get() > 0
}

/// Calls an endpoint.
///
/// # Errors
/// The server's answer, or [`Error::Offline`] when it could not be reached: then nobody knows
/// whether a `POST` has happened.
pub async fn call<E: Endpoint>(request: E) -> Result<E::Response, Error> {
    read::<E>(send(Call::of(&request)).await)
}

/// The same for a `POST` that the server takes for once, however often it comes.
///
/// # Errors
/// As [`call`].
pub async fn repeat<E: Endpoint>(request: E) -> Result<E::Response, Error> {
    let mut call = Call::of(&request);
    call.repeatable = true;
    read::<E>(send(call).await)
}

/// Sends a `POST` that must not be lost although the page may be gone before the answer, which nobody hears. By
/// hand, because gloo-net can't ask for `keepalive`.
pub fn part<E: Endpoint>(request: &E) {
    let Some(account) = BELIEF.get()() else {
        return;
    };
    let options = format!(
        r#"{{"method":"POST","keepalive":true,"headers":{{"content-type":"application/json","{BELIEF_HEADER}":"{account}"}}}}"#
    );
    let (Ok(options), Ok(body)) = (JSON::parse(&options), common::json::to_string(request)) else {
        return;
    };
    let _ = Reflect::set(&options, &"body".into(), &body.into());
    let _ = window().fetch_with_str_and_init(E::PATH, &options.unchecked_into());
}

/// A call whose types are forgotten: what a browser downloads once and not for each endpoint.
pub struct Call {
    method: Method,
    path: &'static str,
    body: Result<String, Error>,
    repeatable: bool,
}

impl Call {
    pub fn of<E: Endpoint>(request: &E) -> Self {
        Self {
            method: E::METHOD,
            path: E::PATH,
            body: common::json::to_string(request).map_err(|_| Error::Malformed),
            repeatable: matches!(E::METHOD, Method::Get),
        }
    }
}

/// Sends a call; [`read`] understands the answer.
pub fn send(call: Call) -> Pin<Box<dyn Future<Output = Answer>>> {
    Box::pin(async move { answer(call).await })
}

/// The text of an answer, or why there is none.
pub type Answer = Result<String, Error>;

pub fn read<E: Endpoint>(answer: Answer) -> Result<E::Response, Error> {
    common::json::from_str(&answer?).map_err(|_| Error::Malformed)
}

async fn answer(call: Call) -> Answer {
    let body = call.body?;
    let mut answer = None;
    for &patience in deadlines(call.repeatable) {
        let (request, body) = request(call.method, call.path, &body);
        let signal = AbortSignal::timeout_with_u32(patience);
        answer = respond(signed(request).abort_signal(Some(&signal)), body).await;
        if answer.is_some() || !signal.aborted() {
            break;
        }
        renew().await;
        LATE.get()();
    }
    understood(answer)
}

/// How long each try may take. Whether a connection is dead or the server slow can't be known, so the last
/// one is patient.
const fn deadlines(repeatable: bool) -> &'static [u32] {
    if repeatable {
        &[SOON, PATIENCE]
    } else {
        &[PATIENCE]
    }
}

/// Clears the browser's pool of connections that have died silently (another network, a sleep, a router
/// that forgot): each would hold a request until its deadline, one after the other, and nothing tells the
/// browser to take a new one (neither `keepalive` nor `no-store` does). So all of them are asked something
/// small at once; those that don't answer soon are closed by giving up. Over when the first has answered or was
/// given up: what is sent then goes over a connection that lives. Without this answer it could come before the
/// questions, since Chromium starts requests without a body on another thread. With HTTP/2 there is but one
/// connection, which the browser itself pings.
async fn renew() {
    let first = Promise::new(&mut |ended, _| {
        for number in 0..POOL {
            let ended = ended.clone();
            spawn_local(async move {
                // Never from the browser's cache; questions with one address would be asked one after the other.
                let request =
                    Request::get(&with_query("/manifest.webmanifest", &number.to_string()));
                let signal = AbortSignal::timeout_with_u32(SIGN);
                respond(request.abort_signal(Some(&signal)), JsValue::UNDEFINED).await;
                let _ = ended.call0(&JsValue::NULL);
            });
        }
    });
    let _ = JsFuture::from(first).await;
}

fn understood(answer: Option<Told>) -> Answer {
    let (status, text) = answer.ok_or(Error::Offline)?;
    if status == 200 {
        return Ok(text);
    }
    // What isn't ours comes from a proxy in between.
    let error = common::json::from_str(&text).unwrap_or(Error::Unavailable);
    match &error {
        Error::SignIn => LOST.get()(Lost::Ended),
        Error::SomebodyElse { name } => LOST.get()(Lost::Taken(name.clone())),
        _ => {}
    }
    Err(error)
}

/// So many bytes of a file get through in a millisecond, over a bad mobile network, too. For the largest the server
/// waits a little longer than this gives it.
const SLOWEST: f64 = 20.0;

/// Sends a file. It takes its time, but a dead connection doesn't hold it forever.
///
/// # Errors
/// As [`call`].
pub async fn upload<E: Upload>(request: &E, file: &web_sys::File) -> Result<E::Response, Error> {
    let patience = PATIENCE + (file.size() / SLOWEST) as u32;
    let signal = AbortSignal::timeout_with_u32(patience);
    let put = signed(Request::put(&address(request))).abort_signal(Some(&signal));
    let answer = respond(put, file.into()).await;
    common::json::from_str(&understood(answer)?).map_err(|_| Error::Malformed)
}

/// Where a link to a file leads.
pub fn link<E: Download>(request: &E) -> String {
    address(request)
}

fn address<E: Declared>(request: &E) -> String {
    let body = common::json::to_string(request).unwrap_or_default();
    with_query(E::PATH, &body)
}

fn with_query(path: &str, body: &str) -> String {
    let mut url = path.to_owned();
    url.push_str("?q=");
    url.extend(js_sys::encode_uri_component(body).as_string());
    url
}

/// A text file of the program's own.
///
/// # Errors
/// [`Error::Offline`] when it did not come.
pub async fn text(url: &str) -> Result<String, Error> {
    let signal = AbortSignal::timeout_with_u32(PATIENCE);
    let request = Request::get(url).abort_signal(Some(&signal));
    match respond(request, JsValue::UNDEFINED).await {
        Some((200, text)) => Ok(text),
        _ => Err(Error::Offline),
    }
}

fn request(method: Method, path: &str, body: &str) -> (RequestBuilder, JsValue) {
    // What is put are files, which go another way.
    if method == Method::Post {
        let request = Request::post(path).header("content-type", "application/json");
        (request, body.into())
    } else if body == "{}" {
        (Request::get(path), JsValue::UNDEFINED)
    } else {
        (Request::get(&with_query(path, body)), JsValue::UNDEFINED)
    }
}

/// The status and the text of an answer.
type Told = (u16, String);

/// The answer, if there is one.
async fn respond(request: RequestBuilder, body: JsValue) -> Option<Told> {
    RUNNING.set(RUNNING.get() + 1);
    let answer = exchange(request, body).await.ok();
    RUNNING.set(RUNNING.get() - 1);
    answer
}

async fn exchange(request: RequestBuilder, body: JsValue) -> Result<Told, gloo_net::Error> {
    let asked = Date::now();
    let response = request.body(body)?.send().await?;
    // What the browser may keep is of another time.
    let headers = response.headers();
    if headers.get("cache-control").as_deref() == Some("no-store") {
        clock::heard(&headers.get("date").unwrap_or_default(), asked);
    }
    Ok((response.status(), response.text().await?))
}

#[cfg(test)]
mod tests {
    use super::{PATIENCE, deadlines};

    #[test]
    fn a_dead_connection_costs_little_and_a_slow_server_gets_its_time() {
        let (first, last) = (deadlines(true)[0], deadlines(true).last());
        assert!(first * 3 <= PATIENCE, "{first}");
        assert_eq!(last, Some(&PATIENCE));
        // Nobody knows whether it has happened.
        assert_eq!(deadlines(false), [PATIENCE]);
    }
}
