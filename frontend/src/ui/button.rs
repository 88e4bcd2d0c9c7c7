use leptos::prelude::*;

use super::icon::Icon;

/// How much a button asks for attention. One primary per screen.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Variant {
    Primary,
    #[default]
    Quiet,
    Danger,
    /// Looks like a link: for actions inside a line of text or a card's corner.
    Plain,
}

impl Variant {
    const fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Quiet => "quiet",
            Self::Danger => "danger",
            Self::Plain => "plain",
        }
    }
}

/// A button with words. While `busy` it keeps its size, shows that it works, and can't be pressed.
/// Without `on_click` it submits the form around it.
#[component]
pub fn Button(
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] variant: Variant,
    #[prop(optional)] icon: Option<Icon>,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// As wide as its container: for the one action of a phone's screen.
    #[prop(optional)]
    wide: bool,
    #[prop(optional, into)] on_click: Option<Callback<()>>,
) -> AnyView {
    let kind = if on_click.is_some() {
        "button"
    } else {
        "submit"
    };
    view! {
        <button
            class="button"
            type=kind
            data-variant=variant.name()
            data-wide=wide.then_some("")
            aria-busy=move || busy.get().then_some("true")
            disabled=move || disabled.get() || busy.get()
            on:click=move |_| {
                if let Some(on_click) = on_click {
                    on_click.run(());
                }
            }
        >
            {icon.map(Icon::view)}
            <span>{label}</span>
        </button>
    }
    .into_any()
}

/// A link that looks like a [`Button`]: for going somewhere, not for doing something.
#[component]
pub fn ButtonLink(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] href: String,
    #[prop(optional)] variant: Variant,
    #[prop(optional)] icon: Option<Icon>,
    #[prop(optional)] wide: bool,
) -> AnyView {
    view! {
        <a class="button" href=href data-variant=variant.name() data-wide=wide.then_some("")>
            {icon.map(Icon::view)}
            <span>{label}</span>
        </a>
    }
    .into_any()
}

/// A button of only an icon. `label` is its name for screen readers and its tooltip.
#[component]
pub fn IconButton(
    #[prop(into)] label: Signal<String>,
    icon: Icon,
    #[prop(optional)] variant: Variant,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// For a button that stays pressed, such as "show password".
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    #[prop(into)] on_click: Callback<()>,
) -> AnyView {
    view! {
        <button
            class="icon-button"
            type="button"
            data-variant=variant.name()
            aria-label=label
            title=label
            aria-pressed=move || pressed.map(|it| if it.get() { "true" } else { "false" })
            disabled=disabled
            on:click=move |_| on_click.run(())
        >
            {icon.view()}
        </button>
    }
    .into_any()
}
