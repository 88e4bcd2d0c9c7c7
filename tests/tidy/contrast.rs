//! Every text of the look can be read: a contrast of at least 4.5 on each ground where it stands,
//! light and dark (WCAG 2.2, 1.4.3). What a person may click is seen too: 3 (1.4.11).

use std::collections::HashMap;

use crate::files::{none, root};

const GROUNDS: [&str; 7] = [
    "canvas",
    "surface",
    "surface-raised",
    "surface-sunken",
    "accent-soft",
    "bubble-own",
    "bubble-other",
];
const TEXTS: [&str; 10] = [
    "ink",
    "ink-muted",
    "accent-text",
    "danger",
    "ok",
    "warn",
    "role-student",
    "role-parent",
    "role-teacher",
    "role-administrator",
];
const PAIRS: [(&str, &str); 10] = [
    ("ink", "thumb"),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
    ("danger-ink", "danger-fill"),
    ("danger", "danger-soft"),
    ("ok", "ok-soft"),
    ("warn", "warn-soft"),
    ("accent-text", "accent-soft"),
    ("toast-ink", "toast"),
    ("toast-accent", "toast"),
];
const SEEN: [(&str, &str); 3] = [
    ("line-strong", "surface"),
    ("focus", "canvas"),
    ("focus", "surface"),
];

/// Red, green and blue, light and dark.
type Pair = [[u8; 3]; 2];

#[test]
fn texts_can_be_read_on_their_grounds() {
    let css = std::fs::read_to_string(root().join("style/tokens.css")).unwrap();
    let tokens: HashMap<&str, Pair> = css.lines().filter_map(token).collect();
    let mut found = Vec::new();
    let mut check = |front: &str, back: &str, least: f64| {
        let (Some(a), Some(b)) = (tokens.get(front), tokens.get(back)) else {
            return found.push(format!("--{front} or --{back} is not in tokens.css"));
        };
        for (theme, (a, b)) in ["light", "dark"].into_iter().zip(a.iter().zip(b)) {
            let contrast = contrast(*a, *b);
            if contrast < least {
                found.push(format!("--{front} on --{back}, {theme}: {contrast:.2}"));
            }
        }
    };
    for text in TEXTS {
        GROUNDS.iter().for_each(|ground| check(text, ground, 4.5));
    }
    PAIRS
        .iter()
        .for_each(|(front, back)| check(front, back, 4.5));
    SEEN.iter()
        .for_each(|(front, back)| check(front, back, 3.0));
    for hue in 0..8 {
        check(&format!("avatar-{hue}-ink"), &format!("avatar-{hue}"), 4.5);
    }
    none("Too little contrast:", &found);
}

/// `--name: var(--light, #rrggbb) var(--dark, #rrggbb);`, or one colour for both.
fn token(line: &str) -> Option<(&str, Pair)> {
    let (name, value) = line.trim().strip_prefix("--")?.split_once(':')?;
    let mut colours = value.split('#').skip(1).map(|colour| {
        let channel = |at: usize| u8::from_str_radix(colour.get(at..at + 2)?, 16).ok();
        Some([channel(0)?, channel(2)?, channel(4)?])
    });
    let light = colours.next()??;
    Some((name, [light, colours.next().flatten().unwrap_or(light)]))
}

fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// By way of linear sRGB.
fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.040_45 {
            share / 12.92
        } else {
            ((share + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[test]
fn contrast_is_that_of_the_standard() {
    let (black, white) = ([0, 0, 0], [255, 255, 255]);
    assert!((contrast(black, white) - 21.0).abs() < 0.01);
    let grey = token("--grey: var(--light, #808080) var(--dark, #999999);");
    assert_eq!(grey, Some(("grey", [[128; 3], [153; 3]])));
}
