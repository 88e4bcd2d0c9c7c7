//! The files of older versions: a page that was open during an update still asks for its own.
//!
//! Each start lays the files of its version into `assets/` of the data directory. A file's time is
//! the last moment when a server with it started, or was replaced: 30 days later it goes.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use actix_web::HttpResponse;
use actix_web::http::header;

use super::{A_YEAR, File};

const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Lists the files of the version that started last.
const CURRENT: &str = "current";

/// What older versions left.
#[derive(Debug)]
pub struct Kept {
    folder: PathBuf,
    /// By path: the media type is not kept in the file, it follows from the name.
    files: HashMap<String, &'static str>,
}

impl Kept {
    pub fn open(data_dir: &Path, embedded: &'static [File], now: SystemTime) -> io::Result<Self> {
        let folder = data_dir.join("assets");
        fs::create_dir_all(&folder)?;
        // Those were in use until now, however long ago their server was started.
        let current = fs::read_to_string(folder.join(CURRENT)).unwrap_or_default();
        for name in current.lines() {
            touch(&folder.join(name), now)?;
        }
        let mut names = String::new();
        for file in embedded.iter().filter(|it| it.immutable) {
            let name = flat(file.path);
            keep(&folder.join(&name), file.bytes, now)?;
            names.push_str(&name);
            names.push('\n');
            if let Some(bytes) = file.brotli {
                keep(&folder.join(compressed(&name)), bytes, now)?;
                names.push_str(&compressed(&name));
                names.push('\n');
            }
        }
        fs::write(folder.join(CURRENT), names)?;
        let files = prune(&folder, now)?;
        Ok(Self { folder, files })
    }

    /// The file of an older version, or 404.
    pub async fn answer(&self, path: &str, brotli: bool) -> HttpResponse {
        let name = flat(path);
        let Some(kind) = self.files.get(&name) else {
            return missing();
        };
        let small = compressed(&name);
        let encoded = brotli && self.files.contains_key(&small);
        let file = self.folder.join(if encoded { &small } else { &name });
        let Ok(bytes) = tokio::fs::read(file).await else {
            return missing();
        };
        let mut response = HttpResponse::Ok();
        response.content_type(*kind);
        response.insert_header((header::CACHE_CONTROL, A_YEAR));
        response.insert_header((header::VARY, "accept-encoding"));
        if encoded {
            response.insert_header((header::CONTENT_ENCODING, "br"));
        }
        response.body(bytes)
    }
}

/// Removes what is too old and lists the rest.
fn prune(folder: &Path, now: SystemTime) -> io::Result<HashMap<String, &'static str>> {
    let mut files = HashMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let age = now.duration_since(entry.metadata()?.modified()?);
        if age.is_ok_and(|age| age > KEPT_FOR) {
            fs::remove_file(entry.path())?;
        } else if let Some(kind) = kind(&name) {
            files.insert(name, kind);
        }
    }
    Ok(files)
}

/// The types that have hashed names.
fn kind(name: &str) -> Option<&'static str> {
    Some(match name.trim_end_matches(".br").rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

fn keep(path: &Path, bytes: &[u8], now: SystemTime) -> io::Result<()> {
    // A crash may have left a part of it.
    if fs::metadata(path).map_or(0, |it| it.len()) != bytes.len() as u64 {
        fs::write(path, bytes)?;
    }
    touch(path, now)
}

fn touch(path: &Path, now: SystemTime) -> io::Result<()> {
    match fs::File::options().write(true).open(path) {
        Ok(file) => file.set_modified(now),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// One folder holds them all. The path can't leave it: it has no slash any more.
fn flat(path: &str) -> String {
    path.trim_start_matches('/').replace('/', "+")
}

fn compressed(name: &str) -> String {
    format!("{name}.br")
}

/// A cache must not keep that: a server beside this one may have it.
fn missing() -> HttpResponse {
    let mut response = HttpResponse::NotFound();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    response.finish()
}
