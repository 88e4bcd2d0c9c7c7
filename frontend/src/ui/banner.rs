use leptos::prelude::*;

use super::badge::Tone;
use super::icon::Icon;

/// A strip above the content about the state of things, such as a lost connection. Announced when
/// it appears: keep the component in place and change `shown`.
#[component]
pub fn Banner(
    #[prop(into)] shown: Signal<bool>,
    #[prop(into)] words: Signal<String>,
    #[prop(default = Icon::INFO)] icon: Icon,
    #[prop(optional)] tone: Tone,
    #[prop(optional)] children: Option<ChildrenFn>,
) -> AnyView {
    let tone = match tone {
        Tone::Neutral => "neutral",
        Tone::Ok => "ok",
        Tone::Warn => "warn",
        Tone::Danger => "danger",
        Tone::Accent => "accent",
    };
    view! {
        <div class="banner" role="status" data-tone=tone>
            {move || shown.get().then(|| view! {
                <div class="banner__row">
                    {icon.view()}
                    <p class="banner__words">{words}</p>
                    {children.as_ref().map(|children| children())}
                </div>
            })}
        </div>
    }
    .into_any()
}
