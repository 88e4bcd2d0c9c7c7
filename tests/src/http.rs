//! One HTTP request, one connection.

use std::net::SocketAddr;

use bytes::Bytes;
use common::endpoint::{Declared, Endpoint, Kind, Method};
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

    /// As a browser understands it, of any kind: the text, or the page to which a form leads.
    pub fn outcome(&self, kind: Kind) -> Result<String, common::Error> {
        match (kind, self.status) {
            (Kind::Json | Kind::Upload | Kind::Download | Kind::Machine, 200) => {
                Ok(String::from_utf8_lossy(&self.body).into_owned())
            }
            (Kind::Form, 303) => Ok(self.header("location").to_owned()),
            (Kind::Socket, 101) => Ok(String::new()),
            _ => {
                let error: common::Error = serde_json::from_slice(&self.body)
                    .unwrap_or_else(|problem| panic!("{problem} in {self:?}"));
                assert_eq!(self.status, error.status(), "{error}");
                Err(error)
            }
        }
    }

    /// One header as text; empty if there's none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// The request that a browser sends for an endpoint's value. Of an upload: without the file.
pub fn request<E: Declared>(address: SocketAddr, cookie: Option<&str>, value: &E) -> Request<Body> {
    let json = serde_json::to_string(value).unwrap();
    let mut request = Request::builder().header(HOST, address.to_string());
    if let Some(cookie) = cookie {
        request = request.header(COOKIE, format!("{SESSION}={cookie}"));
    }
    let in_query = format!("{}?q={}", E::PATH, encoded(&json));
    let (request, body) = match E::KIND {
        Kind::Json if E::METHOD == Method::Post => {
            let request = request.method("POST").uri(E::PATH);
            (request.header(CONTENT_TYPE, "application/json"), json)
        }
        Kind::Form => {
            let request = request.method("POST").uri(E::PATH);
            let kind = "application/x-www-form-urlencoded";
            (request.header(CONTENT_TYPE, kind), fields(value))
        }
        Kind::Upload => (request.method("PUT").uri(in_query), String::new()),
        Kind::Json | Kind::Download => (request.method("GET").uri(in_query), String::new()),
        // As they are typed into the settings of such programs.
        Kind::Machine => (request.method("GET").uri(E::PATH), String::new()),
        Kind::Socket => {
            let request = request
                .header("connection", "upgrade")
                .header("upgrade", "websocket")
                .header("sec-websocket-version", "13")
                .header("sec-websocket-key", "c2l4dGVlbiBsZXR0ZXJzIQ==");
            (request.method("GET").uri(E::PATH), String::new())
        }
    };
    request.body(Full::new(body.into())).unwrap()
}

/// As a form is sent.
fn fields(value: &impl serde::Serialize) -> String {
    let serde_json::Value::Object(fields) = serde_json::to_value(value).unwrap() else {
        panic!("a form has fields");
    };
    let pair = |(name, value): (&String, &serde_json::Value)| {
        let value = value.as_str().expect("fields of a form are texts");
        format!("{name}={}", encoded(value))
    };
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
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
