mod edges;

use common::chats::{Chat, Missing};
use common::permissions::{Action, ChatKind};
use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::ResizeObserver;

use super::bubble::{message, pending};
use super::menus::Menus;
use super::message_menu::MessageMenu;
use super::place::{Place, Sight};
use super::reading;
use super::rows::{Row, rows};
use crate::channels::Seen;
use crate::store::threads::{self, Open};
use crate::ui::{EmptyState, ErrorState, Icon, Shape, Skeleton, live, time};
use crate::{
    errors, outbox,
    reactive::{Derived, effect},
    store, t,
};

/// The messages of a conversation, with what keeps the reader's place.
#[derive(Clone)]
pub struct Log {
    open: Open,
    listed: Derived<Option<Chat>>,
    place: Place,
    /// The message before which "unread" stands: since the conversation was opened, or the reader wasn't there.
    divider: RwSignal<Option<i64>>,
    /// The first page was drawn and the reader put to where the reading goes on.
    begun: StoredValue<bool>,
    /// The reader wants the newest messages, while others are on their way.
    to_newest: StoredValue<bool>,
    /// Where the reader goes on, which isn't held any more: it's fetched, and nothing is read before.
    back_to: StoredValue<Option<i64>>,
    seen: Option<Seen>,
    channel: bool,
    menu: MessageMenu,
}

impl Log {
    pub fn new(chat: &Chat, listed: Derived<Option<Chat>>) -> Self {
        let unread = unread(chat);
        let channel = chat.kind == ChatKind::Channel;
        let counts = store::peek(|state| state.may_in_chat(Action::SeeViews, chat.id));
        Self {
            open: threads::open(chat.id),
            listed,
            place: Place::new(),
            divider: RwSignal::new(unread),
            begun: StoredValue::new(false),
            to_newest: StoredValue::new(false),
            back_to: StoredValue::new(None),
            seen: (channel && counts == Some(true)).then(|| Seen::new(chat.id)),
            channel,
            menu: MessageMenu::new(chat.id),
        }
    }

    /// The person has written something: it stands at the end, and all above is known.
    pub fn wrote(&self) {
        self.divider.set(None);
        self.go_to_end();
    }

    fn go_to_end(&self) {
        self.back_to.set_value(None);
        self.place.go_to_end();
        let newest = self.newest();
        let at_end = threads::peek(self.open.chat, |thread| thread.at_end(newest));
        let elsewhere = at_end != Some(true);
        let busy = self.open.busy.get_untracked();
        self.to_newest.set_value(elsewhere && busy);
        if elsewhere && !busy {
            threads::newest(&self.open);
        }
    }

    fn newest(&self) -> i64 {
        self.listed
            .with_untracked(|chat| chat.as_ref().map_or(0, |chat| chat.last_seq))
    }

    fn unread(&self) -> Option<i64> {
        self.listed
            .with_untracked(|chat| chat.as_ref().and_then(unread))
    }

    /// Something was drawn.
    fn drawn(&self) {
        if self.open.loaded() && !self.begun.get_value() {
            self.begun.set_value(true);
            self.place.begin();
        } else {
            self.hold();
        }
        self.look();
    }

    fn hold(&self) {
        let (unread, newest) = (self.unread(), self.newest());
        let (first, at_end) = threads::peek(self.open.chat, |thread| {
            (thread.first(), thread.at_end(newest))
        })
        .unwrap_or_default();
        // Much has come meanwhile, and a window holds only so much.
        let goes_on = self.place.goes_on(unread);
        if let (Some(seq), Some(first)) = (goes_on, first)
            && seq < first
        {
            self.back_to.set_value(goes_on);
            self.divider.set(unread);
        }
        if let Some(seq) = self.back_to.get_value() {
            if first.is_none_or(|first| first > seq) {
                return self.place.pass();
            }
            self.back_to.set_value(None);
            if self.place.at_end.get_untracked() {
                return self.place.begin();
            }
        }
        if !self.place.hold(unread, at_end) {
            self.divider.set(unread);
        }
    }

    /// The reader is somewhere else, or something has come: reads, and fetches what comes next.
    fn look(&self) {
        // Before it's there, the end is in sight, which nobody has read.
        if self.begun.try_get_value() != Some(true) {
            return;
        }
        self.place.settle();
        if self.place.drawing() {
            return;
        }
        if self.back_to.get_value().is_some() {
            return self.fetch(Sight::default());
        }
        let Some(sight) = self.place.look() else {
            if self.open.loaded() && self.newest() > 0 {
                self.fetch(Sight {
                    near_end: true,
                    ..Sight::default()
                });
            }
            return;
        };
        if reading::attentive() {
            reading::read(self.open.chat, sight.last);
        }
        if let Some(seen) = self.seen {
            seen.look(sight.first, sight.last);
        }
        self.fetch(sight);
    }

    fn fetch(&self, sight: Sight) {
        if self.open.busy.get_untracked() || self.open.failed.get_untracked().is_some() {
            return;
        }
        if let Some(seq) = self.back_to.get_value() {
            return threads::around(&self.open, seq);
        }
        let to_newest = self.to_newest.get_value();
        self.to_newest.set_value(false);
        if to_newest && sight.near_end {
            return self.go_to_end();
        }
        match threads::missing(&self.open) {
            Some(missing @ Missing::Changes { .. }) => threads::fetch(&self.open, missing),
            Some(missing @ Missing::Messages(_)) if sight.near_end => {
                threads::fetch(&self.open, missing);
            }
            _ if sight.near_start => threads::older(&self.open),
            _ => {}
        }
    }

