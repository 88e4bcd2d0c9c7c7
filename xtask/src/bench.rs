//! `cargo xtask bench`: the release build under load, beside a bare server and raw PostgreSQL.

use std::path::Path;

use crate::frontend::{self, Mode};
use crate::outcome::Result;
use crate::{process, run, setup, workspace};

#[derive(clap::Args)]
pub struct Args {
    /// How often each work is done; the middle counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..))]
    rounds: u8,
    /// Only these works
    #[arg(long, default_value = "ABCDEFG")]
    works: String,
}

pub fn bench(root: &Path, args: &Args) -> Result {
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
    let kept = workspace::target_directory(root)?.join("bench.jsonl");
    let mut bench = process::command(root, server.with_file_name("bench"));
    process::run(
        bench
            .arg(&server)
            .arg(kept)
            .arg(args.rounds.to_string())
            .arg(&args.works),
    )
}
