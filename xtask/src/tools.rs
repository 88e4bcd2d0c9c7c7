//! The programs that build the frontend: one version each, kept in the person's cache, so that a fresh clone
//! finds them there.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::outcome::Result;
use crate::{apt, process, workspace};

/// 0.22 needs a newer compiler than rust-toolchain.toml names.
const TRUNK: &str = "0.21.14";
/// Debian's is too old; the npm package is the same program compiled to WASM and needs only node.
const BINARYEN: &str = "132.0.0";
/// Trunk leaves the scripts that wasm-bindgen writes as they are.
const TERSER: &str = "5.51.2";
/// Only the tests use these; they are no part of what is served.
const CARGO_DENY: &str = "0.20.2";
const AXE_CORE: &str = "4.10.3";

/// The folders that hold the tools, to be put before PATH.
pub struct Tools {
    folders: Vec<PathBuf>,
    /// The source of the compiler's standard library is there.
    pub rust_src: bool,
}

impl Tools {
    /// Finds the tools, and installs those that are missing.
    pub fn install(root: &Path) -> Result<Self> {
        wasm_target(root)?;
        // The CLI must be exactly as old as the library: the two speak a private format.
        let bindgen = workspace::pinned_version(root, "wasm-bindgen")?;
        let folders = [
            cargo_tool(root, "wasm-bindgen", "wasm-bindgen-cli", &bindgen, &[])?,
            cargo_tool(
                root,
                "trunk",
                "trunk",
                TRUNK,
                &["--no-default-features", "--features", "rustls"],
            )?,
            wasm_opt(root)?,
            terser(root)?,
        ];
        Ok(Self {
            folders: folders.into_iter().flatten().collect(),
            rust_src: rust_src(root),
        })
    }

    /// PATH for a command that uses them.
    pub fn path(&self) -> Result<OsString> {
        let rest = std::env::var_os("PATH").unwrap_or_default();
        Ok(std::env::join_paths(
            self.folders
                .iter()
                .cloned()
                .chain(std::env::split_paths(&rest)),
        )?)
    }
}

fn wasm_target(root: &Path) -> Result {
    const TARGET: &str = "wasm32-unknown-unknown";
    // rustc names the folder whether or not the target is installed.
    let folder = process::output(process::command(root, "rustc").args([
        "--print=target-libdir",
        "--target",
        TARGET,
    ]))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    process::run(process::command(root, "rustup").args(["target", "add", TARGET]))
        .map_err(|error| format!("The compiler's {TARGET} target is missing ({error}). Type: rustup target add {TARGET}").into())
}

/// Without it the programs work as well and weigh more, so that its absence is no error.
fn rust_src(root: &Path) -> bool {
    let here = || {
        let sysroot = process::output(process::command(root, "rustc").args(["--print", "sysroot"]))
            .unwrap_or_default();
        Path::new(sysroot.trim())
            .join("lib/rustlib/src/rust/library/std/Cargo.toml")
            .is_file()
    };
    if here() {
        return true;
    }
    let added =
        process::run(process::command(root, "rustup").args(["component", "add", "rust-src"]));
    if added.is_err() {
        println!(
            "What phones download will be larger: the compiler's rust-src component is missing. Type: rustup component add rust-src"
        );
    }
    added.is_ok() && here()
}

/// A program from the registry. `None` if PATH has it already.
fn cargo_tool(
    root: &Path,
    name: &str,
    package: &str,
    version: &str,
    features: &[&str],
) -> Result<Option<PathBuf>> {
    let home = cache()?.join(format!("{name}-{version}"));
    let folder = home.join("bin");
    if folder.join(name).is_file() {
        return Ok(Some(folder));
    }
    if on_path(root, name, version) {
        return Ok(None);
    }
    println!("Building {package} {version}; this is done once and takes some minutes.");
    let scratch = cache()?.join(format!("{name}-{version}.build"));
    let mut install = process::cargo(root);
    install
        .args([
            "install",
            package,
            "--version",
            version,
            "--locked",
            "--bin",
            name,
            "--root",
        ])
        .arg(&home)
        .args(features);
    // They run for seconds and are built on every new machine: the build's time counts, not theirs.
    for (setting, value) in [
        ("OPT_LEVEL", "1"),
        ("DEBUG", "0"),
        ("LTO", "off"),
        ("CODEGEN_UNITS", "16"),
    ] {
        install.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
    }
    process::run(
        install
            .env("CARGO_TARGET_DIR", &scratch)
            .env_remove("RUSTFLAGS"),
    )?;
    std::fs::remove_dir_all(&scratch)?;
    Ok(Some(folder))
}

