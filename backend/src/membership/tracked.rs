//! What is so, and how it came from what was.

use std::collections::BTreeSet;

use common::Timestamp;

use super::effects::Moves;

/// Something that ends and begins again has not moved.
pub struct Tracked<T> {
    pub now: BTreeSet<T>,
    pub moves: Moves<T>,
}

impl<T: Copy + Ord> Tracked<T> {
    pub fn new(now: &BTreeSet<T>) -> Self {
        Self {
            now: now.clone(),
            moves: Moves::default(),
        }
    }

    pub fn begin(&mut self, one: T, at: Timestamp) -> bool {
        let new = self.now.insert(one);
        if new && self.moves.end.remove(&one).is_none() {
            self.moves.begin.insert(one, at);
        }
        new
    }

    pub fn end(&mut self, one: T, at: Timestamp) -> bool {
        let was = self.now.remove(&one);
        if was && self.moves.begin.remove(&one).is_none() {
            self.moves.end.insert(one, at);
        }
        was
    }
}
