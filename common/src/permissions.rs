//! The one rule book: who may do what. Pure: [`Facts`] in, an answer out.
//!
//! The server asks it before every handler, again in the transaction of a write if anything has changed
//! since, and for what it lists and how much of it: in which chats one may write, whom one may begin to
//! write to, what of a class is shown. On the server only `access.rs` makes [`Facts`]. The interface asks by
//! what its state knows ([`State::may`](crate::realtime::State::may)), for convenience only: the server
//! decides. The hub tells whoever the database says is in a chat or a school, or of its staff.

use serde::{Deserialize, Serialize};

use crate::id::{
    AccountId, ApplicationId, ChatId, ClassId, GuardianLinkId, InviteId, JoinRequestId, SchoolId,
};
use crate::text_enum;

/// How long after it was sent a message may be deleted for everybody, in milliseconds.
pub const CHANGE_MS: i64 = 48 * 60 * 60 * 1000;

text_enum! {
    /// A person's role in a school (R20). One person may have several, here and elsewhere (R30).
    pub enum Role {
        Administrator = "administrator",
        Teacher = "teacher",
        Student = "student",
        Parent = "parent",
    }
}

text_enum! {
    /// What someone is in a class.
    pub enum ClassRole {
        ClassTeacher = "class_teacher",
        Teacher = "teacher",
        Student = "student",
        Parent = "parent",
    }
}

impl ClassRole {
    /// The role in the school that goes with it.
    #[must_use]
    pub const fn school_role(self) -> Role {
        match self {
            Self::ClassTeacher | Self::Teacher => Role::Teacher,
            Self::Student => Role::Student,
            Self::Parent => Role::Parent,
        }
    }
}

/// The roles that someone has in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub administrator: bool,
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub teacher: bool,
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub student: bool,
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub parent: bool,
}

impl Roles {
    pub const NONE: Self = Self {
        administrator: false,
        teacher: false,
        student: false,
        parent: false,
    };

    #[must_use]
    pub const fn member(self) -> bool {
        self.staff() || self.student || self.parent
    }

    #[must_use]
    pub const fn staff(self) -> bool {
        self.administrator || self.teacher
    }

    #[must_use]
    pub const fn has(self, role: Role) -> bool {
        match role {
            Role::Administrator => self.administrator,
            Role::Teacher => self.teacher,
            Role::Student => self.student,
            Role::Parent => self.parent,
        }
    }

    /// And this one.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self {
            administrator: self.administrator || matches!(role, Role::Administrator),
            teacher: self.teacher || matches!(role, Role::Teacher),
            student: self.student || matches!(role, Role::Student),
            parent: self.parent || matches!(role, Role::Parent),
        }
    }

    /// The role by which others see the person: the first that they have.
    #[must_use]
    pub fn shown(self) -> Option<Role> {
        Role::ALL.into_iter().find(|role| self.has(*role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        roles.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(feature = "diesel")]
type TextArray = diesel::sql_types::Array<diesel::sql_types::Text>;

#[cfg(feature = "diesel")]
impl diesel::deserialize::FromSql<TextArray, diesel::pg::Pg> for Roles {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
        <Vec<Role> as diesel::deserialize::FromSql<TextArray, _>>::from_sql(value)
            .map(Self::from_iter)
    }
}

/// What an endpoint lets a person do. One action may serve several endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Signing in, applying, opening an invite: whoever holds the link or knows the password.
    Anyone,
    /// One's own account: sessions, password, start-up, accepting an invite.
    UseAccount,
    /// The operator admits schools (R9).
    ReviewApplications,
    /// How the server fares. For a program that watches over it, and nobody else.
    SeeMetrics,
    SeeSchool,
    EditSchool,
    /// The grid of all classes.
    SeeStructure,
    EditStructure,
    /// The list of all people with how to reach them.
    SeePeople,
    /// Roles, adding an administrator, resetting a password (R15, R48, R60).
    ManagePeople,
    /// Whom one may write to.
    SeeContacts,
    SeeClass,
    /// Members in and out, join requests, guardian links of the class (R24, R57).
    LeadClass,
    /// An invite with this role (R53, R55).
    Invite(Role),
    /// The invites made for a school or class, and revoking them (R56).
    ManageInvites,
    /// Join requests to the school as a whole, or to a class (R57).
    DecideRequest,
    ReadChat,
    WriteChat,
    /// A message of one's own, for everybody.
    DeleteMessage,
    /// How many have seen a channel's post.
    SeeViews,
    /// Creating and renaming channels (R89).
    ManageChannels,
    /// Opening a direct chat with a person.
    WriteTo,
    /// A child of one's own: registering, confirming (R40, R115).
    ActForChild,
}

