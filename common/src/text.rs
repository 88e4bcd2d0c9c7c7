//! Formatting of messages: a small, forgiving subset of Markdown, parsed to a tree that the
//! interface renders as elements. No HTML is ever built from what people write.
//!
//! `**bold**`, `*italic*` or `_italic_`, `` `code` ``, fenced code, `- ` and `1. ` lists, addresses
//! that begin with `https://` or `http://`, `[words](https://…)`. What doesn't parse is text.

use crate::letters::in_word;

/// A block of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Lines that belong together; a line break stays a line break.
    Paragraph(Vec<Vec<Inline>>),
    List {
        /// The first number of an ordered list.
        start: Option<u32>,
        items: Vec<Vec<Inline>>,
    },
    Code(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    Text(String),
    Bold(Vec<Inline>),
    Italic(Vec<Inline>),
    Code(String),
    /// `href` begins with `https://` or `http://`.
    Link {
        href: String,
        text: String,
    },
}

/// Parses a message. Total: every text has a tree.
#[must_use]
pub fn parse(body: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = body.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim_start().starts_with("```") {
            let mut code = Vec::new();
            for line in lines.by_ref() {
                if line.trim() == "```" {
                    break;
                }
                code.push(line);
            }
            blocks.push(Block::Code(code.join("\n")));
        } else if let Some((start, item)) = list_item(line) {
            let mut items = vec![inlines(item)];
            while let Some((next, item)) = lines.peek().and_then(|line| list_item(line)) {
                if next.is_some() != start.is_some() {
                    break;
                }
                items.push(inlines(item));
                lines.next();
            }
            blocks.push(Block::List { start, items });
        } else if line.trim().is_empty() {
            // Blank lines part paragraphs.
        } else {
            let mut paragraph = vec![inlines(line)];
            while let Some(line) = lines.next_if(|line| {
                !line.trim().is_empty()
                    && !line.trim_start().starts_with("```")
                    && list_item(line).is_none()
            }) {
                paragraph.push(inlines(line));
            }
            blocks.push(Block::Paragraph(paragraph));
        }
    }
    blocks
}

/// The words without the marks, in one line: for the chat list and notices. At most `max` characters.
#[must_use]
pub fn preview(body: &str, max: usize) -> String {
    let mut out = String::new();
    for block in parse(body) {
        let lines = match block {
            Block::Paragraph(lines) | Block::List { items: lines, .. } => lines,
            Block::Code(code) => vec![vec![Inline::Text(code)]],
        };
        for line in lines {
            if !out.is_empty() {
                out.push(' ');
            }
            for inline in &line {
                plain(inline, &mut out);
            }
            if out.chars().nth(max).is_some() {
                return out.chars().take(max).chain(['…']).collect();
            }
        }
    }
    out
}

fn plain(inline: &Inline, out: &mut String) {
    match inline {
        Inline::Text(text) | Inline::Code(text) | Inline::Link { text, .. } => {
            out.extend(text.chars().map(|c| if c == '\n' { ' ' } else { c }));
        }
        Inline::Bold(inner) | Inline::Italic(inner) => {
            inner.iter().for_each(|inline| plain(inline, out));
        }
    }
}

fn list_item(line: &str) -> Option<(Option<u32>, &str)> {
    let line = line.trim_start();
    if let Some(item) = line.strip_prefix("- ").or_else(|| line.strip_prefix("• ")) {
        return Some((None, item));
    }
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number = line[..digits].parse().ok()?;
    // «1941. Июнь» is a sentence, not an item.
    let item = line[digits..]
        .strip_prefix(". ")
        .or_else(|| line[digits..].strip_prefix(") "))?;
    (number < 1000).then_some((Some(number), item))
}

