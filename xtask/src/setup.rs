//! What the machine must have. Each part is looked for first; a machine that has all is not touched.

use std::path::Path;

use crate::outcome::Result;
use crate::tools::Tools;
use crate::{apt, process};

/// Everything that building and running needs; with `browser` also what the tests drive.
pub fn setup(root: &Path, browser: bool) -> Result<Tools> {
    postgres(root)?;
    if browser {
        chromium(root)?;
    }
    Tools::install(root)
}

/// The server looks in the same places (Debian keeps the server's programs off PATH).
fn postgres(root: &Path) -> Result {
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut found = debian.map(|version| version.path().join("bin/initdb"));
    if found.any(|program| program.is_file()) || process::which("initdb").is_some() {
        return Ok(());
    }
    apt::install(root, &["postgresql"], "PostgreSQL")
}

fn chromium(root: &Path) -> Result {
    let browser = ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .any(|name| process::which(name).is_some());
    if browser && process::which("chromedriver").is_some() {
        return Ok(());
    }
    // Without a font with Cyrillic letters every text is empty boxes.
    apt::install(
        root,
        &["chromium", "chromium-driver", "fonts-dejavu-core"],
        "Chromium with its driver",
    )
}
