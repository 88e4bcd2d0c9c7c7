//! What is measured, in a table.

use crate::numbers::{self, Figures, shown};

/// As it stands in the README.
pub fn table(figures: &Figures) -> String {
    let one = |name: &str, unit: &str| {
        let value = figures.get(name);
        let unit = if value.is_nan() { "" } else { unit };
        shown(value) + unit
    };
    let latency = |work: &str| {
        let part = |name: &str| shown(figures.get(&format!("{work} {name}, ms")));
        format!("{} / {} ms", part("p50"), part("p99"))
    };
    let rate = |work: &str| {
        let part = |what: &str| shown(figures.get(&format!("{work} {what} a second")));
        format!("{} ({} deliveries)", part("messages"), part("deliveries"))
    };
    let pages = |work: &str| {
        let part = |what: &str| shown(figures.get(&format!("{work} {what}")));
        format!("{} ms; {}", part("p50, ms"), part("pages a second"))
    };
    let load = |work: &str| one(&format!("{work} processor, load, %"), " %");
    let row = |work: &str, cells: [String; 4]| [vec![work.to_owned()], cells.to_vec()].concat();
    let none = || "-".to_owned();
    let head = [
        "Zvonok",
        "bare fan-out server",
        "raw PostgreSQL",
        "the load's share of the processor",
    ];
    numbers::table(&[
        row("work", head.map(str::to_owned)),
        row(
            "A. class chat of 30, to the last other member, p50 / p99",
            [latency("A"), latency("A bare"), none(), load("A")],
        ),
        row(
            "B. channel, 1,000 online, 20 a second, p50 / p99",
            [latency("B"), latency("B bare"), none(), load("B")],
        ),
        row(
            "C. 50 classes of 20, durable messages a second",
            [
                rate("C"),
                rate("C bare"),
                one("C raw messages a second", ""),
                load("C"),
            ],
        ),
        row(
            "D. memory of an idle connection, of 8,000 on a fresh server",
            [
                one("D KB a connection", " KB"),
                one("D bare KB a connection", " KB"),
                none(),
                none(),
            ],
        ),
        row(
            "E. newest 50 of 10,000 by 4 authors, read, p50; pages a second, 4 clients",
            [
                pages("E 4 authors"),
                none(),
                pages("E 4 authors raw"),
                load("E 4 authors"),
            ],
        ),
        row(
            "E. the same by 30 authors",
            [
                pages("E 30 authors"),
                none(),
                pages("E 30 authors raw"),
                load("E 30 authors"),
            ],
        ),
        row(
            "F. demo school, the slowest request of any screen, p50",
            [one("F slowest request, ms", " ms"), none(), none(), none()],
        ),
        row(
            "G. 1,500 students with two parents each into 60 classes, one set",
            [
                one("G 1,500 students with parents, s", " s"),
                none(),
                none(),
                none(),
            ],
        ),
    ])
}
