//! What is left to take away once trunk has put a program together: what nobody calls, and letters.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::compress;
use crate::tools::Tools;
use crate::{Result, process};

/// Smaller in Brotli than `-Oz`, which is smaller before. Functions of one crate and type have much in common, and
/// their names bring them together.
const OPTIMISE: [&str; 4] = [
    "-Os",
    "--low-memory-unused",
    "--one-caller-inline-max-function-size=45",
    "--reorder-functions-by-name",
];

/// Makes all scripts of dist/ and their programs small, where they are. Their names keep the hash of what they were
/// made from.
pub fn all(root: &Path, tools: &Tools, dist: &Path) -> Result {
    for script in compress::files(dist)? {
        if script.extension().is_some_and(|it| it == "js") {
            let before = fs::read_to_string(&script)?;
            fs::write(&script, without_classes(&before))?;
            minify(root, tools, &script)?;
            let program = script.with_extension("").display().to_string() + "_bg.wasm";
            let program = Path::new(&program);
            if program.is_file() {
                let called = called(&before, &fs::read_to_string(&script)?);
                if called.is_empty() {
                    return Err(format!(
                        "{} calls its program by no name that we know",
                        script.display()
                    )
                    .into());
                }
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
    // `-g` keeps the names, which the next one goes by.
    let mut prune = process::command(root, "wasm-metadce");
    prune.env("PATH", tools.path()?).arg(program).arg("-g");
    prune.arg("--graph-file").arg(&graph);
    process::output(prune.arg("-o").arg(program))?;
    fs::remove_file(&graph)?;
    let mut optimise = process::command(root, "wasm-opt");
    optimise.env("PATH", tools.path()?).arg(program);
    process::run(optimise.args(OPTIMISE).arg("-o").arg(program))
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
