//! What must hold on every screen: no accessibility fault that axe-core finds, nothing in the console, nothing
//! wider than the screen.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::driver::Browser;

/// axe-core's program.
static AXE: LazyLock<String> = LazyLock::new(|| {
    let path = std::env::var("AXE_CORE")
        .expect("AXE_CORE names no axe.min.js: cargo xtask test installs it and says where it is");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
});

thread_local! {
    /// What was found on the screens so far: one run tells of all of them.
    static FOUND: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Fails if a screen that this thread audited had a fault.
pub fn none_found() {
    let found = FOUND.take();
    assert!(
        found.is_empty(),
        "{} screens:\n{}",
        found.len(),
        found.join("\n\n")
    );
}

impl Browser {
    /// Notes what is wrong with the screen, for [`none_found`].
    pub fn audit(&self, screen: &str) {
        let faults = self.faults();
        if !faults.is_empty() {
            self.screenshot(&format!("fault-{}", screen.replace([' ', '/', ','], "-")));
            let text = format!("{screen} ({}):\n{}", self.path(), faults.join("\n"));
            // Also at once: the way may end before its end.
            eprintln!("{text}");
            FOUND.with_borrow_mut(|all| all.push(text));
        }
    }

    /// What is wrong with the screen.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = self.axe();
        faults.extend(self.overflow());
        faults.extend(self.length());
        faults.extend(self.console_errors());
        faults
    }

    fn axe(&self) -> Vec<String> {
        if self.run("return typeof window.axe", &json!([])) == "undefined" {
            self.run(AXE.as_str(), &json!([]));
        }
        let found = self.run_async(
            "const done = arguments[arguments.length - 1];
            // What is half faded in has no contrast yet.
            const moving = document.getAnimations().filter(it => it.effect.getComputedTiming().endTime !== Infinity);
            Promise.allSettled(moving.map(it => it.finished))
              .then(() => axe.run(document, { resultTypes: ['violations'] })).then(
              it => done(it.violations.map(one => ({
                id: one.id, help: one.help, nodes: one.nodes.slice(0, 4).map(node => ({
                  html: node.html.slice(0, 240), why: node.failureSummary })) }))),
              error => done([{ id: String(error), help: 'axe-core failed', nodes: [] }]));",
        );
        let violations = found.as_array().expect("axe-core answered no list");
        violations.iter().map(described).collect()
    }

    fn overflow(&self) -> Option<String> {
        let wide = self.run(
            "const wide = document.documentElement.scrollWidth;
            if (wide <= innerWidth) return null;
            const widest = [...document.querySelectorAll('body *')]
              .filter(it => it.getBoundingClientRect().right > innerWidth + 1).slice(0, 4)
              .map(it => it.cloneNode(false).outerHTML.slice(0, 120));
            return `${wide} px wide in ${innerWidth}: ${widest.join(' ')}`;",
            &json!([]),
        );
        Some(format!("overflow: {}", wide.as_str()?))
    }

    /// In the frame only its parts scroll: with a longer page the whole of it would go out of sight.
    fn length(&self) -> Option<String> {
        let long = self.run(
            "const long = document.scrollingElement.scrollHeight;
            return document.querySelector('.frame') && long > innerHeight + 1 ? long : null;",
            &json!([]),
        );
        Some(format!("the page is {} px long", long.as_f64()?))
    }

    fn console_errors(&self) -> Vec<String> {
        let expected = self.expected.borrow();
        let messages = self.console();
        let faulty = messages.iter().filter(|entry| {
            let message = entry["message"].as_str().unwrap_or_default();
            let level = entry["level"].as_str().unwrap_or_default();
            ["SEVERE", "WARNING"].contains(&level)
                && !expected.iter().any(|part| message.contains(part))
        });
        faulty
            .map(|entry| format!("console: {} {}", entry["level"], entry["message"]))
            .collect()
    }
}

/// One violation, with the elements and what to do about each.
fn described(violation: &Value) -> String {
    let mut text = format!(
        "axe {}: {}",
        violation["id"].as_str().unwrap_or_default(),
        violation["help"].as_str().unwrap_or_default()
    );
    for node in violation["nodes"].as_array().into_iter().flatten() {
        let html = node["html"].as_str().unwrap_or_default();
        let why = node["why"].as_str().unwrap_or_default();
        let _ = write!(text, "\n  {html}\n    {}", why.replace('\n', "\n    "));
    }
    text
}
