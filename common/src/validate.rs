//! Checks of what people type, the same on both sides: the form shows a problem before it sends,
//! the server never believes that it did.

use crate::error::{Error, FieldError, Problem, Result};
use crate::letters::is_letter;
use crate::name::Name;
use crate::phone::Phone;
use crate::time::Date;

/// Collects the problems of all fields, so that a person sees them at once and not one per try.
#[derive(Debug, Default)]
pub struct Check(Vec<FieldError>);

impl Check {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub fn problem(&mut self, field: &str, problem: Problem) {
        self.0.push(FieldError {
            field: field.into(),
            problem,
        });
    }

    /// Takes the value, or notes the problem and goes on with None.
    pub fn take<T>(&mut self, field: &str, value: Result<T, Problem>) -> Option<T> {
        value.map_err(|problem| self.problem(field, problem)).ok()
    }

    /// A text that must be there, trimmed, with at most `max` characters.
    pub fn text(&mut self, field: &str, value: &str, max: u32) -> String {
        self.take(field, text(value, max)).unwrap_or_default()
    }

    /// A text that may be absent; empty becomes None.
    pub fn optional(&mut self, field: &str, value: Option<&str>, max: u32) -> Option<String> {
        let value = value.map(str::trim).filter(|value| !value.is_empty())?;
        self.take(field, text(value, max))
    }

    /// A person's name; the fields are called `name.surname`, `name.given`, `name.patronymic`.
    pub fn name(&mut self, value: &Name) -> Name {
        Name {
            surname: self
                .take("name.surname", name_part(&value.surname))
                .unwrap_or_default(),
            given: self
                .take("name.given", name_part(&value.given))
                .unwrap_or_default(),
            patronymic: value
                .patronymic
                .as_deref()
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .and_then(|part| self.take("name.patronymic", name_part(part))),
        }
    }

    /// The errors, if there are any.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every problem noted.
    pub fn done(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self.0))
        }
    }
}

/// Whether nothing of it would be seen: spaces, control characters, and what only steers how others are shown.
#[must_use]
pub fn is_blank(value: &str) -> bool {
    value
        .chars()
        .all(|c| c.is_whitespace() || c.is_control() || is_invisible(c))
}

/// Characters that have no width or no ink, as Unicode's `Default_Ignorable_Code_Point` lists them, and the empty
/// Braille pattern.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{2800}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

pub fn text(value: &str, max: u32) -> Result<String, Problem> {
    let value = value.trim();
    if is_blank(value) {
        return Err(Problem::Required);
    }
    if value.chars().nth(max as usize).is_some() {
        return Err(Problem::TooLong { max });
    }
    Ok(value.to_owned())
}

/// Letters of any script, hyphens, apostrophes, dots and inner spaces: «Салтыков-Щедрин», «О’Коннор», «оглы».
pub fn name_part(value: &str) -> Result<String, Problem> {
    let value = text(value, 60)?;
    let letters = value.chars().any(is_letter)
        && value
            .chars()
            .all(|c| is_letter(c) || matches!(c, '-' | '\'' | '’' | ' ' | '.'));
    if letters {
        Ok(value)
    } else {
        Err(Problem::Name)
    }
}

pub fn phone(value: &str) -> Result<Phone, Problem> {
    if value.trim().is_empty() {
        return Err(Problem::Required);
    }
    Phone::parse(value).ok_or(Problem::Phone)
}

/// One `@`, a dot in the domain, no spaces: the mail server has the last word.
pub fn email(value: &str) -> Result<String, Problem> {
    let value = text(value, 254)?;
    let plausible = value.split_once('@').is_some_and(|(user, domain)| {
        !user.is_empty()
            && !domain.contains('@')
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !value.contains(char::is_whitespace)
    });
    if plausible {
        Ok(value)
    } else {
        Err(Problem::Email)
    }
}

/// An `https://` address that a browser opens: a host with a dot, nothing that breaks out of it.
pub fn link(value: &str, max: u32) -> Result<String, Problem> {
    let value = text(value, max)?;
    let host = value
        .strip_prefix("https://")
        .and_then(|rest| rest.split(['/', '?', '#']).next());
    let formed = host.is_some_and(|host| {
        host.contains('.')
            && !host.starts_with('.')
            && !host.contains("..")
            // «https://bank.example@evil.example» shows one address and opens another.
            && !host.contains('@')
    }) && !value.contains(|c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\')
    });
    if formed {
        Ok(value)
    } else {
        Err(Problem::Link)
    }
}

/// A birth date of someone alive: not in the future, at most 120 years ago.
pub fn birth_date(value: &str, today: Date) -> Result<Date, Problem> {
    if value.trim().is_empty() {
        return Err(Problem::Required);
    }
    let date: Date = value.trim().parse().map_err(|_| Problem::Date)?;
    if date <= today && date.years_until(today) <= 120 {
        Ok(date)
    } else {
        Err(Problem::Date)
    }
}

/// At least 8 characters, as NIST SP 800-63B; at most 200, because hashing is work. No rules on
/// digits or signs: they make passwords worse.
pub fn password(value: &str) -> Result<(), Problem> {
    match value.chars().count() {
        0 => Err(Problem::Required),
        1..8 => Err(Problem::TooShort { min: 8 }),
        8..=200 => Ok(()),
        _ => Err(Problem::TooLong { max: 200 }),
    }
}

