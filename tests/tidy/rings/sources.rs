//! Which file of a crate knows which other one: by the paths that it writes.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

type Path = Vec<String>;

#[derive(Default)]
struct Module {
    file: String,
    /// What the names mean that the module has imported.
    imports: BTreeMap<String, Path>,
    paths: Vec<Path>,
}

/// One crate's modules by their paths. An inline module is one more in the same file.
#[derive(Default)]
pub struct Modules(BTreeMap<Path, Module>);

impl Modules {
    /// The crate that begins in a root file, out of all files with their texts.
    pub fn of(root: &str, files: &BTreeMap<String, String>) -> Self {
        let mut modules = Self::default();
        let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
        modules.read(Path::new(), root, folder, files);
        modules
    }

    /// Each pair of files of which the first names the second, or something in it. What is exported
    /// once more is in the file that does so.
    pub fn edges(&self) -> BTreeSet<(String, String)> {
        let mut edges = BTreeSet::new();
        for (place, module) in &self.0 {
            for path in module.paths.iter().chain(module.imports.values()) {
                if let Some(file) = self
                    .file_of(place, path)
                    .filter(|file| **file != module.file)
                {
                    edges.insert((module.file.clone(), file.clone()));
                }
            }
        }
        edges
    }

    fn read(&mut self, place: Path, file: &str, folder: &str, files: &BTreeMap<String, String>) {
        let text = &files[file];
        let tokens: TokenStream = text
            .parse()
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        self.read_tokens(place, (file, folder), tokens, files);
    }

    fn read_tokens(
        &mut self,
        place: Path,
        (file, folder): (&str, &str),
        tokens: TokenStream,
        files: &BTreeMap<String, String>,
    ) {
        let mut found = Found::default();
        found.read(tokens);
        for (name, body) in found.modules {
            let place = [place.as_slice(), std::slice::from_ref(&name)].concat();
            let below = format!("{folder}/{name}");
            match body {
                Some(body) => self.read_tokens(place, (file, &below), body, files),
                None => {
                    let own = [format!("{below}.rs"), format!("{below}/mod.rs")];
                    let own = own.iter().find(|path| files.contains_key(*path));
                    self.read(place, own.unwrap(), &below, files);
                }
            }
        }
        let module = Module {
            file: file.to_owned(),
            imports: found.imports,
            paths: found.paths,
        };
        self.0.insert(place, module);
    }

    /// The file in which the path ends, if it is one of the crate.
    fn file_of(&self, place: &[String], path: &[String]) -> Option<&String> {
        let (first, mut rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => Path::new(),
            "self" => place.to_vec(),
            "super" => place[..place.len() - 1].to_vec(),
            name => {
                let child = [place, &[name.to_owned()]].concat();
                if self.0.contains_key(&child) {
                    child
                } else {
                    let import = self.0[place].imports.get(name)?;
                    if import.first() == Some(first) {
                        return None;
                    }
                    return self.file_of(place, &[import, rest].concat());
                }
            }
        };
        while let Some((name, further)) = rest.split_first() {
            if name == "super" {
                at.pop();
            } else {
                at.push(name.clone());
                if !self.0.contains_key(&at) {
                    at.pop();
                    break;
                }
            }
            rest = further;
        }
        self.0.get(&at).map(|module| &module.file)
    }
}

/// What one module says, before it is known what its paths mean.
#[derive(Default)]
struct Found {
    /// Inline ones with what is in them.
    modules: Vec<(String, Option<TokenStream>)>,
    imports: BTreeMap<String, Path>,
    paths: Vec<Path>,
}

impl Found {
    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = tokens.as_slice();
        while let Some((first, after)) = rest.split_first() {
            rest = after;
            match first {
                TokenTree::Group(group) => self.read(group.stream()),
                TokenTree::Ident(word) if *word == "use" => {
                    let end = after.iter().position(|token| is(token, ';'));
                    let (tree, after) = after.split_at(end.unwrap_or(0));
                    self.import(&Path::new(), tree);
                    rest = after;
                }
                TokenTree::Ident(word) if *word == "mod" => {
                    if let [TokenTree::Ident(name), body, after @ ..] = after {
                        let body = match body {
                            TokenTree::Group(body) => Some(body.stream()),
                            _ => None,
                        };
                        self.modules.push((name.to_string(), body));
                        rest = after;
                    }
                }
                TokenTree::Ident(word) => {
                    let (path, after) = path(word.to_string(), after);
                    // `crate::this!` says nothing of where: exported macros are all at the root.
                    let of_macro = path.len() == 2 && after.first().is_some_and(|it| is(it, '!'));
                    if path.len() > 1 && !(of_macro && path[0] == "crate") {
                        self.paths.push(path);
                    }
                    rest = after;
                }
                _ => {}
            }
        }
    }

    /// One tree of a `use`, below what stands before its braces.
    fn import(&mut self, before: &[String], tree: &[TokenTree]) {
        let Some(TokenTree::Ident(first)) = tree.first() else {
            if let [TokenTree::Group(group)] = tree
                && group.delimiter() == Delimiter::Brace
            {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for one in inner.split(|token| is(token, ',')) {
                    self.import(before, one);
                }
            } else if !before.is_empty() && tree.first().is_some_and(|token| is(token, '*')) {
                self.paths.push(before.to_vec());
            }
            return;
        };
        let (mut path, mut after) = path(first.to_string(), &tree[1..]);
        path.splice(..0, before.iter().cloned());
        if let [colon, _, deeper @ ..] = after
            && is(colon, ':')
        {
            return self.import(&path, deeper);
        }
        if path.len() > 1 {
            path.pop_if(|last| last == "self");
        }
        let mut name = path.last().cloned();
        if let [TokenTree::Ident(_as), TokenTree::Ident(other), end @ ..] = after {
            name = Some(other.to_string());
            after = end;
        }
        assert!(after.is_empty(), "a tree of a use was not understood");
        match name.filter(|name| name != "_") {
            Some(name) => drop(self.imports.insert(name, path)),
            None => self.paths.push(path),
        }
    }
}

/// The words that follow, joined by `::`, and what comes after them.
fn path(first: String, mut rest: &[TokenTree]) -> (Path, &[TokenTree]) {
    let mut path = vec![first];
    while let [one, two, TokenTree::Ident(word), after @ ..] = rest {
        if !is(one, ':') || !is(two, ':') {
            break;
        }
        path.push(word.to_string());
        rest = after;
    }
    (path, rest)
}

fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}
