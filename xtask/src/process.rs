//! Starting other programs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::outcome::Result;

/// A command in the repository's root, without the variables that cargo set for xtask itself: build scripts
/// (ring's, for one) watch them, and would compile again whenever they come and go.
pub fn command(root: &Path, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ]
        .iter()
        .any(|p| text.starts_with(p))
        {
            command.env_remove(&name);
        }
    }
    command
}

/// The cargo that runs xtask, so that both use one toolchain.
pub fn cargo(root: &Path) -> Command {
    command(
        root,
        std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
    )
}

/// Runs to the end; the output goes to the terminal. An error names the command.
pub fn run(command: &mut Command) -> Result {
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|e| format!("{}: {e}", describe(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{}: {status}", describe(command)).into())
    }
}

/// Runs to the end; what it says is shown only if it fails.
pub fn quietly(command: &mut Command) -> Result {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("{}: {e}", describe(command)))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}: {}\n{said}", describe(command), output.status).into())
}

/// What the command wrote to its standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .map_err(|e| format!("{}: {e}", describe(command)))?;
    if !output.status.success() {
        return Err(format!("{}: {}", describe(command), output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The command as one would type it.
pub fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The first program of this name on PATH.
pub fn which(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}
