//! Schools: the tenant, its information page, its system channels and staff room.

pub mod applications;
pub mod zones;

use serde::{Deserialize, Serialize};

use crate::endpoint;
use crate::error::{Problem, Result};
use crate::id::SchoolId;
use crate::permissions::{Action, Roles, Scope};
use crate::text_enum;
use crate::validate::{self, Check};

text_enum! {
    /// Kinds of organisation (R1).
    pub enum SchoolKind {
        /// Общеобразовательная
        General = "general",
        /// Среднее профессиональное образование
        Vocational = "vocational",
        /// Дополнительное образование
        Additional = "additional",
    }
}

/// A school that the person belongs to, as the navigation needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MySchool {
    pub id: SchoolId,
    pub short_name: String,
    /// Its IANA name: the school's day and school year follow it.
    pub time_zone: String,
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
    /// Its IANA name.
    pub time_zone: String,
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

/// What administrators write.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Information {
    pub full_name: String,
    pub short_name: String,
    /// Any that IANA names.
    pub time_zone: String,
    pub info: SchoolInfo,
}

impl School {
    #[must_use]
    pub fn information(&self) -> Information {
        Information {
            full_name: self.full_name.clone(),
            short_name: self.short_name.clone(),
            time_zone: self.time_zone.clone(),
            info: self.info.clone(),
        }
    }
}

impl Information {
    /// The fields, each with the name by which what is wrong with it is told.
    pub const fn fields(&mut self) -> [(&'static str, &mut String); 10] {
        let info = &mut self.info;
        [
            ("full_name", &mut self.full_name),
            ("short_name", &mut self.short_name),
            ("time_zone", &mut self.time_zone),
            ("about", &mut info.about),
            ("address", &mut info.address),
            ("phone", &mut info.phone),
            ("email", &mut info.email),
            ("hours", &mut info.hours),
            ("site", &mut info.site),
            ("journal", &mut info.journal),
        ]
    }
}

endpoint! {
    GetSchool { school: SchoolId }
    GET "/api/schools" => School,
    needs |request| Action::SeeSchool, in Scope::School(request.school)
}

/// Characters in a school's full name, at most.
pub const FULL_NAME_LIMIT: u32 = 300;

/// Characters in a school's short name, at most.
pub const SHORT_NAME_LIMIT: u32 = 100;

endpoint! {
    /// What differs between the two is written, the rest stays as it is: others may be editing, too. What
    /// is wrong is told by the names in [`Information`] and [`SchoolInfo`]: `full_name`, `site`; with
    /// [`Problem::Changed`] where somebody else has written something else meanwhile, and then nothing is
    /// written.
    EditSchool {
        school: SchoolId,
        /// What the form was made from.
        before: Information,
        after: Information,
    }
    POST "/api/schools" => School,
    needs |request| Action::EditSchool, in Scope::School(request.school)
}

impl EditSchool {
    /// As it is stored: trimmed. Whether there's such a zone only the server knows.
    ///
    /// # Errors
    /// `Invalid`, with every field's problem.
    pub fn checked(self) -> Result<Self> {
        let mut check = Check::new();
        let after = Information {
            full_name: check.text("full_name", &self.after.full_name, FULL_NAME_LIMIT),
            short_name: check.text("short_name", &self.after.short_name, SHORT_NAME_LIMIT),
            time_zone: check.text("time_zone", &self.after.time_zone, zones::ZONE_LIMIT),
            info: self.after.info.checked(&mut check),
        };
        check.done().map(|()| Self { after, ..self })
    }

    /// What is to be written where this is `stored`.
    ///
    /// # Errors
    /// `Invalid`, with every field that somebody else has changed meanwhile, and otherwise.
    pub fn onto(mut self, stored: Information) -> Result<Information> {
        let mut check = Check::new();
        let (mut kept, mut result) = (stored.clone(), stored);
        let before = self.before.fields().into_iter();
        let fields = before.zip(self.after.fields()).zip(kept.fields());
        for ((((name, before), (_, after)), (_, stored)), (_, result)) in
            fields.zip(result.fields())
        {
            if after == before || after == stored {
                continue;
            }
            if stored == before {
                result.clone_from(after);
            } else {
                check.problem(name, Problem::Changed);
            }
        }
        check.done().map(|()| result)
    }
}

impl SchoolInfo {
    /// All of it may be empty.
    fn checked(&self, check: &mut Check) -> Self {
        type Form = fn(&str) -> Result<String, Problem>;
        let mut field = |name: &str, value: &str, form: Form| {
            let value = value.trim();
            if value.is_empty() {
                return String::new();
            }
            check.take(name, form(value)).unwrap_or_default()
        };
        Self {
            about: field("about", &self.about, |it| validate::text(it, 8000)),
            address: field("address", &self.address, |it| validate::text(it, 200)),
            phone: field("phone", &self.phone, |it| validate::text(it, 200)),
            email: field("email", &self.email, |it| {
                validate::text(it, 200).and_then(|it| validate::email(&it))
            }),
            site: field("site", &self.site, |it| validate::link(it, 200)),
            hours: field("hours", &self.hours, |it| validate::text(it, 200)),
            journal: field("journal", &self.journal, |it| validate::link(it, 200)),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SchoolEvent {
    /// The person joined, or something of their own standing in it changed.
    Mine(MySchool),
    /// The person belongs to it no longer.
    Left(SchoolId),
    /// The information page changed. What it says is for those who open it; what everybody keeps of it is here.
    Changed {
        school: SchoolId,
        short_name: String,
        time_zone: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, FieldError};

    fn edit(info: SchoolInfo) -> EditSchool {
        EditSchool {
            school: SchoolId(1),
            before: Information::default(),
            after: Information {
                full_name: " МОУ «Гимназия № 44» ".into(),
                short_name: "Гимназия № 44".into(),
                time_zone: zones::MOSCOW.into(),
                info,
            },
        }
    }

    #[test]
    fn the_information_may_be_empty() {
        let checked = edit(SchoolInfo::default()).checked().unwrap();
        assert_eq!(checked.after.full_name, "МОУ «Гимназия № 44»");
        assert_eq!(checked.after.info, SchoolInfo::default());
    }

    #[test]
    fn every_wrong_field_is_named() {
        let problems = edit(SchoolInfo {
            about: "а".repeat(8001),
            email: "school".into(),
            site: "http://school.example".into(),
            journal: "https://journal.example/7a".into(),
            ..SchoolInfo::default()
        })
        .checked();
        let named = |field: &str, problem| FieldError {
            field: field.into(),
            problem,
        };
        assert_eq!(
            problems,
            Err(Error::Invalid(vec![
                named("about", Problem::TooLong { max: 8000 }),
                named("email", Problem::Email),
                named("site", Problem::Link),
            ]))
        );
    }
}
