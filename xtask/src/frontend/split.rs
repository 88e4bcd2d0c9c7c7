//! The program split into what everybody downloads and the chunks of `frontend/src/split.rs`. Trunk
//! can't: it calls wasm-bindgen itself, and its hooks run before or after all of it. So what it built is
//! replaced under the names that its page knows.

use std::fs;
use std::path::{Path, PathBuf};

use wasm_split_cli_support::{Options, transform};

use super::Mode;
use crate::outcome::Result;
use crate::tools::Tools;
use crate::{process, workspace};

/// Splits the program that Trunk has put into `stage`.
pub fn program(root: &Path, tools: &Tools, mode: Mode, stage: &Path) -> Result {
    let name = program_name(stage)?;
    let hash = name
        .split_once('-')
        .map(|(_, hash)| hash)
        .ok_or("Trunk has put no hash into the program's name")?;
    let linked = linked(root, mode)?;
    let linked = fs::read(&linked).map_err(|error| format!("{}: {error}", linked.display()))?;
    let work = stage.join(".split");
    let main = work.join("main.wasm");
    // Chunks and loader are made of the same program as Trunk's hash, and fit to no other.
    let loader = format!("./split-{hash}.js");
    let script = format!("./{name}.js");
    let mut options = Options::new(&linked);
    options.output_dir = &work;
    options.main_out_path = &main;
    options.link_name = &loader;
    options.main_module = &script;
    let split =
        transform(options).map_err(|error| format!("The program can't be split: {error:?}"))?;

    let mut bind = process::command(root, "wasm-bindgen");
    bind.env("PATH", tools.path()?)
        .args([
            "--target",
            "web",
            "--no-typescript",
            "--keep-lld-exports",
            "--no-demangle",
        ])
        .arg("--out-dir")
        .arg(stage)
        .args(["--out-name", &name])
        .arg(&main);
    process::run(&mut bind)?;

    let mut text = fs::read_to_string(work.join(&loader))?;
    for chunk in &split.split_modules {
        let before = chunk
            .file_stem()
            .ok_or("a chunk without a name")?
            .to_string_lossy();
        let after = format!("{before}-{hash}");
        text = text.replace(
            &format!("\"./{before}.wasm\""),
            &format!("\"./{after}.wasm\""),
        );
        fs::rename(chunk, stage.join(format!("{after}.wasm")))?;
    }
    fs::write(stage.join(&loader), text)?;
    fs::remove_dir_all(&work)?;
    preload(&stage.join("index.html"), &name, hash)
}

/// What cargo linked. Trunk's own copy has lost the relocations by which the parts are found, and the names of
/// functions.
pub fn linked(root: &Path, mode: Mode) -> Result<PathBuf> {
    let profile = match mode {
        Mode::Release => "wasm",
        Mode::Dev => "debug",
    };
    Ok(workspace::target_directory(root)?
        .join("wasm32-unknown-unknown")
        .join(profile)
        .join("app.wasm"))
}

/// The program's name with Trunk's hash: `app-1f0e9d8c7b6a5948`.
fn program_name(stage: &Path) -> Result<String> {
    for file in fs::read_dir(stage)? {
        let name = file?.file_name().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(".js").filter(|it| it.starts_with("app-")) {
            return Ok(name.to_owned());
        }
    }
    Err("Trunk has built no program".into())
}

/// The program's script needs the loader: the browser learns of both at once.
fn preload(page: &Path, name: &str, hash: &str) -> Result {
    let text = fs::read_to_string(page)?;
    let of_script = format!("/{name}.js");
    let link = text
        .match_indices("<link")
        .find_map(|(at, _)| {
            let link = &text[at..=at + text[at..].find('>')?];
            (link.contains("modulepreload") && link.contains(&of_script)).then_some(link)
        })
        .ok_or("Trunk's page preloads no script")?;
    let both = format!(
        "{link}{}",
        link.replace(&of_script, &format!("/split-{hash}.js"))
    );
    Ok(fs::write(page, text.replace(link, &both))?)
}
