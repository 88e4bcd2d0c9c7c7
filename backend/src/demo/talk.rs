//! Half a year of conversations: threads from the scripts, laid into the days and hours in which a
//! school talks.

use common::{AccountId, Date, Timestamp};
use rand::Rng;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

use super::scripts::SLOTS;
use crate::schools::zone::Zone;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Days that the history goes back.
const DAYS: i64 = 183;

#[derive(Clone)]
pub struct Line {
    pub author: AccountId,
    pub body: String,
    pub sent_at: Timestamp,
}

/// Until when, by which clocks.
#[derive(Clone, Copy)]
pub struct Times<'a> {
    pub zone: &'a Zone,
    pub now: Timestamp,
}

/// Who speaks in a chat.
pub struct Voices<'a> {
    /// `T` of the scripts.
    pub teacher: AccountId,
    /// `A`, `B`, `C` are drawn from these for each thread.
    pub others: &'a [AccountId],
}

/// About `count` messages, ascending in time, from `DAYS` before now until now.
pub fn conversation(
    rng: &mut ChaCha8Rng,
    scripts: &[&[&str]],
    voices: &Voices<'_>,
    count: usize,
    times: Times<'_>,
) -> Vec<Line> {
    let mut lines = Vec::with_capacity(count + 6);
    if voices.others.is_empty() {
        return lines;
    }
    while lines.len() < count {
        let Some(script) = scripts.choose(rng) else {
            break;
        };
        let speakers: Vec<AccountId> = (0..3)
            .filter_map(|_| voices.others.choose(rng).copied())
            .collect();
        let child = fill(rng, "{child}");
        let mut at = moment(rng, times);
        for line in *script {
            let (who, text) = line.split_once(' ').unwrap_or(("A", line));
            let author = match who {
                "T" => voices.teacher,
                "B" => speakers[1],
                "C" => speakers[2],
                _ => speakers[0],
            };
            // One thread speaks of one child.
            let body = fill(rng, &text.replace("{child}", &child));
            lines.push(Line {
                author,
                body,
                sent_at: at,
            });
            at = at.plus_ms(rng.random_range(20_000..14 * MINUTE));
        }
    }
    finish(lines, times.now)
}

/// Posts of one channel.
pub fn posts(
    rng: &mut ChaCha8Rng,
    texts: &[&str],
    authors: &[AccountId],
    count: usize,
    times: Times<'_>,
) -> Vec<Line> {
    let mut lines = Vec::with_capacity(count);
    while lines.len() < count {
        let (Some(text), Some(author)) = (texts.choose(rng), authors.choose(rng)) else {
            break;
        };
        let body = fill(rng, text);
        lines.push(Line {
            author: *author,
            body,
            sent_at: moment(rng, times),
        });
    }
    finish(lines, times.now)
}

/// Nothing is said in the future, and everything in order.
fn finish(mut lines: Vec<Line>, now: Timestamp) -> Vec<Line> {
    for line in &mut lines {
        line.sent_at = line.sent_at.min(now.plus_ms(-MINUTE));
    }
    lines.sort_by_key(|line| line.sent_at);
    lines
}

/// A moment in which a school talks: mornings before the first lesson, afternoons, most of all
/// evenings; little on Sundays, little in summer.
fn moment(rng: &mut ChaCha8Rng, Times { zone, now }: Times<'_>) -> Timestamp {
    let today = zone.day(now).days();
    loop {
        let date = Date::from_days(today - rng.random_range(0..DAYS) as i32);
        // 1 January 1970 was a Thursday.
        let sunday = date.days().rem_euclid(7) == 3;
        let summer = matches!(date.month, 6..=8);
        if (sunday && rng.random_ratio(4, 5)) || (summer && rng.random_ratio(9, 10)) {
            continue;
        }
        let minutes = match rng.random_range(0..10) {
            0 | 1 => rng.random_range(7 * 60..8 * 60 + 30),
            2..=4 => rng.random_range(13 * 60..17 * 60),
            _ => rng.random_range(17 * 60..21 * 60 + 30),
        };
        let midnight = zone.midnight(date);
        let at = midnight.plus_ms(minutes * MINUTE + rng.random_range(0..MINUTE));
        if at < now.plus_ms(-HOUR) {
            return at;
        }
    }
}

/// Fills each `{slot}` with one of its words.
fn fill(rng: &mut ChaCha8Rng, text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (slot, after) = after.split_once('}').unwrap_or((after, ""));
        let words = SLOTS
            .iter()
            .find(|(name, _)| *name == slot)
            .map(|(_, words)| *words);
        out.push_str(
            words
                .and_then(|words| words.choose(rng))
                .copied()
                .unwrap_or(slot),
        );
        rest = after;
    }
    out.push_str(rest);
    out
}
