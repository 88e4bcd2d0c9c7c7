//! What a phone downloads, and the limit that a build must keep.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::compress;
use super::functions::Code;
use crate::outcome::Result;

/// What a parent's whole first visit may weigh, compressed: HTML, styles, scripts and WASM together.
const BUDGET: usize = 220 * 1024;

/// What one chunk may weigh, compressed …
const CHUNK: usize = 100 * 1024;
/// … and how many there may be. Each set of chunks that share code gets one more: too many, and a screen
/// is fetched in crumbs.
const CHUNKS: usize = 32;

/// The sizes that a build is compared with, in the repository.
pub const COMMITTED: &str = "frontend/sizes.txt";

/// The built frontend, weighed.
pub struct Built {
    files: Vec<File>,
    code: Option<Code>,
}

struct File {
    /// The path in dist/ without the hash that trunk puts into names, so that builds can be compared.
    name: String,
    raw: usize,
    /// As it is transferred: the compressed copy if there is one.
    transferred: usize,
    first_visit: bool,
}

impl File {
    /// Downloaded when a screen is opened that needs it.
    fn is_chunk(&self) -> bool {
        self.name.ends_with(".wasm") && !self.first_visit
    }
}

impl Built {
    pub fn measure(dist: &Path, code: Option<Code>) -> Result<Self> {
        let paths: Vec<PathBuf> = compress::files(dist)?
            .into_iter()
            .filter(|path| path.extension().is_none_or(|e| e != "br"))
            .collect();
        let first = first_visit(dist, &paths);
        let weigh = |path: &PathBuf| {
            let size = |path: &Path| std::fs::metadata(path).map(|data| data.len() as usize);
            let raw = size(path)?;
            let transferred = size(&compress::compressed(path)).unwrap_or(raw);
            let name = without_hash(&path.strip_prefix(dist)?.to_string_lossy());
            Ok(File {
                name,
                raw,
                transferred,
                first_visit: first.contains(&path),
            })
        };
        let files = paths.iter().map(weigh).collect::<Result<_>>()?;
        Ok(Self { files, code })
    }

    /// A table of all files, and how each compares with the committed sizes.
    pub fn print(&self, root: &Path) {
        let before = committed(root);
        println!(
            "{:<44} {:>9} {:>9} {:>9}  first visit",
            "file", "raw", "brotli", "change"
        );
        for file in &self.files {
            let mark = if file.first_visit { "*" } else { "" };
            let change = change(before.get(&file.name).copied(), file.transferred);
            println!(
                "{:<44} {:>9} {:>9} {:>9}  {mark}",
                file.name, file.raw, file.transferred, change
            );
        }
        for gone in before
            .keys()
            .filter(|name| *name != TOTAL && !name.starts_with(CODE))
            .filter(|name| !self.files.iter().any(|file| file.name == **name))
        {
            println!("{gone:<44} {:>9} {:>9} {:>9}", "", "", "gone");
        }
        let total = self.first_visit();
        let change = change(before.get(TOTAL).copied(), total);
        println!("{TOTAL:<44} {:>9} {total:>9} {change:>9}  of {BUDGET}", "");
        self.print_code(&before);
    }

    /// The crates that have most of the code, and those that have changed.
    fn print_code(&self, before: &BTreeMap<String, usize>) {
        let Some(code) = &self.code else {
            return;
        };
        println!(
            "\n{:<44} {:>9} {:>9}",
            "code of the crate", "bytes", "change"
        );
        let mut crates: Vec<(&String, usize)> =
            code.iter().map(|(name, size)| (name, *size)).collect();
        crates.sort_by_key(|(name, size)| (Reverse(*size), *name));
        for (place, (name, size)) in crates.into_iter().enumerate() {
            let before = before.get(&format!("{CODE}{name}")).copied();
            if place < MOST || before != Some(size) {
                println!("{name:<44} {size:>9} {:>9}", change(before, size));
            }
        }
    }

    fn first_visit(&self) -> usize {
        self.files
            .iter()
            .filter(|file| file.first_visit)
            .map(|file| file.transferred)
            .sum()
    }
}

/// An error if there are too many chunks or one weighs more than it may.
pub fn within_chunks(built: &Built) -> Result {
    let chunks: Vec<&File> = built.files.iter().filter(|file| file.is_chunk()).collect();
    if chunks.len() > CHUNKS {
        return Err(format!("{} chunks are more than {CHUNKS}: fewer names in frontend/src/split.rs make fewer shared ones.", chunks.len()).into());
    }
    if let Some(heavy) = chunks.iter().find(|file| file.transferred > CHUNK) {
        return Err(format!(
            "The chunk {} weighs {} bytes, more than a chunk may ({CHUNK}).",
            heavy.name, heavy.transferred
        )
        .into());
    }
    Ok(())
}

/// An error if the first visit weighs more than it may, or the chunks do.
pub fn within_budget(built: &Built) -> Result {
    within_chunks(built)?;
    let total = built.first_visit();
    if total <= BUDGET {
        return Ok(());
    }
    let over = total - BUDGET;
    Err(format!("A first visit downloads {total} bytes, {over} more than it may ({BUDGET}). See the table above for what grew.").into())
}

