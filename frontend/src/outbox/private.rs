//! Where this device keeps what is private to an account: under keys that begin alike, with its number.

use std::cell::Cell;

use common::AccountId;

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

/// Deletes what is kept of anybody, but for places that begin like this.
pub(super) fn forget(but: Option<&str>) {
    storage::forget(|key| {
        let stays = but.is_some_and(|mine| key.starts_with(mine));
        key.starts_with(PRIVATE) && !stays
    });
}

fn of(account: AccountId, what: &str) -> String {
    format!("{PRIVATE}{account}.{what}")
}
