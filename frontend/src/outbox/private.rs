//! Where this device keeps what is private to an account: under keys that begin alike, with its number.

use std::cell::Cell;

use common::{AccountId, Timestamp};

use crate::ui::storage;

const PRIVATE: &str = "zvonok.private.";

thread_local! {
    static ACCOUNT: Cell<Option<AccountId>> = const { Cell::new(None) };
}

pub(super) fn account() -> Option<AccountId> {
    ACCOUNT.get()
}

/// Where something of the signed-in account is kept.
pub(crate) fn place(what: &str) -> Option<String> {
    account().map(|account| of(account, what))
}

/// From now on it's this account's, if it wasn't before: how its places begin.
pub(super) fn open(account: AccountId) -> Option<String> {
    (ACCOUNT.replace(Some(account)) != Some(account)).then(|| of(account, ""))
}

pub(super) fn close() {
    ACCOUNT.set(None);
}

/// Deletes what is kept of the account.
pub(super) fn forget() {
    if let Some(mine) = place("") {
        storage::forget(|key| key.starts_with(&mine));
    }
}

/// What somebody left who hasn't come back to this device for so long is nobody's any more, in milliseconds.
const KEPT: i64 = 7 * 24 * 60 * 60 * 1000;

/// Notes that the account, whose places begin like this, is here, and deletes what others left long ago.
pub(super) fn forget_old(mine: &str, now: Timestamp) {
    storage::set(&format!("{mine}{SEEN}"), &now.0.to_string());
    // A tab's own is of nobody who comes later: links of invites, and forms.
    storage::forget_in_tab(|key| key.starts_with(PRIVATE) && !key.starts_with(mine));
    let keys = storage::keys();
    let old = |key: &str| {
        let account = key.strip_prefix(PRIVATE)?.split('.').next()?;
        let seen = storage::get(&format!("{PRIVATE}{account}.{SEEN}"));
        let seen = seen.and_then(|seen| seen.parse::<i64>().ok());
        Some(seen.is_none_or(|seen| now.0 - seen > KEPT))
    };
    for key in keys {
        if old(&key) == Some(true) {
            storage::remove(&key);
        }
    }
}

/// When the account was last here.
const SEEN: &str = "seen";

fn of(account: AccountId, what: &str) -> String {
    format!("{PRIVATE}{account}.{what}")
}
