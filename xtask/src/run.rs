//! `cargo xtask run`: from a clean checkout to a running server.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};

use crate::frontend::{self, Mode};
use crate::outcome::Result;
use crate::{process, setup, workspace};

#[derive(clap::Args)]
pub struct Args {
    /// Fill an empty database with a demo school and print who can sign in
    #[arg(long)]
    demo: bool,
    /// Passed on to `zvonok serve`
    #[arg(last = true)]
    serve: Vec<String>,
}

pub fn run(root: &Path, args: &Args) -> Result {
    let tools = setup::setup(root, false)?;
    frontend::build(root, &tools, Mode::Release)?;
    let server = server(root)?;
    let mut command = process::command(root, server);
    command
        .arg("serve")
        .args(args.demo.then_some("--demo"))
        .args(&args.serve);
    // In place of this process, so that Ctrl-C and other signals reach the server itself.
    Err(format!("{}: {}", process::describe(&command), command.exec()).into())
}

/// Builds the server as people run it. Alone: together with another package cargo would give its dependencies
/// other features, and the next build would begin anew.
pub fn server(root: &Path) -> Result<PathBuf> {
    let arguments = [
        "build",
        "--release",
        "--package",
        "backend",
        "--bin",
        "zvonok",
    ];
    process::run(process::cargo(root).args(arguments))?;
    Ok(workspace::target_directory(root)?.join("release/zvonok"))
}
