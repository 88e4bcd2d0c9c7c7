//! JSON for the browser, a third of `serde_json`'s size in every download. It reads only what it
//! expects (no `deserialize_any`: no untagged, internally tagged or flattened types), knows
//! no fractions, since we send none, and says no more of a mistake than that there is one: what
//! the browser gets was written by our own server.

mod read;
mod reader;
mod write;

use core::fmt;

pub use read::{elements, from_str};
pub use write::to_string;

/// Not JSON, or not that of the type that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("malformed JSON")
    }
}

impl core::error::Error for Malformed {}

// Every message is dropped where it arises, so that the code which words it is not in the download.
impl serde::de::Error for Malformed {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: serde::de::Unexpected<'_>, _: &dyn serde::de::Expected) -> Self {
        Self
    }

    fn invalid_value(_: serde::de::Unexpected<'_>, _: &dyn serde::de::Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn serde::de::Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

impl serde::ser::Error for Malformed {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    struct Id(i64);

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Unit,
        New(Id),
        Tuple(u8, String),
        Struct { least: i64, names: Vec<String> },
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Thing {
        id: Id,
        words: String,
        yes: bool,
        nothing: Option<u32>,
        something: Option<Vec<Kind>>,
        kinds: Vec<Kind>,
        by_id: BTreeMap<Id, BTreeMap<String, ()>>,
        pair: (i64, char),
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left_out: Option<bool>,
    }

    fn thing() -> Thing {
        let inner = BTreeMap::from([("ключ \"в кавычках\"".to_owned(), ())]);
        Thing {
            id: Id(-7),
            words: "Ёж \\ \"кавычки\"\nстрока\t\u{1}\u{1f514}/".to_owned(),
            yes: true,
            nothing: None,
            something: Some(vec![]),
            kinds: vec![
                Kind::Unit,
                Kind::New(Id(i64::MAX)),
                Kind::Tuple(255, String::new()),
                Kind::Struct {
                    least: i64::MIN,
                    names: vec!["a".into(), "б".into()],
                },
            ],
            by_id: BTreeMap::from([(Id(1), inner), (Id(20), BTreeMap::new())]),
            pair: (0, 'ы'),
            left_out: None,
        }
    }

    #[test]
    fn writes_and_reads_what_serde_json_does() {
        let text = to_string(&thing()).unwrap();
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            serde_json::to_value(thing()).unwrap()
        );
        assert_eq!(from_str::<Thing>(&text), Ok(thing()));
        let spaced = serde_json::to_string_pretty(&thing()).unwrap();
        assert_eq!(from_str::<Thing>(&spaced), Ok(thing()));
    }

    #[test]
    fn reads_escapes() {
        let text = r#""\u041f\ud83d\udd14\b\f\n\r\t\/\\\"""#;
        assert_eq!(
            from_str::<String>(text),
            Ok("П\u{1f514}\u{8}\u{c}\n\r\t/\\\"".to_owned())
        );
        for bad in [
            r#""\ud83d""#,
            r#""\ud83dx""#,
            r#""\udd14""#,
            r#""\x""#,
            r#""\u00"#,
            "\"\n\"",
        ] {
            assert_eq!(from_str::<String>(bad), Err(Malformed), "{bad}");
        }
    }

    #[test]
    fn unknown_fields_are_skipped() {
        let text = r#"{"least":1,"new":{"a":[1,-2.5e3,null,{"b":"}\"]"}],"c":true},"names":[]}"#;
        let kind = from_str::<Kind>(&format!(r#"{{"struct":{text}}}"#));
        let names = vec![];
        assert_eq!(kind, Ok(Kind::Struct { least: 1, names }));
    }

    #[test]
    fn what_is_cut_off_or_goes_on_is_malformed() {
        let text = to_string(&thing()).unwrap();
        for (at, _) in text.char_indices() {
            assert_eq!(from_str::<Thing>(&text[..at]), Err(Malformed), "{at}");
        }
        assert_eq!(from_str::<Thing>(&(text + "x")), Err(Malformed));
    }

    #[test]
    fn elements_stand_as_they_were_written() {
        let text = " [ {\"a\": [1, 2]} ,\"x]\\\"\", 2.5 , null]";
        let found = vec![r#"{"a": [1, 2]}"#, r#""x]\"""#, "2.5", "null"];
        assert_eq!(elements(text), Ok(found));
        assert_eq!(elements("[]"), Ok(vec![]));
        for bad in ["", "{}", "[1", "[1,]", "[{]", "[1] 2"] {
            assert_eq!(elements(bad), Err(Malformed), "{bad}");
        }
    }

    #[test]
    fn mistakes_are_malformed() {
        assert_eq!(from_str::<u8>("256"), Err(Malformed));
        assert_eq!(from_str::<i64>("1.5"), Err(Malformed));
        assert_eq!(from_str::<i64>("-"), Err(Malformed));
        assert_eq!(from_str::<Vec<u8>>("[1,]"), Err(Malformed));
        assert_eq!(from_str::<Vec<u8>>("[1 2]"), Err(Malformed));
        assert_eq!(from_str::<Kind>("\"other\""), Err(Malformed));
        assert_eq!(from_str::<Kind>("\"new\""), Err(Malformed));
        assert_eq!(from_str::<Thing>("{}"), Err(Malformed));
        assert_eq!(from_str::<bool>("nul"), Err(Malformed));
    }
}
