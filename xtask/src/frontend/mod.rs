//! `cargo xtask frontend`: style sheets bundled, the program built by trunk and split, everything compressed, and the
//! weight of a first visit checked.

mod compress;
mod functions;
mod locales;
mod order;
mod sections;
mod shrink;
mod sizes;
mod split;
mod stamp;
mod styles;

use std::path::Path;
use std::process::Command;

use crate::outcome::Result;
use crate::process;
use crate::tools::Tools;

#[derive(clap::Args)]
pub struct Args {
    /// Quick to build, large to download: for the developer's own browser
    #[arg(long)]
    dev: bool,
    /// As a phone downloads it (the default)
    #[arg(long, conflicts_with = "dev")]
    release: bool,
    /// Write the sizes to frontend/sizes.txt: the next builds are compared with them
    #[arg(long, conflicts_with = "dev")]
    bless: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Dev,
    Release,
}

pub fn command(root: &Path, args: &Args) -> Result {
    let mode = if args.dev { Mode::Dev } else { Mode::Release };
    let tools = Tools::install(root)?;
    let built = build(root, &tools, mode)?;
    if args.bless {
        sizes::bless(root, &built)?;
    }
    check(&tools, mode, &built)
}

/// What phones download must be within its limit.
pub fn check(tools: &Tools, mode: Mode, built: &sizes::Built) -> Result {
    if mode == Mode::Dev {
        return Ok(());
    }
    if !tools.rust_src {
        println!(
            "The limit of a first visit is not checked without the compiler's rust-src component."
        );
        return sizes::within_chunks(built);
    }
    sizes::within_budget(built)
}

/// Builds dist/, unless nothing has changed since the last time. Names that begin with a dot are not for serving.
pub fn build(root: &Path, tools: &Tools, mode: Mode) -> Result<sizes::Built> {
    let dist = root.join("dist");
    let stamp = dist.join(".stamp");
    let state = stamp::state(root, mode, tools.rust_src)?;
    if std::fs::read_to_string(&stamp).is_ok_and(|built| built == state) {
        println!("The frontend is unchanged since its last build.");
    } else {
        if dist.exists() {
            std::fs::remove_dir_all(&dist)?;
        }
        std::fs::create_dir_all(&dist)?;
        styles::bundle(root)?;
        trunk(root, tools, mode)?;
        if mode == Mode::Release {
            shrink::all(root, tools, &dist)?;
            compress::all(root, &dist)?;
        }
        std::fs::write(&stamp, state)?;
    }
    let code = functions::by_crate(&split::linked(root, mode)?)?;
    let built = sizes::Built::measure(&dist, code)?;
    if mode == Mode::Release {
        built.print(root);
    }
    Ok(built)
}

/// Trunk builds into a folder of its own; what it is replaced with is put there, too, and then all moves into place.
fn trunk(root: &Path, tools: &Tools, mode: Mode) -> Result {
    let dist = root.join("dist");
    let stage = dist.join(".stage");
    let english = locales::address(&root.join("frontend"))?;
    let mut command = process::command(root, "trunk");
    command
        .env("PATH", tools.path()?)
        .env_remove("NO_COLOR")
        .env_remove("RUST_BACKTRACE")
        .env(locales::VARIABLE, &english)
        // It warns that it can't make the script small, which is done later.
        .args(["--log", "error"])
        .args(["build", "frontend/index.html", "--offline"]);
    command.args(["--public-url", "/", "--dist"]).arg(&stage);
    if mode == Mode::Release {
        command.args(["--release", "--cargo-profile", "wasm"]);
        if tools.rust_src {
            // Trunk builds offline, and the standard library has dependencies that no lock file of ours names.
            let mut fetch = process::cargo(root);
            fetch.args(["fetch", "--locked", "--target", "wasm32-unknown-unknown"]);
            small_std(&mut fetch);
            process::run(&mut fetch)?;
            small_std(&mut command);
        }
    }
    process::run(&mut command)?;
    split::program(root, tools, mode, &stage)?;
    locales::rename(&stage, &english)?;
    for file in std::fs::read_dir(&stage)? {
        let file = file?;
        std::fs::rename(file.path(), dist.join(file.file_name()))?;
    }
    Ok(std::fs::remove_dir(&stage)?)
}

/// The standard library built with the program, for size and with panics that stop at once: a tenth less to download
/// than the precompiled one, whose panics format a message that nobody on a phone reads. Both are still unstable in
/// cargo, so the one compiler that rust-toolchain.toml names is told to accept them.
fn small_std(command: &mut Command) {
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
        .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none",
        );
}
