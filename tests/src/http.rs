//! One HTTP request, one connection.

use std::net::SocketAddr;

use bytes::Bytes;
use common::endpoint::{Endpoint, Method};
use http_body_util::{BodyExt as _, Full};
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, HeaderMap};
use hyper::{Request, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// The session's cookie, as the backend calls it.
pub const SESSION: &str = backend::session::COOKIE;

pub type Body = Full<Bytes>;

/// What the server answered.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Reply {
    /// As the client understands it.
    pub fn read<E: Endpoint>(&self) -> Result<E::Response, common::Error> {
        if self.status == 200 {
            return Ok(serde_json::from_slice(&self.body)
                .unwrap_or_else(|error| panic!("{}: {error} in {self:?}", E::NAME)));
        }
        let error: common::Error = serde_json::from_slice(&self.body)
            .unwrap_or_else(|problem| panic!("{}: {problem} in {self:?}", E::NAME));
        assert_eq!(self.status, error.status(), "{error}");
        if let common::Error::Internal { id } = &error {
            panic!("{}: unforeseen failure {id}, see the log above", E::NAME);
        }
        Err(error)
    }

    /// One header as text; empty if there's none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// The request that a browser sends for an endpoint's value.
pub fn request<E: Endpoint>(address: SocketAddr, cookie: Option<&str>, value: &E) -> Request<Body> {
    let body = serde_json::to_string(value).unwrap();
    let (method, path, body) = match E::METHOD {
        Method::Get => (
            "GET",
            format!("{}?q={}", E::PATH, encoded(&body)),
            String::new(),
        ),
        Method::Post => ("POST", E::PATH.to_owned(), body),
    };
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, address.to_string());
    if let Some(cookie) = cookie {
        request = request.header(COOKIE, format!("{SESSION}={cookie}"));
    }
    if E::METHOD == Method::Post {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    request.body(Full::new(body.into())).unwrap()
}

pub async fn send(address: SocketAddr, request: Request<Body>) -> Reply {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request).await.unwrap();
    let (head, body) = answer.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    connection.abort();
    Reply {
        status: head.status.as_u16(),
        headers: head.headers,
        body,
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
