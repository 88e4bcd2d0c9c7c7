//! Accounts: a phone number (or a login), a name, a date of birth, a password; sessions.

use serde::{Deserialize, Serialize};

use crate::endpoint;
use crate::id::{AccountId, Password, SessionId};
use crate::name::Name;
use crate::permissions::{Action, Scope};
use crate::time::{Date, Timestamp};

/// The person who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub id: AccountId,
    pub name: Name,
    /// As a person reads it: `+7 916 123-45-67`.
    pub phone: Option<String>,
    /// What a child without a phone signs in with (R38).
    pub login: Option<String>,
    pub birth_date: Option<Date>,
    /// Runs the installation.
    pub operator: bool,
}

/// What a new person gives, wherever they register: by an invite, as an administrator, for a child.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAccount {
    pub name: Name,
    /// In any usual notation. A child may have a login instead.
    #[serde(default)]
    pub phone: String,
    #[serde(default)]
    pub login: String,
    /// `2011-05-03`.
    pub birth_date: String,
    pub password: Password,
}

/// A browser in which the person is signed in (R44).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    /// «Chrome, Android»: read from the browser's own words.
    pub device: String,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    /// The one that asks.
    pub current: bool,
}

/// The header in which a client says whose account it shows. One device has one session for all tabs: after somebody
/// else has signed in, an older tab would do in their name what its own person wants. It's refused instead, with
/// [`Error::SomebodyElse`](crate::Error::SomebodyElse).
pub const BELIEF: &str = "zvonok-account";

endpoint! {
    /// Starts a session: answers with its cookie. Says only that the two don't belong together,
    /// never whether the phone is known (R43).
    SignIn { login: String, password: Password }
    POST "/api/accounts/sign-in" => (),
    needs |request| Action::Anyone, in Scope::Installation
}

endpoint! {
    /// As [`SignIn`], by the form of the static shell: for who is faster than the program.
    SignInByForm { login: String, password: Password }
    POST "/session" => page or "/sign-in",
    needs |request| Action::Anyone, in Scope::Installation
}

endpoint! {
    /// Ends the current session.
    SignOut {}
    POST "/api/accounts/sign-out" => (),
    needs |request| Action::UseAccount, in Scope::Installation
}

endpoint! {
    GetSessions {}
    GET "/api/accounts/sessions" => Vec<Session>,
    needs |request| Action::UseAccount, in Scope::Installation
}

endpoint! {
    /// Ends one of one's own sessions.
    EndSession { session: SessionId }
    POST "/api/accounts/sessions/end" => (),
    needs |request| Action::UseAccount, in Scope::Installation
}

endpoint! {
    EndOtherSessions {}
    POST "/api/accounts/sessions/end-others" => (),
    needs |request| Action::UseAccount, in Scope::Installation
}

endpoint! {
    /// Needs the current password; ends all other sessions (R45).
    ChangePassword { current: Password, new: Password }
    POST "/api/accounts/password" => (),
    needs |request| Action::UseAccount, in Scope::Installation
}

endpoint! {
    ChangeName { name: Name }
    POST "/api/accounts/name" => Me,
    needs |request| Action::UseAccount, in Scope::Installation
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AccountEvent {
    Changed(Me),
}