/// Makes the present sizes those that later builds are compared with.
pub fn bless(root: &Path, built: &Built) -> Result {
    let mut lines =
        String::from("# Bytes as transferred. Written by `cargo xtask frontend --bless`.\n");
    for file in &built.files {
        lines.push_str(&format!("{} {}\n", file.transferred, file.name));
    }
    lines.push_str(&format!("{} {TOTAL}\n", built.first_visit()));
    for (name, size) in built.code.iter().flatten() {
        lines.push_str(&format!("{size} {CODE}{name}\n"));
    }
    Ok(std::fs::write(root.join(COMMITTED), lines)?)
}

const TOTAL: &str = "first visit";

/// Before the names of crates.
const CODE: &str = "code of ";
/// Crates that are shown even if they haven't changed.
const MOST: usize = 12;

fn committed(root: &Path) -> BTreeMap<String, usize> {
    let text = std::fs::read_to_string(root.join(COMMITTED)).unwrap_or_default();
    let line = |line: &str| {
        line.split_once(' ')
            .and_then(|(size, name)| Some((name.to_owned(), size.parse().ok()?)))
    };
    text.lines().filter_map(line).collect()
}

fn change(before: Option<usize>, now: usize) -> String {
    match before {
        None => "new".into(),
        Some(before) if before == now => String::new(),
        Some(before) => format!("{:+}", now.cast_signed() - before.cast_signed()),
    }
}

/// The page at `/`, and what it names, and what those name: a file counts as soon as its name is mentioned. Only the
/// kinds that the limit is about: browsers fetch icons as they please.
fn first_visit<'a>(dist: &Path, paths: &'a [PathBuf]) -> Vec<&'a PathBuf> {
    let of_kind = |path: &Path, kinds: &[&str]| {
        path.extension()
            .is_some_and(|kind| kinds.iter().any(|one| kind == *one))
    };
    let counted: Vec<&PathBuf> = paths
        .iter()
        .filter(|path| of_kind(path, &["html", "css", "js", "wasm"]))
        .collect();
    let page = dist.join("index.html");
    let mut found: Vec<&PathBuf> = counted
        .iter()
        .copied()
        .filter(|path| **path == page)
        .collect();
    let mut next = 0;
    while let Some(path) = found.get(next).copied() {
        next += 1;
        // The loader names the chunks, which come when they're needed.
        let loads = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("split-"));
        if of_kind(path, &["wasm"]) || loads {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap_or_default();
        for other in &counted {
            let mentioned = other
                .file_name()
                .is_some_and(|name| text.contains(&*name.to_string_lossy()));
            if mentioned && !found.contains(other) {
                found.push(other);
            }
        }
    }
    found
}

/// `app-1f0e9d8c7b6a5948_bg.wasm` is `app_bg.wasm`.
fn without_hash(path: &str) -> String {
    for (dash, _) in path.match_indices('-') {
        let rest = &path[dash + 1..];
        let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        // Of 64 bits, without leading zeros.
        if (10..=16).contains(&digits) {
            return format!("{}{}", &path[..dash], &rest[digits..]);
        }
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_hash_only() {
        assert_eq!(without_hash("app-1f0e9d8c7b6a5948_bg.wasm"), "app_bg.wasm");
        assert_eq!(
            without_hash("admin/app-1f0e9d8c7b6a5948.css"),
            "admin/app.css"
        );
        assert_eq!(without_hash("app-264a344cc522bfc.js"), "app.js");
        assert_eq!(without_hash("touch-icon.png"), "touch-icon.png");
    }

    #[test]
    fn growth_is_seen() {
        let built = |transferred| {
            let name = "app_bg.wasm".to_owned();
            let file = File {
                name,
                raw: 900_000,
                transferred,
                first_visit: true,
            };
            Built {
                files: vec![file],
                code: None,
            }
        };
        assert!(within_budget(&built(BUDGET)).is_ok());
        assert!(within_budget(&built(BUDGET + 1)).is_err());
        assert_eq!(change(Some(100), 103), "+3");
        assert_eq!(change(Some(103), 100), "-3");
        assert_eq!(change(None, 100), "new");
    }

    /// A build with as many chunks, and what is wrong with it.
    fn chunks(many: usize, heaviest: usize) -> Option<String> {
        let file = |name: String, transferred| File {
            name,
            raw: 900_000,
            transferred,
            first_visit: false,
        };
        let chunk = |place| {
            let transferred = if place == 1 { heaviest } else { 1 };
            file(format!("chunk{place}.wasm"), transferred)
        };
        let mut files: Vec<File> = (0..many).map(chunk).collect();
        // What isn't a chunk has no such limit.
        files.push(file("icon.svg".into(), CHUNK + 1));
        let built = Built { files, code: None };
        within_budget(&built).err().map(|error| error.to_string())
    }

    #[test]
    fn more_chunks_than_a_build_may_have_are_refused() {
        assert_eq!(chunks(CHUNKS, 1), None);
        let refused = chunks(CHUNKS + 1, 1).unwrap();
        assert!(refused.contains("are more than"), "{refused}");
    }

    #[test]
    fn a_chunk_heavier_than_it_may_be_is_refused() {
        assert_eq!(chunks(3, CHUNK), None);
        let refused = chunks(3, CHUNK + 1).unwrap();
        assert!(refused.contains("more than a chunk may"), "{refused}");
    }
}
