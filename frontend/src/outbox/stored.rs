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
    /// It was sent at least once, and may have arrived whatever was heard of it. At first entries said nothing
    /// about it. Written either way: it changes where there is no room, and `true` is the shorter word.
    #[serde(default = "unknown")]
    pub(super) tried: bool,
    /// The browser didn't keep it: it lives as long as the page.
    #[serde(skip)]
    pub loose: bool,
}

impl Pending {
    /// Whether the server may have it, although it didn't say so.
    pub const fn may_be_there(&self) -> bool {
        let denied = matches!(
            self.refused,
            Some(Refused::Gone | Refused::TooLong | Refused::Denied)
        );
        self.tried && !denied
    }
}

/// Why a message waits for its writer. What is kept on the device outlives the errors of one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Refused {
    /// The chat isn't the person's any more.
    Gone,
    TooLong,
    /// The rule book says no.
    Denied,
    /// The server is there, and doesn't take it: something in between may not let it through.
    Blocked,
    /// It waited for so long that it may be true no longer.
    Stale,
}

const fn long_ago() -> Timestamp {
    Timestamp(0)
}

const fn unknown() -> bool {
    true
}

/// The outbox as it is kept.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Kept {
    pub entries: Vec<Pending>,
    /// Of a later form or spoilt, as they were found; what is no list at all, as a text.
    pub strange: Vec<String>,
}

impl Kept {
    pub fn read(text: &str) -> Self {
        let mut kept = Self::default();
        let Ok(elements) = json::elements(text) else {
            kept.strange.extend(json::to_string(&text).ok());
            return kept;
        };
        for element in elements {
            match json::from_str::<Pending>(element) {
                Ok(entry) if entry.form <= FORM => kept.entries.push(entry),
                _ => kept.strange.push(element.to_owned()),
            }
        }
        kept
    }

    /// Takes in what only the page knows, of all that it has.
    pub fn join(&mut self, page: &[Pending]) {
        for it in page.iter().filter(|it| it.loose) {
            let mut entries = self.entries.iter_mut();
            match entries.find(|entry| entry.client_id == it.client_id) {
                Some(entry) => *entry = it.clone(),
                None => self.entries.push(it.clone()),
            }
        }
    }

    /// The browser has no room for all: what it had before stays kept, the rest is the page's.
    pub fn loosen(&mut self, before: &[Pending]) {
        for it in &mut self.entries {
            let tried = it.tried;
            let as_before = |was: &Pending| {
                Pending {
                    tried,
                    ..was.clone()
                } == *it
            };
            it.loose = !before.iter().any(as_before);
        }
    }

