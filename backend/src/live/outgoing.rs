//! What leaves: to whom, what, and where it comes from.

use common::permissions::Roles;
use common::realtime::Event;
use common::{AccountId, ChatId, SchoolId, SessionId};

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recipients {
    Account(AccountId),
    /// Who reads the chat.
    Chat(ChatId),
    /// All members.
    School(SchoolId),
    /// Its staff.
    Staff(SchoolId),
    /// Who runs the installation.
    Operators,
}

impl Recipients {
    /// Whether someone with these roles is told what the staff of a school is.
    #[must_use]
    pub const fn staff(roles: Roles) -> bool {
        roles.staff()
    }
}

/// Where it comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// None: outside of schools, or of no importance.
    pub school: Option<SchoolId>,
    /// Who did it. None: somebody without an account, or the server itself.
    pub by: Option<AccountId>,
}

/// Which sessions of an account have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    One(SessionId),
    AllBut(SessionId),
    All,
}

impl Ended {
    #[must_use]
    pub fn includes(self, session: SessionId) -> bool {
        match self {
            Self::One(ended) => session == ended,
            Self::AllBut(kept) => session != kept,
            Self::All => true,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all that goes out are events, and lives until it's sent"
)]
pub enum What {
    Event(Event),
    /// Nobody knows what they should have been told, or it's too much: they start up again, the others
    /// go on.
    Resync,
    /// Of the account that is told.
    SessionsEnded(Ended),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    pub to: Recipients,
    pub what: What,
    pub from: Origin,
}

impl Outgoing {
    #[must_use]
    pub const fn event(to: Recipients, event: Event, from: Origin) -> Self {
        let what = What::Event(event);
        Self { to, what, from }
    }

    #[must_use]
    pub const fn resync(to: Recipients, from: Origin) -> Self {
        let what = What::Resync;
        Self { to, what, from }
    }
}
