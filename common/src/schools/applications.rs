//! How an organisation asks to be admitted (R2 to R10): an electronic questionnaire, the operator's
//! decision, a private link by which the applicant follows, corrects and at last takes over.

use serde::{Deserialize, Serialize};

use super::zones::{ZONE_LIMIT, moscow};
use super::{FULL_NAME_LIMIT, SHORT_NAME_LIMIT, SchoolKind};
use crate::accounts::NewAccount;
use crate::endpoint;
use crate::error::Result;
use crate::id::{ApplicationId, SchoolId, Secret};
use crate::name::Name;
use crate::page::Paged;
use crate::permissions::{Action, Scope};
use crate::time::Timestamp;
use crate::validate::{self, Check};

/// Characters in the name of a region, municipality or settlement, at most.
pub const PLACE_LIMIT: u32 = 150;

/// The questionnaire (R3 to R6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Questionnaire {
    pub kind: SchoolKind,
    pub full_name: String,
    pub short_name: String,
    pub region: String,
    pub municipality: String,
    pub settlement: String,
    /// Its IANA name.
    #[serde(default = "moscow")]
    pub time_zone: String,
    pub inn: String,
    pub kpp: String,
    /// The future administrator.
    pub name: Name,
    pub phone: String,
    pub email: String,
}

impl Questionnaire {
    /// As it is stored: trimmed, the phone in E.164, the KPP in capitals. Whether there's such a zone
    /// only the server knows.
    ///
    /// # Errors
    /// `Invalid`, with every field's problem; the fields are named as here, those of the name
    /// `name.surname`, `name.given`, `name.patronymic`.
    pub fn checked(&self) -> Result<Self> {
        let mut check = Check::new();
        let checked = Self {
            kind: self.kind,
            full_name: check.text("full_name", &self.full_name, FULL_NAME_LIMIT),
            short_name: check.text("short_name", &self.short_name, SHORT_NAME_LIMIT),
            region: check.text("region", &self.region, PLACE_LIMIT),
            municipality: check.text("municipality", &self.municipality, PLACE_LIMIT),
            settlement: check.text("settlement", &self.settlement, PLACE_LIMIT),
            time_zone: check.text("time_zone", &self.time_zone, ZONE_LIMIT),
            inn: check
                .take("inn", validate::inn(&self.inn))
                .unwrap_or_default(),
            kpp: check
                .take("kpp", validate::kpp(&self.kpp))
                .unwrap_or_default(),
            name: check.name(&self.name),
            phone: check
                .take("phone", validate::phone(&self.phone))
                .map(|phone| phone.as_str().to_owned())
                .unwrap_or_default(),
            email: check
                .take("email", validate::email(&self.email))
                .unwrap_or_default(),
        };
        check.done().map(|()| checked)
    }
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
    /// Counts what the applicant has changed: answers and order.
    pub version: i32,
}

/// The largest appointment order, in bytes.
pub const ORDER_LIMIT: usize = 10 * 1024 * 1024;

/// What an appointment order may be: a PDF or a picture. As in the `accept` of HTML.
pub const ORDER_TYPES: &str = "application/pdf,image/jpeg,image/png,image/webp";

/// Characters in the operator's remarks or reason, at most.
pub const REMARKS_LIMIT: u32 = 2000;

endpoint! {
    /// Submits an application. The order is uploaded right after it.
    ///
    /// A repeat with the same secret is the same application, because the answer got lost. Until its
    /// order has come or the operator has decided, the last answers count; then it stays as it is, and
    /// another organisation by this secret is refused with `Conflict::Decided`.
    Apply {
        questionnaire: Questionnaire,
        /// Of the private link, `/application/<secret>`: drawn by the applicant's browser ([`Secret::of`])
        /// and kept there from before it is sent, so that the link is known whatever gets lost.
        secret: Secret,
    }
    POST "/api/applications" => (),
    needs |request| Action::Anyone, in Scope::Installation
}

endpoint! {
    /// By the private link.
    GetApplication { secret: Secret }
    GET "/api/applications/mine" => Application,
    needs |request| Action::Anyone, in Scope::Installation
}

endpoint! {
    /// Corrects and resubmits what was returned (R9). A repeat with the same answers does nothing.
    Resubmit { secret: Secret, questionnaire: Questionnaire }
    POST "/api/applications/mine" => Application,
    needs |request| Action::Anyone, in Scope::Installation
}

endpoint! {
    /// The appointment order, in place of the one before, until the operator has decided. `Invalid`
    /// with the field `order` if it isn't a PDF or a picture.
    UploadOrder {
        secret: Secret,
        /// Of the file, as the applicant has it.
        name: String,
    }
    PUT "/api/applications/order" file ORDER_TYPES up to ORDER_LIMIT => OrderFile,
    needs |request| Action::Anyone, in Scope::Installation
}

endpoint! {
    DownloadOrder { application: ApplicationId }
    GET "/api/applications/order" => file,
    needs |request| Action::ReviewApplications, in Scope::Application(request.application)
}

endpoint! {
    /// Takes over an approved school. The account gets the application's phone number, because the
    /// administrator's rights belong to it (R10): a new person registers with exactly this phone
    /// (whatever `account.phone` says); who is signed in with this phone sends no account. If
    /// somebody has the phone already, a new account is refused with `Conflict::Phone` (sign in,
    /// then send no account); who is signed in with another phone is denied with
    /// `Reason::OtherPhone`. Done once; the administrator is also a teacher, as everyone in the
    /// «Учительская» (R51, R52).
    RegisterAdministrator { secret: Secret, account: Option<NewAccount> }
    POST "/api/applications/administrator" => SchoolId,
    needs |request| Action::Anyone, in Scope::Installation
}

endpoint! {
    /// All applications, those that wait first, then the newest.
    GetApplications { page: u32 }
    GET "/api/applications" => Paged<Application>,
    needs |request| Action::ReviewApplications, in Scope::Installation
}

endpoint! {
    /// One application, as the operator sees it.
    OpenApplication { application: ApplicationId }
    GET "/api/applications/one" => Application,
    needs |request| Action::ReviewApplications, in Scope::Application(request.application)
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
    /// Decides a submitted application. A returned one can still be refused: it would keep its
    /// organisation from applying anew. Everything else was decided: `Conflict::Decided`. It's decided about the
    /// version that was seen: if the applicant has changed something since, `Conflict::Changed`. What is wrong
    /// with `remarks` or `reason` is told by these names.
    Decide { application: ApplicationId, version: i32, decision: Decision }
    POST "/api/applications/decide" => Application,
    needs |request| Action::ReviewApplications, in Scope::Application(request.application)
}
