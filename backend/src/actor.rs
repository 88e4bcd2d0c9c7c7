//! Who is asking.

use common::{AccountId, Name, SessionId};

/// A person, by a session.
#[derive(Clone, Debug)]
pub struct Actor {
    pub account: AccountId,
    pub session: SessionId,
    pub operator: bool,
    pub name: Name,
}
