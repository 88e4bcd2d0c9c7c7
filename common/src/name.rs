//! A person's name as Russian documents write it.

use serde::{Deserialize, Serialize};

/// Surname, given name, and a patronymic where there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Name {
    pub surname: String,
    pub given: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
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

    /// «Мария Петровна», how a teacher is addressed; «Мария» without a patronymic.
    #[must_use]
    pub fn address(&self) -> String {
        match &self.patronymic {
            Some(patronymic) => format!("{} {patronymic}", self.given),
            None => self.given.clone(),
        }
    }
}
