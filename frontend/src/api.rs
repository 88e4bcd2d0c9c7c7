//! Calls of the endpoints that `common` declares: `api::call(GetContacts { school, search }).await`.
//!
//! One function does the work for all endpoints and knows no types, so that an endpoint costs the
//! download only its own (de)serialisation. A lost session is told to the store, whoever asked.

use std::cell::Cell;
use std::pin::Pin;

use common::Error;
use common::endpoint::{Declared, Download, Endpoint, Method, Upload};
use gloo_net::http::{Request, RequestBuilder};
use wasm_bindgen::JsValue;
use web_sys::AbortSignal;

/// A phone that moves between cells can hold a request forever. In milliseconds.
const PATIENCE: u32 = 30_000;

thread_local! {
    static RUNNING: Cell<u32> = const { Cell::new(0) };
    static LOST: Cell<fn()> = const { Cell::new(|| {}) };
}

/// Who is told that an answer said that there is no session: the store, which itself calls.
pub(crate) fn when_lost(tell: fn()) {
    LOST.set(tell);
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

/// A call whose types are forgotten: what a browser downloads once and not for each endpoint.
pub struct Call {
    method: Method,
    path: &'static str,
    body: Result<String, Error>,
}

impl Call {
    pub fn of<E: Endpoint>(request: &E) -> Self {
        Self {
            method: E::METHOD,
            path: E::PATH,
            body: common::json::to_string(request).map_err(|_| Error::Malformed),
        }
    }
}

/// Sends a call; [`read`] understands the answer.
pub fn send(call: Call) -> Pin<Box<dyn Future<Output = Answer>>> {
    Box::pin(async move { answer(call.method, call.path, call.body?).await })
}

/// The text of an answer, or why there is none.
pub type Answer = Result<String, Error>;

pub fn read<E: Endpoint>(answer: Answer) -> Result<E::Response, Error> {
    common::json::from_str(&answer?).map_err(|_| Error::Malformed)
}

async fn answer(method: Method, path: &str, body: String) -> Answer {
    understood(fetch(method, path, body).await)
}

fn understood(answer: Option<(u16, String)>) -> Answer {
    let (status, text) = answer.ok_or(Error::Offline)?;
    if status == 200 {
        return Ok(text);
    }
    // What isn't ours comes from a proxy in between.
    let error = common::json::from_str(&text).unwrap_or(Error::Unavailable);
    if error == Error::SignIn {
        LOST.get()();
    }
    Err(error)
}

/// Sends a file. It takes as long as it takes.
///
/// # Errors
/// As [`call`].
pub async fn upload<E: Upload>(request: &E, file: &web_sys::File) -> Result<E::Response, Error> {
    let answer = respond(Request::put(&address(request)), file.into()).await;
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
    match respond(patient(Request::get(url)), JsValue::UNDEFINED).await {
        Some((200, text)) => Ok(text),
        _ => Err(Error::Offline),
    }
}

fn patient(request: RequestBuilder) -> RequestBuilder {
    request.abort_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)))
}

async fn fetch(method: Method, path: &str, body: String) -> Option<(u16, String)> {
    // What is put are files, which go another way.
    let (request, body) = if method == Method::Post {
        let request = Request::post(path).header("content-type", "application/json");
        (request, body.into())
    } else if body == "{}" {
        (Request::get(path), JsValue::UNDEFINED)
    } else {
        (Request::get(&with_query(path, &body)), JsValue::UNDEFINED)
    };
    respond(patient(request), body).await
}

/// The status and the text of the answer, if there is one.
async fn respond(request: RequestBuilder, body: JsValue) -> Option<(u16, String)> {
    RUNNING.set(RUNNING.get() + 1);
    let answer = exchange(request, body).await.ok();
    RUNNING.set(RUNNING.get() - 1);
    answer
}

async fn exchange(
    request: RequestBuilder,
    body: JsValue,
) -> Result<(u16, String), gloo_net::Error> {
    let response = request.body(body)?.send().await?;
    Ok((response.status(), response.text().await?))
}
