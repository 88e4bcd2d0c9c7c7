//! The appointment order (R7), as a file: two of the declared exceptions to the endpoints.

use std::time::Duration;

use actix_web::http::header::{
    self, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
};
use actix_web::{HttpRequest, HttpResponse, web};
use common::ApplicationId;
use common::error::{Conflict, Error, Problem};
use common::permissions::{Action, allows};
use common::schools::applications::{
    ApplicationState, ORDER_DOWNLOAD, ORDER_LIMIT, ORDER_UPLOAD, OrderFile,
};

use super::queries::{self, Order, Which};
use crate::app::App;
use crate::error::Result;
use crate::{access, secret, serve};

/// How long an upload may take: 10 MB over a bad mobile network.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

pub fn configure(config: &mut web::ServiceConfig) {
    config
        .route(&format!("{ORDER_UPLOAD}{{secret}}"), web::put().to(upload))
        .route(&format!("{ORDER_DOWNLOAD}{{id}}"), web::get().to(download));
}

#[derive(serde::Deserialize)]
struct Named {
    #[serde(default)]
    name: String,
}

async fn upload(
    request: HttpRequest,
    secret: web::Path<String>,
    body: web::Payload,
    app: web::Data<App>,
) -> HttpResponse {
    match receive(&request, &secret, body, &app).await {
        Ok(order) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(order),
        Err(problem) => serve::failure(problem),
    }
}

async fn receive(
    request: &HttpRequest,
    secret: &str,
    body: web::Payload,
    app: &web::Data<App>,
) -> Result<OrderFile> {
    if !serve::same_origin(request) {
        return Err(Error::Malformed.into());
    }
    let ctx = serve::context(request, app.clone().into_inner(), None);
    ctx.app.limits.application(ctx.address)?;
    let hash = secret::hash(secret);
    // Before the body: strangers don't get to fill our memory.
    let found = queries::find(&mut *ctx.conn().await?, Which::Secret(&hash)).await?;
    if !matches!(
        found.application.state,
        ApplicationState::Submitted | ApplicationState::Returned { .. }
    ) {
        return Err(Conflict::Decided.into());
    }
    let bytes = serve::read(body, ORDER_LIMIT, PATIENCE).await?;
    if bytes.is_empty() {
        return Err(Error::field("order", Problem::Required).into());
    }
    let kind = Kind::of(&bytes).ok_or(Error::field("order", Problem::FileType))?;
    let named = web::Query::<Named>::from_query(request.query_string());
    let order = Order {
        name: file_name(named.as_ref().map_or("", |query| &query.name), kind),
        media_type: kind.media_type().to_owned(),
        bytes: bytes.to_vec(),
    };
    let answer = OrderFile {
        name: order.name.clone(),
        size: order.bytes.len() as u64,
    };
    let stored = serve::apart(async move {
        let mut tx = ctx.begin().await?;
        let stored = queries::set_order(&mut tx, &hash, &order).await?;
        tx.commit().await?;
        Ok(stored)
    })
    .await?;
    if stored {
        Ok(answer)
    } else {
        Err(Conflict::Decided.into())
    }
}

async fn download(
    request: HttpRequest,
    id: web::Path<String>,
    app: web::Data<App>,
) -> HttpResponse {
    match fetch(&request, &id, &app).await {
        // A stranger's file: it's saved, never shown as a page of ours.
        Ok(order) => HttpResponse::Ok()
            .insert_header(attachment(order.name))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; sandbox",
            ))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type(order.media_type)
            .body(order.bytes),
        Err(problem) => serve::failure(problem),
    }
}

async fn fetch(request: &HttpRequest, id: &str, app: &App) -> Result<Order> {
    let actor = serve::actor(app, request).await?;
    allows(&access::outside(actor.as_ref()), Action::ReviewApplications)?;
    let id: ApplicationId = id.parse().map_err(|_| Error::NotFound)?;
    queries::order(&mut *app.pool.get().await?, id).await
}

fn attachment(name: String) -> ContentDisposition {
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::FilenameExt(ExtendedValue {
            charset: Charset::Ext("UTF-8".into()),
            language_tag: None,
            value: name.into_bytes(),
        })],
    }
}

/// What an order may be, told by its first bytes: what the browser claims proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Pdf,
    Jpeg,
    Png,
    Webp,
}

impl Kind {
    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"%PDF-") {
            Some(Self::Pdf)
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::Webp)
        } else {
            None
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Webp => &["webp"],
        }
    }
}

/// The file's name as the applicant has it, without folders and whatever a file system or a list
/// would stumble over, ending as what it is.
fn file_name(claimed: &str, kind: Kind) -> String {
    let name: String = claimed
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| {
            // The last are marks that turn the direction of writing: «fdp.exe» would look harmless.
            !c.is_control()
                && !"<>:\"|?*".contains(*c)
                && !matches!(*c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .collect();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    let ending = ending.to_lowercase();
    let (stem, ending) = match kind.endings().iter().find(|known| **known == ending) {
        Some(known) => (stem, *known),
        None => (name.as_str(), kind.endings()[0]),
    };
    let stem: String = stem.trim_matches([' ', '.']).chars().take(100).collect();
    let stem = if stem.is_empty() {
        "Приказ"
    } else {
        &stem
    };
    format!("{stem}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_content() {
        assert_eq!(Kind::of(b"%PDF-1.7\n"), Some(Kind::Pdf));
        assert_eq!(Kind::of(b"\xff\xd8\xff\xe0"), Some(Kind::Jpeg));
        assert_eq!(Kind::of(b"\x89PNG\r\n\x1a\n\0"), Some(Kind::Png));
        assert_eq!(Kind::of(b"RIFF\x10\0\0\0WEBPVP8 "), Some(Kind::Webp));
        for other in [
            &b"RIFF\x10\0\0\0WAVE"[..],
            b"RIFF",
            b"<html>%PDF-",
            b"GIF89a",
            b"",
        ] {
            assert_eq!(Kind::of(other), None, "{other:?}");
        }
    }

    #[test]
    fn names_of_files() {
        let cases = [
            ("Приказ № 12.pdf", Kind::Pdf, "Приказ № 12.pdf"),
            ("скан.JPEG", Kind::Jpeg, "скан.jpeg"),
            ("C:\\Users\\x\\scan.png", Kind::Png, "scan.png"),
            ("../../etc/passwd", Kind::Pdf, "passwd.pdf"),
            ("page.html", Kind::Pdf, "page.html.pdf"),
            ("a\r\nb\"\u{202e}.webp", Kind::Webp, "ab.webp"),
            ("", Kind::Pdf, "Приказ.pdf"),
            (".pdf", Kind::Pdf, "Приказ.pdf"),
        ];
        for (claimed, kind, name) in cases {
            assert_eq!(file_name(claimed, kind), name);
        }
        assert_eq!(file_name(&"ж".repeat(500), Kind::Pdf).chars().count(), 104);
    }
}