fn wasm_opt(root: &Path) -> Result<Option<PathBuf>> {
    if on_path(root, "wasm-opt", BINARYEN.trim_end_matches(".0")) {
        return Ok(None);
    }
    npm_tool(root, "wasm-opt", "binaryen", BINARYEN)
}

fn terser(root: &Path) -> Result<Option<PathBuf>> {
    npm_tool(root, "terser", "terser", TERSER)
}

/// A program from npm that runs on node: the folder that it is in.
fn npm_tool(root: &Path, name: &str, package: &str, version: &str) -> Result<Option<PathBuf>> {
    let home = cache()?.join(format!("{package}-{version}"));
    let folder = home.join("node_modules/.bin");
    let have_node = || {
        process::which("node")
            .or_else(|| process::which("nodejs"))
            .is_some()
    };
    if folder.join(name).is_file() && have_node() {
        return Ok(Some(folder));
    }
    if !have_node() || process::which("npm").is_none() {
        let what_for = format!("Node.js with npm (it runs {name})");
        apt::install(root, &["nodejs", "npm"], &what_for)?;
    }
    println!("Installing {name} ({package} {version}).");
    npm_package(root, package, version, &home)?;
    Ok(Some(folder))
}

/// What checks the dependencies by deny.toml: the program.
pub fn cargo_deny(root: &Path) -> Result<PathBuf> {
    let name = "cargo-deny";
    let folder = cargo_tool(root, name, name, CARGO_DENY, &[])?;
    Ok(folder.map_or_else(|| name.into(), |folder| folder.join(name)))
}

/// The accessibility checks that the browser tests put into every screen: the file of the program.
pub fn axe_core(root: &Path) -> Result<PathBuf> {
    let home = cache()?.join(format!("axe-core-{AXE_CORE}"));
    let file = home.join("node_modules/axe-core/axe.min.js");
    if !file.is_file() {
        if process::which("npm").is_none() {
            apt::install(root, &["nodejs", "npm"], "npm (it fetches axe-core)")?;
        }
        println!("Installing axe-core {AXE_CORE}.");
        npm_package(root, "axe-core", AXE_CORE, &home)?;
    }
    Ok(file)
}

fn npm_package(root: &Path, name: &str, version: &str, home: &Path) -> Result {
    // Into a folder beside it first: an installation that was interrupted must not pass for a finished one.
    let scratch = cache()?.join(format!("{name}-{version}.part"));
    std::fs::create_dir_all(&scratch)?;
    process::run(
        process::command(root, "npm")
            .args([
                "install",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--loglevel=error",
                "--prefix",
            ])
            .arg(&scratch)
            .arg(format!("{name}@{version}")),
    )?;
    if home.exists() {
        std::fs::remove_dir_all(home)?;
    }
    Ok(std::fs::rename(&scratch, home)?)
}

/// Whether PATH has the program in this very version: another one would change the sizes that we watch.
fn on_path(root: &Path, name: &str, version: &str) -> bool {
    let Some(file) = process::which(name) else {
        return false;
    };
    let mut command: Command = process::command(root, file);
    process::output(command.arg("--version"))
        .is_ok_and(|text| text.split_whitespace().any(|word| word == version))
}

fn cache() -> Result<PathBuf> {
    let folder = match (std::env::var_os("XDG_CACHE_HOME"), std::env::var_os("HOME")) {
        (Some(cache), _) if !cache.is_empty() => PathBuf::from(cache),
        (_, Some(home)) => PathBuf::from(home).join(".cache"),
        _ => {
            return Err(
                "Set HOME or XDG_CACHE_HOME: there is no place to keep the build tools.".into(),
            );
        }
    };
    let folder = folder.join("zvonok/tools");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}
