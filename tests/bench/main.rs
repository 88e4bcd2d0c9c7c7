//! The works A to E of the peers' table, and F, what the screens of the demo school ask, against the real server over real sockets, beside a bare
//! fan-out server and raw PostgreSQL in the same run. Started by `cargo xtask bench`.
//!
//! Bodies are 120 bytes. Everything shares the machine: server, database and load.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a bench that can't go on stops"
)]

mod bare;
mod client;
mod numbers;
mod place;
mod raw;
mod screens;
mod server;
mod works;

use std::path::PathBuf;

use crate::numbers::Table;
use crate::server::Server;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    match arguments.first().map(String::as_str) {
        Some("bare") => runtime.block_on(bare::serve()),
        Some(program) => runtime.block_on(run(PathBuf::from(program))),
        None => {
            eprintln!("usage: bench <the zvonok binary>; start it with `cargo xtask bench`");
            std::process::exit(2);
        }
    }
}

async fn run(program: PathBuf) {
    let place = place::prepare().await;
    let mut table = Table::default();

    let server = Server::start(&program, &place.data_dir).await;
    println!(
        "start-up with an existing cluster, to the first answer: {:.2} s",
        server.start_up
    );
    let chats = &place.chats;
    let a = works::class_chat(&server, chats.class_a).await;
    let b = works::channel(&server, chats.channel).await;
    let c = works::classes(&server, &chats.classes).await;
    let d = works::idle(&server).await;
    let e = works::history(&server, chats.history).await;
    server.stop().await;

    let demo = place.data_dir.with_extension("demo");
    let people = screens::prepare(&demo).await;
    let server = Server::start(&program, &demo).await;
    let requests = screens::requests(&server, &people).await;
    let slowest = requests[0].0;
    server.stop().await;
    std::fs::remove_dir_all(&demo).unwrap();

    let bare = bare::Child::start().await;
    let bare_a = works::bare_class_chat(bare.port).await;
    let bare_b = works::bare_channel(bare.port).await;
    let bare_c = works::bare_classes(bare.port).await;
    let bare_d = works::bare_idle(bare.port, bare.pid()).await;
    bare.stop().await;

    let raw = raw::pgbench(&place.data_dir);

    table.row(
        "A. class chat of 30, to the last member, p50 / p99",
        a.to_string(),
        bare_a.to_string(),
        "-".into(),
    );
    table.row(
        "B. channel, 1,000 online, 20 a second, p50 / p99",
        b.to_string(),
        bare_b.to_string(),
        "-".into(),
    );
    table.row(
        "C. 50 classes of 20, durable messages a second",
        c.to_string(),
        bare_c.to_string(),
        format!("{:.0}", raw.one_statement),
    );
    table.row(
        "D. memory of an idle connection, of 2,000",
        format!("{d:.1} KB"),
        format!("{bare_d:.1} KB"),
        "-".into(),
    );
    table.row(
        "E. newest 50 of 10,000, p50; pages a second, 4 clients",
        e.to_string(),
        "-".into(),
        "-".into(),
    );
    table.row(
        "F. demo school, the slowest request of any screen, p50",
        format!("{slowest:.1} ms"),
        "-".into(),
        "-".into(),
    );
    println!("\n{table}");
    println!("F, the slowest of {} requests:", requests.len());
    for (milliseconds, what) in requests.iter().take(5) {
        println!("  {what}: {milliseconds:.1} ms");
    }
    println!(
        "raw PostgreSQL, sequence and insert in one statement, 8 clients, 50 chats: {:.0}/s",
        raw.one_statement
    );

    let goals = [
        (
            "C at least 0.3 of raw",
            c.messages / raw.one_statement,
            c.messages >= 0.3 * raw.one_statement,
        ),
        (
            "C ahead of ejabberd's 1,108",
            c.messages,
            c.messages > 1108.0,
        ),
        (
            "B within twice the bare server (p50)",
            b.p50 / bare_b.p50,
            b.p50 <= 2.0 * bare_b.p50,
        ),
        ("D below 37 KB", d, d < 37.0),
        ("E p50 below 3 ms", e.p50, e.p50 < 3.0),
        (
            "F every screen's requests below 100 ms",
            slowest,
            slowest < 100.0,
        ),
    ];
    println!();
    let missed = goals.iter().any(|(_, _, met)| !met);
    for (goal, value, met) in goals {
        println!(
            "{} {goal}: {value:.2}",
            if met { "met   " } else { "MISSED" }
        );
    }
    place.remove();
    if missed {
        std::process::exit(1);
    }
}
