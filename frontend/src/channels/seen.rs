use std::time::Duration;

use common::ChatId;
use common::channels::{GetViews, Views};
use leptos::{prelude::*, task::spawn_local};
use litemap::LiteMap;
use web_sys::VisibilityState;

use crate::ui::{Icon, live};
use crate::{api, reactive::Derived, text};

/// Scrolling asks once.
const PAUSE: Duration = Duration::from_millis(500);

/// So many posts are asked about at once, at most.
const MOST: i64 = 100;

/// While one looks, others read: it's asked again after so long.
const SOONEST: Duration = Duration::from_secs(5);

/// Nobody has read meanwhile: it's asked again later and later, up to this.
const LATEST: Duration = Duration::from_secs(60);

/// How many have seen the posts that are in sight: for staff. Who has read a channel is told to nobody
/// else, since a thousand do within minutes; whoever looks asks again instead.
#[derive(Clone, Copy)]
pub struct Seen {
    channel: ChatId,
    known: RwSignal<LiteMap<i64, Views>>,
    wanted: StoredValue<Option<(i64, i64)>>,
    pace: StoredValue<Pace>,
}

#[derive(Clone, Copy)]
struct Pace {
    /// What was in sight when it was asked last.
    sight: (i64, i64),
    pause: Duration,
    /// Counts answers: only the last is followed by another question.
    answers: u32,
}

impl Seen {
    pub fn new(channel: ChatId) -> Self {
        Self {
            channel,
            known: RwSignal::new(LiteMap::new()),
            wanted: StoredValue::new(None),
            pace: StoredValue::new(Pace {
                sight: (0, 0),
                pause: SOONEST,
                answers: 0,
            }),
        }
    }

    /// These posts are in sight now.
    pub fn look(self, first: i64, last: i64) {
        let wanted = Some((first.max(last - MOST + 1), last));
        let waits = self.wanted.get_value().is_some();
        self.wanted.set_value(wanted);
        if !waits {
            set_timeout(move || self.ask(), PAUSE);
        }
    }

    fn ask(self) {
        // None too when the screen is gone.
        if let Some(Some(sight)) = self.wanted.try_update_value(Option::take) {
            self.pace.update_value(|pace| pace.sight = sight);
            self.fetch(sight);
        }
    }

    fn fetch(self, (from, to): (i64, i64)) {
        let channel = self.channel;
        spawn_local(async move {
            // A count that doesn't come is not worth a word.
            let answer = api::call(GetViews { channel, from, to }).await;
            let new = self.known.try_update(|known| {
                let mut new = false;
                for it in answer.into_iter().flatten() {
                    new |= known.insert(it.seq, it) != Some(it);
                }
                new
            });
            if let Some(new) = new {
                self.follow(new);
            }
        });
    }

    /// Asks again after a while, about what is in sight then, while it's looked at.
    fn follow(self, new: bool) {
        let pace = self.pace.try_update_value(|pace| {
            pace.pause = pause(pace.pause, new);
            pace.answers += 1;
            *pace
        });
        let Some(pace) = pace else { return };
        let due = move || {
            let Some(now) = self.pace.try_get_value() else {
                return;
            };
            // When the page comes into sight again, the conversation looks by itself.
            let looks = document().visibility_state() == VisibilityState::Visible;
            if now.answers == pace.answers && looks {
                self.fetch(now.sight);
            }
        };
        set_timeout(due, pace.pause);
    }

    /// The count beside a post.
    pub fn of(self, seq: i64) -> AnyView {
        let views = Derived::new(move || self.known.with(|known| known.get(&seq).copied()));
        live(move || {
            views.get().map(|Views { seen, of, .. }| {
                view! {
                    <span class="message__views">
                        {Icon::EYE.view()}
                        <span>{move || text!(channels.seen, n = seen, of = of)}</span>
                    </span>
                }
            })
        })
    }
}

fn pause(before: Duration, new: bool) -> Duration {
    if new {
        SOONEST
    } else {
        (before * 2).min(LATEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_are_asked_again_soon_while_others_read_and_seldom_when_nobody_does() {
        let mut last = SOONEST;
        let pauses = [true, false, false, true, false, false, false, false, false].map(|new| {
            last = pause(last, new);
            last.as_secs()
        });
        assert_eq!(pauses, [5, 10, 20, 5, 10, 20, 40, 60, 60]);
    }
}
