//! Phone numbers: any usual notation in, E.164 out.

use core::fmt;

use serde::{Deserialize, Serialize};

/// A phone number in E.164: `+79161234567`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// Understands `8 (916) 123-45-67`, `+7 916 123 45 67`, `9161234567`, `00 49 …` and other
    /// countries' numbers that begin with `+`. A Russian number has ten digits after the `7`;
    /// E.164 allows 15 digits in all.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.chars().any(|c| {
            !c.is_ascii_digit()
                && !" +-().\u{a0}\u{2009}\u{2010}\u{2011}\u{2012}\u{2013}".contains(c)
        }) {
            return None;
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let international = if text.starts_with('+') {
            digits
        } else if let Some(rest) = digits.strip_prefix("00") {
            rest.to_owned()
        } else if digits.len() == 11 && digits.starts_with(['7', '8']) {
            format!("7{}", &digits[1..])
        } else if digits.len() == 10 {
            format!("7{digits}")
        } else {
            return None;
        };
        let plausible = if international.starts_with('7') {
            international.len() == 11
        } else {
            (8..=15).contains(&international.len()) && !international.starts_with('0')
        };
        plausible.then(|| Self(format!("+{international}")))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Readable: `+7 916 123-45-67`. Other countries' numbers stay as they are.
impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.strip_prefix("+7") {
            Some(rest) if rest.len() == 10 => {
                write!(
                    f,
                    "+7 {} {}-{}-{}",
                    &rest[..3],
                    &rest[3..6],
                    &rest[6..8],
                    &rest[8..]
                )
            }
            _ => f.write_str(&self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Phone;

    #[test]
    fn usual_notations_are_one_number() {
        for text in [
            "8 (916) 123-45-67",
            "+7 916 123 45 67",
            "9161234567",
            "8-916-123-45-67",
            " +7(916)1234567 ",
            "007 916 123 45 67",
        ] {
            assert_eq!(
                Phone::parse(text).unwrap().as_str(),
                "+79161234567",
                "{text}"
            );
        }
        assert_eq!(
            Phone::parse("+49 30 123456").unwrap().as_str(),
            "+4930123456"
        );
    }

    #[test]
    fn other_texts_are_none() {
        for text in [
            "",
            "12345",
            "masha",
            "+7 916 123 45 6",
            "8916123456789",
            "+1234567890123456",
        ] {
            assert_eq!(Phone::parse(text), None, "{text}");
        }
    }
}
