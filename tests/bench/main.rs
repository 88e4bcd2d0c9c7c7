//! The works A to E of the peers' table, F, what the screens of the demo school ask, and G, a roster that comes in,
//! against the real server over real sockets, beside a bare fan-out server and raw PostgreSQL in the same run. Started
//! by `cargo xtask bench`.
//!
//! Bodies are 120 bytes. Everything shares the machine: server, database and load. The middle of the rounds
//! counts; G once in each, F once whatever the rounds.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a bench that can't go on stops"
)]

mod bare;
mod client;
mod frames;
mod goals;
mod listeners;
mod numbers;
mod place;
mod processor;
mod raw;
mod roster;
mod screens;
mod server;
mod summary;
mod works;

use std::path::{Path, PathBuf};

use crate::numbers::Figures;
use crate::place::{Chats, Place};
use crate::processor::Used;
use crate::raw::Raw;
use crate::server::Server;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["bare"] => runtime.block_on(bare::serve()),
        [program, file, rounds, works] => {
            backend::server::allow_connections().unwrap();
            let rounds = rounds.parse().expect("a number of rounds");
            let figures = runtime.block_on(run(Path::new(program), rounds, works));
            println!("\n{}", summary::table(&figures));
            goals::compare(Path::new(file), rounds, &figures);
            if !goals::judge(&figures, works) {
                std::process::exit(1);
            }
        }
        _ => {
            eprintln!(
                "usage: bench <the zvonok binary> <the file of earlier runs> <rounds> <works>; \
                 start it with `cargo xtask bench`"
            );
            std::process::exit(2);
        }
    }
}

/// The medians of the rounds.
async fn run(program: &Path, rounds: usize, works: &str) -> Figures {
    let place = place::prepare().await;
    let mut all = Vec::with_capacity(rounds);
    for round in 1..=rounds {
        let mut figures = Figures::default();
        zvonok(program, &place, works, &mut figures).await;
        bare(works, &mut figures).await;
        postgres(&place, works, &mut figures);
        let by = |name: &str| format!("B bare {name}, ms");
        figures.ratio("B p50 by the bare server's", "B p50, ms", &by("p50"));
        figures.ratio("B p99 by the bare server's", "B p99, ms", &by("p99"));
        let raw = "C raw messages a second";
        figures.ratio("C messages by raw PostgreSQL's", "C messages a second", raw);
        println!("round {round} of {rounds} is done");
        all.push(figures);
    }
    if works.contains('G') {
        for _ in 0..rounds {
            let mut figures = Figures::default();
            roster::measure(&place.data_dir.with_extension("roster"), &mut figures).await;
            all.push(figures);
        }
    }
    if works.contains('F') {
        let mut figures = Figures::default();
        demo(program, place.data_dir.with_extension("demo"), &mut figures).await;
        all.push(figures);
    }
    place.remove();
    Figures::medians(&all)
}

async fn zvonok(program: &Path, place: &Place, works: &str, figures: &mut Figures) {
    // First, on a server that has done nothing else: memory that was used before would be used again.
    if works.contains('D') {
        let server = Server::start(program, &place.data_dir).await;
        let (all, later) = works::idle(server.port, server.pid(), true).await;
        figures.set("D KB a connection", all);
        figures.set("D KB a connection, second half", later);
        server.stop().await;
    }
    let server = Server::start(program, &place.data_dir).await;
    figures.set("start-up, s", server.start_up);
    let (port, pid) = (server.port, server.pid());
    let Chats {
        class_a,
        channel,
        history_of_4,
        history_of_30,
        classes,
    } = &place.chats;
    if works.contains('A') {
        let used = Used::now(pid);
        figures.latency("A", works::class_chat(port, *class_a).await);
        used.note(pid, "A", figures);
    }
    if works.contains('B') {
        let used = Used::now(pid);
        figures.latency("B", works::channel(port, *channel).await);
        used.note(pid, "B", figures);
    }
    if works.contains('C') {
        let used = Used::now(pid);
        figures.rate("C", works::classes(port, classes).await);
        used.note(pid, "C", figures);
    }
    if works.contains('E') {
        for (authors, chat) in [("4", history_of_4), ("30", history_of_30)] {
            let used = Used::now(pid);
            let work = format!("E {authors} authors");
            figures.pages(&work, works::history(port, *chat).await);
            used.note(pid, &work, figures);
        }
    }
    server.stop().await;
}

async fn bare(works: &str, figures: &mut Figures) {
    if works.contains('D') {
        let bare = bare::Child::start().await;
        let (all, _) = works::idle(bare.port, bare.pid(), false).await;
        figures.set("D bare KB a connection", all);
        bare.stop().await;
    }
    let bare = bare::Child::start().await;
    let (port, pid) = (bare.port, bare.pid());
    if works.contains('A') {
        figures.latency("A bare", works::bare_class_chat(port).await);
    }
    if works.contains('B') {
        let used = Used::now(pid);
        figures.latency("B bare", works::bare_channel(port).await);
        used.note(pid, "B bare", figures);
    }
    if works.contains('C') {
        let used = Used::now(pid);
        figures.rate("C bare", works::bare_classes(port).await);
        used.note(pid, "C bare", figures);
    }
    bare.stop().await;
}

fn postgres(place: &Place, works: &str, figures: &mut Figures) {
    let raw = Raw::start(&place.data_dir);
    if works.contains('C') {
        figures.set("C raw messages a second", raw.messages());
    }
    if works.contains('E') {
        let Chats {
            history_of_4,
            history_of_30,
            ..
        } = place.chats;
        for (authors, chat) in [("4", history_of_4), ("30", history_of_30)] {
            figures.pages(&format!("E {authors} authors raw"), raw.page(chat));
        }
    }
    raw.stop();
}

async fn demo(program: &Path, folder: PathBuf, figures: &mut Figures) {
    let people = screens::prepare(&folder).await;
    let server = Server::start(program, &folder).await;
    let requests = screens::requests(&server, &people).await;
    server.stop().await;
    std::fs::remove_dir_all(&folder).unwrap();
    figures.set("F slowest request, ms", requests[0].0);
    println!("F, the slowest of {} requests:", requests.len());
    for (milliseconds, what) in requests.iter().take(5) {
        println!("  {what}: {milliseconds:.1} ms");
    }
}
