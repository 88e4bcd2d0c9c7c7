//! Debian packages: installed where that is allowed, else a line that says what to type.

use std::path::Path;

use crate::outcome::Result;
use crate::process;

/// Installs the packages as root, or through sudo where it asks for no password.
pub fn install(root: &Path, packages: &[&str], what_for: &str) -> Result {
    let line = format!(
        "apt-get install -y --no-install-recommends {}",
        packages.join(" ")
    );
    if process::which("apt-get").is_none() {
        return Err(format!(
            "{what_for} is missing. Install it (on Debian: {line}) and try again."
        )
        .into());
    }
    let Some(prefix) = privileges(root) else {
        return Err(format!("{what_for} is missing. Type: sudo {line}").into());
    };
    println!("{what_for} is missing: {line}");
    for words in ["apt-get update", &line] {
        let mut words = prefix.iter().copied().chain(words.split(' '));
        let mut command = process::command(root, words.next().unwrap_or("apt-get"));
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        process::run(&mut command)
            .map_err(|error| format!("{error}. To install by hand, type: sudo {line}"))?;
    }
    Ok(())
}

/// What to put before a command so that it runs as root; nothing if that is not possible without a question.
fn privileges(root: &Path) -> Option<&'static [&'static str]> {
    if process::output(process::command(root, "id").arg("-u")).is_ok_and(|id| id.trim() == "0") {
        return Some(&[]);
    }
    let sudo = process::which("sudo")?;
    let allowed = process::output(process::command(root, sudo).args(["-n", "true"])).is_ok();
    allowed.then_some(&["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"])
}
