//! What a person types: `cargo xtask run`, `cargo xtask test`, and their parts.

mod apt;
mod bench;
mod frontend;
mod leftovers;
mod outcome;
mod process;
mod run;
mod setup;
mod test;
mod tools;
mod workspace;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The developer commands of Zvonok")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing, build the release and start the server
    Run(run::Args),
    /// Everything that a test run needs, then all checks and tests; ends with a count
    Test,
    /// Measure the release build under load, beside a bare server and raw PostgreSQL
    Bench(bench::Args),
    /// Build the frontend into dist/ and check what a first visit downloads
    Frontend(frontend::Args),
    /// Only install what the other commands need
    Setup {
        /// Also the browser and its driver, which the tests use
        #[arg(long)]
        browser: bool,
    },
}

fn main() -> ExitCode {
    let root = root();
    let outcome = match Cli::parse().command {
        Command::Run(args) => run::run(&root, &args),
        Command::Test => test::test(&root),
        Command::Bench(args) => bench::bench(&root, &args),
        Command::Frontend(args) => frontend::command(&root, &args),
        Command::Setup { browser } => setup::setup(&root, browser).map(drop),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The repository: the folder above this crate, wherever the command was typed. Cargo says it at run time; what was
/// true when xtask was compiled is wrong where several checkouts share one target directory.
fn root() -> PathBuf {
    let crate_folder = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    crate_folder
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or(crate_folder)
}
