//! The real binary in a real browser, under the real Content-Security-Policy. `cargo xtask test` says
//! where the binary and axe-core are (`ZVONOK_BIN`, `AXE_CORE`).

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that can't be set up has failed"
)]

mod applicant;
mod audit;
mod classes;
mod driver;
mod forms;
mod journey;
mod menus;
mod moments;
mod network;
mod page;
mod place;
mod qr;
mod router;
mod screens;
mod server;
mod shell;
mod tabs;
mod troubles;
mod unsent;
mod webdriver;
mod weight;
mod words;
