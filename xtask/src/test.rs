//! `cargo xtask test`: every check there is, then one line with the count.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::frontend::{self, Mode};
use crate::outcome::Result;
use crate::{leftovers, process, setup, tools, workspace};

/// A test binary that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(25 * 60);

/// The crates that run on this machine. The frontend is for the browser; what of it needs none is tested here.
const NATIVE: [&str; 3] = ["--workspace", "--exclude", "frontend"];
const FRONTEND: [&str; 3] = ["-p", "frontend", "--lib"];
const DENY: [&str; 3] = ["--", "-D", "warnings"];

pub fn test(root: &Path) -> Result {
    let mut count = Count::default();
    let finished = steps(root, &mut count);
    if let Err(error) = &finished {
        eprintln!("{error}");
        count.failed += 1;
    }
    println!("{} passed, {} failed", count.passed, count.failed);
    if count.failed == 0 {
        Ok(())
    } else {
        std::process::exit(1)
    }
}

/// An error means that going on makes no sense: something is missing, or does not compile.
fn steps(root: &Path, count: &mut Count) -> Result {
    let (tools, axe, deny) = step("setup", || {
        let tools = setup::setup(root, true)?;
        Ok((tools, tools::axe_core(root)?, tools::cargo_deny(root)?))
    })?;

    let format = step("cargo fmt", || {
        process::run(process::cargo(root).args(["fmt", "--all", "--check"]))
    });
    count.check(format);
    // What deny.toml says of dependencies, but for advisories: those are news, and come over the network.
    let dependencies = step("cargo deny", || {
        // It reads the licences of all, of which a fresh machine has downloaded only what was built.
        process::run(process::cargo(root).args(["fetch", "--locked"]))?;
        process::run(
            process::command(root, &deny)
                .args(["--offline", "--locked", "check", "--hide-inclusion-graph"])
                .args(["licenses", "bans", "sources"]),
        )
    });
    count.check(dependencies);
    // Before clippy: the backend embeds the built frontend and would be compiled again after it.
    let built = step("frontend", || frontend::build(root, &tools, Mode::Release))?;
    count.check(frontend::check(&tools, Mode::Release, &built));
    let clippy = |arguments: &[&str]| {
        process::run(
            process::cargo(root)
                .arg("clippy")
                .args(arguments)
                .args(DENY),
        )
    };
    let native = step("clippy", || {
        clippy(&[&NATIVE[..], &["--all-targets"]].concat())
    });
    count.check(native);
    let wasm = step("clippy for the browser", || {
        clippy(&[
            "-p",
            "frontend",
            "--target",
            "wasm32-unknown-unknown",
            "--all-targets",
        ])
    });
    count.check(wasm);

    step("compiling the tests", || {
        process::run(process::cargo(root).arg("build").args(NATIVE).args([
            "--exclude",
            "xtask",
            "--bins",
        ]))?;
        process::run(process::cargo(root).args(["test", "--no-run"]).args(NATIVE))?;
        process::run(
            process::cargo(root)
                .args(["test", "--no-run"])
                .args(FRONTEND),
        )
    })?;
    let server = workspace::target_directory(root)?.join("debug/zvonok");
    let mut tests = |name: &str, arguments: &[&str]| {
        let mut command = process::cargo(root);
        command
            .arg("test")
            .arg("--no-fail-fast")
            .args(arguments)
            .env("ZVONOK_BIN", &server)
            .env("AXE_CORE", &axe);
        let outcome = step(name, || Ok(run_counted(root, &mut command)));
        outcome.map(|found| count.add(found))
    };
    let native = |which: &[&'static str]| [&NATIVE[..], which].concat();
    tests("unit tests", &native(&["--lib", "--bins"]))?;
    tests("unit tests of the frontend", &FRONTEND)?;
    tests("examples in the documentation", &native(&["--doc"]))?;
    for binary in workspace::test_binaries(root)? {
        let arguments = [&NATIVE[..], &["--test", &binary]].concat();
        tests(&format!("{binary} tests"), &arguments)?;
    }
    Ok(())
}

/// Runs one step and says how long it took.
fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("==> {name}");
    let start = Instant::now();
    let outcome = work();
    println!("<== {name}: {:.1} s", start.elapsed().as_secs_f64());
    outcome
}

#[derive(Default, Debug, PartialEq)]
struct Count {
    passed: u32,
    failed: u32,
}

impl Count {
    /// A check counts as one test.
    fn check(&mut self, outcome: Result) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(error) => {
                eprintln!("{error}");
                self.failed += 1;
            }
        }
    }

    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Reads a line like `test result: FAILED. 3 passed; 1 failed; 0 ignored; …`; all others count nothing.
    fn read(line: &str) -> Self {
        let mut count = Self::default();
        let Some(result) = line.strip_prefix("test result: ") else {
            return count;
        };
        let mut words = result
            .split(['.', ';', ' '])
            .filter(|word| !word.is_empty())
            .peekable();
        while let Some(word) = words.next() {
            match (word.parse(), words.peek()) {
                (Ok(number), Some(&"passed")) => count.passed = number,
                (Ok(number), Some(&"failed")) => count.failed = number,
                _ => {}
            }
        }
        count
    }
}

/// Runs a test command to its end, shows its output, counts its results, and ends whatever it left running.
fn run_counted(root: &Path, command: &mut Command) -> Count {
    leftovers::mark(command);
    let mut child = match command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) => {
            eprintln!("{}: {error}", process::describe(command));
            return Count {
                passed: 0,
                failed: 1,
            };
        }
    };
    // In a thread: what a test leaves behind may hold the pipe open after the test has ended.
    let reader = child.stdout.take().map(|stdout| {
        std::thread::spawn(move || {
            let mut count = Count::default();
            for line in BufReader::new(stdout)
                .lines()
                .map_while(std::result::Result::ok)
            {
                println!("{line}");
                count.add(Count::read(&line));
            }
            count
        })
    });
    let start = Instant::now();
    let succeeded = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status.success(),
            Ok(None) if start.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(50)),
            Ok(None) => {
                eprintln!(
                    "{}: no end after {} minutes",
                    process::describe(command),
                    PATIENCE.as_secs() / 60
                );
                break false;
            }
            Err(error) => {
                eprintln!("{}: {error}", process::describe(command));
                break false;
            }
        }
    };
    for process in leftovers::end(root) {
        eprintln!("left running by the tests, ended now: {process}");
    }
    let _ = child.wait();
    let mut count = reader
        .and_then(|thread| thread.join().ok())
        .unwrap_or_default();
    if !succeeded && count.failed == 0 {
        // It crashed, or did not even start: that is a failure that no result line tells of.
        count.failed = 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_from_result_lines_only() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 4 filtered out; finished in 0.10s";
        assert_eq!(
            Count::read(line),
            Count {
                passed: 12,
                failed: 3
            }
        );
        assert_eq!(
            Count::read("test word ... ok, 5 passed; 6 failed"),
            Count::default()
        );
    }
}
