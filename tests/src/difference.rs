//! Where two states differ, in words.

use serde::Serialize;
use serde_json::Value;

/// One line for each place that differs, as `chats.3.last_seq: 4 → 5`.
pub fn difference<T: Serialize>(old: &T, new: &T) -> String {
    let mut lines = Vec::new();
    let value = |it: &T| serde_json::to_value(it).unwrap();
    compare("", &value(old), &value(new), &mut lines);
    lines.join("\n")
}

fn compare(path: &str, old: &Value, new: &Value, lines: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                let side = |it: &serde_json::Map<String, Value>| {
                    it.get(key).cloned().unwrap_or(Value::Null)
                };
                compare(&format!("{path}.{key}"), &side(a), &side(b), lines);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (place, (a, b)) in a.iter().zip(b).enumerate() {
                compare(&format!("{path}.{place}"), a, b, lines);
            }
        }
        _ if old != new => lines.push(format!("{}: {old} → {new}", path.trim_start_matches('.'))),
        _ => {}
    }
}
