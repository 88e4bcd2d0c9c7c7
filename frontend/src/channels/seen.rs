use std::collections::BTreeMap;
use std::time::Duration;

use common::ChatId;
use common::channels::{GetViews, Views};
use leptos::{prelude::*, task::spawn_local};

use crate::ui::{Icon, live};
use crate::{api, reactive::Derived, text};

/// Scrolling asks once.
const PAUSE: Duration = Duration::from_millis(500);

/// So many posts are asked about at once, at most.
const MOST: i64 = 100;

/// How many have seen the posts that are in sight: for staff.
#[derive(Clone, Copy)]
pub struct Seen {
    channel: ChatId,
    known: RwSignal<BTreeMap<i64, Views>>,
    wanted: StoredValue<Option<(i64, i64)>>,
}

impl Seen {
    pub fn new(channel: ChatId) -> Self {
        Self {
            channel,
            known: RwSignal::new(BTreeMap::new()),
            wanted: StoredValue::new(None),
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
        let Some(Some((from, to))) = self.wanted.try_update_value(Option::take) else {
            return;
        };
        let channel = self.channel;
        spawn_local(async move {
            // A count that doesn't come is not worth a word.
            if let Ok(views) = api::call(GetViews { channel, from, to }).await {
                self.known
                    .try_update(|known| known.extend(views.into_iter().map(|it| (it.seq, it))));
            }
        });
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
