//! `cargo xtask bench`: the release build under load, beside a bare server and raw PostgreSQL.

use std::path::Path;

use crate::frontend::{self, Mode};
use crate::outcome::Result;
use crate::{process, run, setup};

pub fn bench(root: &Path) -> Result {
    let tools = setup::setup(root, false)?;
    // With the table of what is transferred.
    frontend::build(root, &tools, Mode::Release)?.print(root);
    let server = run::server(root)?;
    process::run(process::cargo(root).args([
        "build",
        "--release",
        "--package",
        "tests",
        "--bin",
        "bench",
    ]))?;
    process::run(process::command(root, server.with_file_name("bench")).arg(&server))
}
