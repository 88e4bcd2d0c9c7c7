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

/// Somebody wants a mark: where, and what the field held then.
pub struct Press {
    pub field: HtmlTextAreaElement,
    pub mark: Mark,
    held: Held,
}

/// A field's text, and in units of UTF-16, as the browser counts, what is selected of it.
type Held = (String, u32, u32);

impl Press {
    pub fn new(field: HtmlTextAreaElement, mark: Mark) -> Self {
        let held = held(&field);
        Self { field, mark, held }
    }
}

fn held(field: &HtmlTextAreaElement) -> Held {
    let start = field.selection_start().ok().flatten().unwrap_or_default();
    let end = field.selection_end().ok().flatten().unwrap_or(start);
    (field.value(), start, end)
}

/// Marks the selection, or unmarks what is marked, and selects the same words again. Answers with the whole text; None
/// where the field holds another by now.
pub fn insert(press: Press) -> Option<String> {
    let Press { field, mark, held } = press;
    if self::held(&field) != held {
        return None;
    }
    let (text, start, end) = held;
    let text = JsString::from(text);
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
    Some(all)
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
        if self.chosen.contains('\n') {
            self.chosen = by_line(&self.chosen, mark);
            return self;
        }
        // A mark beside a blank is none: blanks at the edges stay outside.
        let words = self.chosen.trim();
        if !words.is_empty() {
            let from = self.chosen.len() - self.chosen.trim_start().len();
            let to = from + words.len();
            self.before.push_str(&self.chosen[..from]);
            self.after.insert_str(0, &self.chosen[to..]);
            self.chosen = words.to_owned();
        }
        let around = has(mark, &self.before, true) && has(mark, &self.after, false);
        if around && !within(mark, &self.chosen) {
            self.before.truncate(self.before.len() - mark.len());
            self.after.drain(..mark.len());
        } else if let Some(bare) = bare(mark, &self.chosen) {
            self.chosen = bare.to_owned();
        } else {
            self.before.push_str(mark);
            self.after.insert_str(0, mark);
        }
        self
    }

    fn fenced(mut self) -> Self {
        const OPENS: &str = "```\n";
        const CLOSES: &str = "\n```";
        if self.before.ends_with(OPENS) && self.after.starts_with(CLOSES) {
            self.before.truncate(self.before.len() - OPENS.len());
            self.after.drain(..CLOSES.len());
            return self;
        }
        self.begin_line();
        if !self.after.is_empty() && !self.after.starts_with('\n') {
            self.after.insert(0, '\n');
        }
        self.before.push_str(OPENS);
        self.after.insert_str(0, CLOSES);
        self
    }

    fn begin_line(&mut self) {
        if !self.before.is_empty() && !self.before.ends_with('\n') {
            self.before.push('\n');
        }
    }

    fn listed(mut self) -> Self {
        let lines: Vec<&str> = self.chosen.split('\n').collect();
        let bare: Option<Vec<&str>> = lines.iter().map(|line| line.strip_prefix("- ")).collect();
        if let Some(bare) = bare {
            self.chosen = bare.join("\n");
            return self;
        }
        let items = lines.into_iter().map(|line| format!("- {line}"));
        self.chosen = items.collect::<Vec<_>>().join("\n");
        self.begin_line();
        self
    }
}

/// A mark ends with its line: each has its own.
fn by_line(chosen: &str, mark: &str) -> String {
    let words = |line: &str| !line.trim().is_empty();
    let all = chosen.lines().filter(|line| words(line));
    let marked = all.clone().count() > 0 && all.clone().all(|it| bare(mark, it.trim()).is_some());
    let lines = chosen.split('\n').map(|line| {
        let inner = line.trim();
        match bare(mark, inner) {
            _ if !words(line) => line.to_owned(),
            Some(bare) if marked => line.replacen(inner, bare, 1),
            Some(_) => line.to_owned(),
            None => line.replacen(inner, &format!("{mark}{inner}{mark}"), 1),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The words without the mark around them, if it's around all of them.
fn bare<'a>(mark: &str, text: &'a str) -> Option<&'a str> {
    if text.len() <= 2 * mark.len() || !has(mark, text, true) || !has(mark, text, false) {
        return None;
    }
    let bare = text.strip_prefix(mark)?.strip_suffix(mark)?;
    (!within(mark, bare)).then_some(bare)
}

/// Whether the mark begins or ends somewhere within the text.
fn within(mark: &str, text: &str) -> bool {
    let sign = mark.chars().next().unwrap_or_default();
    let mut runs = text.split(|it| it != sign).filter(|run| !run.is_empty());
    runs.any(|run| is(mark, run.len()))
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
    is(mark, count)
}

/// Whether so many signs are the mark, or have it in them.
fn is(mark: &str, count: usize) -> bool {
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
            (Mark::Bold, "[*да*]", "**[*да*]**"),
            (Mark::List, "Купить: []", "Купить: \n[- ]"),
            // Two marked words are no marked text.
            (Mark::Bold, "[**а** и **б**]", "**[**а** и **б**]**"),
            (Mark::Code, "[`а` и `б`]", "`[`а` и `б`]`"),
            // Each line has its own.
            (Mark::Bold, "[да\n\nнет]", "[**да**\n\n**нет**]"),
            (Mark::Bold, "[**да**\nнет]", "[**да**\n**нет**]"),
            (Mark::Italic, "[*да*\n *нет*]", "[да\n нет]"),
            // A fence stands in lines of its own.
            (Mark::Code, "[а\nб]", "```\n[а\nб]\n```"),
            (Mark::Code, "Вот: [а\nб] и", "Вот: \n```\n[а\nб]\n```\n и"),
            (Mark::Code, "```\n[а\nб]\n```", "[а\nб]"),
        ] {
            assert_eq!(selection(before).marked(mark), selection(after), "{before}");
        }
    }

    #[test]
    fn what_is_marked_is_read_as_marked() {
        use common::text::{Block, Inline, parse};
        let said = |text: &str, mark| {
            let Selection {
                before,
                chosen,
                after,
            } = selection(text).marked(mark);
            parse(&format!("{before}{chosen}{after}"))
        };
        let bold = |words: &str| vec![Inline::Bold(vec![Inline::Text(words.into())])];
        let lines = vec![bold("да"), bold("нет")];
        assert_eq!(said("[да\nнет]", Mark::Bold), [Block::Paragraph(lines)]);
        let blocks = said("Вот: [а\nб] и", Mark::Code);
        assert!(blocks.contains(&Block::Code("а\nб".into())), "{blocks:?}");
        assert_eq!(blocks.len(), 3, "{blocks:?}");
    }
}
