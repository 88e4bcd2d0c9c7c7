use leptos::prelude::*;

use crate::ui::{Icon, live};
use crate::{reactive::Derived, store, t};

/// Which school the screens show, for people who belong to several; nothing for others. Unread
/// messages of each stand beside its name.
#[component]
pub fn SchoolSwitch(
    /// Only the schools that one administers.
    #[prop(optional)]
    administered: bool,
) -> AnyView {
    let schools = store::select(move |state| {
        let schools = state.schools.iter();
        schools
            .filter(|school| !administered || store::administers(state, school.id))
            .map(|school| {
                let unread = store::unread_of(state, school.id);
                (school.id, school.short_name.clone(), unread)
            })
            .collect::<Vec<_>>()
    });
    let several = Derived::new(move || schools.with(|schools| schools.len() > 1));
    let options = move || {
        let shown = store::school();
        let option = |(id, name, unread): (common::SchoolId, String, u32)| {
            let selected = Some(id) == shown;
            let words = if unread > 0 && !selected {
                format!("{name} ({unread})")
            } else {
                name
            };
            view! { <option value=id.to_string() selected=selected>{words}</option> }.into_any()
        };
        schools.get().into_iter().map(option).collect::<Vec<_>>()
    };
    live(move || {
        several.get().then(|| {
            view! {
                <div class="school-switch select">
                    <select
                        class="input"
                        aria-label=t!(chats.school)
                        on:change:target=move |event| {
                            if let Ok(id) = event.target().value().parse() {
                                store::choose_school(id);
                            }
                        }
                    >
                        {live(options)}
                    </select>
                    {Icon::CHEVRON_DOWN.view()}
                </div>
            }
        })
    })
}
