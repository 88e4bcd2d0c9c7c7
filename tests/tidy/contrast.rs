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

/// Lightness, chroma and hue (in degrees), light and dark.
type Pair = [[f64; 3]; 2];

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

/// `--name: light-dark(oklch(…), oklch(…));`
fn token(line: &str) -> Option<(&str, Pair)> {
    let (name, value) = line.trim().strip_prefix("--")?.split_once(':')?;
    let mut colours = value.split("oklch(").skip(1).map(|colour| {
        let mut numbers = colour.split([' ', ')']).map_while(|it| it.parse().ok());
        Some([numbers.next()?, numbers.next()?, numbers.next()?])
    });
    Some((name, [colours.next()??, colours.next()??]))
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// By way of linear sRGB, clipped to what a screen shows (Björn Ottosson's OKLab).
fn luminance([lightness, chroma, hue]: [f64; 3]) -> f64 {
    let (a, b) = (
        chroma * hue.to_radians().cos(),
        chroma * hue.to_radians().sin(),
    );
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
    let red = 4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s;
    let green = -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s;
    let blue = -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s;
    0.2126 * red.clamp(0.0, 1.0) + 0.7152 * green.clamp(0.0, 1.0) + 0.0722 * blue.clamp(0.0, 1.0)
}

#[test]
fn contrast_is_that_of_the_standard() {
    let (black, white) = ([0.0, 0.0, 0.0], [1.0, 0.0, 0.0]);
    assert!((contrast(black, white) - 21.0).abs() < 0.01);
    let grey = token("--grey: light-dark(oklch(0.5 0 0), oklch(0.6 0 0));");
    assert_eq!(grey, Some(("grey", [[0.5, 0.0, 0.0], [0.6, 0.0, 0.0]])));
}
