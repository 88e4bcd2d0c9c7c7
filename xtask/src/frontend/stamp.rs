//! Whether the frontend must be built again.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use super::{Mode, compress};
use crate::outcome::Result;

/// Everything that the built frontend depends on. The tools' versions are in xtask's sources.
const INPUTS: [&str; 10] = [
    ".cargo/config.toml",
    "frontend",
    "common",
    "style",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    "rust-toolchain.toml",
    "xtask/src/frontend",
    "xtask/src/tools.rs",
];

/// A number that changes with any input's name or content.
pub fn state(root: &Path, mode: Mode, small_std: bool) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    (mode == Mode::Release, small_std).hash(&mut hasher);
    for input in INPUTS {
        let input = root.join(input);
        let files = if input.is_dir() {
            compress::files(&input)?
        } else {
            vec![input]
        };
        for file in files
            .iter()
            .filter(|file| !file.ends_with(super::sizes::COMMITTED))
        {
            file.strip_prefix(root)?.hash(&mut hasher);
            std::fs::read(file)
                .map_err(|error| format!("{}: {error}", file.display()))?
                .hash(&mut hasher);
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}
