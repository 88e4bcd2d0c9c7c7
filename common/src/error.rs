//! Every way in which a call can fail. The interface has a sentence for each that says what to do
//! next; the server's answer carries no prose.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::permissions::{Denial, Reason};
use crate::time::Timestamp;

pub type Result<T, E = Error> = core::result::Result<T, E>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Error {
    /// 401. No session, or it was ended.
    SignIn,
    /// 401. Phone or login and password don't belong together. Doesn't say which is wrong.
    WrongCredentials,
    /// 403. The rule book says no to someone who may know that the thing exists.
    Denied(Reason),
    /// 404. There's no such thing for this person: absent and not allowed to see look the same.
    NotFound,
    /// 409. It collides with what is there.
    Conflict(Conflict),
    /// 409. Somebody else is signed in than the client believes (`accounts::BELIEF`): nothing has happened.
    SomebodyElse { name: String },
    /// 410. The invite can't be used any more.
    InviteGone(InviteGone),
    /// 413. The body is larger than the endpoint takes, in bytes.
    TooLarge { limit: u64 },
    /// 422. What is wrong with which field.
    Invalid(Vec<FieldError>),
    /// 400. Not what this endpoint understands: a client of another version.
    Malformed,
    /// 429. Too many tries; when to try again, in seconds.
    TooMany { retry_after: u64 },
    /// 500. Unforeseen. The log has the cause under this id.
    Internal { id: String },
    /// 503. The server is starting, stopping or overloaded.
    Unavailable,
    /// Never sent: the client could not reach the server.
    Offline,
}

impl Error {
    /// The HTTP status that the server answers with.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::SignIn | Self::WrongCredentials => 401,
            Self::Denied(_) => 403,
            Self::NotFound => 404,
            Self::Conflict(_) | Self::SomebodyElse { .. } => 409,
            Self::InviteGone(_) => 410,
            Self::TooLarge { .. } => 413,
            Self::Invalid(_) => 422,
            Self::TooMany { .. } => 429,
            Self::Internal { .. } => 500,
            Self::Unavailable | Self::Offline => 503,
        }
    }

    /// One field is wrong.
    #[must_use]
    pub fn field(field: &str, problem: Problem) -> Self {
        Self::Invalid(vec![FieldError {
            field: field.into(),
            problem,
        }])
    }
}

impl From<Denial> for Error {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::SignIn => Self::SignIn,
            Denial::Unseen => Self::NotFound,
            Denial::Forbidden(reason) => Self::Denied(reason),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for Error {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// A class of this name exists in this school year.
    ClassName,
    /// An organisation with this INN and KPP has applied already.
    Organisation,
    /// Someone has this phone number: sign in instead.
    Phone,
    /// Someone has this login.
    Login,
    /// The person has this role here already.
    Member,
    /// A request of this person waits already.
    Request,
    /// A school keeps at least one administrator (R17).
    LastAdministrator,
    /// Somebody else decided this a moment ago.
    Decided,
    /// It's not what it was when it was read: to be looked at again.
    Changed,
}

impl Conflict {
    /// The request's field that collides, where it's one.
    #[must_use]
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::ClassName => Some("name"),
            Self::Organisation => Some("inn"),
            Self::Phone => Some("phone"),
            Self::Login => Some("login"),
            Self::Member
            | Self::Request
            | Self::LastAdministrator
            | Self::Decided
            | Self::Changed => None,
        }
    }
}

/// Why an invite can't be used, and so what to say: ask for a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteGone {
    /// There never was one like this: the link is mistyped or cut.
    Unknown,
    UsedUp,
    Revoked,
    Expired {
        at: Timestamp,
    },
    /// The class was archived.
    ClassArchived,
}

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name in the request struct.
    pub field: String,
    pub problem: Problem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    Required,
    /// More characters than the limit.
    TooLong {
        max: u32,
    },
    TooShort {
        min: u32,
    },
    /// Not a phone number.
    Phone,
    Email,
    /// Letters only: something that can't be a name.
    Name,
    /// Not a date, in the future, or not of a living person.
    Date,
    /// 3 to 32 Latin letters, digits, dots, hyphens or underscores, beginning with a letter.
    Login,
    /// Not ten digits.
    Inn,
    /// Ten digits, of which the last doesn't follow from the others.
    InnCheckDigit,
    /// Not nine characters of the KPP's form.
    Kpp,
    /// Not one Russian letter.
    Letter,
    /// Not one of the choices.
    Choice,
    /// More items than may be given at once.
    TooMany {
        max: u32,
    },
    OutOfRange {
        min: i64,
        max: i64,
    },
    /// Not a PDF or a picture (JPEG, PNG, WebP).
    FileType,
    /// The current password is not this one.
    WrongPassword,
    /// A link that isn't an https address.
    Link,
    /// Somebody else has written something else here meanwhile.
    Changed,
}
