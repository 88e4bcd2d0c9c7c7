//! A compressed copy beside every file that gains by it: done once here, not at every request.

use std::path::{Path, PathBuf};

use brotli::enc::BrotliEncoderParams;

use crate::Result;

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

/// Writes `<file>.br` for every text and WASM file below the folder.
pub fn all(folder: &Path) -> Result {
    for file in files(folder)? {
        if file
            .extension()
            .is_some_and(|extension| KINDS.iter().any(|kind| extension == *kind))
        {
            let bytes = std::fs::read(&file)?;
            let small = brotli(&bytes)?;
            if small.len() < bytes.len() {
                std::fs::write(compressed(&file), small)?;
            }
        }
    }
    Ok(())
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

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let params = BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut small = Vec::with_capacity(bytes.len() / 3);
    brotli::BrotliCompress(&mut &bytes[..], &mut small, &params)?;
    Ok(small)
}
