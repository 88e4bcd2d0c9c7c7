use leptos::prelude::*;

use super::unique_id::unique_id;

/// A yes or no, with the words beside it part of the target.
#[component]
pub fn Checkbox(
    value: RwSignal<bool>,
    #[prop(into)] label: Signal<String>,
    name: &'static str,
    #[prop(optional, into)] hint: Signal<String>,
) -> AnyView {
    let hint_id = unique_id();
    let described_by = hint_id.clone();
    view! {
        <div class="checkbox">
            <label class="checkbox__label">
                <input
                    type="checkbox"
                    name=name
                    prop:checked=value
                    aria-describedby=move || (!hint.with(String::is_empty)).then(|| described_by.clone())
                    on:change:target=move |event| value.set(event.target().checked())
                />
                <span>{label}</span>
            </label>
            {move || (!hint.with(String::is_empty)).then(|| view! {
                <p class="field__hint" id=hint_id.clone()>{hint}</p>
            })}
        </div>
    }
    .into_any()
}

/// One of two to four, all in sight. Real radio buttons, so arrows move between them.
#[component]
pub fn SegmentedControl(
    /// What is chosen between, for screen readers and above the control unless `quiet`.
    #[prop(into)]
    label: Signal<String>,
    options: Vec<Signal<String>>,
    /// The index into `options`.
    selected: RwSignal<usize>,
    /// Hides the label from sight where the options say enough.
    #[prop(optional)]
    quiet: bool,
) -> AnyView {
    let name = unique_id();
    let segments = options
        .into_iter()
        .enumerate()
        .map(|(index, words)| {
            view! {
                <label class="segmented__option">
                    <input
                        type="radio"
                        name=name.clone()
                        prop:checked=move || selected.get() == index
                        on:change=move |_| selected.set(index)
                    />
                    <span>{words}</span>
                </label>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    view! {
        <fieldset class="segmented">
            <legend class=if quiet { "unseen" } else { "field__label" }>{label}</legend>
            <div class="segmented__options">{segments}</div>
        </fieldset>
    }
    .into_any()
}
