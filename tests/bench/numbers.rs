//! Percentiles and the table.

use std::fmt;
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

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} / {:.2} ms", self.p50, self.p99)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub messages: f64,
    pub deliveries: f64,
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.0} ({:.0} deliveries)",
            self.messages, self.deliveries
        )
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Pages {
    pub p50: f64,
    pub per_second: f64,
}

impl fmt::Display for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ms; {:.0}", self.p50, self.per_second)
    }
}

/// A Markdown table.
#[derive(Default)]
pub struct Table(Vec<[String; 4]>);

impl Table {
    pub fn row(&mut self, work: &str, zvonok: String, bare: String, raw: String) {
        self.0.push([work.into(), zvonok, bare, raw]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| work | Zvonok | bare fan-out server | raw PostgreSQL |"
        )?;
        writeln!(f, "|---|---|---|---|")?;
        for row in &self.0 {
            writeln!(f, "| {} |", row.join(" | "))?;
        }
        Ok(())
    }
}
