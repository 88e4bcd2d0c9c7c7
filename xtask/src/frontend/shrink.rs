//! What is left to take away once trunk has put a program together: what nobody calls, and letters.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use super::{compress, order, sections};
use crate::outcome::Result;
use crate::process;
use crate::tools::Tools;

/// Smaller in Brotli than `-Oz`, which is smaller before.
const OPTIMISE: [&str; 5] = [
    "--strip-producers",
    "--strip-target-features",
    "-Os",
    "--low-memory-unused",
    "--one-caller-inline-max-function-size=45",
];

/// What the chunks may use, which carry no list of it as the main program does.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Makes all scripts of dist/ and their programs small, where they are. Their names keep the hash of what they were
/// made from, and with what.
pub fn all(root: &Path, tools: &Tools, dist: &Path) -> Result {
    let files = compress::files(dist)?;
    let mut shared = BTreeSet::new();
    for file in &files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("split-") && name.ends_with(".js") {
            shared = shared_names(&fs::read_to_string(file)?);
        } else if name.ends_with(".wasm") && !name.ends_with("_bg.wasm") {
            let mut command = process::command(root, "wasm-opt");
            command.env("PATH", tools.path()?).arg(file).args(FEATURES);
            process::quietly(command.args(OPTIMISE).arg("-o").arg(file))?;
            order(file)?;
        }
    }
    if shared.is_empty() {
        return Err("The loader shares nothing of the program that we know".into());
    }
    for script in files {
        if script.extension().is_some_and(|it| it == "js") {
            let before = fs::read_to_string(&script)?;
            let program = script.with_extension("").display().to_string() + "_bg.wasm";
            let program = Path::new(&program);
            let mut smaller = without_classes(&before);
            if program.is_file() {
                smaller = number_imports(&smaller, program)?;
            }
            fs::write(&script, smaller)?;
            minify(root, tools, &script)?;
            if program.is_file() {
                let after = fs::read_to_string(&script)?;
                let mut called = called(&before, &after);
                if called.is_empty() {
                    return Err(format!(
                        "{} calls its program by no name that we know",
                        script.display()
                    )
                    .into());
                }
                called.extend(shared.iter().map(String::as_str));
                optimise(root, tools, program, &called)?;
            }
        }
    }
    Ok(())
}

/// Without the classes that wasm-bindgen exports for other scripts: a library brings them, and there are no other
/// scripts. While they are there, nothing that they call can go.
fn without_classes(script: &str) -> String {
    let mut kept = String::with_capacity(script.len());
    let mut names = Vec::new();
    let mut inside = false;
    for line in script.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("export class ") {
            names.push(name.split(' ').next().unwrap_or_default());
            inside = true;
        }
        let of_class = |name: &&str| line.starts_with(&format!("if (Symbol.dispose) {name}."));
        if !inside && !names.iter().any(of_class) {
            kept.push_str(line);
        }
        inside &= line.trim_end() != "}";
    }
    kept
}

/// The program imports from its script by numbers: the names that wasm-bindgen gives end in a hash each, which nothing
/// can compress, and stand in both. Returns the script.
fn number_imports(script: &str, program: &Path) -> Result<String> {
    let wasm = fs::read(program)?;
    let imported = sections::imported(&wasm)?;
    let numbers: HashMap<String, String> = imported
        .into_iter()
        .enumerate()
        .map(|(number, name)| (name, number.to_string()))
        .collect();
    let mut defined = 0;
    let mut numbered = String::with_capacity(script.len());
    for line in script.split_inclusive('\n') {
        let key = line.trim_start().split_once(':');
        if let Some((number, rest)) = key.and_then(|(name, rest)| Some((numbers.get(name)?, rest)))
        {
            defined += 1;
            numbered.push_str(&format!("{number}:{rest}"));
        } else {
            numbered.push_str(line);
        }
    }
    if defined != numbers.len() {
        return Err(format!(
            "The script defines {defined} of the {} functions that its program imports",
            numbers.len()
        )
        .into());
    }
    fs::write(program, sections::importing(&wasm, &numbers)?)?;
    Ok(numbered)
}

/// What the loader hands from the main program to the chunks:
/// `const { memory, __wasm_split_shared_1 } = initSync(undefined, undefined);`
fn shared_names(loader: &str) -> BTreeSet<String> {
    let end = loader.find("} = initSync(").unwrap_or_default();
    let start = loader[..end].rfind('{').map_or(end, |at| at + 1);
    let names = loader[start..end].split(',');
    names
        .map(|name| name.split(':').next().unwrap_or_default().trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

fn minify(root: &Path, tools: &Tools, script: &Path) -> Result {
    let mut command = process::command(root, "terser");
    command.env("PATH", tools.path()?).arg(script);
    // What a class needed goes with it: no `new` in these scripts is there for its effects alone.
    command.args(["--module", "--compress", "pure_new=true", "--mangle"]);
    process::run(command.arg("--output").arg(script))
}

/// Names of the program that wasm-bindgen's script used (`wasm.name`) and the minified one still does.
fn called<'a>(before: &'a str, after: &str) -> BTreeSet<&'a str> {
    before
        .split("wasm.")
        .skip(1)
        .map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            &rest[..end.unwrap_or(rest.len())]
        })
        .filter(|name| after.contains(name))
        .collect()
}

fn optimise(root: &Path, tools: &Tools, program: &Path, called: &BTreeSet<&str>) -> Result {
    let graph = program.with_extension("graph");
    let nodes: Vec<_> = called
        .iter()
        .map(|name| format!(r#"{{"name":"{name}","root":true,"export":"{name}"}}"#))
        .collect();
    fs::write(&graph, format!("[{}]", nodes.join(",")))?;
    let mut prune = process::command(root, "wasm-metadce");
    prune.env("PATH", tools.path()?).arg(program);
    prune.arg("--graph-file").arg(&graph);
    process::quietly(prune.arg("-o").arg(program))?;
    fs::remove_file(&graph)?;
    let mut optimise = process::command(root, "wasm-opt");
    optimise.env("PATH", tools.path()?).arg(program);
    process::quietly(optimise.args(OPTIMISE).arg("-o").arg(program))?;
    order(program)
}

fn order(program: &Path) -> Result {
    Ok(fs::write(program, order::ordered(&fs::read(program)?)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "\
export class Source {
    free() {
        wasm.source_free(this.ptr);
    }
}
if (Symbol.dispose) Source.prototype[Symbol.dispose] = Source.prototype.free;
function start() {
    wasm.start(wasm.memory.buffer);
}
";

    #[test]
    fn what_chunks_share_is_kept() {
        let loader =
            "const { memory, __wasm_split_shared_1,\n table } = initSync(undefined, undefined);";
        let names: Vec<_> = shared_names(loader).into_iter().collect();
        assert_eq!(names, ["__wasm_split_shared_1", "memory", "table"]);
        assert!(shared_names("nothing").is_empty());
    }

    #[test]
    fn exported_classes_go_with_what_they_call() {
        let after = without_classes(SCRIPT);
        assert_eq!(
            after,
            "function start() {\n    wasm.start(wasm.memory.buffer);\n}\n"
        );
        let called: Vec<_> = called(SCRIPT, &after).into_iter().collect();
        assert_eq!(called, ["memory", "start"]);
    }
}
