//! Who took the processor: the load, the server, PostgreSQL.

use std::collections::HashMap;

use crate::numbers::Figures;

/// What was used so far, in hundredths of a second.
pub struct Used {
    load: f64,
    server: f64,
    database: f64,
}

impl Used {
    /// By now; the database's processes are those that the server's process has started.
    pub fn now(server: u32) -> Self {
        let all = processes();
        let of = |pid: u32| all.get(&pid).map_or(0.0, |process| process.used);
        let mine = |pid: &u32| {
            let mut above = *pid;
            while let Some(process) = all.get(&above).filter(|_| above != server) {
                above = process.parent;
            }
            above == server
        };
        let whole: f64 = all.keys().filter(|pid| mine(pid)).map(|pid| of(*pid)).sum();
        Self {
            load: of(std::process::id()),
            server: of(server),
            database: whole - of(server),
        }
    }

    /// Notes the shares of what was used since.
    pub fn note(self, server: u32, work: &str, figures: &mut Figures) {
        let now = Self::now(server);
        let parts = [
            ("load", now.load - self.load),
            ("server", now.server - self.server),
            ("database", now.database - self.database),
        ];
        let whole: f64 = parts.iter().map(|(_, used)| used).sum();
        for (name, used) in parts.into_iter().filter(|(_, used)| *used > 0.0) {
            figures.set(
                &format!("{work} processor, {name}, %"),
                100.0 * used / whole,
            );
        }
    }
}

struct Process {
    parent: u32,
    used: f64,
}

fn processes() -> HashMap<u32, Process> {
    let folders = std::fs::read_dir("/proc").unwrap();
    let process = |name: String| {
        let pid = name.parse().ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{name}/stat")).ok()?;
        // The name in brackets may have anything in it.
        let (_, rest) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        let number = |place: usize| fields.get(place)?.parse::<f64>().ok();
        let used = number(11)? + number(12)?;
        let parent = number(1)? as u32;
        Some((pid, Process { parent, used }))
    };
    folders
        .filter_map(|folder| process(folder.ok()?.file_name().into_string().ok()?))
        .collect()
}
