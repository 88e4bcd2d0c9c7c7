//! The program split into what everybody downloads and the chunks of `frontend/src/split.rs`. Trunk
//! can't: it calls wasm-bindgen itself, and its hooks run before or after all of it. So what it built is
//! replaced under the names that its page knows.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use wasm_split_cli_support::{Options, transform};

use super::{Mode, sections, stamp};
use crate::outcome::Result;
use crate::tools::Tools;
use crate::{process, workspace};

/// Splits the program that Trunk has put into `stage`.
pub fn program(root: &Path, tools: &Tools, mode: Mode, stage: &Path) -> Result {
    let trunks = program_name(stage)?;
    let of_trunk = trunks
        .split_once('-')
        .map(|(_, hash)| hash)
        .ok_or("Trunk has put no hash into the program's name")?;
    let hash = &stamp::with_tools(root, of_trunk)?;
    let name = renamed(stage, &trunks, hash)?;
    let linked = linked(root, mode)?;
    let linked = fs::read(&linked).map_err(|error| format!("{}: {error}", linked.display()))?;
    let work = stage.join(".split");
    let linked = with_common_code(&linked, &work)?;
    let main = work.join("main.wasm");
    // Chunks and loader are made of the same program by the same tools, and fit to no other.
    let loader = format!("./split-{hash}.js");
    let script = format!("./{name}.js");
    let mut options = Options::new(&linked);
    options.output_dir = &work;
    options.main_out_path = &main;
    options.link_name = &loader;
    options.main_module = &script;
    let split =
        transform(options).map_err(|error| format!("The program can't be split: {error:?}"))?;

    let loading = fs::read_to_string(work.join(&loader))?;
    let loading = impatient(&loading)?;
    let (mut loading, chunks) = without_crumbs(loading, &main, &split.split_modules)?;

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

    for chunk in chunks {
        let before = stem(&chunk)?;
        let after = format!("{before}-{hash}");
        loading = loading.replace(
            &format!("\"./{before}.wasm\""),
            &format!("\"./{after}.wasm\""),
        );
        fs::rename(chunk, stage.join(format!("{after}.wasm")))?;
    }
    fs::write(stage.join(&loader), loading)?;
    fs::remove_dir_all(&work)?;
    preload(&stage.join("index.html"), &name, hash)
}

/// Everybody opens a conversation next.
const NEXT: &str = "conversation";
/// So little code, in bytes before it's made small, is not worth a request of its own, whose head alone is as long.
const CRUMB: usize = 1400;

/// The program with some of what chunks share exported, and so kept in the first file: what is shared with the next
/// chunk, and what is small. Otherwise each set of chunks that have code in common gets a file more, and a phone that
/// opens a conversation waits for a dozen of them.
fn with_common_code(linked: &[u8], work: &Path) -> Result<Vec<u8>> {
    let mut options = Options::new(linked);
    options.output_dir = work;
    let main = work.join("main.wasm");
    options.main_out_path = &main;
    let split = transform(options)
        .map_err(|error| format!("The program can't be split at all: {error:?}"))?;
    let next = split
        .prefetch_map
        .get(NEXT)
        .ok_or_else(|| format!("No chunk is named {NEXT}"))?;
    let mut common = BTreeSet::new();
    for path in &split.split_modules {
        let name = stem(path)?;
        let chunk = fs::read(path)?;
        if name.starts_with("chunk_") && (next.contains(&name) || sections::code(&chunk)? < CRUMB) {
            let names = sections::functions(&chunk)?;
            common.extend(names.into_values().map(str::to_owned));
        }
    }
    fs::remove_dir_all(work)?;
    let functions = sections::functions(linked)?
        .into_iter()
        .filter(|(_, name)| common.contains(*name))
        .map(|(function, _)| function)
        .collect();
    sections::exporting(linked, &functions, |function| format!("common_{function}"))
}

