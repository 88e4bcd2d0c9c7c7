//! A compressed copy beside every file that gains by it: done once here, not at every request.

use std::path::{Path, PathBuf};

use crate::outcome::Result;
use crate::process;

const KINDS: [&str; 9] = [
    "html",
    "css",
    "js",
    "mjs",
    "wasm",
    "svg",
    "json",
    "webmanifest",
    "txt",
];

/// Node runs our other tools already, and carries the reference encoder, which makes smaller files
/// than its translation into Rust.
const COMPRESS: &str = r#"
const { readFileSync, writeFileSync } = require("node:fs");
const { brotliCompressSync, constants } = require("node:zlib");
for (const file of process.argv.slice(1)) {
  const bytes = readFileSync(file);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 22,
    [constants.BROTLI_PARAM_LGBLOCK]: 20,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  const small = brotliCompressSync(bytes, { params });
  if (small.length < bytes.length) writeFileSync(file + ".br", small);
}
"#;

/// Writes `<file>.br` for every text and WASM file below the folder.
pub fn all(root: &Path, folder: &Path) -> Result {
    let wanted = |file: &PathBuf| {
        file.extension()
            .is_some_and(|extension| KINDS.iter().any(|kind| extension == *kind))
    };
    let files = files(folder)?.into_iter().filter(wanted);
    let node = process::which("node").unwrap_or_else(|| "nodejs".into());
    process::run(
        process::command(root, node)
            .args(["--eval", COMPRESS, "--"])
            .args(files),
    )
}

/// Where the compressed copy of a file lies.
pub fn compressed(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    PathBuf::from(name)
}

/// All files below a folder, in order; those whose names begin with a dot are not part of the frontend.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in
        std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?
    {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
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