    /// Looks again before the next paint.
    fn soon(&self, then: fn(&Self)) {
        let log = self.clone();
        request_animation_frame(move || {
            if !log.closed() {
                then(&log);
            }
        });
    }

    /// The screen is gone: a frame or an answer came too late for it.
    fn closed(&self) -> bool {
        self.begun.try_get_value().is_none()
    }

    fn follow(&self) {
        let log = self.clone();
        let visible = window_event_listener(ev::visibilitychange, move |_| log.look());
        on_cleanup(move || visible.remove());
        let log = self.clone();
        let focused = window_event_listener(ev::focus, move |_| log.look());
        on_cleanup(move || focused.remove());
        let log = self.clone();
        effect(move || {
            log.listed.track();
            log.open.busy.track();
            log.open.failed.track();
            log.soon(Self::look);
        });
        // The composer grows, a phone's keyboard opens: the end stays, the rest is looked at anew.
        let log = self.clone();
        let resized = Closure::<dyn FnMut()>::new(move || log.look()).into_js_value();
        let observer = ResizeObserver::new(resized.unchecked_ref()).ok();
        let place = self.place;
        let observing = StoredValue::new_local(observer);
        effect(move || {
            if let Some(log) = place.log.get() {
                observing.with_value(|it| it.as_ref().inspect(|it| it.observe(&log)).map(|_| ()));
            }
        });
        on_cleanup(move || {
            if let Some(Some(observer)) = observing.try_update_value(Option::take) {
                observer.disconnect();
            }
        });
    }

    pub fn view(self, label: Signal<String>) -> AnyView {
        self.follow();
        let open = self.open.clone();
        let state = Derived::new(move || {
            if open.thread.with(Option::is_some) {
                State::Loaded
            } else if open.failed.with(Option::is_some) {
                State::Failed
            } else {
                State::Loading
            }
        });
        live(move || match state.get() {
            State::Loading => view! { <Skeleton shape=Shape::Conversation /> }.into_any(),
            State::Failed => {
                let open = self.open.clone();
                let error = open.failed.clone();
                let message = Signal::derive(move || {
                    error.with(|it| it.as_ref().map(errors::sentence).unwrap_or_default())
                });
                let again = Callback::new(move |()| {
                    open.failed.set(None);
                    threads::begin(&open);
                });
                view! { <ErrorState message on_retry=again /> }.into_any()
            }
            State::Loaded => self.loaded(label),
        })
    }

    fn loaded(&self, label: Signal<String>) -> AnyView {
        let chat = self.open.chat;
        let (thread, waiting, divider) = (self.open.thread, outbox::pending(), self.divider);
        let all = Derived::new(move || {
            let me = store::me().unwrap_or(common::AccountId(0));
            thread.with(|thread| {
                let Some(thread) = thread else {
                    return Vec::new();
                };
                waiting.with(|waiting| {
                    let known = |id| thread.messages().any(|message| message.client_id == id);
                    let mine = waiting
                        .iter()
                        .filter(|it| it.chat == chat && !known(it.client_id));
                    rows(thread.messages(), mine, me, divider.get(), time::same_day)
                })
            })
        });
        let log = self.clone();
        effect(move || {
            all.track();
            log.place.change();
            log.soon(Self::drawn);
        });
        let log = self.clone();
        let row = move |row: Row| log.row(row);
        let empty = Derived::new(move || all.with(Vec::is_empty));
        let (log, top, channel, menu) = (self.clone(), self.top(), self.channel, self.menu);
        let place = self.place;
        let key = move |event: ev::KeyboardEvent| {
            if let Some(log) = place.log.get_untracked() {
                menu.key(&event, &log);
            }
        };
        let nothing = live(move || {
            empty.get().then(|| {
                let (title, hint) = if channel {
                    (t!(channels.empty), t!(channels.empty_hint))
                } else {
                    (t!(chats.quiet), t!(chats.quiet_hint))
                };
                view! { <EmptyState icon=Icon::MESSAGE_CIRCLE title hint /> }
            })
        });
        view! {
            <div class="log">
                <div
                    class="log__scroll"
                    role="log"
                    tabindex="0"
                    aria-label=label
                    node_ref=self.place.log
                    on:scroll=move |_| log.look()
                    on:contextmenu=move |event| menu.asked(&event)
                    on:pointerdown=move |event| menu.touched(&event)
                    on:pointerup=move |_| menu.released()
                    on:pointercancel=move |_| menu.released()
                    on:keydown=key
                >
                    <div class="log__column">
                        {top}
                        {nothing}
                        <ul class="log__rows" role="list">
                            <For each=move || all.get() key=|(key, _)| key.clone() let((_, each))>
                                {row(each)}
                            </For>
                        </ul>
                    </div>
                </div>
                {self.way_down()}
            </div>
            {use_context::<Menus>().map(|menus| (menus.message)(menu))}
        }
        .into_any()
    }

    fn row(&self, row: Row) -> AnyView {
        match row {
            Row::Day(moment) => view! {
                <li class="log__day"><span>{move || time::day(moment)}</span></li>
            }
            .into_any(),
            Row::Unread => view! {
                <li class="log__unread" data-divider=""><span>{t!(chats.unread_from_here)}</span></li>
            }
            .into_any(),
            Row::Message {
                message: it,
                own,
                head,
            } => message(it, own, head, self.listed, self.seen),
            Row::Pending(it) => pending(it),
        }
    }
}

/// Where "unread" stands. Nobody has read a chat in which all is unread: it begins at its end.
fn unread(chat: &Chat) -> Option<i64> {
    chat.first_unread().filter(|_| chat.read_seq > 0)
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Loading,
    Failed,
    Loaded,
}
