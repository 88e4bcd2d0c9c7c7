use common::permissions::Role;
use leptos::prelude::*;

use super::icon::Icon;
use super::live::live;
use crate::{t, text};

/// How many wait. Nothing at zero; beyond 99 "99+".
#[component]
pub fn Count(
    #[prop(into)] value: Signal<u32>,
    /// Shown quieter: a muted chat.
    #[prop(optional)]
    quiet: bool,
) -> AnyView {
    live(move || {
        let count = value.get();
        (count > 0).then(|| {
            let short = if count > 99 {
                "99+".to_owned()
            } else {
                count.to_string()
            };
            view! {
                <span class="count" data-quiet=quiet.then_some("")>
                    <span aria-hidden="true">{short}</span>
                    <span class="unseen">{crate::plural!(ui.unread, count)}</span>
                </span>
            }
        })
    })
}

/// The role of a person, by icon, word and hue (R41): the hue alone never carries it.
#[component]
pub fn RoleBadge(role: Role) -> AnyView {
    let (icon, words) = match role {
        Role::Student => (Icon::GRADUATION_CAP, t!(ui.student)),
        Role::Parent => (Icon::HEART_HANDSHAKE, t!(ui.parent)),
        Role::Teacher => (Icon::BADGE_CHECK, t!(ui.teacher)),
        Role::Administrator => (Icon::SHIELD, t!(ui.administrator)),
    };
    view! { <span class="role" data-role=role.as_str()>{icon.view()} <span>{words}</span></span> }
        .into_any()
}

/// «Родитель»: a role where it stands alone, as a label or a title.
pub fn role_title(role: Role) -> &'static str {
    match role {
        Role::Student => text!(ui.student),
        Role::Parent => text!(ui.parent),
        Role::Teacher => text!(ui.teacher),
        Role::Administrator => text!(ui.administrator),
    }
}

/// What a [`Tag`] means, in colour besides its words.
#[derive(Clone, Copy, Default)]
pub enum Tone {
    #[default]
    Neutral,
    Ok,
    Warn,
    Danger,
    Accent,
}

/// A state in a word: "Отозвано", "Ждёт решения".
#[component]
pub fn Tag(#[prop(into)] label: Signal<String>, #[prop(optional)] tone: Tone) -> AnyView {
    let tone = match tone {
        Tone::Neutral => "neutral",
        Tone::Ok => "ok",
        Tone::Warn => "warn",
        Tone::Danger => "danger",
        Tone::Accent => "accent",
    };
    view! { <span class="tag" data-tone=tone>{label}</span> }.into_any()
}
