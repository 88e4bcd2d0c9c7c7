//! The form in which the outbox is kept on the device. A browser may come back with it after years:
//! every version reads what those before it kept, and leaves alone what a later one did.

use common::{ChatId, ClientId, Timestamp, json};
use serde::{Deserialize, Serialize};

/// The form of an entry. Raise it when an entry gets something without which it must not be sent:
/// versions before leave those of a later form untouched. A field that they may drop needs no other
/// form, but a default; and either way a line in the test below.
pub(super) const FORM: u32 = 1;

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    pub chat: ChatId,
    pub client_id: ClientId,
    pub body: String,
    #[serde(default = "long_ago")]
    pub at: Timestamp,
    /// Why the server will not take it: it waits to be edited or discarded.
    #[serde(default)]
    pub refused: Option<Refused>,
    /// At first entries said nothing about it.
    #[serde(default)]
    pub(super) form: u32,
}

/// What is kept on the device outlives the errors of one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// The chat isn't the person's any more.
    Gone,
    TooLong,
    /// The rule book says no.
    Denied,
}

const fn long_ago() -> Timestamp {
    Timestamp(0)
}

/// The outbox as it is kept.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Kept {
    pub entries: Vec<Pending>,
    /// Of a later form or spoilt, as they were found.
    pub strange: Vec<String>,
}

impl Kept {
    /// None: not a list at all.
    pub fn read(text: &str) -> Option<Self> {
        let mut kept = Self::default();
        for element in json::elements(text).ok()? {
            match json::from_str::<Pending>(element) {
                Ok(entry) if entry.form <= FORM => kept.entries.push(entry),
                _ => kept.strange.push(element.to_owned()),
            }
        }
        Some(kept)
    }

    /// None: nothing is to be kept.
    pub fn text(&self) -> Option<String> {
        let entries = self
            .entries
            .iter()
            .filter_map(|it| json::to_string(it).ok());
        let all: Vec<String> = self.strange.iter().cloned().chain(entries).collect();
        (!all.is_empty()).then(|| format!("[{}]", all.join(",")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(form: u32) -> Pending {
        Pending {
            chat: ChatId(12),
            client_id: ClientId(0x2a),
            body: "Когда \"собрание\"?".to_owned(),
            at: Timestamp(1_790_000_000_000),
            refused: None,
            form,
        }
    }

    /// What browsers out there have kept. Add to it, never change it.
    const FORMS: [(&str, u32); 2] = [
        (
            r#"[{"chat":12,"client_id":"0000000000000000000000000000002a","body":"Когда \"собрание\"?","at":1790000000000,"refused":null}]"#,
            0,
        ),
        (
            r#"[{"chat":12,"client_id":"0000000000000000000000000000002a","body":"Когда \"собрание\"?","at":1790000000000,"refused":null,"form":1}]"#,
            1,
        ),
    ];

    #[test]
    fn every_form_there_ever_was_is_read() {
        for (text, form) in FORMS {
            let kept = Kept::read(text).unwrap();
            assert_eq!(kept.entries, [entry(form)]);
            assert!(kept.strange.is_empty());
        }
    }

    #[test]
    fn the_form_of_this_version_is_among_them() {
        let kept = Kept {
            entries: vec![entry(FORM)],
            strange: Vec::new(),
        };
        let (newest, form) = FORMS[FORMS.len() - 1];
        assert_eq!((kept.text().as_deref(), FORM), (Some(newest), form));
    }

    #[test]
    fn refusals_of_every_version_are_read() {
        for (word, refused) in [
            ("Gone", Refused::Gone),
            ("TooLong", Refused::TooLong),
            ("Denied", Refused::Denied),
        ] {
            let text = FORMS[0].0.replace("null", &format!("\"{word}\""));
            assert_eq!(Kept::read(&text).unwrap().entries[0].refused, Some(refused));
        }
    }

    #[test]
    fn what_is_missing_has_a_default_and_what_is_new_is_ignored() {
        let text = r#"[{"chat":12,"client_id":"0000000000000000000000000000002a","body":"Да","mood":{"good":[0.5]}}]"#;
        let entry = Pending {
            body: "Да".to_owned(),
            at: Timestamp(0),
            ..entry(0)
        };
        assert_eq!(Kept::read(text).unwrap().entries, [entry]);
    }

    #[test]
    fn strange_entries_lose_nothing_and_are_not_lost() {
        let later = r#"{"chat":12,"client_id":"0000000000000000000000000000002b","body":"Фото","files":["a"], "form":9}"#;
        let other = r#"{"poll":{"question":"Когда?"},"form":2}"#;
        let spoilt = r#"{"chat":"x"}"#;
        let known = FORMS[1].0.trim_matches(['[', ']']);
        let text = format!("[{later},{known},{other},{spoilt}]");
        let mut kept = Kept::read(&text).unwrap();
        assert_eq!(kept.entries, [entry(1)]);
        assert_eq!(kept.strange, [later, other, spoilt]);
        assert_eq!(Kept::read(&kept.text().unwrap()), Kept::read(&text));
        // When the known one is sent, the others stay as they were.
        kept.entries.clear();
        assert_eq!(kept.text(), Some(format!("[{later},{other},{spoilt}]")));
        assert_eq!(Kept::default().text(), None);
    }

    #[test]
    fn what_is_no_list_is_told_apart() {
        assert_eq!(Kept::read(r#"{"version":7,"entries":[]}"#), None);
        assert_eq!(Kept::read(""), None);
        assert_eq!(Kept::read("[]"), Some(Kept::default()));
    }
}
