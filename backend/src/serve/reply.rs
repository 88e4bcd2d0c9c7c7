//! What a request is answered with.

use std::io::Write as _;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    self, Charset, ContentDisposition, ContentEncoding, DispositionParam, DispositionType,
    ExtendedValue,
};
use common::error::Error;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use crate::actor::Actor;
use crate::error::{Failure, Result};
use crate::secret;
use crate::session::SetCookie;

/// A file that the browser saves.
pub struct File {
    pub name: String,
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// What another program reads.
pub struct Text {
    pub media_type: &'static str,
    pub text: String,
}

/// The page to which a form leads.
pub struct Page(pub &'static str);

/// What a handler's answer becomes.
pub(super) enum Reply {
    Json(Vec<u8>),
    File(File),
    Text(Text),
    Page(Page),
    /// With whom a socket begins.
    Socket(Actor),
}

impl Reply {
    pub(super) fn json(answer: &impl Serialize) -> Result<Self> {
        let text = serde_json::to_vec(answer);
        Ok(Self::Json(
            text.map_err(|error| Failure::Unforeseen(error.into()))?,
        ))
    }
}

/// Shorter answers don't get much smaller. Bytes.
const WORTH_COMPRESSING: usize = 1024;

/// With `compressed`, what is read comes gzipped: a page of history a quarter of its size, for a phone on a
/// weak network. Not what a write answers: that may hold a secret beside what somebody else has chosen.
pub(super) fn json(text: Vec<u8>, compressed: bool, cookie: Option<&SetCookie>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(cookie) = cookie {
        response.insert_header((header::SET_COOKIE, cookie.header()));
    }
    response.content_type("application/json");
    if compressed && text.len() >= WORTH_COMPRESSING {
        let mut smaller = GzEncoder::new(Vec::with_capacity(text.len() / 2), Compression::best());
        // Into memory it doesn't fail.
        if smaller.write_all(&text).is_ok()
            && let Ok(smaller) = smaller.finish()
        {
            response.insert_header(ContentEncoding::Gzip);
            return response.body(smaller);
        }
    }
    response.body(text)
}

/// Files come from strangers: they are saved, never shown as pages of ours.
pub(super) fn file(file: File) -> HttpResponse {
    let name = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::FilenameExt(ExtendedValue {
            charset: Charset::Ext("UTF-8".into()),
            language_tag: None,
            value: file.name.into_bytes(),
        })],
    };
    HttpResponse::Ok()
        .insert_header(name)
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type(file.media_type)
        .body(file.bytes)
}

impl Text {
    pub fn plain(text: &str) -> Self {
        Self {
            media_type: "text/plain; charset=utf-8",
            text: text.to_owned(),
        }
    }
}

pub(super) fn text(text: Text) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type(text.media_type)
        .body(text.text)
}

pub(super) fn page(place: &str, cookie: Option<&SetCookie>) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, place));
    if let Some(cookie) = cookie {
        response.insert_header((header::SET_COOKIE, cookie.header()));
    }
    response.finish()
}

/// Back to the page of a form, with a word why.
pub(super) fn back(place: &str, problem: Failure) -> HttpResponse {
    let problem = match problem {
        Failure::Known(Error::TooMany { .. }) => "too-many",
        passing if passing.is_unavailable() => {
            passing.warn("the database can't do it now");
            "unavailable"
        }
        Failure::Known(_) => "wrong",
        unforeseen => return failure(unforeseen),
    };
    page(&format!("{place}?problem={problem}"), None)
}

/// The failure as the client is told.
pub(super) fn failure(problem: Failure) -> HttpResponse {
    let error = problem.answer(|| secret::readable(10));
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if let Error::TooMany { retry_after } = error {
        response.insert_header((header::RETRY_AFTER, retry_after));
    }
    response.json(error)
}
