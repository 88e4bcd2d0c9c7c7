//! `cargo xtask bench`: the release build under load, beside a bare server and raw PostgreSQL.

use std::path::Path;

use crate::frontend::{self, Mode};
use crate::{Result, process, setup};

pub fn bench(root: &Path) -> Result {
    let tools = setup::setup(root, false)?;
    // With the table of what is transferred.
    frontend::build(root, &tools, Mode::Release)?.print(root);
    process::run(process::cargo(root).args([
        "build",
        "--release",
        "--package",
        "backend",
        "--bin",
        "zvonok",
        "--package",
        "tests",
        "--bin",
        "bench",
    ]))?;
    let built = process::target_directory(root)?.join("release");
    process::run(process::command(root, built.join("bench")).arg(built.join("zvonok")))
}
