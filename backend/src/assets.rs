//! The built frontend, embedded in the binary, and how it is served.
//!
//! Names with a hash are kept by browsers for a year. Pages and other plain names are asked for
//! again each time, and answered with "not modified". A missing file is 404, never a page: a
//! browser that still runs an older version would take the page for a program. For its sake the
//! files of older versions stay for 30 days ([`kept`]).

mod kept;
pub mod policy;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use actix_web::http::header::{
    self, AcceptEncoding, ETag, Encoding, EntityTag, Header as _, IfNoneMatch,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use common::Timestamp;
use sha2::{Digest, Sha256};

use kept::Kept;

/// One embedded file. The table of them is made by `build.rs`.
#[derive(Debug)]
struct File {
    /// As it is asked for, from the first slash.
    path: &'static str,
    /// Its media type.
    kind: &'static str,
    bytes: &'static [u8],
    /// Compressed at build time.
    brotli: Option<&'static [u8]>,
    /// Its name has its hash.
    immutable: bool,
}

static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Of icons yesterday's are good enough, and a page asks for one more than once.
const A_DAY: &str = "public, max-age=86400";
const A_YEAR: &str = "public, max-age=31536000, immutable";

/// What answers for every place of the application.
const PAGE: &str = "/index.html";

/// What to serve.
#[derive(Debug)]
pub struct Assets {
    files: HashMap<&'static str, Served>,
    kept: Kept,
}

#[derive(Debug)]
struct Served {
    file: &'static File,
    /// For what browsers ask again for.
    tag: EntityTag,
}

impl Assets {
    /// Takes the embedded files, and those of older versions from the data directory; `now`
    /// decides which of them are too old.
    ///
    /// # Errors
    /// When the data directory can't be written.
    pub fn load(data_dir: &Path, now: Timestamp) -> io::Result<Self> {
        let since = Duration::from_millis(now.0.unsigned_abs());
        let now = SystemTime::UNIX_EPOCH + since;
        Ok(Self::new(FILES, Kept::open(data_dir, FILES, now)?))
    }

    fn new(files: &'static [File], kept: Kept) -> Self {
        let served = |file: &'static File| {
            let tag = EntityTag::new_strong(format!("{:.16x}", Sha256::digest(file.bytes)));
            (file.path, Served { file, tag })
        };
        Self {
            files: files.iter().map(served).collect(),
            kept,
        }
    }

    async fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let path = request.path();
        if let Some(it) = self.files.get(path) {
            return it.answer(request);
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        if name.contains('.') {
            return self.kept.answer(path, accepts_brotli(request)).await;
        }
        match self.files.get(PAGE) {
            Some(page) => page.answer(request),
            None => HttpResponse::ServiceUnavailable()
                .content_type("text/plain; charset=utf-8")
                .body("The frontend is not built: cargo xtask frontend\n"),
        }
    }
}

impl Served {
    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let file = self.file;
        let fresh = match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&self.tag)),
            Err(_) => false,
        };
        let mut response = HttpResponse::Ok();
        if file.immutable {
            response.insert_header((header::CACHE_CONTROL, A_YEAR));
        } else {
            let asked_again = if file.path.starts_with("/icons/") {
                A_DAY
            } else {
                "no-cache"
            };
            response.insert_header((header::CACHE_CONTROL, asked_again));
            response.insert_header(ETag(self.tag.clone()));
        }
        if file.brotli.is_some() {
            response.insert_header((header::VARY, "accept-encoding"));
        }
        if fresh && !file.immutable {
            return response.status(StatusCode::NOT_MODIFIED).finish();
        }
        response.content_type(file.kind);
        match file.brotli {
            Some(bytes) if accepts_brotli(request) => {
                response.insert_header((header::CONTENT_ENCODING, "br"));
                response.body(bytes)
            }
            _ => response.body(file.bytes),
        }
    }
}

/// Serves the frontend for every path that nothing else answers.
pub fn configure(config: &mut web::ServiceConfig, assets: Arc<Assets>) {
    config
        .app_data(web::Data::from(assets))
        .default_service(web::to(serve));
}

async fn serve(request: HttpRequest, assets: web::Data<Assets>) -> HttpResponse {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return HttpResponse::MethodNotAllowed()
            .insert_header((header::ALLOW, "GET, HEAD"))
            .finish();
    }
    assets.answer(&request).await
}

fn accepts_brotli(request: &HttpRequest) -> bool {
    let ours = [Encoding::brotli(), Encoding::identity()];
    AcceptEncoding::parse(request)
        .is_ok_and(|accepted| accepted.negotiate(ours.iter()) == Some(Encoding::brotli()))
}
