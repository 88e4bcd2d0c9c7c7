//! `cargo xtask run`: from a clean checkout to a running server.

use std::os::unix::process::CommandExt;
use std::path::Path;

use crate::frontend::{self, Mode};
use crate::{Result, process, setup};

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
    process::run(process::cargo(root).args([
        "build",
        "--release",
        "--package",
        "backend",
        "--bin",
        "zvonok",
    ]))?;
    let server = process::target_directory(root)?.join("release/zvonok");
    let mut command = process::command(root, server);
    command
        .arg("serve")
        .args(args.demo.then_some("--demo"))
        .args(&args.serve);
    // In place of this process, so that Ctrl-C and other signals reach the server itself.
    Err(format!("{}: {}", process::describe(&command), command.exec()).into())
}
