//! The repository's own text files.

use std::path::{Path, PathBuf};

/// Made by builds and runs, never committed.
const NOT_OURS: [&str; 7] = [
    ".git",
    "target",
    "dist",
    "data",
    "shots",
    "node_modules",
    ".styles",
];
const TEXT: [&str; 11] = [
    "rs", "toml", "css", "html", "js", "md", "sql", "sh", "txt", "snap", "json",
];

/// A text file: its path from the repository's root, with `/`, and its content.
pub struct File {
    pub path: String,
    pub text: String,
}

impl File {
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    pub fn is(&self, kind: &str) -> bool {
        self.name()
            .rsplit_once('.')
            .is_some_and(|(_, ending)| ending == kind)
    }

    /// Each line with its place, as compilers and editors write it: `path:line`.
    pub fn lines(&self) -> impl Iterator<Item = (String, &str)> {
        let place = |number: usize| format!("{}:{}", self.path, number + 1);
        self.text
            .lines()
            .enumerate()
            .map(move |(number, line)| (place(number), line))
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_path_buf()
}

/// All text files below one of the root's folders; `""` is the whole repository.
pub fn below(folder: &str) -> Vec<File> {
    let mut found = Vec::new();
    collect(&root(), &root().join(folder), &mut found);
    found
}

/// The names in one folder, without endings; nothing if there is no such folder.
pub fn names(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root().join(folder)).into_iter().flatten();
    let stem = |path: PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    let mut names: Vec<String> = entries.map(|entry| stem(entry.unwrap().path())).collect();
    names.sort();
    names
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<File>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !NOT_OURS.contains(&name.as_str()) {
                collect(root, &path, found);
            }
        } else if TEXT
            .iter()
            .any(|kind| path.extension().is_some_and(|ending| ending == *kind))
            || path.ends_with(".ci/run")
        {
            let text = std::fs::read_to_string(&path).unwrap();
            let path = path
                .strip_prefix(root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            found.push(File { path, text });
        }
    }
}

/// Fails with the whole list, so that one run shows all that is to be mended.
#[track_caller]
pub fn none(rule: &str, found: &[String]) {
    assert!(found.is_empty(), "{rule}\n  {}", found.join("\n  "));
}
