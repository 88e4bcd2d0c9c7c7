//! Whether the frontend must be built again.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use super::{Mode, compress};
use crate::outcome::Result;

/// What the built frontend depends on, beside [`TOOLS`].
const INPUTS: [&str; 8] = [
    ".cargo/config.toml",
    "frontend",
    "common",
    "style",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    "rust-toolchain.toml",
];

/// What is done with the program that cargo has linked, and the versions of the tools that do it.
const TOOLS: [&str; 2] = ["xtask/src/frontend", "xtask/src/tools.rs"];

/// A number that changes with any input's name or content.
pub fn state(root: &Path, mode: Mode, small_std: bool) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    (mode == Mode::Release, small_std).hash(&mut hasher);
    read(root, &INPUTS, &mut hasher)?;
    read(root, &TOOLS, &mut hasher)?;
    Ok(format!("{:016x}", hasher.finish()))
}

/// The hash of a linked program with that of what is done with it here: the same program made smaller in another
/// way is another file.
pub fn with_tools(root: &Path, hash: &str) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    hash.hash(&mut hasher);
    read(root, &TOOLS, &mut hasher)?;
    Ok(format!("{:016x}", hasher.finish()))
}

fn read(root: &Path, inputs: &[&str], hasher: &mut DefaultHasher) -> Result {
    for input in inputs {
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
            file.strip_prefix(root)?.hash(hasher);
            std::fs::read(file)
                .map_err(|error| format!("{}: {error}", file.display()))?
                .hash(hasher);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_programs_and_other_tools_make_other_names() {
        let root = std::env::temp_dir().join(format!("zvonok-stamp-{}", std::process::id()));
        std::fs::create_dir_all(root.join(TOOLS[0])).unwrap();
        let tools = |text: &str| std::fs::write(root.join(TOOLS[1]), text).unwrap();
        tools("one");
        let names = [
            with_tools(&root, "a").unwrap(),
            with_tools(&root, "b").unwrap(),
        ];
        tools("another");
        let others = [
            with_tools(&root, "a").unwrap(),
            with_tools(&root, "b").unwrap(),
        ];
        tools("one");
        let same = with_tools(&root, "a").unwrap();
        std::fs::remove_dir_all(&root).unwrap();
        assert_eq!(same, names[0]);
        let all = std::collections::BTreeSet::from_iter(names.iter().chain(&others));
        assert_eq!(all.len(), 4, "{all:?}");
        assert_eq!(same.len(), 16);
    }
}
