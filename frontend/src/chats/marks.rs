//! Formatting for those who don't know the marks by heart: puts them around what is selected.

use js_sys::JsString;
use web_sys::HtmlTextAreaElement;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Bold,
    Italic,
    List,
    Code,
}

/// Marks the selection, and selects the same words again. Answers with the whole text.
pub fn insert(field: &HtmlTextAreaElement, mark: Mark) -> String {
    let text = JsString::from(field.value());
    // In units of UTF-16, as the browser counts.
    let start = field.selection_start().ok().flatten().unwrap_or_default();
    let end = field.selection_end().ok().flatten().unwrap_or(start);
    let part = |from, to| String::from(text.slice(from, to));
    let (before, chosen, after) = (part(0, start), part(start, end), part(end, text.length()));
    let (marked, inset) = marked(&chosen, mark, before.is_empty() || before.ends_with('\n'));
    let all = format!("{before}{marked}{after}");
    field.set_value(&all);
    let added = utf16(&marked) - utf16(&chosen);
    // Between a pair of marks the words stay selected; behind a list's mark one goes on writing.
    let (from, to) = if mark == Mark::List {
        (start + utf16(&marked), start + utf16(&marked))
    } else {
        (start + inset, end + added - inset)
    };
    let _ = field.set_selection_range(from, to);
    all
}

/// The marked text, and how many units stand before the words.
fn marked(chosen: &str, mark: Mark, begins_line: bool) -> (String, u32) {
    match mark {
        Mark::Bold => (format!("**{chosen}**"), 2),
        Mark::Italic => (format!("*{chosen}*"), 1),
        Mark::Code if chosen.contains('\n') => (format!("```\n{chosen}\n```"), 4),
        Mark::Code => (format!("`{chosen}`"), 1),
        Mark::List => {
            let items = chosen.split('\n').map(|line| format!("- {line}"));
            let items = items.collect::<Vec<_>>().join("\n");
            let fresh = if begins_line { "" } else { "\n" };
            (format!("{fresh}{items}"), 2)
        }
    }
}

fn utf16(text: &str) -> u32 {
    text.encode_utf16().count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_what_the_parser_reads() {
        assert_eq!(marked("да", Mark::Bold, false), ("**да**".into(), 2));
        assert_eq!(marked("а\nб", Mark::List, true).0, "- а\n- б");
        assert_eq!(marked("", Mark::List, false).0, "\n- ");
        assert_eq!(marked("а\nб", Mark::Code, true).0, "```\nа\nб\n```");
    }
}