/// Chunks that only fill memory, with some bytes that others share, give them to the main program, which fills it at
/// once. Returns the loader without them, and the other chunks.
fn without_crumbs(
    mut loader: String,
    main: &Path,
    chunks: &[PathBuf],
) -> Result<(String, Vec<PathBuf>)> {
    let mut kept = Vec::new();
    for path in chunks {
        let chunk = fs::read(path)?;
        let Some(data) = sections::data_alone(&chunk)? else {
            kept.push(path.clone());
            continue;
        };
        fs::write(main, sections::holding(&fs::read(main)?, &data)?)?;
        let name = stem(path)?;
        let start = loader
            .find(&format!("const __{name} = "))
            .ok_or_else(|| format!("The loader knows no {name}"))?;
        let end = loader[start..]
            .find(", []);")
            .ok_or_else(|| format!("The loader fetches {name} in a way that we don't know"))?;
        let end = start + end + ", []);".len();
        loader.replace_range(start..end, &format!("const __{name} = () => undefined;"));
    }
    Ok((loader, kept))
}

/// How the loader asks for a chunk: never for good, as a connection that has died would. An answer that hasn't
/// begun after ten seconds likely has one, so the browser's pool is renewed and the chunk asked for again (`renew`
/// in `frontend/src/api.rs` says how and why). What has begun may take its time on a slow network. Each chunk by
/// itself and whole: one that another waits for may come much later.
const CHUNK: &str = "
async function ask(what, patience) {
    const stop = new AbortController();
    let begun;
    AbortSignal.timeout(patience).onabort = () => begun || stop.abort();
    AbortSignal.timeout(60000).onabort = () => stop.abort();
    const answer = await fetch(what, { signal: stop.signal });
    begun = true;
    return new Response(await answer.arrayBuffer(), answer);
}
function chunk(url) {
    return ask(url, 10000).catch(async () => {
        const signs = [0, 1, 2, 3, 4, 5].map(sign => ask(`/manifest.webmanifest?q=${sign}`, 3000));
        await Promise.race(signs.map(sign => sign.catch(() => {})));
        return ask(url, 30000);
    });
}
";

fn impatient(loader: &str) -> Result<String> {
    let asks = "= fetch(new URL(";
    if loader.matches(asks).count() != loader.matches("fetch(").count() || !loader.contains(asks) {
        return Err("The loader fetches chunks in a way that we don't know".into());
    }
    Ok(format!(
        "{}{CHUNK}",
        loader.replace(asks, "= chunk(new URL(")
    ))
}

fn stem(path: &Path) -> Result<String> {
    let stem = path.file_stem().ok_or("A chunk without a name")?;
    Ok(stem.to_string_lossy().into_owned())
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

/// Trunk's page and script under a name that says with what they are made here, too: they are kept by browsers for
/// good. Returns the name.
fn renamed(stage: &Path, trunks: &str, hash: &str) -> Result<String> {
    let name = format!("app-{hash}");
    let page = stage.join("index.html");
    let text = fs::read_to_string(&page)?;
    if !text.contains(trunks) {
        return Err("Trunk's page doesn't name its program".into());
    }
    fs::write(page, text.replace(trunks, &name))?;
    for end in [".js", "_bg.wasm"] {
        fs::remove_file(stage.join(format!("{trunks}{end}")))?;
    }
    Ok(name)
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

#[cfg(test)]
mod tests {
    use super::impatient;

    #[test]
    fn every_chunk_has_a_deadline() {
        let one = "const src = fetch(new URL(\"./a.wasm\", import.meta.url));\n";
        let loader = impatient(&one.repeat(2)).unwrap();
        assert_eq!(loader.matches("= chunk(new URL(").count(), 2);
        assert_eq!(loader.matches("fetch(").count(), 1, "{loader}");
        assert!(loader.contains("signal"), "{loader}");
        assert!(impatient("").is_err());
        assert!(impatient(&format!("{one}const other = fetch(\"./b.wasm\");")).is_err());
    }
}
