use common::ChatId;
use common::chats::{Chat, MESSAGE_LIMIT};
use common::permissions::{ChatKind, Reason};
use common::validate::is_blank;
use leptos::{ev::KeyboardEvent, html, prelude::*, task::spawn_local};

use super::marks::{Mark, Press};
use super::marks_menu::MarksMenu;
use super::menus::Menus;
use crate::ui::{Icon, MenuButton, live, toast};
use crate::{
    errors, outbox, plural,
    reactive::{Derived, effect},
    socket, t, text,
};

/// How often others are told that one writes, in milliseconds.
const TYPING: f64 = 3000.0;

/// So many characters before the limit the counter appears.
const COUNTED: usize = 500;

/// Where one writes. What is typed is kept at every keystroke.
#[derive(Clone, Copy)]
pub struct Composer {
    chat: ChatId,
    channel: bool,
    words: RwSignal<String>,
    field: NodeRef<html::Textarea>,
    told: StoredValue<f64>,
    on_sent: Callback<()>,
    menus: Option<Menus>,
}

impl Composer {
    pub fn new(chat: &Chat, on_sent: Callback<()>) -> Self {
        let id = chat.id;
        let words = RwSignal::new(outbox::draft(id));
        let drafts = outbox::drafts();
        // What is typed in another tab, or was sent there.
        effect(move || {
            let begun = drafts.with(|all| all.get(&id).cloned().unwrap_or_default());
            // Blanks are no draft.
            let same = words.with_untracked(|it| begun == if is_blank(it) { "" } else { it });
            if !same {
                words.set(begun);
            }
        });
        Self {
            chat: id,
            channel: chat.kind == ChatKind::Channel,
            words,
            field: NodeRef::new(),
            told: StoredValue::new(0.0),
            on_sent,
            menus: use_context(),
        }
    }

    /// Puts the text in front of what is being written.
    pub fn edit(self, text: &str) {
        let begun = self.words.get_untracked();
        let all = if is_blank(&begun) {
            text.to_owned()
        } else {
            format!("{text}\n{begun}")
        };
        self.changed(all);
        self.focus();
    }

    pub fn focus(self) {
        request_animation_frame(move || {
            if let Some(Some(field)) = self.field.try_get_untracked() {
                let _ = field.focus();
            }
        });
    }

    fn changed(self, words: String) {
        outbox::keep_draft(self.chat, &words);
        let now = js_sys::Date::now();
        let due = now - self.told.get_value() > TYPING;
        if due && !self.channel && !is_blank(&words) {
            self.told.set_value(now);
            socket::typing(self.chat);
        }
        self.words.set(words);
    }

    fn send(self) {
        let words = self.words.get_untracked();
        if is_blank(&words) || length(&words) > MESSAGE_LIMIT as usize {
            return;
        }
        outbox::put(self.chat, words.trim_end());
        self.told.set_value(0.0);
        self.changed(String::new());
        self.on_sent.run(());
    }

    fn mark(self, mark: Mark) {
        let (Some(field), Some(menus)) = (self.field.get_untracked(), self.menus) else {
            return;
        };
        let press = Press::new(field, mark);
        spawn_local(async move {
            let Ok(marked) = (menus.mark)(press).await else {
                return toast::show(text!(ui.press_again));
            };
            // The screen may be gone.
            let here = self.field.try_get_untracked().flatten().is_some();
            if let Some(text) = marked.filter(|_| here) {
                self.changed(text);
                self.focus();
            }
        });
    }

    fn key(self, event: &KeyboardEvent) {
        let command = event.ctrl_key() || event.meta_key();
        match event.key().as_str() {
            "Enter" if event.is_composing() || event.shift_key() => return,
            // On a phone the key makes lines; there is a button for sending.
            "Enter" if command || !touch() => self.send(),
            _ if !command => return,
            // By the place of the key, so that it works in a Russian layout.
            _ => match event.code().as_str() {
                "KeyB" => self.mark(Mark::Bold),
                "KeyI" => self.mark(Mark::Italic),
                _ => return,
            },
        }
        event.prevent_default();
    }

    /// `closed`: why one may not write.
    pub fn view(self, closed: Derived<Option<Reason>>) -> AnyView {
        live(move || match closed.get() {
            None => self.writable(),
            Some(reason) => view! {
                <p class="composer__closed">
                    {Icon::LOCK.view()} <span>{move || errors::denial(reason)}</span>
                </p>
            }
            .into_any(),
        })
    }

    fn writable(self) -> AnyView {
        let Self {
            words,
            field,
            channel,
            ..
        } = self;
        effect(move || {
            words.track();
            // After the field has its new text.
            request_animation_frame(move || fit(field));
        });
        let label = if channel {
            t!(channels.new_post)
        } else {
            t!(chats.new_message)
        };
        let left = Derived::new(move || {
            words.with(|it| MESSAGE_LIMIT as usize as i64 - length(it) as i64)
        });
        let counter = live(move || {
            let left = left.get();
            (left < COUNTED as i64).then(|| {
                let over = left < 0;
                let sentence = if over {
                    plural!(chats.over_limit, -left)
                } else {
                    plural!(chats.left, left)
                };
                view! {
                    <p class="composer__counter" role="status" data-over=over.then_some("")>{sentence}</p>
                }
            })
        });
        let idle = move || left.get() < 0 || words.with(|it| is_blank(it));
        if !touch() {
            self.focus();
        }
        let at = RwSignal::new(None);
        let menu = self.menus.map(|menus| {
            let on_choose = Callback::new(move |mark| self.mark(mark));
            (menus.marks)(MarksMenu { at, on_choose })
        });
        view! {
            <form
                class="composer"
                on:submit=move |event| {
                    event.prevent_default();
                    self.send();
                    self.focus();
                }
            >
                {counter}
                <div class="composer__row">
                    <MenuButton label=t!(chats.format) icon=Icon::BOLD at />
                    {menu}
                    <textarea
                        class="input composer__field"
                        data-kept
                        rows="1"
                        aria-label=label
                        placeholder=label
                        node_ref=field
                        prop:value=words
                        on:input:target=move |event| self.changed(event.target().value())
                        on:keydown=move |event| self.key(&event)
                    ></textarea>
                    <button
                        class="icon-button composer__send"
                        type="submit"
                        data-variant="primary"
                        aria-label=t!(chats.send)
                        title=t!(chats.send)
                        disabled=idle
                    >
                        {Icon::SEND_HORIZONTAL.view()}
                    </button>
                </div>
            </form>
        }
        .into_any()
    }
}

/// Whether the person points with a finger.
pub fn touch() -> bool {
    window()
        .match_media("(pointer: coarse)")
        .ok()
        .flatten()
        .is_some_and(|it| it.matches())
}

fn length(words: &str) -> usize {
    words.chars().count()
}

/// As high as its text; the style sheet says how high at most.
fn fit(field: NodeRef<html::Textarea>) {
    let Some(Some(field)) = field.try_get_untracked() else {
        return;
    };
    let style = web_sys::HtmlElement::style(&field);
    let _ = style.set_property("height", "auto");
    // The border is not part of the scroll height.
    let _ = style.set_property("height", &format!("{}px", field.scroll_height() + 2));
}
