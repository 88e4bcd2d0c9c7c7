//! What the rule book was told about chats, for calls whose own statement compares the school's number (see
//! [`Compared`](crate::app::Compared)): there it is believed only as long as nobody's place in the school has
//! changed, and asking again would tell nothing new.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use common::{AccountId, ChatId, SchoolId};

use super::Known;

/// So many are kept, at most; then it begins anew.
const MOST: usize = 50_000;

#[derive(Default)]
pub struct Remembered(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    known: HashMap<(AccountId, ChatId), Known>,
    /// The newest number of each school that was heard of: what is older is of no use.
    newest: HashMap<SchoolId, i64>,
}

impl Remembered {
    pub(super) fn learn(&self, account: AccountId, chat: ChatId, known: Known) {
        let (Some(school), Some(turn)) = (known.facts.school(), known.turn) else {
            return;
        };
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = inner.newest.entry(school).or_insert(turn);
        if turn < *newest {
            return;
        }
        *newest = turn;
        if inner.known.len() >= MOST {
            inner.known.clear();
        }
        inner.known.insert((account, chat), known);
    }

    pub(super) fn recall(&self, account: AccountId, chat: ChatId) -> Option<Known> {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = inner.known.get(&(account, chat))?;
        let newest = inner.newest.get(&known.facts.school()?).copied();
        (known.turn == newest).then(|| known.clone())
    }
}
