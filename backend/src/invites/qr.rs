//! The link as a QR code.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use crate::error::{Failure, Result};

/// The empty border that scanners need, in modules (ISO/IEC 18004).
const QUIET: usize = 4;

/// An SVG document, black on white, of no fixed size. Each run of dark modules in a row is one
/// rectangle of the path: a third of the bytes of one per module, and sixty may be printed at once.
pub fn svg(link: &str) -> Result<String> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M)
        .map_err(|error| Failure::unforeseen(error.to_string()))?;
    let width = code.width();
    let size = width + 2 * QUIET;
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            if run[0] == Color::Dark {
                let length = run.len();
                write!(path, "M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET)
                    .map_err(|error| Failure::Unforeseen(error.into()))?;
            }
            x += run.len();
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{size}v{size}H0z\"/>\
         <path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws the path again and compares it with the code, module by module.
    #[test]
    fn the_picture_is_the_code() {
        let link = "https://school.example/invite/0123456789012345678901234567890123456789012";
        let code = QrCode::with_error_correction_level(link, EcLevel::M).unwrap();
        let width = code.width();
        let svg = svg(link).unwrap();
        let size = width + 2 * QUIET;
        assert!(svg.contains(&format!("viewBox=\"0 0 {size} {size}\"")));
        let (_, path) = svg.rsplit_once("<path d=\"").unwrap();
        let (path, _) = path.split_once('"').unwrap();
        let mut drawn = vec![Color::Light; width * width];
        for run in path.split('M').skip(1) {
            let (x, rest) = run.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('h').unwrap();
            let (length, _) = rest.split_once('v').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let start = (y - QUIET) * width + (x - QUIET);
            drawn[start..start + length.parse::<usize>().unwrap()].fill(Color::Dark);
        }
        assert_eq!(drawn, code.to_colors());
    }
}
