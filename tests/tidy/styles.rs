//! One place for colours and layers, and nothing that the Content-Security-Policy would block.

use crate::files::{File, below, none};

const COLOUR_FUNCTIONS: [&str; 9] = [
    "rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch(",
];
const COLOUR_NAMES: [&str; 10] = [
    "white", "black", "gray", "grey", "red", "green", "blue", "yellow", "orange", "silver",
];

#[test]
fn colours_and_layers_stand_in_tokens() {
    let mut found = Vec::new();
    for file in below("style")
        .into_iter()
        .filter(|file| file.is("css") && file.name() != "tokens.css")
    {
        let text = without_comments(&file.text);
        let file = File { text, ..file };
        for (place, line) in file.lines() {
            if let Some((property, value)) = line.split_once(": ").or_else(|| line.split_once(':'))
                && (has_colour(value) || numbered_layer(property, value))
            {
                found.push(format!("{place}: {}", line.trim()));
            }
        }
    }
    none("Make it a token by role in tokens.css:", &found);
}

#[test]
fn markup_has_no_inline_styles() {
    let mut found = Vec::new();
    for file in below("frontend")
        .into_iter()
        .filter(|file| file.is("rs") || file.is("html"))
    {
        let lines = file
            .lines()
            .filter(|(_, line)| line.contains(" style=") || line.trim().starts_with("style="));
        found.extend(lines.map(|(place, line)| format!("{place}: {}", line.trim())));
    }
    none(
        "The browser would ignore it (CSP); use a class, or style:--name=value:",
        &found,
    );
}

fn numbered_layer(property: &str, value: &str) -> bool {
    property.trim().ends_with("z-index")
        && !value.trim().starts_with("var(")
        && !value.trim().starts_with("auto")
}

fn has_colour(value: &str) -> bool {
    let word = |text: &str| {
        text.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '#')
            .to_owned()
    };
    let mut words = value.split([' ', ',', '(', ')', ';']).map(word);
    let function = COLOUR_FUNCTIONS.iter().any(|name| {
        value
            .match_indices(name)
            .any(|(at, _)| !value[..at].ends_with(|c: char| c.is_ascii_alphanumeric()))
    });
    function || words.any(|word| is_hex(&word) || COLOUR_NAMES.contains(&word.as_str()))
}

fn is_hex(word: &str) -> bool {
    word.strip_prefix('#').is_some_and(|digits| {
        [3, 4, 6, 8].contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

/// With the line breaks kept, so that places stay right.
fn without_comments(css: &str) -> String {
    let mut rest = css;
    let mut text = String::new();
    while let Some((before, after)) = rest.split_once("/*") {
        let (comment, after) = after.split_once("*/").unwrap_or((after, ""));
        text.push_str(before);
        text.extend(comment.matches('\n'));
        rest = after;
    }
    text + rest
}

#[test]
fn colours_are_recognised() {
    for value in [
        "#fff",
        "1px solid #0a0b0c;",
        "rgb(0 0 0)",
        "oklch(0.2 0 0 / 50%)",
        "white",
        "inset 0 1px black",
    ] {
        assert!(has_colour(value), "{value}");
    }
    for value in [
        "var(--ink)",
        "color-mix(in oklch, var(--ink) 8%, transparent)",
        "url(#arrow)",
        "grid-green",
    ] {
        assert!(!has_colour(value), "{value}");
    }
}
