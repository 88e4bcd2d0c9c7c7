//! Invites (R53 to R56) and join requests (R57): how people come in.

use serde::{Deserialize, Serialize};

use crate::accounts::NewAccount;
use crate::classes::ClassName;
use crate::endpoint;
use crate::error::InviteGone;
use crate::id::{ClassId, InviteId, JoinRequestId, SchoolId, Secret};
use crate::page::Paged;
use crate::permissions::{Action, Role, Scope};
use crate::time::Timestamp;

/// Days until an invite expires where nothing else is said.
pub const DEFAULT_DAYS: u16 = 14;

/// Days until an invite expires, at most.
pub const DAYS_LIMIT: u16 = 90;

/// Uses of one invite, at most.
pub const USES_LIMIT: u32 = 1000;

/// Children named at once, at most: more than any class has.
pub const CHILDREN_LIMIT: usize = 60;

/// Characters in the message of who asks to join, and in the reason of a refusal, at most.
pub const REASON_LIMIT: u32 = 500;

/// An invite as its maker sees it later: without the link, of which only a hash is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    pub id: InviteId,
    pub class: ClassName,
    pub role: Role,
    /// Of a parent's invite: the child it's for.
    pub child: Option<String>,
    pub created_by: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub max_uses: u32,
    pub uses: u32,
    pub last_used_at: Option<Timestamp>,
    pub revoked: bool,
}

/// A new invite, with what is shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInvite {
    pub invite: Invite,
    /// `https://…/invite/<secret>`
    pub link: String,
    /// The link as a QR code: a whole SVG document, black on white, printable.
    pub qr: String,
}

endpoint! {
    /// Makes an invite into a class in a role; staff are invited into the staff room. `children`
    /// names whom parents are invited for, an invite per name (at most [`CHILDREN_LIMIT`]; one
    /// use for each of two parents unless `max_uses` says otherwise); empty: one invite for all.
    CreateInvites {
        class: ClassId,
        role: Role,
        children: Vec<String>,
        /// 1 to [`DAYS_LIMIT`].
        days: u16,
        /// 1 to [`USES_LIMIT`].
        max_uses: u32,
    }
    POST "/api/invites/create" => Vec<NewInvite>,
    needs |request| Action::Invite(request.role), in Scope::Class(request.class)
}

endpoint! {
    /// Those of one class, or of the whole school; the newest first.
    GetInvites { school: SchoolId, class: Option<ClassId>, page: u32 }
    GET "/api/invites" => Paged<Invite>,
    needs |request| Action::ManageInvites, in match request.class {
        Some(class) => Scope::Class(class),
        None => Scope::School(request.school),
    }
}

/// What to revoke.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revoke {
    One {
        invite: InviteId,
    },
    /// All of the class that nobody has used yet (R56).
    UnusedOfClass {
        class: ClassId,
    },
    /// All of the school that nobody has used yet.
    UnusedOfSchool {
        school: SchoolId,
    },
}

endpoint! {
    /// Answers with how many were revoked.
    RevokeInvites { what: Revoke }
    POST "/api/invites/revoke" => u32,
    needs |request| Action::ManageInvites, in match request.what {
        Revoke::One { invite } => Scope::Invite(invite),
        Revoke::UnusedOfClass { class } => Scope::Class(class),
        Revoke::UnusedOfSchool { school } => Scope::School(school),
    }
}

/// What someone who opens an invite sees before giving any data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedInvite {
    pub school: SchoolId,
    pub school_name: String,
    pub settlement: String,
    pub class_name: String,
    /// Not a name to show but the staff room.
    pub staff_room: bool,
    pub role: Role,
    pub child: Option<String>,
    /// Set: it can't be used, and why.
    pub gone: Option<InviteGone>,
    /// The person who is signed in has this role here already.
    pub member: bool,
}

endpoint! {
    OpenInvite { secret: Secret }
    GET "/api/invites/open" => OpenedInvite,
    needs |request| Action::Anyone, in Scope::Installation
}

/// What came of joining.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Joined {
    /// A member now.
    Member { school: SchoolId },
    /// A parent: the class teacher or an administrator confirms the link to the child first.
    Waiting { school: SchoolId },
}

endpoint! {
    /// A new person: an account, a session, and the invite accepted, in one.
    RegisterByInvite {
        secret: Secret,
        account: NewAccount,
        /// The child's name, from a parent whose invite names none: surname and given name.
        child: Option<String>,
    }
    POST "/api/invites/register" => Joined,
    needs |request| Action::Anyone, in Scope::Installation
}

endpoint! {
    /// A known person, signed in, accepts.
    AcceptInvite { secret: Secret, child: Option<String> }
    POST "/api/invites/accept" => Joined,
    needs |request| Action::UseAccount, in Scope::Installation
}

/// What the public code shows: enough to see that it's the right school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundSchool {
    pub id: SchoolId,
    pub full_name: String,
    pub settlement: String,
    /// Grade classes, study groups and clubs that aren't archived.
    pub classes: Vec<ClassName>,
}

endpoint! {
    /// By the school's public code, in either case, with or without spaces.
    FindSchool { code: String }
    GET "/api/schools/find" => FoundSchool,
    needs |request| Action::Anyone, in Scope::Installation
}

endpoint! {
    /// Asks to join without an invite (R57): a teacher the school, a student or parent a class. With
    /// `account` a new person registers in the same step; without, the one who is signed in asks.
    /// Of a student or teacher this makes a join request; of a parent a guardian link that waits, as
    /// by an invite, so that parent and child are decided about once.
    AskToJoin {
        code: String,
        class: Option<ClassId>,
        role: Role,
        /// At most [`REASON_LIMIT`] characters.
        message: String,
        /// A parent's child: surname and given name.
        child: Option<String>,
        account: Option<NewAccount>,
    }
    POST "/api/join-requests/ask" => (),
    needs |request| Action::Anyone, in Scope::Installation
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequest {
    pub id: JoinRequestId,
    pub name: String,
    pub phone: Option<String>,
    pub class: Option<ClassName>,
    pub role: Role,
    pub message: String,
    pub asked_at: Timestamp,
    /// Someone of the same name is in the school already: probably the same person (R57).
    pub namesake: bool,
}

endpoint! {
    /// Those that wait, of one class or (administrator) the whole school; the oldest first, at most
    /// 100: the others come as these are decided.
    GetJoinRequests { school: SchoolId, class: Option<ClassId> }
    GET "/api/join-requests" => Vec<JoinRequest>,
    needs |request| Action::DecideRequest, in match request.class {
        Some(class) => Scope::Class(class),
        None => Scope::School(request.school),
    }
}

endpoint! {
    /// Accepts, or refuses with a reason that the person is told (R57), at most [`REASON_LIMIT`]
    /// characters.
    DecideJoinRequest { request: JoinRequestId, refusal: Option<String> }
    POST "/api/join-requests/decide" => (),
    needs |request| Action::DecideRequest, in Scope::JoinRequest(request.request)
}

/// How one's own request stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyRequest {
    pub id: JoinRequestId,
    pub school_name: String,
    pub class_name: Option<String>,
    pub role: Role,
    /// Set: refused, and why. Accepted ones are memberships and not listed.
    pub refused: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum InviteEvent {
    /// One's own request: made, or refused.
    Request(MyRequest),
    /// One's own request was accepted.
    RequestAccepted(JoinRequestId),
    /// One's own request is answered by something else: asked again, or joined by an invite.
    RequestClosed(JoinRequestId),
}
