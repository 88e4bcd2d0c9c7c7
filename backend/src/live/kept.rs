//! What the database was asked, kept until something that is told says that it's another now.

use std::collections::HashMap;
use std::hash::Hash;

/// So many are kept before there must be room.
const MOST: usize = 50_000;

pub(super) struct Kept<K, V> {
    values: HashMap<K, V>,
    /// Counts what was forgotten: an answer from before isn't believed afterwards.
    forgotten: u64,
}

/// When the database was asked.
#[derive(Clone, Copy)]
pub struct Moment(u64);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self {
            values: HashMap::new(),
            forgotten: 0,
        }
    }
}

impl<K: Hash + Eq, V> Kept<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.values.get(key)
    }

    pub(super) const fn moment(&self) -> Moment {
        Moment(self.forgotten)
    }

    /// What the database has answered that was asked at the moment, unless something was forgotten since.
    /// When there are too many, only those stay that are worth it.
    pub(super) fn learn(
        &mut self,
        read: impl ExactSizeIterator<Item = (K, V)>,
        moment: Moment,
        worth: impl Fn(&V) -> bool,
    ) {
        if self.forgotten != moment.0 {
            return;
        }
        if self.values.len() + read.len() > MOST {
            self.values.retain(|_, value| worth(value));
        }
        self.values.extend(read);
    }

    /// The database doesn't have it.
    pub(super) fn drop(&mut self, key: &K) {
        self.values.remove(key);
    }

    pub(super) fn forget(&mut self, key: &K) {
        self.values.remove(key);
        self.forgotten += 1;
    }

    /// Only these stay, changed or not.
    pub(super) fn forget_but(&mut self, stays: impl FnMut(&K, &mut V) -> bool) {
        self.values.retain(stays);
        self.forgotten += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_from_before_something_was_forgotten_is_not_believed() {
        let mut kept = Kept::default();
        let before = kept.moment();
        kept.learn([(1, "one"), (2, "two")].into_iter(), before, |_| true);
        kept.forget(&1);
        kept.learn([(1, "one")].into_iter(), before, |_| true);
        assert_eq!((kept.get(&1), kept.get(&2)), (None, Some(&"two")));
        let before = kept.moment();
        kept.forget_but(|_, value| {
            *value = "more";
            true
        });
        kept.learn([(2, "two")].into_iter(), before, |_| true);
        assert_eq!(kept.get(&2), Some(&"more"));
        kept.learn([(2, "two")].into_iter(), kept.moment(), |_| true);
        kept.drop(&2);
        assert_eq!(kept.get(&2), None);
    }

    #[test]
    fn what_is_worth_it_stays_when_there_are_too_many() {
        let mut kept = Kept::default();
        let moment = kept.moment();
        kept.learn((0..MOST).map(|it| (it, it)), moment, |_| false);
        assert!(kept.get(&0).is_some() && kept.get(&1).is_some());
        kept.learn([(MOST, 0)].into_iter(), moment, |value| value % 2 == 0);
        let left = [0, 1, 2, MOST].map(|key| kept.get(&key).is_some());
        assert_eq!(left, [true, false, true, true]);
    }
}
