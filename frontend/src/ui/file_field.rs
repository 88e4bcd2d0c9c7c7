use leptos::prelude::*;
use web_sys::File;

use super::form::Field;
use super::icon::Icon;
use crate::t;

/// A file from the person's device. `on_pick` runs when one is chosen, with `None` when the choice
/// is taken back; what is wrong with it is said through the form's errors by `name`.
#[component]
pub fn FileField(
    #[prop(into)] label: Signal<String>,
    name: &'static str,
    /// What may be chosen, as in HTML: `application/pdf,image/*`.
    accept: &'static str,
    #[prop(optional, into)] hint: Signal<String>,
    #[prop(optional)] optional: bool,
    /// The name of what was chosen before, in a field that is drawn anew.
    #[prop(optional_no_strip)]
    chosen: Option<String>,
    #[prop(into)] on_pick: UnsyncCallback<Option<File>>,
) -> AnyView {
    let field = Field::new(name, label, hint, optional);
    let touched = field.touched();
    let chosen = RwSignal::new(chosen);
    let input = view! {
        <div class="file">
            <input
                class="file__input"
                type="file"
                id=field.id.clone()
                name=name
                accept=accept
                aria-describedby=field.described_by()
                aria-invalid=field.invalid()
                on:change:target=move |event| {
                    let file = event.target().files().and_then(|files| files.get(0));
                    chosen.set(file.as_ref().map(File::name));
                    touched.run(());
                    on_pick.run(file);
                }
            />
            <span class="button" data-variant="quiet" aria-hidden="true">
                {Icon::UPLOAD.view()}
                <span>{t!(ui.choose_file)}</span>
            </span>
            <span class="file__name" aria-hidden="true">
                {move || chosen.get().unwrap_or_else(|| crate::text!(ui.no_file).to_owned())}
            </span>
        </div>
    }
    .into_any();
    field.view(input)
}