/// Where an action takes place; `access.rs` gathers the [`Facts`] of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Nowhere in particular: outside of every school.
    Installation,
    School(SchoolId),
    Class(ClassId),
    Chat(ChatId),
    /// A message of a chat, by its number.
    Message(ChatId, i64),
    /// A person, as seen in a school.
    Person(SchoolId, AccountId),
    Application(ApplicationId),
    Invite(InviteId),
    JoinRequest(JoinRequestId),
    GuardianLink(GuardianLinkId),
}

/// What the rules look at. Plain data about the person who acts and the place of the action.
///
/// No fact is set later or taken over from others, and none has a default: what an action is about
/// brings all the facts that belong to it, so a new one doesn't compile until whoever makes them
/// says what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Signed in. None of another program, too.
    pub account: Option<AccountId>,
    pub about: About,
}

/// What an action is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Nothing of a school; or something that doesn't exist.
    Outside(Outside),
    /// The installation, of which another program asks.
    Machine(Machine),
    /// A school, a class; an invite or a request to join of one.
    Place(Place),
    Chat(Place, ChatFacts),
    /// Of a chat. A message that doesn't exist is about the chat alone.
    Message(Place, ChatFacts, MessageFacts),
    /// Another person in a school.
    Person(Place, Relation),
    GuardianLink(Place, LinkFacts),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outside {
    /// Runs the installation. Gives no sight of any school's inside.
    pub operator: bool,
}

/// What another program has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// It watches over the server for who runs it.
    pub monitor: bool,
}

/// A place in a school, and what the person is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub school: SchoolId,
    /// The person's roles in that school.
    pub roles: Roles,
    /// The class, if it's of one, and what the person is in it.
    pub class: Option<ClassId>,
    pub in_class: InClass,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkFacts {
    /// The person is its parent, and it's confirmed.
    pub own_child: bool,
}

impl Facts {
    #[must_use]
    pub const fn place(&self) -> Option<&Place> {
        match &self.about {
            About::Outside(_) | About::Machine(_) => None,
            About::Place(place)
            | About::Chat(place, _)
            | About::Message(place, ..)
            | About::Person(place, _)
            | About::GuardianLink(place, _) => Some(place),
        }
    }

    #[must_use]
    pub fn school(&self) -> Option<SchoolId> {
        self.place().map(|place| place.school)
    }

    #[must_use]
    pub fn class(&self) -> Option<ClassId> {
        self.place().and_then(|place| place.class)
    }

    /// None of them outside of schools.
    #[must_use]
    pub fn roles(&self) -> Roles {
        self.place().map_or(Roles::NONE, |place| place.roles)
    }

    #[must_use]
    pub const fn chat(&self) -> Option<&ChatFacts> {
        match &self.about {
            About::Chat(_, chat) | About::Message(_, chat, _) => Some(chat),
            About::Outside(_)
            | About::Machine(_)
            | About::Place(_)
            | About::Person(..)
            | About::GuardianLink(..) => None,
        }
    }
}

/// What a person is in one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InClass {
    /// The class teacher: leads it.
    pub leads: bool,
    pub teaches: bool,
    pub studies: bool,
    /// Has a child in it.
    pub parent: bool,
}

impl InClass {
    pub const NOTHING: Self = Self {
        leads: false,
        teaches: false,
        studies: false,
        parent: false,
    };

    #[must_use]
    pub const fn member(self) -> bool {
        self.leads || self.teaches || self.studies || self.parent
    }

    /// And this.
    #[must_use]
    pub const fn with(self, role: ClassRole) -> Self {
        Self {
            leads: self.leads || matches!(role, ClassRole::ClassTeacher),
            teaches: self.teaches || matches!(role, ClassRole::Teacher),
            studies: self.studies || matches!(role, ClassRole::Student),
            parent: self.parent || matches!(role, ClassRole::Parent),
        }
    }
}

impl FromIterator<ClassRole> for InClass {
    fn from_iter<I: IntoIterator<Item = ClassRole>>(roles: I) -> Self {
        roles.into_iter().fold(Self::NOTHING, Self::with)
    }
}

