//! The headers that every answer carries, above all the Content-Security-Policy.

use std::fmt::Write as _;

use actix_web::http::header::{self, HeaderName};
use actix_web::middleware::DefaultHeaders;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::FILES;

/// What the browser may not do in our name. Whoever answers with a header of the same name keeps
/// their own.
///
/// `public_url` is where people open the application: older Safaris don't see that a WebSocket to
/// it is "self".
#[must_use]
pub fn headers(public_url: &str) -> DefaultHeaders {
    let pages = FILES.iter().filter(|it| it.path.ends_with(".html"));
    let pages = pages.map(|it| String::from_utf8_lossy(it.bytes).into_owned());
    let policy = content_security_policy(&pages.collect::<String>(), public_url);
    let headers = DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, policy))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "same-origin"))
        .add((
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        ))
        .add((
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ))
        .add((
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ));
    let local = ["//localhost", "//127.", "//["];
    if public_url.starts_with("https:") && !local.iter().any(|it| public_url.contains(it)) {
        headers.add((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"))
    } else {
        headers
    }
}

/// Everything from our own origin, and nothing inline but the scripts that these pages have.
fn content_security_policy(pages: &str, public_url: &str) -> String {
    let mut scripts = String::from("script-src 'self' 'wasm-unsafe-eval'");
    for script in inline_scripts(pages) {
        let hash = STANDARD.encode(Sha256::digest(script.as_bytes()));
        let _ = write!(scripts, " 'sha256-{hash}'");
    }
    let socket = public_url.replacen("http", "ws", 1);
    format!(
        "default-src 'none'; {scripts}; style-src 'self'; img-src 'self' data: blob:; \
         connect-src 'self' {socket}; font-src 'self'; manifest-src 'self'; worker-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The text between `<script …>` and `</script>`, wherever it isn't a file of its own.
fn inline_scripts(pages: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = pages;
    while let Some(at) = rest.find("<script") {
        let Some((tag, after)) = rest[at..].split_once('>') else {
            break;
        };
        let Some((script, after)) = after.split_once("</script>") else {
            break;
        };
        if !tag.contains(" src=") && !found.contains(&script) {
            found.push(script);
        }
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<head><script src=\"/shell-1.js\"></script>\
                        <script type=\"module\">alert('Hello, world.');</script></head>";

    #[test]
    fn only_inline_scripts_are_hashed() {
        let twice = format!("{PAGE}{PAGE}");
        assert_eq!(inline_scripts(&twice), ["alert('Hello, world.');"]);
    }

    #[test]
    fn the_policy_has_the_hash_that_browsers_compute() {
        // The hash is the example of the CSP specification.
        let policy = content_security_policy(PAGE, "https://school.example");
        assert!(
            policy.contains(
                "script-src 'self' 'wasm-unsafe-eval' \
                 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=';"
            ),
            "{policy}"
        );
        assert!(policy.contains("connect-src 'self' wss://school.example;"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }
}
