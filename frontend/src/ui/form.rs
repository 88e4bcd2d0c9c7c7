use leptos::{ev::SubmitEvent, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::icon::Icon;
use super::unique_id::unique_id;
use crate::reactive::effect;
use crate::t;

/// What is wrong with a form: a sentence per field, by the field's `name`, and one for the whole.
/// A field of ui finds its own sentence here and drops it when the person mends the text.
#[derive(Clone, Copy)]
pub struct FormErrors {
    fields: RwSignal<Vec<(String, String)>>,
    whole: RwSignal<String>,
    /// Counts what was said. What is mended says nothing new.
    said: RwSignal<u32>,
}

impl FormErrors {
    pub fn new() -> Self {
        Self {
            fields: RwSignal::new(Vec::new()),
            whole: RwSignal::new(String::new()),
            said: RwSignal::new(0),
        }
    }

    /// Says what is wrong with the field `name` and how to mend it.
    pub fn add(self, name: impl Into<String>, sentence: impl Into<String>) {
        let entry = (name.into(), sentence.into());
        self.fields.update(|fields| fields.push(entry));
        self.said.update(|said| *said += 1);
    }

    /// Says what went wrong with the form as a whole.
    pub fn summary(self, sentence: impl Into<String>) {
        self.whole.set(sentence.into());
        self.said.update(|said| *said += 1);
    }

    /// "Fill in this field" where `value` is blank.
    pub fn require(self, name: &str, value: &str) {
        if value.trim().is_empty() {
            self.add(name, crate::text!(errors.required));
        }
    }

    pub fn clear(self) {
        self.fields.update(Vec::clear);
        self.whole.set(String::new());
    }

    /// Whether nothing is wrong (so far). Not tracked.
    pub fn none(self) -> bool {
        self.fields.with_untracked(Vec::is_empty) && self.whole.with_untracked(String::is_empty)
    }

    /// The sentence for the field `name`. Tracked.
    pub fn of(self, name: &str) -> Option<String> {
        self.fields.with(|fields| {
            let found = fields.iter().find(|(field, _)| field == name);
            found.map(|(_, sentence)| sentence.clone())
        })
    }

    /// The sentence for the whole. Tracked.
    pub fn sentence(self) -> String {
        self.whole.get()
    }

    /// Forgets the sentence for the field `name`.
    pub fn mend(self, name: &str) {
        if self
            .fields
            .with_untracked(|fields| fields.iter().any(|(field, _)| field == name))
        {
            self.fields
                .update(|fields| fields.retain(|(field, _)| field != name));
        }
    }
}

impl Default for FormErrors {
    fn default() -> Self {
        Self::new()
    }
}

/// When none of the fields that are wrong is in sight (another step had them), it's said above the form.
fn tell_the_homeless(errors: FormErrors, form: NodeRef<html::Form>) {
    let Some(Some(form)) = form.try_get_untracked() else {
        return;
    };
    let shown = |name: &str| {
        let field = form.query_selector(&format!("[name=\"{name}\"]"));
        !matches!(field, Ok(None))
    };
    let homeless = errors.fields.with_untracked(|all| {
        let none = !all.iter().any(|(name, _)| shown(name));
        all.first()
            .filter(|_| none)
            .map(|(_, sentence)| sentence.clone())
    });
    if let Some(sentence) = homeless
        && errors.whole.with_untracked(String::is_empty)
    {
        errors.summary(sentence);
    }
}

/// A form. Submitting clears `errors` and calls `on_submit`; when errors appear, at once or with
/// the server's answer, the first field that has one takes the focus, or else the summary.
#[component]
pub fn Form(
    errors: FormErrors,
    #[prop(into)] on_submit: Callback<()>,
    children: Children,
) -> AnyView {
    provide_context(errors);
    let form = NodeRef::<html::Form>::new();
    effect(move || {
        // Not when one of several is mended: the person is typing there.
        errors.said.track();
        if !errors.none() {
            request_animation_frame(move || {
                tell_the_homeless(errors, form);
                focus_first_error(form);
            });
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        errors.clear();
        on_submit.run(());
    };
    view! {
        <form class="form" novalidate node_ref=form on:submit=submit>
            {move || {
                errors.whole.with(|sentence| {
                    (!sentence.is_empty()).then(|| {
                        view! {
                            <p class="form__summary" role="alert" tabindex="-1">
                                {sentence.clone()}
                            </p>
                        }
                    })
                })
            }}
            {children()}
        </form>
    }
    .into_any()
}

fn focus_first_error(form: NodeRef<html::Form>) {
    let Some(form) = form.get_untracked() else {
        return;
    };
    let inside = document()
        .active_element()
        .is_some_and(|it| it.matches("[aria-invalid]").unwrap_or(false));
    if inside {
        return;
    }
    let first = ["[aria-invalid]", ".form__summary"]
        .into_iter()
        .find_map(|place| form.query_selector(place).ok().flatten());
    if let Some(first) = first.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = first.focus();
    }
}

/// A label, a control, and the hint and error that describe it: what every field has in common.
pub(super) struct Field {
    pub id: String,
    pub name: &'static str,
    pub label: Signal<String>,
    pub hint: Signal<String>,
    pub optional: bool,
    errors: Option<FormErrors>,
}

impl Field {
    pub fn new(
        name: &'static str,
        label: Signal<String>,
        hint: Signal<String>,
        optional: bool,
    ) -> Self {
        Self {
            id: unique_id(),
            name,
            label,
            hint,
            optional,
            // An owner keeps its contexts when what it draws is drawn anew: one may be of a form that
            // is gone.
            errors: use_context().filter(|errors: &FormErrors| !errors.whole.is_disposed()),
        }
    }

    pub fn error(&self) -> Signal<Option<String>> {
        let (errors, name) = (self.errors, self.name);
        Signal::derive(move || errors.and_then(|errors| errors.of(name)))
    }

    /// For `aria-describedby`: the hint and the error, as far as they are there.
    pub fn described_by(&self) -> Signal<Option<String>> {
        let (id, hint, error) = (self.id.clone(), self.hint, self.error());
        Signal::derive(move || {
            let hint = hint
                .with(|hint| !hint.is_empty())
                .then(|| format!("{id}-hint"));
            let error = error.with(Option::is_some).then(|| format!("{id}-error"));
            match (error, hint) {
                (Some(error), Some(hint)) => Some(format!("{error} {hint}")),
                (error, hint) => error.or(hint),
            }
        })
    }

    /// For `aria-invalid`.
    pub fn invalid(&self) -> Signal<Option<&'static str>> {
        let error = self.error();
        Signal::derive(move || error.with(Option::is_some).then_some("true"))
    }

    /// To call when the person changes the value.
    pub fn touched(&self) -> Callback<()> {
        let (errors, name) = (self.errors, self.name);
        Callback::new(move |()| {
            if let Some(errors) = errors {
                errors.mend(name);
            }
        })
    }

    /// The whole field around its control.
    pub fn view(self, control: AnyView) -> AnyView {
        let error = self.error();
        let Self {
            id,
            label,
            hint,
            optional,
            ..
        } = self;
        let hint_id = format!("{id}-hint");
        let error_id = format!("{id}-error");
        view! {
            <div class="field">
                <label class="field__label" for=id>
                    {label}
                    {optional.then(|| view! { <span class="field__optional">{t!(common.optional)}</span> })}
                </label>
                {control}
                {move || error.get().map(|error| view! {
                    <p class="field__error" id=error_id.clone()>
                        {Icon::CIRCLE_ALERT.view()}
                        <span>{error}</span>
                    </p>
                })}
                {move || (!hint.with(String::is_empty)).then(|| view! {
                    <p class="field__hint" id=hint_id.clone()>{hint}</p>
                })}
            </div>
        }
        .into_any()
    }
}
