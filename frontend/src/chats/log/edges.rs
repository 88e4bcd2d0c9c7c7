//! What stands above and below of what is held of a conversation.

use std::sync::Arc;

use common::chats::{Chat, Thread};
use leptos::prelude::*;

use super::Log;
use crate::reactive::Derived;
use crate::store::threads;
use crate::t;
use crate::ui::{Button, Icon, Variant, live};

impl Log {
    /// Above the oldest message: that there's more, or why it didn't come.
    pub(super) fn top(&self) -> AnyView {
        let open = self.open.clone();
        live(move || {
            if open.failed.with(Option::is_some) {
                let open = open.clone();
                let again = move || {
                    open.failed.set(None);
                    threads::older(&open);
                };
                return view! {
                    <p class="log__more">
                        {t!(chats.history_failed)}
                        <Button label=t!(common.retry) variant=Variant::Plain on_click=again />
                    </p>
                }
                .into_any();
            }
            let more = open
                .thread
                .with(|it| it.as_ref().is_some_and(|it| !it.at_start()));
            more.then(|| view! { <p class="log__more">{t!(common.loading)}</p> })
                .into_any()
        })
    }

    /// The button that leads to the newest message, with how many are unread.
    pub(super) fn way_down(&self) -> AnyView {
        let (log, listed, at_end) = (self.clone(), self.listed, self.place.at_end);
        let thread = self.open.thread;
        let shown = Derived::new(move || {
            let newest = listed.with(|chat| chat.as_ref().map_or(0, |chat| chat.last_seq));
            let held =
                |thread: &Option<Arc<Thread>>| thread.as_ref().is_some_and(|it| it.at_end(newest));
            !at_end.get() || !thread.with(held)
        });
        let count = Signal::derive(move || {
            let unread = listed.with(|chat| chat.as_ref().map_or(0, Chat::unread));
            u32::try_from(unread).unwrap_or_default()
        });
        live(move || {
            shown.get().then(|| {
                let log = log.clone();
                view! {
                    <button
                        class="log__down"
                        type="button"
                        aria-label=t!(chats.to_newest)
                        title=t!(chats.to_newest)
                        on:click=move |_| log.go_to_end()
                    >
                        {Icon::ARROW_DOWN.view()}
                        <crate::ui::Count value=count />
                    </button>
                }
            })
        })
    }
}
