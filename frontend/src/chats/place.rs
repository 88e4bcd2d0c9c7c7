//! Where the reader is in a conversation. The log is laid out from its end (`column-reverse`): the
//! browser itself keeps the end in sight, and what is added above moves nothing. When something is
//! added below or taken away while the reader is higher up, the first visible message is put
//! back to where it was by hand: Safari has no scroll anchoring, and two answers would quarrel.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// This near to the end counts as being there, in pixels.
const NEAR: f64 = 60.0;

/// From this distance to an edge on more is fetched, in pixels.
const AHEAD: f64 = 900.0;

#[derive(Clone, Copy)]
pub struct Place {
    pub log: NodeRef<html::Div>,
    pub at_end: RwSignal<bool>,
    /// The first message in sight and how far below the log's upper edge it begins.
    anchor: StoredValue<Option<(i64, f64)>>,
    /// Rows have changed, and the reader isn't put back yet: where they seem to be isn't where they were.
    drawing: StoredValue<bool>,
    /// The next time something is drawn, the end comes into sight, unless the reader has gone up before.
    to_end: StoredValue<bool>,
}

/// What is in sight.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sight {
    /// Numbers of the first and the last message of which something is seen.
    pub first: i64,
    pub last: i64,
    pub near_start: bool,
    pub near_end: bool,
}

impl Place {
    pub fn new() -> Self {
        Self {
            log: NodeRef::new(),
            at_end: RwSignal::new(true),
            anchor: StoredValue::new(None),
            drawing: StoredValue::new(false),
            to_end: StoredValue::new(false),
        }
    }

    /// Goes to the end, also to that of what comes next.
    pub fn go_to_end(self) {
        self.to_end.set_value(true);
        if let Some(log) = self.log.get_untracked() {
            log.set_scroll_top(0);
        }
    }

    /// The first time something was drawn: the divider, or else the end.
    pub fn begin(self) {
        self.drawing.set_value(false);
        if self.go_to_divider() {
            return;
        }
        // `at_end` keeps the reader there for as long as they are: nothing that comes later leads back.
        if let Some(log) = self.log.get_untracked() {
            log.set_scroll_top(0);
        }
    }

    fn go_to_divider(self) -> bool {
        let Some(log) = self.log.get_untracked() else {
            return false;
        };
        let Ok(Some(divider)) = log.query_selector("[data-divider]") else {
            return false;
        };
        show(&log, &divider);
        true
    }

    /// Rows change: until [`hold`](Self::hold) the place is the one before.
    pub fn change(self) {
        self.drawing.set_value(true);
    }

    /// After something was drawn: the reader stays where they were. The end is followed for as long as that takes
    /// nothing `unread` out of sight; false: it would have, and the first unread message is in sight instead. `newest`:
    /// the newest message is there.
    pub fn hold(self, unread: Option<i64>, newest: bool) -> bool {
        self.drawing.set_value(false);
        let Some(log) = self.log.get_untracked() else {
            return true;
        };
        if self.to_end.get_value() {
            self.to_end.set_value(!newest);
            log.set_scroll_top(0);
            return true;
        }
        let anchor = self.anchor.get_value();
        if self.at_end.get_untracked() {
            log.set_scroll_top(0);
            // What stood further up before has been passed by the reader.
            let next = unread.filter(|seq| anchor.is_none_or(|(first, _)| *seq >= first));
            let first = next.and_then(|seq| row(&log, seq));
            let passed = first.filter(|first| top(first) < top(&log));
            if let Some(first) = &passed {
                show(&log, first);
                // With a phone's keyboard that can be near to the end, which isn't followed now.
                log.set_scroll_top(log.scroll_top().min(-(NEAR as i32)));
            }
            return passed.is_none();
        }
        if let Some((seq, before)) = anchor
            && let Some(row) = row(&log, seq)
        {
            let moved = top(&row) - top(&log) - before;
            if moved.abs() >= 1.0 {
                log.set_scroll_top(log.scroll_top() + moved.round() as i32);
            }
        }
        true
    }

    /// Where the reader goes on: at the first `unread` message if they are at the end, else at the first in sight. None
    /// for who is on the way to the end.
    pub fn goes_on(self, unread: Option<i64>) -> Option<i64> {
        let first = self.anchor.get_value().map(|(seq, _)| seq);
        if self.to_end.get_value() {
            None
        } else if self.at_end.get_untracked() {
            unread.filter(|seq| first.is_none_or(|first| *seq >= first))
        } else {
            first
        }
    }

    /// What is drawn now is not what the reader looks at.
    pub fn pass(self) {
        self.drawing.set_value(false);
    }

    /// Whether rows have changed, and the reader isn't put back yet: what is in sight now may not stay there.
    pub fn drawing(self) -> bool {
        self.drawing.get_value()
    }

    /// Whether the reader is at the end, which what is drawn doesn't change.
    pub fn settle(self) {
        let Some(log) = self.log.get_untracked() else {
            return;
        };
        // Zero at the end, less above it.
        let at_end = -f64::from(log.scroll_top()) < NEAR;
        if self.at_end.get_untracked() != at_end {
            self.at_end.set(at_end);
        }
        if !at_end {
            self.to_end.set_value(false);
        }
    }

    /// Looks where the reader is now. None while nothing is drawn.
    pub fn look(self) -> Option<Sight> {
        let log = self.log.get_untracked()?;
        let from_end = -f64::from(log.scroll_top());
        let hidden = f64::from(log.scroll_height() - log.client_height());
        let (above, below) = (top(&log), log.get_bounding_client_rect().bottom());
        let rows = rows(&log);
        let first = rows
            .iter()
            .find(|row| row.get_bounding_client_rect().bottom() > above)?;
        let last = rows.iter().rev().find(|row| top(row) < below - 16.0)?;
        let seq = |row: &Element| -> Option<i64> { row.get_attribute("data-seq")?.parse().ok() };
        let first_seq = seq(first)?;
        self.anchor.set_value(Some((first_seq, top(first) - above)));
        Some(Sight {
            first: first_seq,
            last: seq(last)?,
            near_start: hidden - from_end < AHEAD,
            near_end: from_end < AHEAD,
        })
    }
}

fn row(log: &HtmlElement, seq: i64) -> Option<Element> {
    let found = log.query_selector(&format!("[data-seq='{seq}']"));
    found.ok().flatten()
}

/// Brings it into sight, with a little of what is above it.
fn show(log: &HtmlElement, row: &Element) {
    let wanted = f64::from(log.client_height()) * 0.2;
    let moved = top(row) - top(log) - wanted;
    log.set_scroll_top(log.scroll_top() + moved as i32);
}

fn top(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}

fn rows(log: &HtmlElement) -> Vec<Element> {
    let Ok(rows) = log.query_selector_all("[data-seq]") else {
        return Vec::new();
    };
    (0..rows.length())
        .filter_map(|index| rows.item(index)?.dyn_into().ok())
        .collect()
}
