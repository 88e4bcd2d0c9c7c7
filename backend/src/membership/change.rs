//! What is to change, as data.

use common::classes::ClassRole;
use common::permissions::Role;
use common::{AccountId, ClassId, GuardianLinkId, SchoolId, Timestamp, text_enum};

use crate::app::Ctx;
use crate::error::Result;

text_enum! {
    /// Why a set was made; by whom stands beside it.
    pub enum Why {
        /// The school's first administrator takes over, or the demo school is made.
        Founding = "founding",
        /// Somebody accepted an invite.
        Invite = "invite",
        /// A join request was granted.
        Request = "request",
        /// A parent asked again, was confirmed, or registered a child.
        Family = "family",
        /// By the staff, by hand.
        Staff = "staff",
    }
}

/// Changes that belong together: made at once, kept as one.
#[derive(Clone, Copy, Debug)]
pub struct Set<'a> {
    pub school: SchoolId,
    /// In this order: a later one sees what an earlier one did.
    pub changes: &'a [Change],
    pub why: Why,
    pub by: Option<AccountId>,
    pub at: Timestamp,
}

impl<'a> Set<'a> {
    /// By whoever calls, in the school of the call's scope.
    ///
    /// # Errors
    /// `SignIn` of a stranger, `NotFound` outside of schools.
    pub fn by(ctx: &Ctx, why: Why, changes: &'a [Change]) -> Result<Self> {
        Ok(Self {
            school: ctx.school()?,
            changes,
            why,
            by: Some(ctx.me()?),
            at: ctx.now,
        })
    }
}

/// One person in one place, or the archive of one class: its beginning or its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    pub what: What,
    pub when: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Place(AccountId, Place),
    /// All stay where they are, read what was said, and write no more.
    Archive(ClassId),
}

impl Change {
    #[must_use]
    pub const fn begin(who: AccountId, place: Place, from: Timestamp) -> Self {
        Self {
            what: What::Place(who, place),
            when: When::From(from),
        }
    }

    #[must_use]
    pub const fn end(who: AccountId, place: Place, until: Timestamp) -> Self {
        Self {
            what: What::Place(who, place),
            when: When::Until(until),
        }
    }

    #[must_use]
    pub const fn archive(class: ClassId, from: Timestamp) -> Self {
        Self {
            what: What::Archive(class),
            when: When::From(from),
        }
    }

    /// Out of the archive.
    #[must_use]
    pub const fn restore(class: ClassId, until: Timestamp) -> Self {
        Self {
            what: What::Archive(class),
            when: When::Until(until),
        }
    }
}

/// Where somebody belongs, and as what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    School(Role),
    /// Not for parents to begin: they come by a child. Ended of a parent: for all children.
    Class(ClassId, ClassRole),
    /// In a class as the parent of a child who studies there.
    ClassByChild(ClassId, AccountId),
    /// As the parent of a child, wherever the child studies; the class is the one that the link names.
    Family {
        child: AccountId,
        class: ClassId,
    },
    /// As the parent who has asked by this link. It begins when the link is confirmed, to a child or,
    /// while none has come yet, to nobody; and once more when a child has come to a confirmed one. Of
    /// two links between the same people the newer one stays.
    Link {
        link: GuardianLinkId,
        child: Option<AccountId>,
    },
}

/// From or until when; not in the future, because nothing waits for a day to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    From(Timestamp),
    Until(Timestamp),
}

/// Somebody's place in a class. A parent has one for each child there (R61).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassPlace {
    pub account: AccountId,
    pub class: ClassId,
    pub role: ClassRole,
    pub child: Option<AccountId>,
}
