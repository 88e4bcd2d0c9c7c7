//! The appointment order (R7), as a file.

use actix_web::web::Bytes;
use common::error::{Conflict, Error, Problem};
use common::schools::applications::{ApplicationState, DownloadOrder, OrderFile, UploadOrder};

use super::queries::{self, Order, Which};
use crate::app::Ctx;
use crate::error::Result;
use crate::live::Attempt;
use crate::secret;
use crate::serve::File;

/// Whether somebody waits for the file.
pub async fn expected(ctx: Ctx, request: UploadOrder) -> Result<()> {
    ctx.app.hub.attempt(Attempt::Application(ctx.address))?;
    let hash = secret::hash(&request.secret.0);
    let found = queries::find(&mut *ctx.conn().await?, Which::Secret(&hash)).await?;
    match found.application.state {
        ApplicationState::Submitted | ApplicationState::Returned { .. } => Ok(()),
        _ => Err(Conflict::Decided.into()),
    }
}

pub async fn upload(ctx: Ctx, request: UploadOrder, file: Bytes) -> Result<OrderFile> {
    if file.is_empty() {
        return Err(Error::field("order", Problem::Required).into());
    }
    let kind = Kind::of(&file).ok_or(Error::field("order", Problem::FileType))?;
    let order = Order {
        name: file_name(&request.name, kind),
        media_type: kind.media_type().to_owned(),
        bytes: file.to_vec(),
    };
    let hash = secret::hash(&request.secret.0);
    let mut tx = ctx.begin().await?;
    if !queries::set_order(&mut tx, &hash, &order).await? {
        return Err(Conflict::Decided.into());
    }
    tx.commit().await?;
    Ok(OrderFile {
        size: order.bytes.len() as u64,
        name: order.name,
    })
}

pub async fn download(ctx: Ctx, request: DownloadOrder) -> Result<File> {
    let order = queries::order(&mut *ctx.conn().await?, request.application).await?;
    Ok(File {
        name: order.name,
        media_type: order.media_type,
        bytes: order.bytes,
    })
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