fn inlines(text: &str) -> Vec<Inline> {
    let mut out = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    // What stands before decides whether a mark can open: «2*3*4» and «snake_case» stay text.
    let mut before: Option<char> = None;
    while let Some(c) = rest.chars().next() {
        if let Some((inline, length)) = special(rest, before) {
            if !plain.is_empty() {
                out.push(Inline::Text(std::mem::take(&mut plain)));
            }
            out.push(inline);
            before = rest[..length].chars().next_back();
            rest = &rest[length..];
        } else {
            plain.push(c);
            before = Some(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    if !plain.is_empty() {
        out.push(Inline::Text(plain));
    }
    out
}

/// The element that begins here, and how many bytes it takes.
fn special(rest: &str, before: Option<char>) -> Option<(Inline, usize)> {
    let opens = before.is_none_or(|c| !in_word(c));
    if let Some(inner) = enclosed(rest, "`") {
        return Some((Inline::Code(inner.into()), inner.len() + 2));
    }
    if opens && let Some(inner) = enclosed(rest, "**") {
        return Some((Inline::Bold(inlines(inner)), inner.len() + 4));
    }
    if opens && let Some(inner) = enclosed(rest, "*").or_else(|| enclosed(rest, "_")) {
        return Some((Inline::Italic(inlines(inner)), inner.len() + 2));
    }
    if rest.starts_with('[') {
        return named_link(rest);
    }
    if opens && (rest.starts_with("https://") || rest.starts_with("http://")) {
        let length = address_length(rest);
        // More than the scheme.
        if length > "https://".len() {
            let href = &rest[..length];
            return Some((
                Inline::Link {
                    href: href.into(),
                    text: href.into(),
                },
                length,
            ));
        }
    }
    None
}

/// What stands between two marks; the mark hugs the words on both sides and no word follows it.
fn enclosed<'a>(rest: &'a str, mark: &str) -> Option<&'a str> {
    let inner = rest.strip_prefix(mark)?;
    let mut from = 0;
    // Few candidates, so that hostile texts stay linear.
    for _ in 0..8 {
        let end = from + inner[from..].find(mark)?;
        let words = &inner[..end];
        let after = inner[end + mark.len()..].chars().next();
        let hugs = !words.is_empty()
            && !words.starts_with(char::is_whitespace)
            && !words.ends_with(char::is_whitespace);
        let closes = mark == "`" || (after.is_none_or(|c| !in_word(c)) && !words.starts_with(mark));
        if hugs && closes {
            return Some(words);
        }
        from = end + mark.len();
    }
    None
}

fn named_link(rest: &str) -> Option<(Inline, usize)> {
    let (text, after) = rest[1..].split_at(rest[1..].find(['[', ']'])?);
    let after = after.strip_prefix("](")?;
    let href = &after[..after.find(|c: char| c == ')' || c.is_whitespace())?];
    let named = !text.is_empty()
        && after[href.len()..].starts_with(')')
        && (href.starts_with("https://") || href.starts_with("http://"));
    // Words that look like another address than the one they lead to are a trap.
    let honest = !text.contains("://") || text == href;
    (named && honest).then(|| {
        let link = Inline::Link {
            href: href.into(),
            text: text.into(),
        };
        (link, text.len() + href.len() + 4)
    })
}

/// An address ends at white space, and doesn't take the sentence's punctuation along.
fn address_length(rest: &str) -> usize {
    let end = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '«' | '»'))
        .unwrap_or(rest.len());
    let mut address = &rest[..end];
    loop {
        let trimmed = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '\'', '…']);
        let unopened = trimmed.ends_with(')') && !trimmed.contains('(');
        let next = if unopened {
            &trimmed[..trimmed.len() - 1]
        } else {
            trimmed
        };
        if next.len() == address.len() {
            return address.len();
        }
        address = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Inline {
        Inline::Text(text.into())
    }

    fn line(body: &str) -> Vec<Inline> {
        match parse(body).remove(0) {
            Block::Paragraph(mut lines) => lines.remove(0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn marks() {
        assert_eq!(
            line("завтра **в 9:00**, *не* опаздывать"),
            [
                text("завтра "),
                Inline::Bold(vec![text("в 9:00")]),
                text(", "),
                Inline::Italic(vec![text("не")]),
                text(" опаздывать"),
            ]
        );
        assert_eq!(
            line("**a *b* c**"),
            [Inline::Bold(vec![
                text("a "),
                Inline::Italic(vec![text("b")]),
                text(" c")
            ])]
        );
    }

    #[test]
    fn arithmetic_and_names_stay_text() {
        for body in [
            "2*3*4",
            "2 * 3 * 4",
            "snake_case_name",
            "**",
            "* *",
            "`",
            "[a](b)",
            "5 > 3 _",
        ] {
            assert_eq!(line(body), [text(body)], "{body}");
        }
    }

    #[test]
    fn addresses() {
        assert_eq!(
            line("см. https://school.ru/a?b=1."),
            [
                text("см. "),
                Inline::Link {
                    href: "https://school.ru/a?b=1".into(),
                    text: "https://school.ru/a?b=1".into()
                },
                text("."),
            ]
        );
        assert_eq!(
            line("[сюда](javascript:alert(1))"),
            [text("[сюда](javascript:alert(1))")]
        );
        assert!(
            matches!(&line("[сюда](https://a.ru)")[0], Inline::Link { text, .. } if text == "сюда")
        );
        assert!(matches!(
            &line("[https://bank.ru](https://evil.ru)")[0],
            Inline::Text(_)
        ));
    }

    #[test]
    fn lists_and_code() {
        assert_eq!(
            parse("Взять:\n- ручку\n- тетрадь\n\n1. раз\n2. два\n```\na  b\n```"),
            [
                Block::Paragraph(vec![vec![text("Взять:")]]),
                Block::List {
                    start: None,
                    items: vec![vec![text("ручку")], vec![text("тетрадь")]]
                },
                Block::List {
                    start: Some(1),
                    items: vec![vec![text("раз")], vec![text("два")]]
                },
                Block::Code("a  b".into()),
            ]
        );
    }

    #[test]
    fn previews() {
        assert_eq!(
            preview("**Завтра**\nв 9:00\n- ручка", 100),
            "Завтра в 9:00 ручка"
        );
        assert_eq!(preview("абвгд", 3), "абв…");
    }

    #[test]
    fn hostile_lengths_end() {
        for body in [
            "*".repeat(8000),
            "[".repeat(8000),
            "_a".repeat(4000),
            "**a ".repeat(2000),
            "`".repeat(8000),
        ] {
            assert!(!parse(&body).is_empty());
        }
    }
}
