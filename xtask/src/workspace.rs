//! What cargo knows of the workspace.

use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, TargetKind};

use crate::outcome::Result;

/// Where cargo builds: `CARGO_TARGET_DIR`, a configuration file, or `target`.
pub fn target_directory(root: &Path) -> Result<PathBuf> {
    Ok(metadata(root)?.target_directory.into())
}

/// One per kind, as tests/Cargo.toml lists them.
pub fn test_binaries(root: &Path) -> Result<Vec<String>> {
    let metadata = metadata(root)?;
    let targets = metadata.packages.into_iter().flat_map(|it| it.targets);
    let tests = targets.filter(|it| it.kind.contains(&TargetKind::Test));
    Ok(tests.map(|it| it.name).collect())
}

/// The one version of a crate that Cargo.toml allows: `=1.2.3`.
pub fn pinned_version(root: &Path, name: &str) -> Result<String> {
    let metadata = metadata(root)?;
    let mut wanted = metadata.packages.iter().flat_map(|it| &it.dependencies);
    let required = wanted
        .find(|it| it.name == name)
        .map(|it| it.req.to_string())
        .unwrap_or_default();
    match required.strip_prefix('=') {
        Some(version) => Ok(version.to_owned()),
        None => Err(format!("Cargo.toml pins no version of {name}").into()),
    }
}

fn metadata(root: &Path) -> Result<Metadata> {
    let mut command = MetadataCommand::new();
    command.current_dir(root).no_deps();
    Ok(command.other_options(["--offline".to_owned()]).exec()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_read() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        assert_eq!(test_binaries(&root).unwrap(), ["api", "browser", "tidy"]);
        let version = pinned_version(&root, "wasm-bindgen").unwrap();
        assert!(version.starts_with("0.2."), "{version}");
        assert!(pinned_version(&root, "clap").is_err());
    }
}
