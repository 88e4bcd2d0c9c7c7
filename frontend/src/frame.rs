//! What stands around every screen: navigation, the place for notices, the way to the content.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    errors,
    i18n::{Locale, locale, set_locale},
    t,
    ui::{
        Count, Icon, SegmentedControl,
        theme::{self, Theme},
        toast::{self, Toasts},
    },
};

/// A place in the navigation. A phone's bar has room for five.
pub struct Place {
    pub href: String,
    pub icon: Icon,
    pub label: Signal<String>,
    pub count: Signal<u32>,
    pub current: Signal<bool>,
}

/// The bottom bar of a phone or the rail of a desktop, and the screen in it.
#[component]
pub fn Frame(
    places: Vec<Place>,
    /// A strip above everything, such as the lost connection.
    #[prop(optional, into)]
    banner: Option<AnyView>,
    children: Children,
) -> AnyView {
    let places = places.into_iter().map(place).collect::<Vec<_>>();
    view! {
        <div class="frame">
            <a class="skip-link" href="#main">{t!(common.skip_to_content)}</a>
            <nav class="nav" aria-label=t!(nav.main)>
                <a class="nav__brand" href="/" aria-label=t!(common.product)>{crate::ui::brand_mark()}</a>
                <ul class="nav__places" role="list">{places}</ul>
            </nav>
            <div class="frame__content">
                {banner}
                <main class="frame__main" id="main">{children()}</main>
            </div>
            <Toasts />
        </div>
    }
    .into_any()
}

fn place(
    Place {
        href,
        icon,
        label,
        count,
        current,
    }: Place,
) -> AnyView {
    view! {
        <li>
            <a class="nav__place" href=href aria-current=move || current.get().then_some("page")>
                <span class="nav__icon">{icon.view()} <Count value=count /></span>
                <span class="nav__label">{label}</span>
            </a>
        </li>
    }
    .into_any()
}

/// How the interface looks and speaks on this device: for the profile.
#[component]
pub fn Appearance() -> AnyView {
    let languages = Locale::ALL.map(|each| Signal::stored(each.name().to_owned()));
    let chosen_language = RwSignal::new(index(&Locale::ALL, untrack(locale)));
    let themes = [
        t!(profile.theme_auto),
        t!(profile.theme_light),
        t!(profile.theme_dark),
    ];
    let chosen_theme = RwSignal::new(index(&Theme::ALL, theme::chosen()));
    Effect::new(move |before: Option<()>| {
        let (language, theme) = (chosen_language.get(), chosen_theme.get());
        if before.is_some() {
            theme::choose(Theme::ALL[theme]);
            speak(Locale::ALL[language], move || {
                chosen_language.set(index(&Locale::ALL, untrack(locale)));
            });
        }
    });
    view! {
        <SegmentedControl label=t!(profile.language) options=languages.to_vec() selected=chosen_language />
        <SegmentedControl
            label=t!(profile.theme)
            options=themes.map(Into::into).to_vec()
            selected=chosen_theme
        />
    }
    .into_any()
}

fn speak(language: Locale, or_else: impl FnOnce() + 'static) {
    if untrack(locale) == language {
        return;
    }
    spawn_local(async move {
        if let Err(error) = set_locale(language).await {
            toast::show(errors::sentence(&error));
            or_else();
        }
    });
}

fn index<T: PartialEq>(all: &[T], one: T) -> usize {
    all.iter().position(|each| *each == one).unwrap_or_default()
}

/// The interface's languages, each in its own words.
#[component]
pub fn LanguageLinks() -> AnyView {
    let buttons = Locale::ALL.map(|each| {
        view! {
            <button
                class="language"
                type="button"
                lang=each.tag()
                aria-pressed=move || if locale() == each { "true" } else { "false" }
                on:click=move |_| speak(each, || ())
            >
                {each.name()}
            </button>
        }
        .into_any()
    });
    view! { <div class="languages">{Vec::from(buttons)}</div> }.into_any()
}
