//! Parents: links to children, their confirmation, and the parent's view (R26, R40, R115).

use serde::{Deserialize, Serialize};

use crate::accounts::NewAccount;
use crate::classes::{ClassName, PersonName};
use crate::endpoint;
use crate::id::{AccountId, ClassId, GuardianLinkId, SchoolId};
use crate::permissions::{Action, Scope};
use crate::time::Timestamp;

/// Characters in a child's name, at most.
pub const CHILD_NAME_LIMIT: u32 = 120;

/// Links of one parent that wait in a class, at most: no family has more children there.
pub const WAITING_LINKS_LIMIT: u32 = 5;

/// How far the link has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// The class teacher or an administrator is to confirm it.
    Waiting,
    /// Confirmed, but the child has no account yet: the parent may register it.
    NoAccount,
    /// The child registered alone: the parent is to confirm this (R40).
    Unconfirmed,
    Confirmed,
    Refused,
}

/// A child, as its parent sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Child {
    pub link: GuardianLinkId,
    pub account: Option<AccountId>,
    /// «Иванов Пётр»
    pub name: String,
    pub state: LinkState,
    /// Of a refused link: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub school: SchoolId,
    pub school_name: String,
    pub class: ClassName,
}

/// A child with the people around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildPage {
    pub child: Child,
    /// Of a child with an account: the class teacher first, then by name; each may be written to.
    pub teachers: Vec<ChildTeacher>,
    /// Of a child without a phone: what it signs in with.
    pub login: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildTeacher {
    pub person: PersonName,
    pub class_teacher: bool,
}

endpoint! {
    /// One's own children in all schools, each with class and teachers.
    GetChildren {}
    GET "/api/parents/children" => Vec<ChildPage>,
    needs |request| Action::UseAccount, in Scope::Installation
}

/// A link as the class teacher sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardianLink {
    pub id: GuardianLinkId,
    pub class: ClassName,
    pub parent: PersonName,
    pub parent_phone: Option<String>,
    /// What the invite or the parent says.
    pub child_name: String,
    /// Of a parent who asked without an invite.
    pub message: String,
    /// It was confirmed before the child had an account, and waits again because a student whose name
    /// fits has come since; nothing is linked by name alone. It can't be refused any more.
    pub confirmed: bool,
    /// Students of the class whose names fit, the best first.
    pub suggestions: Vec<PersonName>,
    /// The one of them whose surname and given name both fit, if no other's do.
    pub exact: Option<AccountId>,
    /// The other students of the class, by name.
    pub others: Vec<PersonName>,
    pub asked_at: Timestamp,
}

endpoint! {
    /// Those that wait, of one class or (administrator) the whole school; the oldest first, at most
    /// 100: the others come as these are decided.
    GetGuardianLinks { school: SchoolId, class: Option<ClassId> }
    GET "/api/parents/links" => Vec<GuardianLink>,
    needs |request| Action::DecideRequest, in match request.class {
        Some(class) => Scope::Class(class),
        None => Scope::School(request.school),
    }
}

/// Yes or no to «this is the parent of …».
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkDecision {
    /// The child, a student of the class; None: it isn't registered yet.
    Confirm {
        child: Option<AccountId>,
    },
    Refuse {
        reason: String,
    },
}

endpoint! {
    /// Decides about one that waits; or joins a confirmed one without an account to the student.
    /// A reason has at most [`crate::invites::REASON_LIMIT`] characters.
    DecideGuardianLink { link: GuardianLinkId, decision: LinkDecision }
    POST "/api/parents/links/decide" => (),
    needs |request| Action::LeadClass, in Scope::GuardianLink(request.link)
}

endpoint! {
    /// Registers one's own child, with a login and a password or a phone of its own: an account, a
    /// student of the class, confirmed by this.
    RegisterChild { link: GuardianLinkId, account: NewAccount }
    POST "/api/parents/children/register" => ChildPage,
    needs |request| Action::ActForChild, in Scope::GuardianLink(request.link)
}

endpoint! {
    /// Confirms the registration that the child made (R40); for its other parents too.
    ConfirmChild { link: GuardianLinkId }
    POST "/api/parents/children/confirm" => ChildPage,
    needs |request| Action::ActForChild, in Scope::GuardianLink(request.link)
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ParentEvent {
    /// One's own child: a new link, or its state changed.
    Child(Child),
    /// The link is no more.
    ChildRemoved(GuardianLinkId),
}
