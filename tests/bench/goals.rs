//! What the works must reach, and what they reached in earlier runs.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use backend::clock::Clock;
use common::Timestamp;
use serde::{Deserialize, Serialize};

use crate::numbers::{Figures, shown, table};

enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

use Goal::{AtLeast, AtMost};

/// Of the medians, by the figures' names.
const GOALS: [(&str, Goal); 13] = [
    ("A p50, ms", AtMost(1.1)),
    ("A p99, ms", AtMost(2.5)),
    ("B p50 by the bare server's", AtMost(1.3)),
    ("B p99 by the bare server's", AtMost(1.3)),
    ("C messages a second", AtLeast(5000.0)),
    ("C messages by raw PostgreSQL's", AtLeast(0.6)),
    ("D KB a connection", AtMost(11.0)),
    ("E 4 authors p50, ms", AtMost(0.6)),
    ("E 4 authors pages a second", AtLeast(5000.0)),
    ("E 30 authors p50, ms", AtMost(0.6)),
    ("E 30 authors pages a second", AtLeast(5000.0)),
    ("F slowest request, ms", AtMost(100.0)),
    ("G 1,500 students with parents, s", AtMost(3.0)),
];

/// Prints which are met; false when one is missed. Of the works that were asked for, whose letters the
/// figures' names begin with: a figure that is missing there is missed.
pub fn judge(figures: &Figures, works: &str) -> bool {
    let mut all = true;
    for (name, goal) in GOALS {
        if !name.starts_with(|work: char| works.contains(work)) {
            continue;
        }
        // Without a figure NaN, which is neither at most nor at least anything.
        let value = figures.get(name);
        let (met, sign, aim) = match goal {
            AtMost(most) => (value <= most, "≤", most),
            AtLeast(least) => (value >= least, "≥", least),
        };
        let word = if met { "met   " } else { "MISSED" };
        println!("{word} {name}: {} ({sign} {aim})", shown(value));
        all &= met;
    }
    all
}

/// A run as it's kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    at: Timestamp,
    commit: String,
    rounds: usize,
    figures: BTreeMap<String, f64>,
}

/// Earlier runs that are printed beside this one.
const COMPARED: usize = 4;

/// Prints the figures beside those of earlier runs, which the file has line by line, and adds them to it.
pub fn compare(file: &Path, rounds: usize, figures: &Figures) {
    let earlier = fs::read_to_string(file).unwrap_or_default();
    let mut runs: Vec<Kept> = earlier
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    runs.drain(..runs.len().saturating_sub(COMPARED));
    runs.push(Kept {
        at: Clock::System.now(),
        commit: commit(),
        rounds,
        figures: figures.0.clone(),
    });
    let mut rows = vec![vec!["figure".to_owned()]];
    rows[0].extend(runs.iter().map(|run| run.commit.clone()));
    for name in figures.0.keys() {
        let mut row = vec![name.clone()];
        let values = runs.iter().map(|run| run.figures.get(name));
        row.extend(values.map(|value| value.map_or("-".into(), |value| shown(*value))));
        rows.push(row);
    }
    println!("The last runs, this one at the end:\n\n{}", table(&rows));
    let line = serde_json::to_string(&runs[runs.len() - 1]).unwrap();
    let mut file = fs::File::options()
        .create(true)
        .append(true)
        .open(file)
        .unwrap();
    writeln!(file, "{line}").unwrap();
}

/// The one that is checked out, with `+` where files differ from it.
fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short", "HEAD"]).unwrap_or_else(|| "no git".into());
    let changed = git(&["status", "--short"]).is_some_and(|text| !text.is_empty());
    commit + if changed { "+" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_and_not_measured_is_missed() {
        let mut figures = Figures::default();
        figures.set("A p50, ms", 1.0);
        assert!(!judge(&figures, "A"), "its p99 is missing");
        figures.set("A p99, ms", f64::NAN);
        assert!(!judge(&figures, "A"));
        figures.set("A p99, ms", 2.0);
        assert!(judge(&figures, "A"));
        assert!(!judge(&figures, "AG"));
    }
}
