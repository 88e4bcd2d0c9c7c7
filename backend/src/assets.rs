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

use actix_web::http::header::{self, HeaderMap};
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
    tag: String,
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
            let tag = format!("\"{:.16x}\"", Sha256::digest(file.bytes));
            (file.path, Served { file, tag })
        };
        Self {
            files: files.iter().map(served).collect(),
            kept,
        }
    }

    async fn answer(&self, path: &str, headers: &HeaderMap) -> HttpResponse {
        if let Some(it) = self.files.get(path) {
            return it.answer(headers);
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        if name.contains('.') {
            return self.kept.answer(path, accepts_brotli(headers)).await;
        }
        match self.files.get(PAGE) {
            Some(page) => page.answer(headers),
            None => HttpResponse::ServiceUnavailable()
                .content_type("text/plain; charset=utf-8")
                .body("The frontend is not built: cargo xtask frontend\n"),
        }
    }
}

impl Served {
    fn answer(&self, headers: &HeaderMap) -> HttpResponse {
        let file = self.file;
        let fresh = headers
            .get_all(header::IF_NONE_MATCH)
            .filter_map(|it| it.to_str().ok())
            .any(|tags| tags.contains(&self.tag));
        let mut response = HttpResponse::Ok();
        if file.immutable {
            response.insert_header((header::CACHE_CONTROL, A_YEAR));
        } else {
            response.insert_header((header::CACHE_CONTROL, "no-cache"));
            response.insert_header((header::ETAG, self.tag.as_str()));
        }
        if file.brotli.is_some() {
            response.insert_header((header::VARY, "accept-encoding"));
        }
        if fresh && !file.immutable {
            return response.status(StatusCode::NOT_MODIFIED).finish();
        }
        response.content_type(file.kind);
        match file.brotli {
            Some(bytes) if accepts_brotli(headers) => {
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
    assets.answer(request.path(), request.headers()).await
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(','))
        .any(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
            let refused = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
            name.trim().eq_ignore_ascii_case("br") && !refused
        })
}
