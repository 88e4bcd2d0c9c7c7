//! Fields for a line, a password, a phone, a date, a text and a choice. Each has a `name`, by which
//! [`FormErrors`](super::FormErrors) speaks to it, and an `autocomplete` that lets the browser help.

use leptos::prelude::*;

use super::button::IconButton;
use super::form::Field;
use super::icon::Icon;
use super::live::live;
use crate::{shell, t};

/// What differs between the fields of one line.
struct Line {
    value: RwSignal<String>,
    kind: Signal<&'static str>,
    autocomplete: &'static str,
    inputmode: &'static str,
    max: Option<String>,
}

fn line(field: &Field, line: Line) -> AnyView {
    let Line {
        value,
        kind,
        autocomplete,
        inputmode,
        max,
    } = line;
    let typed = shell::typed(field.name);
    let focused = typed.as_ref().is_some_and(|(_, focused)| *focused);
    if let Some((typed, _)) = typed.filter(|(typed, _)| !typed.is_empty()) {
        value.set(typed);
    }
    let touched = field.touched();
    view! {
        <input
            class="input"
            id=field.id.clone()
            name=field.name
            type=kind
            autocomplete=autocomplete
            inputmode=inputmode
            max=max
            aria-describedby=field.described_by()
            aria-invalid=field.invalid()
            data-take-focus=focused.then_some("")
            prop:value=value
            on:input:target=move |event| {
                value.set(event.target().value());
                touched.run(());
            }
        />
    }
    .into_any()
}

/// One line of text.
#[component]
pub fn TextField(
    value: RwSignal<String>,
    #[prop(into)] label: Signal<String>,
    name: &'static str,
    #[prop(optional, into)] hint: Signal<String>,
    /// The input's type: `text`, `email`, `search`, `url`.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    /// The phone's keyboard: `numeric` for digits, `email`, `search`.
    #[prop(default = "text")]
    inputmode: &'static str,
    #[prop(optional)] optional: bool,
) -> AnyView {
    let field = Field::new(name, label, hint, optional);
    let kind = Signal::stored(kind);
    let input = line(
        &field,
        Line {
            value,
            kind,
            autocomplete,
            inputmode,
            max: None,
        },
    );
    field.view(input)
}

/// A password, with a button that shows it. `autocomplete` is `current-password` or
/// `new-password`, so that password keepers know what to offer.
#[component]
pub fn PasswordField(
    value: RwSignal<String>,
    #[prop(into)] label: Signal<String>,
    #[prop(default = "password")] name: &'static str,
    #[prop(optional, into)] hint: Signal<String>,
    #[prop(default = "current-password")] autocomplete: &'static str,
) -> AnyView {
    let shown = RwSignal::new(false);
    let field = Field::new(name, label, hint, false);
    let kind = Signal::derive(move || if shown.get() { "text" } else { "password" });
    let input = line(
        &field,
        Line {
            value,
            kind,
            autocomplete,
            inputmode: "text",
            max: None,
        },
    );
    let reveal = live(move || {
        let icon = if shown.get() {
            Icon::EYE_OFF
        } else {
            Icon::EYE
        };
        let label = if shown.get() {
            t!(ui.hide_password)
        } else {
            t!(ui.show_password)
        };
        view! { <IconButton label icon on_click=move || shown.update(|it| *it = !*it) /> }
    });
    field.view(view! { <div class="input-group">{input} {reveal}</div> }.into_any())
}

/// A phone number in any usual notation. Give `autocomplete="username"` where one signs in by it.
#[component]
pub fn PhoneField(
    value: RwSignal<String>,
    #[prop(into)] label: Signal<String>,
    #[prop(default = "phone")] name: &'static str,
    #[prop(optional, into)] hint: Option<Signal<String>>,
    #[prop(default = "tel")] autocomplete: &'static str,
    #[prop(optional)] optional: bool,
) -> AnyView {
    let hint = hint.unwrap_or_else(|| t!(ui.phone_hint).into());
    let field = Field::new(name, label, hint, optional);
    let input = line(
        &field,
        Line {
            value,
            kind: Signal::stored("tel"),
            autocomplete,
            inputmode: "tel",
            max: None,
        },
    );
    field.view(input)
}

/// A calendar date, by the browser's own picker. The value is ISO 8601: `2014-03-12`.
#[component]
pub fn DateField(
    value: RwSignal<String>,
    #[prop(into)] label: Signal<String>,
    name: &'static str,
    #[prop(optional, into)] hint: Signal<String>,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional, into)] max: Option<String>,
    #[prop(optional)] optional: bool,
) -> AnyView {
    let field = Field::new(name, label, hint, optional);
    let input = line(
        &field,
        Line {
            value,
            kind: Signal::stored("date"),
            autocomplete,
            inputmode: "none",
            max,
        },
    );
    field.view(input)
}

/// Several lines of text. It grows with what is written, up to a third of the screen.
#[component]
pub fn TextArea(
    value: RwSignal<String>,
    #[prop(into)] label: Signal<String>,
    name: &'static str,
    #[prop(optional, into)] hint: Signal<String>,
    #[prop(default = 3)] rows: u32,
    #[prop(optional)] optional: bool,
) -> AnyView {
    let field = Field::new(name, label, hint, optional);
    let touched = field.touched();
    let area = view! {
        <textarea
            class="input"
            id=field.id.clone()
            name=name
            rows=rows.to_string()
            aria-describedby=field.described_by()
            aria-invalid=field.invalid()
            prop:value=value
            on:input:target=move |event| {
                value.set(event.target().value());
                touched.run(());
            }
        ></textarea>
    }
    .into_any();
    field.view(area)
}

/// One of a short, known set. `options` are pairs of value and words; an empty value in `value`
/// shows "Choose".
#[component]
pub fn SelectField(
    value: RwSignal<String>,
    #[prop(into)] label: Signal<String>,
    name: &'static str,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    #[prop(optional, into)] hint: Signal<String>,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional)] optional: bool,
) -> AnyView {
    let field = Field::new(name, label, hint, optional);
    let touched = field.touched();
    let choices = live(move || {
        let chosen = value.get();
        let mut views = Vec::new();
        if chosen.is_empty() {
            views
                .push(view! { <option value="" selected=true>{t!(ui.choose)}</option> }.into_any());
        }
        for (each, words) in options.get() {
            let selected = each == chosen;
            views.push(view! { <option value=each selected=selected>{words}</option> }.into_any());
        }
        views
    });
    let select = view! {
        <select
            class="input"
            id=field.id.clone()
            name=name
            autocomplete=autocomplete
            aria-describedby=field.described_by()
            aria-invalid=field.invalid()
            on:change:target=move |event| {
                value.set(event.target().value());
                touched.run(());
            }
        >
            {choices}
        </select>
    }
    .into_any();
    field.view(view! { <div class="select">{select} {Icon::CHEVRON_DOWN.view()}</div> }.into_any())
}
