//! Files that know each other in a ring are understood and changed only together: rings stay small.

mod sources;

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::{astar, tarjan_scc};
use petgraph::graphmap::DiGraphMap;

use crate::files::{below, none};
use sources::Modules;

const FOLDERS: [&str; 4] = ["backend/src", "common/src", "frontend/src", "xtask/src"];

/// Files in a ring, at most.
const LARGEST: usize = 7;

#[test]
fn rings_stay_small() {
    let mut found = Vec::new();
    for folder in FOLDERS {
        let files = below(folder).into_iter().filter(|file| file.is("rs"));
        let files = files.map(|file| (file.path, file.text)).collect();
        let edges = edges(folder, &files);
        let rings = rings(&edges).into_iter();
        let large = rings.filter(|ring| ring.files.len() > LARGEST);
        found.extend(large.map(|ring| {
            format!(
                "{} files, shortest way around {}:\n    {}",
                ring.files.len(),
                ring.shortest.join(" → "),
                ring.files.join("\n    ")
            )
        }));
    }
    none(
        "Cut these rings, what several know into a file of its own:",
        &found,
    );
}

#[test]
fn a_ring_is_found_through_imports_and_what_is_exported_once_more() {
    let files = [
        ("src/lib.rs", "pub mod a; mod b; mod inline { mod c; }"),
        (
            "src/a/mod.rs",
            "mod deep; pub use deep::Deep; mod own { use super::deep; }",
        ),
        (
            "src/a/deep.rs",
            "use crate::{b::{self as other}, inline}; fn f() { other::g(); }",
        ),
        (
            "src/b.rs",
            "//! crate::c::C\nfn g() { vec![crate::a::Deep] }",
        ),
        ("src/inline/c.rs", "use super::super::b::*;"),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let edges = edges("src", &files.into());
    let expected = [
        ("src/a/deep.rs", "src/b.rs"),
        ("src/a/deep.rs", "src/lib.rs"),
        ("src/a/mod.rs", "src/a/deep.rs"),
        ("src/b.rs", "src/a/mod.rs"),
        ("src/inline/c.rs", "src/b.rs"),
    ];
    let found = edges.iter().map(|(from, to)| (from.as_str(), to.as_str()));
    assert_eq!(found.collect::<Vec<_>>(), expected);
    let rings = rings(&edges);
    let [ring] = rings.as_slice() else {
        panic!("{} rings in place of one", rings.len());
    };
    assert_eq!(ring.files, ["src/a/deep.rs", "src/a/mod.rs", "src/b.rs"]);
    assert_eq!(ring.shortest.len(), 4, "{:?}", ring.shortest);
}

struct Ring<'a> {
    files: Vec<&'a str>,
    /// Ends where it begins.
    shortest: Vec<&'a str>,
}

/// All groups of files of which each leads to every other.
fn rings(edges: &BTreeSet<(String, String)>) -> Vec<Ring<'_>> {
    let edges = edges.iter().map(|(from, to)| (from.as_str(), to.as_str()));
    let graph: DiGraphMap<&str, ()> = edges.collect();
    let groups = tarjan_scc(&graph)
        .into_iter()
        .filter(|files| files.len() > 1);
    groups
        .map(|mut files| {
            files.sort_unstable();
            let around = graph
                .all_edges()
                .filter(|(from, to, ())| files.contains(from) && files.contains(to));
            let shortest = around
                .filter_map(|(from, to, ())| {
                    let (_, back) = astar(&graph, to, |file| file == from, |_| 1, |_| 0)?;
                    Some([vec![from], back].concat())
                })
                .min_by_key(Vec::len)
                .unwrap();
            Ring { files, shortest }
        })
        .collect()
}

/// Of all crates that begin in the folder.
fn edges(folder: &str, files: &BTreeMap<String, String>) -> BTreeSet<(String, String)> {
    let is_root = |path: &str| {
        path.strip_prefix(folder)
            .and_then(|path| path.strip_prefix('/'))
            .is_some_and(|path| ["lib.rs", "main.rs"].contains(&path) || path.starts_with("bin/"))
    };
    let roots = files.keys().filter(|path| is_root(path));
    roots
        .flat_map(|root| Modules::of(root, files).edges())
        .collect()
}
