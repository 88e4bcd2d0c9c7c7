//! Percentiles, and what a round has measured.

use std::collections::BTreeMap;
use std::time::Duration;

/// Latencies in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Latency {
    pub p50: f64,
    pub p99: f64,
}

impl Latency {
    pub fn of(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        let at = |part: f64| {
            let place = ((all.len() as f64 * part) as usize).min(all.len().saturating_sub(1));
            all.get(place)
                .map_or(f64::NAN, |one| one.as_secs_f64() * 1000.0)
        };
        Self {
            p50: at(0.5),
            p99: at(0.99),
        }
    }
}

/// Messages and deliveries a second.
pub struct Rate {
    pub messages: f64,
    pub deliveries: f64,
}

/// A page's time, and pages a second.
pub struct Pages {
    pub p50: f64,
    pub per_second: f64,
}

/// Numbers by their names.
#[derive(Clone, Default)]
pub struct Figures(pub BTreeMap<String, f64>);

impl Figures {
    pub fn set(&mut self, name: &str, value: f64) {
        self.0.insert(name.to_owned(), value);
    }

    /// NaN for what this run didn't measure.
    pub fn get(&self, name: &str) -> f64 {
        self.0.get(name).copied().unwrap_or(f64::NAN)
    }

    pub fn latency(&mut self, work: &str, latency: Latency) {
        self.set(&format!("{work} p50, ms"), latency.p50);
        self.set(&format!("{work} p99, ms"), latency.p99);
    }

    pub fn rate(&mut self, work: &str, rate: Rate) {
        self.set(&format!("{work} messages a second"), rate.messages);
        self.set(&format!("{work} deliveries a second"), rate.deliveries);
    }

    pub fn pages(&mut self, work: &str, pages: Pages) {
        self.set(&format!("{work} p50, ms"), pages.p50);
        self.set(&format!("{work} pages a second"), pages.per_second);
    }

    /// One by another of the same round.
    pub fn ratio(&mut self, name: &str, of: &str, to: &str) {
        let ratio = self.get(of) / self.get(to);
        if !ratio.is_nan() {
            self.set(name, ratio);
        }
    }

    /// Of each the middle of the rounds.
    pub fn medians(rounds: &[Self]) -> Self {
        let mut all: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for (name, value) in rounds.iter().flat_map(|round| &round.0) {
            all.entry(name.clone()).or_default().push(*value);
        }
        let middle = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            let half = values.len() / 2;
            if values.len().is_multiple_of(2) {
                f64::midpoint(values[half - 1], values[half])
            } else {
                values[half]
            }
        };
        Self(
            all.into_iter()
                .map(|(name, values)| (name, middle(values)))
                .collect(),
        )
    }
}

/// With as many digits as mean something.
pub fn shown(value: f64) -> String {
    if value.is_nan() {
        "-".into()
    } else if value.abs() >= 100.0 {
        format!("{value:.0}")
    } else if value.abs() >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

/// A Markdown table.
pub fn table(rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    for (place, row) in rows.iter().enumerate() {
        text += &format!("| {} |\n", row.join(" | "));
        if place == 0 {
            text += &format!("|{}\n", "---|".repeat(row.len()));
        }
    }
    text
}