#[cfg(feature = "diesel")]
impl diesel::deserialize::FromSql<TextArray, diesel::pg::Pg> for InClass {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
        <Vec<ClassRole> as diesel::deserialize::FromSql<TextArray, _>>::from_sql(value)
            .map(Self::from_iter)
    }
}

text_enum! {
    pub enum ChatKind {
        /// The students of a class with its class teacher (R68).
        ClassStudents = "class_students",
        /// The parents of a class with its class teacher (R68).
        ClassParents = "class_parents",
        /// The teachers of a class (R68); of the staff room: all staff.
        ClassTeachers = "class_teachers",
        /// Two people.
        Direct = "direct",
        /// Few write, many read (R88 to R90).
        Channel = "channel",
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatFacts {
    pub kind: ChatKind,
    /// Reads it now.
    pub member: bool,
    /// The class, if it has one, is archived: what was said stays, nothing is added.
    pub archived: bool,
    /// Of a direct chat: how the person stands to the other one.
    pub peer: Option<Relation>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageFacts {
    /// The person wrote it.
    pub own: bool,
    /// How long ago it was sent, in milliseconds.
    pub age_ms: i64,
}

/// How the other person stands to the one who acts, in one school.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The same person.
    pub self_: bool,
    /// The other one's roles in the school. Empty: not a member.
    pub roles: Roles,
    // Classes are those that aren't archived, of any kind.
    /// Both study in one class.
    pub classmate: bool,
    /// The other one leads or teaches a class in which the person studies.
    pub my_teacher: bool,
    /// A confirmed guardian of the person.
    pub my_parent: bool,
    /// A confirmed child of the person.
    pub my_child: bool,
    /// The other one leads or teaches a class of a child of the person.
    pub my_childs_teacher: bool,
    /// Both have a child in one class.
    pub fellow_parent: bool,
}

/// A denial, as the caller should answer it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Denial {
    /// Not signed in.
    SignIn,
    /// No right to know of it: «not found».
    Unseen,
    /// May know of it, but not do this.
    Forbidden(Reason),
}

/// What the interface tells someone who may see a thing but not do this to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    AdministratorOnly,
    /// The class teacher or an administrator.
    ClassTeacherOnly,
    StaffOnly,
    /// The school's channels are written by administrators.
    ReadersOnly,
    /// A class's channel is written by its class teacher and administrators.
    ClassReadersOnly,
    /// The contact rule of the school: a student writes to own classmates, teachers and parents …
    NoContact,
    /// The class is archived.
    Archived,
    /// Only who wrote a message may take it back …
    AuthorOnly,
    /// … and not later than [`CHANGE_MS`] after it was sent.
    TooLate,
    /// The administrator's rights belong to the phone number in the application (R10): sign in
    /// with it.
    OtherPhone,
}