    /// None: nothing is to be kept.
    pub fn text(&self) -> Option<String> {
        let entries = self
            .entries
            .iter()
            .filter(|it| !it.loose)
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
            tried: true,
            loose: false,
        }
    }

    /// As this version keeps it first.
    fn fresh() -> Pending {
        Pending {
            tried: false,
            ..entry(FORM)
        }
    }

    /// What browsers out there have kept. Add to it, never change it.
    const FORMS: [(&str, u32, bool); 3] = [
        (
            r#"[{"chat":12,"client_id":"0000000000000000000000000000002a","body":"Когда \"собрание\"?","at":1790000000000,"refused":null}]"#,
            0,
            true,
        ),
        (
            r#"[{"chat":12,"client_id":"0000000000000000000000000000002a","body":"Когда \"собрание\"?","at":1790000000000,"refused":null,"form":1}]"#,
            1,
            true,
        ),
        (
            r#"[{"chat":12,"client_id":"0000000000000000000000000000002a","body":"Когда \"собрание\"?","at":1790000000000,"refused":null,"form":1,"tried":false}]"#,
            1,
            false,
        ),
    ];

    #[test]
    fn every_form_there_ever_was_is_read() {
        for (text, form, tried) in FORMS {
            let kept = Kept::read(text);
            let entry = Pending {
                tried,
                ..entry(form)
            };
            assert_eq!(kept.entries, [entry]);
            assert!(kept.strange.is_empty());
        }
    }

    #[test]
    fn the_form_of_this_version_is_among_them() {
        let kept = Kept {
            entries: vec![fresh()],
            strange: Vec::new(),
        };
        let (newest, ..) = FORMS[FORMS.len() - 1];
        assert_eq!(kept.text().as_deref(), Some(newest));
    }

    #[test]
    fn what_was_tried_may_be_there_unless_the_server_itself_refuses_it() {
        let refused = |refused| Pending {
            refused,
            ..entry(FORM)
        };
        assert!(!fresh().may_be_there());
        // Versions before didn't say.
        assert!(entry(0).may_be_there());
        for unsure in [None, Some(Refused::Blocked), Some(Refused::Stale)] {
            assert!(refused(unsure).may_be_there(), "{unsure:?}");
        }
        for sure in [Refused::Gone, Refused::TooLong, Refused::Denied] {
            assert!(!refused(Some(sure)).may_be_there(), "{sure:?}");
        }
    }

    #[test]
    fn refusals_of_every_version_are_read() {
        for (word, refused) in [
            ("Gone", Refused::Gone),
            ("TooLong", Refused::TooLong),
            ("Denied", Refused::Denied),
            ("Blocked", Refused::Blocked),
            ("Stale", Refused::Stale),
        ] {
            let text = FORMS[0].0.replace("null", &format!("\"{word}\""));
            assert_eq!(Kept::read(&text).entries[0].refused, Some(refused));
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
        assert_eq!(Kept::read(text).entries, [entry]);
    }

    #[test]
    fn strange_entries_lose_nothing_and_are_not_lost() {
        let later = r#"{"chat":12,"client_id":"0000000000000000000000000000002b","body":"Фото","files":["a"], "form":9}"#;
        let other = r#"{"poll":{"question":"Когда?"},"form":2}"#;
        let spoilt = r#"{"chat":"x"}"#;
        let known = FORMS[1].0.trim_matches(['[', ']']);
        let text = format!("[{later},{known},{other},{spoilt}]");
        let mut kept = Kept::read(&text);
        assert_eq!(kept.entries, [entry(1)]);
        assert_eq!(kept.strange, [later, other, spoilt]);
        assert_eq!(Kept::read(&kept.text().unwrap()), Kept::read(&text));
        // When the known one is sent, the others stay as they were.
        kept.entries.clear();
        assert_eq!(kept.text(), Some(format!("[{later},{other},{spoilt}]")));
        assert_eq!(Kept::default().text(), None);
    }

    #[test]
    fn what_is_no_list_is_kept_as_it_was() {
        for text in [r#"{"version":7,"entries":[]}"#, "[1,", ""] {
            let kept = Kept::read(text);
            assert_eq!(kept.entries, []);
            let again = Kept::read(&kept.text().unwrap());
            assert_eq!(again, kept);
            assert_eq!(json::from_str::<String>(&again.strange[0]).unwrap(), text);
        }
        assert_eq!(Kept::read("[]"), Kept::default());
    }

    #[test]
    fn without_room_what_was_kept_stays_kept_and_the_rest_is_the_pages() {
        let other = Pending {
            client_id: ClientId(0x2b),
            ..fresh()
        };
        let before = Kept::read(FORMS[2].0);
        let mut kept = Kept::read(FORMS[2].0);
        kept.entries.push(other);
        kept.loosen(&before.entries);
        assert_eq!(kept.text().as_deref(), Some(FORMS[2].0));
        // Another tab has sent the first, and this one reads what is kept now.
        let mut now = Kept::default();
        now.join(&kept.entries);
        assert_eq!(now.entries, [kept.entries[1].clone()]);
        // Its writer decides about the first, of which there is no room to tell.
        kept.entries[0].refused = Some(Refused::Stale);
        kept.loosen(&before.entries);
        let mut now = Kept::read(FORMS[2].0);
        now.join(&kept.entries);
        assert_eq!(now.entries, kept.entries);
    }

    #[test]
    fn that_something_was_sent_is_kept_where_there_is_no_room_for_more() {
        let before = Kept::read(FORMS[2].0);
        let mut kept = Kept::read(FORMS[2].0);
        kept.entries[0].tried = true;
        kept.entries.push(Pending {
            client_id: ClientId(0x2b),
            ..fresh()
        });
        kept.loosen(&before.entries);
        let text = kept.text().unwrap();
        assert!(text.len() < FORMS[2].0.len(), "{text}");
        assert_eq!(Kept::read(&text).entries, kept.entries[..1]);
        assert!(kept.entries[1].loose);
    }
}