/// What a child without a phone signs in with. Lower case, so that «Masha» and «masha» are one.
pub fn login(value: &str) -> Result<String, Problem> {
    let value = value.trim().to_ascii_lowercase();
    if value.is_empty() {
        return Err(Problem::Required);
    }
    let formed = (3..=32).contains(&value.len())
        && value.starts_with(|c: char| c.is_ascii_lowercase())
        && value
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c));
    if formed {
        Ok(value)
    } else {
        Err(Problem::Login)
    }
}

/// An organisation's INN: ten digits, the last one a check digit (order of the tax service
/// ММВ-7-6/435@, weights 2 4 10 3 5 9 4 6 8).
pub fn inn(value: &str) -> Result<String, Problem> {
    let value = value.trim();
    if value.is_empty() {
        return Err(Problem::Required);
    }
    let digits: Vec<u32> = value.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.len() != 10 || value.len() != 10 {
        return Err(Problem::Inn);
    }
    let sum: u32 = digits
        .iter()
        .zip([2, 4, 10, 3, 5, 9, 4, 6, 8])
        .map(|(d, w)| d * w)
        .sum();
    if sum % 11 % 10 == digits[9] {
        Ok(value.to_owned())
    } else {
        Err(Problem::InnCheckDigit)
    }
}

/// A KPP: four digits of the tax office, two digits or capital letters of the reason, three digits.
/// It has no check digit.
pub fn kpp(value: &str) -> Result<String, Problem> {
    let value = crate::letters::capitals(value.trim());
    if value.is_empty() {
        return Err(Problem::Required);
    }
    let formed = value.len() == 9
        && value.chars().enumerate().all(|(place, c)| {
            c.is_ascii_digit() || (matches!(place, 4 | 5) && c.is_ascii_uppercase())
        });
    if formed { Ok(value) } else { Err(Problem::Kpp) }
}

/// The letter of a grade class: one Russian letter, made upper case. Latin letters that look the
/// same become Russian, because «7A» and «7А» are one class to everybody who reads them.
pub fn class_letter(value: &str) -> Result<String, Problem> {
    let value = value.trim();
    let Some(first) = value.chars().next() else {
        return Err(Problem::Required);
    };
    if value.chars().nth(1).is_some() {
        return Err(Problem::Letter);
    }
    let upper = crate::letters::upper(first);
    let letter = match "ABCEHKMOPTXY".find(upper) {
        Some(place) => "АВСЕНКМОРТХУ".chars().nth(place).unwrap_or(upper),
        None => upper,
    };
    if matches!(letter, 'А'..='Я' | 'Ё') {
        Ok(letter.into())
    } else {
        Err(Problem::Letter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_would_see_is_blank() {
        for blank in [
            "",
            " \n\t",
            "\u{200b}",
            "\u{202e} \u{feff}",
            "\u{0}",
            "\u{3164}",
        ] {
            assert!(is_blank(blank), "{blank:?}");
            assert_eq!(text(blank, 10), Err(Problem::Required), "{blank:?}");
        }
        // Joined by a character that isn't seen.
        for seen in ["да", "\u{1f468}\u{200d}\u{1f469}", "\u{200b}.", "❤\u{fe0f}"] {
            assert!(!is_blank(seen), "{seen:?}");
        }
    }

    #[test]
    fn inn_check_digit() {
        assert!(inn("7707083893").is_ok());
        assert_eq!(inn("7707083894"), Err(Problem::InnCheckDigit));
        assert_eq!(inn("770708389"), Err(Problem::Inn));
        assert!(inn("77O7083893").is_err());
        assert_eq!(inn(" "), Err(Problem::Required));
    }

    #[test]
    fn kpp_form() {
        assert!(kpp("773601001").is_ok());
        assert!(kpp("7736ab001").is_ok());
        assert!(kpp("77360100").is_err());
        assert!(kpp("A73601001").is_err());
    }

    #[test]
    fn links() {
        assert!(link("https://school.example", 200).is_ok());
        assert!(link(" https://школа.рф/о-школе?x=1 ", 200).is_ok());
        for wrong in [
            "school.example",
            "http://school.example",
            "javascript:alert(1)",
            "https://localhost",
            "https:///etc",
            "https://bank.example@evil.example",
            "https://school.example/a b",
        ] {
            assert_eq!(link(wrong, 200), Err(Problem::Link), "{wrong}");
        }
        assert_eq!(
            link("https://school.example", 10),
            Err(Problem::TooLong { max: 10 })
        );
    }

    #[test]
    fn names_of_people() {
        assert!(name_part("Салтыков-Щедрин").is_ok());
        assert!(name_part("О’Коннор").is_ok());
        assert_eq!(name_part("R2D2"), Err(Problem::Name));
        assert_eq!(name_part("--"), Err(Problem::Name));
    }

    #[test]
    fn letters_of_classes() {
        assert_eq!(class_letter(" а "), Ok("А".into()));
        assert_eq!(class_letter("ё"), Ok("Ё".into()));
        // Latin in, Russian out.
        assert_eq!(class_letter("b"), Ok("В".into()));
        assert_eq!(class_letter("Y"), Ok("У".into()));
        assert_eq!(class_letter("D"), Err(Problem::Letter));
        assert_eq!(class_letter("1"), Err(Problem::Letter));
        assert_eq!(class_letter("аб"), Err(Problem::Letter));
        assert_eq!(class_letter(""), Err(Problem::Required));
    }

    #[test]
    fn all_problems_at_once() {
        let mut check = Check::new();
        check.text("a", " ", 5);
        check.text("b", "123456", 5);
        let Err(Error::Invalid(fields)) = check.done() else {
            panic!("accepted");
        };
        assert_eq!(fields.len(), 2);
    }
}
