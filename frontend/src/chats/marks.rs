//! Formatting for those who don't know the marks by heart: puts them around what is selected, and takes them away
//! again.

use js_sys::JsString;
use web_sys::HtmlTextAreaElement;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Bold,
    Italic,
    List,
    Code,
}

/// Marks the selection, or unmarks what is marked, and selects the same words again. Answers with the whole text.
pub fn insert(field: &HtmlTextAreaElement, mark: Mark) -> String {
    let text = JsString::from(field.value());
    // In units of UTF-16, as the browser counts.
    let start = field.selection_start().ok().flatten().unwrap_or_default();
    let end = field.selection_end().ok().flatten().unwrap_or(start);
    let part = |from, to| String::from(text.slice(from, to));
    let selection = Selection {
        before: part(0, start),
        chosen: part(start, end),
        after: part(end, text.length()),
    };
    let Selection {
        before,
        chosen,
        after,
    } = selection.marked(mark);
    let all = format!("{before}{chosen}{after}");
    field.set_value(&all);
    // Between a pair of marks the words stay selected; behind a list's mark one goes on writing.
    let from = utf16(&before);
    let to = from + utf16(&chosen);
    let _ = field.set_selection_range(if mark == Mark::List { to } else { from }, to);
    all
}

/// A text with what is selected in it.
#[derive(Debug, PartialEq)]
struct Selection {
    before: String,
    chosen: String,
    after: String,
}

impl Selection {
    fn marked(self, mark: Mark) -> Self {
        match mark {
            Mark::Bold => self.paired("**"),
            Mark::Italic => self.paired("*"),
            Mark::Code if self.chosen.contains('\n') => self.fenced(),
            Mark::Code => self.paired("`"),
            Mark::List => self.listed(),
        }
    }

    fn paired(mut self, mark: &str) -> Self {
        // A mark beside a blank is none: blanks at the edges stay outside.
        let words = self.chosen.trim();
        if !words.is_empty() {
            let from = self.chosen.len() - self.chosen.trim_start().len();
            let to = from + words.len();
            self.before.push_str(&self.chosen[..from]);
            self.after.insert_str(0, &self.chosen[to..]);
            self.chosen = words.to_owned();
        }
        let length = mark.len();
        if has(mark, &self.before, true) && has(mark, &self.after, false) {
            self.before.truncate(self.before.len() - length);
            self.after.drain(..length);
        } else if self.chosen.len() > 2 * length
            && has(mark, &self.chosen, true)
            && has(mark, &self.chosen, false)
        {
            self.chosen.truncate(self.chosen.len() - length);
            self.chosen.drain(..length);
        } else {
            self.before.push_str(mark);
            self.after.insert_str(0, mark);
        }
        self
    }

    fn fenced(mut self) -> Self {
        self.before.push_str("```\n");
        self.after.insert_str(0, "\n```");
        self
    }

    fn listed(mut self) -> Self {
        let lines: Vec<&str> = self.chosen.split('\n').collect();
        let bare: Option<Vec<&str>> = lines.iter().map(|line| line.strip_prefix("- ")).collect();
        if let Some(bare) = bare {
            self.chosen = bare.join("\n");
            return self;
        }
        if !self.before.is_empty() && !self.before.ends_with('\n') {
            self.before.push('\n');
        }
        let items = lines.into_iter().map(|line| format!("- {line}"));
        self.chosen = items.collect::<Vec<_>>().join("\n");
        self
    }
}

/// Whether the text has the mark at its end or its beginning. Stars are counted: one is italic, two are bold, three
/// are both.
fn has(mark: &str, text: &str, at_end: bool) -> bool {
    let sign = mark.chars().next().unwrap_or_default();
    let count = if at_end {
        text.chars().rev().take_while(|it| *it == sign).count()
    } else {
        text.chars().take_while(|it| *it == sign).count()
    };
    match mark {
        "*" => count % 2 == 1,
        mark => count >= mark.len(),
    }
}

fn utf16(text: &str) -> u32 {
    text.encode_utf16().count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `[` and `]` stand around what is selected.
    fn selection(text: &str) -> Selection {
        let (before, rest) = text.split_once('[').unwrap();
        let (chosen, after) = rest.split_once(']').unwrap();
        Selection {
            before: before.into(),
            chosen: chosen.into(),
            after: after.into(),
        }
    }

    #[test]
    fn marks_are_what_the_parser_reads_and_go_away_again() {
        for (mark, plain, marked) in [
            (Mark::Bold, "[да]", "**[да]**"),
            (Mark::Bold, "и [да] нет", "и **[да]** нет"),
            (Mark::Bold, "[]", "**[]**"),
            (Mark::Bold, "*[да]*", "***[да]***"),
            (Mark::Italic, "[да]", "*[да]*"),
            (Mark::Italic, "**[да]**", "***[да]***"),
            (Mark::Code, "[да]", "`[да]`"),
            (Mark::List, "[а\nб]", "[- а\n- б]"),
        ] {
            assert_eq!(selection(plain).marked(mark), selection(marked), "{plain}");
            assert_eq!(selection(marked).marked(mark), selection(plain), "{marked}");
        }
    }

    #[test]
    fn what_is_selected_with_its_marks_or_blanks_is_understood() {
        for (mark, before, after) in [
            (Mark::Bold, "[**да**]", "[да]"),
            (Mark::Italic, "[***да***]", "[**да**]"),
            (Mark::Bold, "а[ да ]б", "а **[да]** б"),
            (Mark::List, "Купить: []", "Купить: \n[- ]"),
            (Mark::Code, "[а\nб]", "```\n[а\nб]\n```"),
        ] {
            assert_eq!(selection(before).marked(mark), selection(after), "{before}");
        }
    }
}
