//! A person's name as Russian documents write it.

use serde::{Deserialize, Serialize};

use crate::permissions::Role;

/// Surname, given name, and a patronymic where there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "diesel", derive(diesel::Queryable, diesel::QueryableByName))]
pub struct Name {
    #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
    pub surname: String,
    #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
    pub given: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>))]
    pub patronymic: Option<String>,
}

impl Name {
    #[must_use]
    pub fn new(surname: &str, given: &str, patronymic: Option<&str>) -> Self {
        Self {
            surname: surname.into(),
            given: given.into(),
            patronymic: patronymic.map(Into::into),
        }
    }

    /// «Иванова Мария Петровна»: documents, lists, an adult's name in a chat.
    #[must_use]
    pub fn full(&self) -> String {
        match &self.patronymic {
            Some(patronymic) => format!("{} {} {patronymic}", self.surname, self.given),
            None => self.short(),
        }
    }

    /// «Иванова Мария»: how classmates are called.
    #[must_use]
    pub fn short(&self) -> String {
        format!("{} {}", self.surname, self.given)
    }

    /// As others see someone in this role: adults with the patronymic, students without.
    #[must_use]
    pub fn shown(&self, role: Role) -> String {
        if role == Role::Student {
            self.short()
        } else {
            self.full()
        }
    }

    /// «Мария Петровна», how a teacher is addressed; «Мария» without a patronymic.
    #[must_use]
    pub fn address(&self) -> String {
        match &self.patronymic {
            Some(patronymic) => format!("{} {patronymic}", self.given),
            None => self.given.clone(),
        }
    }
}

/// «Иванова М. П.» of «Иванова Мария Петровна»: where there's room for little. A line may end behind the
/// surname, and not between the initials.
#[must_use]
pub fn initialled(name: &str) -> String {
    let mut words = name.split(' ');
    let mut short = words.next().unwrap_or_default().to_owned();
    let mut space = ' ';
    for initial in words.filter_map(|word| word.chars().next()) {
        short.extend([space, initial, '.']);
        space = '\u{a0}';
    }
    short
}

#[cfg(test)]
mod tests {
    use super::initialled;

    #[test]
    fn initials_stay_in_one_line() {
        let short = initialled("Никифорова Юлия Юрьевна");
        assert_eq!(short, "Никифорова Ю.\u{a0}Ю.");
        assert_eq!(initialled("Иванова Мария"), "Иванова М.");
        assert_eq!(initialled("Иванова"), "Иванова");
        assert_eq!(initialled(""), "");
    }
}