/// The rule book. Every action has its line; a new action doesn't compile without one.
///
/// # Errors
/// The denial, in the way in which it may be told.
pub fn allows(facts: &Facts, action: Action) -> Result<(), Denial> {
    if action == Action::Anyone {
        return Ok(());
    }
    // Signing in helps nobody to what only programs may.
    if facts.account.is_none() && action != Action::SeeMetrics {
        return Err(Denial::SignIn);
    }
    let roles = facts.roles();
    let in_class = facts
        .place()
        .map_or(InClass::NOTHING, |place| place.in_class);
    let administrator = roles.administrator;
    let leads = in_class.leads && roles.staff();
    match action {
        Action::Anyone | Action::UseAccount => Ok(()),
        Action::SeeMetrics => seen(matches!(facts.about, About::Machine(it) if it.monitor)),
        Action::ReviewApplications => {
            seen(matches!(facts.about, About::Outside(it) if it.operator))
        }
        // Only members see anything of a school (R12).
        Action::SeeSchool | Action::SeeContacts => seen(roles.member()),
        Action::EditSchool
        | Action::ManagePeople
        | Action::ManageChannels
        | Action::SeePeople
        | Action::EditStructure => {
            seen(roles.member())?;
            may(administrator, Reason::AdministratorOnly)
        }
        Action::SeeStructure => {
            seen(roles.member())?;
            may(roles.staff(), Reason::StaffOnly)
        }
        Action::SeeClass => seen(roles.staff() || (roles.member() && in_class.member())),
        // Staff are invited by the administrator, students and parents also by their class teacher.
        // Administrators are named among the staff, never invited (R15).
        Action::Invite(role @ (Role::Administrator | Role::Teacher)) => {
            seen(roles.staff() || (roles.member() && in_class.member()))?;
            may(
                administrator && role == Role::Teacher,
                Reason::AdministratorOnly,
            )
        }
        Action::LeadClass
        | Action::Invite(Role::Student | Role::Parent)
        | Action::ManageInvites
        | Action::DecideRequest => {
            seen(roles.staff() || (roles.member() && in_class.member()))?;
            may(administrator || leads, Reason::ClassTeacherOnly)
        }
        Action::ReadChat => seen(facts.chat().is_some_and(|chat| chat.member)),
        Action::WriteChat => match facts.place().zip(facts.chat()) {
            Some((place, chat)) if chat.member => writes(place, chat),
            _ => Err(Denial::Unseen),
        },
        Action::DeleteMessage => match facts.about {
            About::Message(_, chat, message) if chat.member => deletes(&chat, message),
            _ => Err(Denial::Unseen),
        },
        Action::SeeViews => {
            seen(facts.chat().is_some_and(|chat| chat.member))?;
            may(roles.staff(), Reason::StaffOnly)
        }
        Action::WriteTo => match facts.about {
            About::Person(_, person)
                if roles.member() && person.roles.member() && !person.self_ =>
            {
                // Classmates' parents and others' teachers are nobody's secret inside a school,
                // but students and parents learn of them only through their own classes.
                seen(contact(roles, &person))
            }
            _ => Err(Denial::Unseen),
        },
        Action::ActForChild => {
            seen(matches!(facts.about, About::GuardianLink(_, link) if link.own_child))
        }
    }
}

/// Who may delete a message in a chat that they read, for everybody.
fn deletes(chat: &ChatFacts, message: MessageFacts) -> Result<(), Denial> {
    may(message.own, Reason::AuthorOnly)?;
    // What was said in an archived class stays.
    may(!chat.archived, Reason::Archived)?;
    may(message.age_ms <= CHANGE_MS, Reason::TooLate)
}

/// Who may begin to write to whom (R72 to R74): a student to own classmates, own teachers, own
/// parents; a parent to the child's teachers, the child, the parents of the class; staff to everyone.
fn contact(roles: Roles, person: &Relation) -> bool {
    roles.staff()
        || (roles.student && (person.classmate || person.my_teacher || person.my_parent))
        || (roles.parent && (person.my_childs_teacher || person.my_child || person.fellow_parent))
}

fn writes(place: &Place, chat: &ChatFacts) -> Result<(), Denial> {
    may(!chat.archived, Reason::Archived)?;
    match chat.kind {
        ChatKind::ClassStudents | ChatKind::ClassParents | ChatKind::ClassTeachers => Ok(()),
        // Whom staff wrote to may answer; otherwise the contact rule must still hold.
        ChatKind::Direct => may(
            chat.peer.is_some_and(|peer| {
                peer.roles.member() && (peer.roles.staff() || contact(place.roles, &peer))
            }),
            Reason::NoContact,
        ),
        ChatKind::Channel => may(
            place.roles.administrator || (place.in_class.leads && place.roles.staff()),
            if place.class.is_some() {
                Reason::ClassReadersOnly
            } else {
                Reason::ReadersOnly
            },
        ),
    }
}

const fn seen(visible: bool) -> Result<(), Denial> {
    if visible { Ok(()) } else { Err(Denial::Unseen) }
}

const fn may(allowed: bool, reason: Reason) -> Result<(), Denial> {
    if allowed {
        Ok(())
    } else {
        Err(Denial::Forbidden(reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_is_one_of_its_own() {
        for role in Role::ALL {
            let one: Roles = [role, role].into_iter().collect();
            assert_eq!(
                Role::ALL.map(|it| one.has(it)),
                Role::ALL.map(|it| it == role)
            );
            assert_eq!(one.shown(), Some(role));
        }
        let all: Roles = Role::ALL.into_iter().collect();
        assert_eq!(Role::ALL.map(|role| all.has(role)), Role::ALL.map(|_| true));
        for role in ClassRole::ALL {
            let one: InClass = [role].into_iter().collect();
            assert!(one.member());
            let others = ClassRole::ALL.into_iter().filter(|it| *it != role);
            let others: InClass = others.collect();
            assert!(others.member() && others != others.with(role), "{role:?}");
        }
    }
}
