//! Embeds the built frontend: writes a table of the files in `dist/`, which `assets.rs` includes.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    // Diesel embeds the migrations, but doesn't tell cargo that it read them.
    println!("cargo:rerun-if-changed=migrations");
    let dist = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../dist");
    // Cargo runs this again and again when a watched folder is absent.
    fs::create_dir_all(&dist)?;
    let dist = dist.canonicalize()?;
    println!("cargo:rerun-if-changed={}", dist.display());

    let mut table = String::from("&[\n");
    for path in files(&dist)? {
        let name = path.strip_prefix(&dist)?.to_string_lossy().into_owned();
        let Some(kind) = content_type(&path) else {
            continue;
        };
        let compressed = PathBuf::from(format!("{}.br", path.display()));
        let brotli = if compressed.is_file() {
            format!("Some(include_bytes!({compressed:?}))")
        } else {
            "None".to_owned()
        };
        writeln!(
            table,
            "File {{ path: {:?}, kind: {kind:?}, bytes: include_bytes!({path:?}), \
             brotli: {brotli}, immutable: {} }},",
            format!("/{name}"),
            is_hashed(&name),
        )?;
    }
    table.push(']');
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    Ok(fs::write(out.join("assets.rs"), table)?)
}

/// In order, so that the same frontend makes the same binary.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // The build's own notes begin with a dot.
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            found.extend(files(&entry.path())?);
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// None for what is not served under its own name: the compressed copies.
fn content_type(path: &Path) -> Option<&'static str> {
    Some(match path.extension()?.to_str()? {
        "br" => return None,
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    })
}

/// Trunk puts a hash of 64 bits in hexadecimal, without leading zeros, behind a dash: such a name
/// means these bytes only.
fn is_hashed(name: &str) -> bool {
    let hash = |text: &str| {
        let digits = text.bytes().take_while(u8::is_ascii_hexdigit).count();
        (10..=16).contains(&digits)
    };
    name.match_indices('-')
        .any(|(dash, _)| hash(&name[dash + 1..]))
}
