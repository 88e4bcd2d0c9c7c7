//! Schools: the tenant, its information page, its system channels and staff room.

pub mod applications;

use serde::{Deserialize, Serialize};

use crate::endpoint;
use crate::id::SchoolId;
use crate::permissions::{Action, Roles, Scope};

/// Kinds of organisation (R1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchoolKind {
    /// Общеобразовательная
    General,
    /// Среднее профессиональное образование
    Vocational,
    /// Дополнительное образование
    Additional,
}

impl SchoolKind {
    pub const ALL: [Self; 3] = [Self::General, Self::Vocational, Self::Additional];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Vocational => "vocational",
            Self::Additional => "additional",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A school that the person belongs to, as the navigation needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MySchool {
    pub id: SchoolId,
    pub short_name: String,
    pub roles: Roles,
    /// Classes that the person leads.
    pub leads: Vec<crate::classes::ClassName>,
    /// Join requests and guardian links that wait for this person's decision.
    pub waiting: u32,
}

/// The information page (R13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct School {
    pub id: SchoolId,
    pub kind: SchoolKind,
    pub full_name: String,
    pub short_name: String,
    pub region: String,
    pub municipality: String,
    pub settlement: String,
    /// What people type to find the school without an invite: six letters and digits.
    pub code: String,
    pub info: SchoolInfo,
}

/// What the administrator writes about the school. Limits: `about` 8,000 characters, each other
/// field 200.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolInfo {
    /// Formatted as a message.
    pub about: String,
    pub address: String,
    pub phone: String,
    pub email: String,
    /// An https address.
    pub site: String,
    pub hours: String,
    /// Where the marks are (R121, R123): an https address.
    pub journal: String,
}

endpoint! {
    GetSchool { school: SchoolId }
    GET "/api/schools" => School,
    needs |request| Action::SeeSchool, in Scope::School(request.school)
}

endpoint! {
    EditSchool { school: SchoolId, full_name: String, short_name: String, info: SchoolInfo }
    POST "/api/schools" => School,
    needs |request| Action::EditSchool, in Scope::School(request.school)
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SchoolEvent {
    /// The person joined, or something of their own standing in it changed.
    Mine(MySchool),
    /// The person belongs to it no longer.
    Left(SchoolId),
    /// The information page changed.
    Changed(School),
}
