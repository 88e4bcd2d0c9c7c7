//! How an organisation asks to be admitted (R2 to R10): an electronic questionnaire, the operator's
//! decision, a private link by which the applicant follows, corrects and at last takes over.

use serde::{Deserialize, Serialize};

use super::SchoolKind;
use crate::accounts::NewAccount;
use crate::endpoint;
use crate::id::{ApplicationId, SchoolId, Secret};
use crate::name::Name;
use crate::permissions::{Action, Scope};
use crate::time::Timestamp;

/// The questionnaire (R3 to R6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questionnaire {
    pub kind: SchoolKind,
    pub full_name: String,
    pub short_name: String,
    pub region: String,
    pub municipality: String,
    pub settlement: String,
    pub inn: String,
    pub kpp: String,
    /// The future administrator.
    pub name: Name,
    pub phone: String,
    pub email: String,
}

/// The appointment order as it is uploaded (R7): a PDF, JPEG, PNG or WebP of at most 10 MB.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFile {
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// `Submitted → Returned → Submitted → Approved | Refused` (R9). A draft lives in the applicant's
/// browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationState {
    Submitted,
    /// What is to be corrected.
    Returned {
        remarks: String,
    },
    Refused {
        reason: String,
    },
    Approved {
        school: SchoolId,
        /// The administrator has taken over.
        claimed: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    pub id: ApplicationId,
    pub questionnaire: Questionnaire,
    pub order: Option<OrderFile>,
    pub state: ApplicationState,
    pub submitted_at: Timestamp,
    pub decided_at: Option<Timestamp>,
}

/// The largest appointment order, in bytes.
pub const ORDER_LIMIT: usize = 10 * 1024 * 1024;

endpoint! {
    /// Submits an application. The answer's secret makes the applicant's private link
    /// `/application/<secret>`, shown once and mailed where mail is set up. The order is uploaded
    /// right after it to `/upload/order/<secret>`.
    Apply { questionnaire: Questionnaire }
    POST "/api/applications" => Secret,
    needs |request| Action::Anyone, in Scope::Installation
}

endpoint! {
    /// By the private link.
    GetApplication { secret: Secret }
    GET "/api/applications/mine" => Application,
    needs |request| Action::Anyone, in Scope::Installation
}

endpoint! {
    /// Corrects and resubmits what was returned (R9).
    Resubmit { secret: Secret, questionnaire: Questionnaire }
    POST "/api/applications/mine" => Application,
    needs |request| Action::Anyone, in Scope::Installation
}

endpoint! {
    /// Takes over an approved school. The account gets the application's phone number, because the
    /// administrator's rights belong to it (R10): a new person registers with exactly this phone
    /// (whatever `account.phone` says); who is signed in with this phone sends no account.
    RegisterAdministrator { secret: Secret, account: Option<NewAccount> }
    POST "/api/applications/administrator" => SchoolId,
    needs |request| Action::Anyone, in Scope::Installation
}

endpoint! {
    /// All applications, those that wait first, then the newest.
    GetApplications {}
    GET "/api/applications" => Vec<Application>,
    needs |request| Action::ReviewApplications, in Scope::Installation
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Makes the school, its «Учительская» and its two system channels.
    Approve,
    Return {
        remarks: String,
    },
    Refuse {
        reason: String,
    },
}

endpoint! {
    Decide { application: ApplicationId, decision: Decision }
    POST "/api/applications/decide" => Application,
    needs |request| Action::ReviewApplications, in Scope::Application(request.application)
}
