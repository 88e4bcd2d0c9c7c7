//! Ending what tests leave behind. A process may leave its group and its parent (PostgreSQL's `pg_ctl` does),
//! but it keeps the environment that it inherited: each run marks its children there.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::process;

/// Not `ZVONOK_…`: the server refuses variables that begin like its settings.
const MARK: &str = "TEST_RUN_OF_ZVONOK";

/// Marks the command, and all that it will start, as children of this run.
pub fn mark(command: &mut Command) {
    command.env(MARK, std::process::id().to_string());
}

/// Ends every marked process that still lives, and returns their names. PostgreSQL stops fast on INT.
pub fn end(root: &Path) -> Vec<String> {
    let found: Vec<String> = alive().into_iter().map(|(_, name)| name).collect();
    for (signal, patience) in [("-INT", 5), ("-TERM", 3), ("-KILL", 3)] {
        let processes: Vec<String> = alive().into_iter().map(|(id, _)| id).collect();
        if processes.is_empty() {
            break;
        }
        // The shell's own `kill`: small systems have no program of that name. It fails where a process ended in
        // the meantime; the next round looks again anyway.
        let kill = format!("kill {signal} {}", processes.join(" "));
        let _ = process::output(process::command(root, "sh").args(["-c", &kill]));
        let start = Instant::now();
        while !alive().is_empty() && start.elapsed() < Duration::from_secs(patience) {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    found
}

/// Marked processes: number and command line.
fn alive() -> Vec<(String, String)> {
    let mark = format!("{MARK}={}", std::process::id());
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let marked = entries.filter_map(|entry| {
        let environment = std::fs::read(entry.path().join("environ")).ok()?;
        if !environment
            .split(|byte| *byte == 0)
            .any(|variable| variable == mark.as_bytes())
        {
            return None;
        }
        let line = std::fs::read(entry.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        // A zombie has no command line, and nothing to end.
        (!line.is_empty()).then(|| (entry.file_name().to_string_lossy().into_owned(), line))
    });
    marked.collect()
}
