use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use actix_web::body::{MessageBody, to_bytes};
use actix_web::http::header::{ACCEPT_ENCODING, HeaderMap, HeaderName, IF_NONE_MATCH};
use actix_web::test::TestRequest;

use super::*;

const fn file(path: &'static str, bytes: &'static [u8], immutable: bool) -> File {
    File {
        path,
        kind: "text/javascript; charset=utf-8",
        bytes,
        brotli: None,
        immutable,
    }
}

static OLD: &[File] = &[
    file("/app-0000000000000001.js", b"old", true),
    file("/admin/app-0000000000000001.js", b"old admin", true),
    File {
        kind: "text/plain; charset=utf-8",
        ..file("/locales/en-0000000000000001.txt", b"old English", true)
    },
];

static NEW: &[File] = &[
    file("/index.html", b"page", false),
    file("/icons/icon.svg", b"icon", false),
    File {
        path: "/app-0000000000000002.js",
        kind: "text/javascript; charset=utf-8",
        bytes: b"new",
        brotli: Some(b"small"),
        immutable: true,
    },
];

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + 20_000 * DAY
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("zvonok-assets-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn start(&self, files: &'static [File], now: SystemTime) -> Assets {
        Assets::new(files, Kept::open(&self.0, files, now).unwrap())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

#[derive(Debug)]
struct Answer {
    status: u16,
    body: String,
    headers: HeaderMap,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }
}

async fn get(assets: &Assets, path: &str, headers: &[(HeaderName, &str)]) -> Answer {
    let request = headers
        .iter()
        .fold(TestRequest::with_uri(path), |request, (name, value)| {
            request.append_header((name.clone(), *value))
        });
    let response = assets.answer(&request.to_http_request()).await;
    let (response, body) = response.into_parts();
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: String::from_utf8(to_bytes(body.boxed()).await.unwrap().to_vec()).unwrap(),
    }
}

#[tokio::test]
async fn pages_answer_for_every_path_without_a_dot() {
    let folder = Folder::new("pages");
    let assets = folder.start(NEW, noon());
    for path in ["/", "/join/Ab_9-x", "/admin", "/admin/", "/admin/classes"] {
        let page = get(&assets, path, &[]).await;
        assert_eq!((page.status, page.body.as_str()), (200, "page"), "{path}");
        assert_eq!(page.header("cache-control"), "no-cache");
    }
    let icon = get(&assets, "/icons/icon.svg", &[]).await;
    assert_eq!(icon.header("cache-control"), "public, max-age=86400");
}

#[tokio::test]
async fn an_unchanged_page_is_not_sent_again() {
    let folder = Folder::new("tags");
    let assets = folder.start(NEW, noon());
    let tag = get(&assets, "/", &[]).await.header("etag").to_owned();
    let weak = format!("\"other\", W/{tag}");
    for (tags, status) in [
        (tag.as_str(), 304),
        (&weak, 304),
        ("*", 304),
        ("\"other\"", 200),
        ("?", 200),
    ] {
        let answer = get(&assets, "/", &[(IF_NONE_MATCH, tags)]).await;
        assert_eq!(answer.status, status, "{tags}");
    }
}

#[tokio::test]
async fn a_hashed_file_stays_for_a_year_and_comes_compressed() {
    let folder = Folder::new("hashed");
    let assets = folder.start(NEW, noon());
    let path = "/app-0000000000000002.js";
    for refused in ["gzip, br;q=0", "gzip, br; q=0.000", "gzip", "brotli"] {
        let plain = get(&assets, path, &[(ACCEPT_ENCODING, refused)]).await;
        assert_eq!(
            (plain.body.as_str(), plain.header("content-encoding")),
            ("new", ""),
            "{refused}"
        );
    }
    let plain = get(&assets, path, &[]).await;
    assert_eq!(plain.body, "new");
    assert_eq!(
        plain.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    let small = get(&assets, path, &[(ACCEPT_ENCODING, "gzip, deflate, br")]).await;
    assert_eq!(
        (small.body.as_str(), small.header("content-encoding")),
        ("small", "br")
    );
    assert_eq!(small.header("vary"), "accept-encoding");
}

#[tokio::test]
async fn a_missing_file_is_not_a_page() {
    let folder = Folder::new("missing");
    let assets = folder.start(NEW, noon());
    for path in [
        "/app-ffffffffffffffff.js",
        "/favicon.ico",
        "/current",
        "/../x.js",
    ] {
        let answer = get(&assets, path, &[]).await;
        assert_eq!(
            answer.status,
            if path == "/current" { 200 } else { 404 },
            "{path}"
        );
        assert!(answer.status == 404 || answer.body == "page");
    }
}

#[tokio::test]
async fn files_of_older_versions_stay_for_thirty_days_after_their_last_use() {
    let folder = Folder::new("old");
    drop(folder.start(OLD, noon()));
    // The old version ran for 60 days; then it was replaced.
    let replaced = noon() + 60 * DAY;
    let assets = folder.start(NEW, replaced);
    for (path, body, kind) in [
        ("/app-0000000000000001.js", "old", "text/javascript"),
        (
            "/admin/app-0000000000000001.js",
            "old admin",
            "text/javascript",
        ),
        // Its texts are found by their places.
        (
            "/locales/en-0000000000000001.txt",
            "old English",
            "text/plain",
        ),
    ] {
        let old = get(&assets, path, &[(ACCEPT_ENCODING, "br")]).await;
        assert_eq!((old.status, old.body.as_str()), (200, body));
        let kind = format!("{kind}; charset=utf-8");
        assert_eq!(old.header("content-type"), kind);
    }
    let assets = folder.start(NEW, replaced + 29 * DAY);
    assert_eq!(
        get(&assets, "/app-0000000000000001.js", &[]).await.status,
        200
    );
    let assets = folder.start(NEW, replaced + 31 * DAY);
    assert_eq!(
        get(&assets, "/app-0000000000000001.js", &[]).await.status,
        404
    );
    assert_eq!(
        get(&assets, "/app-0000000000000002.js", &[]).await.status,
        200
    );
}

#[tokio::test]
async fn without_a_frontend_it_says_how_to_build_one() {
    let folder = Folder::new("none");
    let answer = get(&folder.start(&[], noon()), "/", &[]).await;
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("cargo xtask frontend"));
}
