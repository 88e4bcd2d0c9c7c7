use common::people::{Contact, GetContacts};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;

use super::school_switch::SchoolSwitch;
use super::write_to::write_to;

use crate::load::Load;
use crate::route::Route;
use crate::ui::{Avatar, EmptyState, Icon, List, Page, RoleBadge, Shape};
use crate::{store, t};

/// A pause in typing, after which is searched.
const PAUSE: Duration = Duration::from_millis(250);

/// Whom one may write to: choosing someone opens the conversation.
#[component]
pub fn Contacts() -> AnyView {
    let typed = RwSignal::new(String::new());
    let search = RwSignal::new(String::new());
    let waiting = StoredValue::new_local(None::<TimeoutHandle>);
    let on_input = move |value: String| {
        typed.set(value);
        let later = set_timeout_with_handle(move || search.set(typed.get_untracked()), PAUSE);
        if let Some(Some(before)) = waiting.try_update_value(|it| std::mem::replace(it, later.ok()))
        {
            before.clear();
        }
    };
    on_cleanup(move || {
        if let Some(Some(waiting)) = waiting.try_update_value(Option::take) {
            waiting.clear();
        }
    });
    let load = Load::when(move || {
        let school = store::school()?;
        let search = search.get();
        Some(GetContacts { school, search })
    });
    let choose = Callback::new(|contact: Contact| {
        if let Some(school) = untrack(store::school) {
            write_to(school, contact.id);
        }
    });
    let found = load.view(Shape::List, move |contacts: &Vec<Contact>| {
        if contacts.is_empty() {
            let (title, hint) = if search.get_untracked().trim().is_empty() {
                (t!(people.nobody), t!(people.nobody_hint))
            } else {
                (t!(people.not_found), t!(people.not_found_hint))
            };
            return view! { <EmptyState icon=Icon::USERS_ROUND title hint /> }.into_any();
        }
        let rows = contacts.iter().cloned();
        let rows = rows.map(|it| person(it, choose)).collect::<Vec<_>>();
        view! { <List label=t!(people.title)>{rows}</List> }.into_any()
    });
    view! {
        <Page title=t!(people.title) back=Route::Chats>
            <SchoolSwitch />
            <input
                class="input"
                type="search"
                aria-label=t!(people.search)
                placeholder=t!(people.search)
                autocomplete="off"
                prop:value=typed
                on:input:target=move |event| on_input(event.target().value())
            />
            {found}
        </Page>
    }
    .into_any()
}

fn person(contact: Contact, choose: Callback<Contact>) -> AnyView {
    let online = {
        let id = contact.id;
        move || store::with(|state| state.sees_online(id))?.then(super::list::presence)
    };
    let chosen = contact.clone();
    view! {
        <li class="list__row">
            <button class="list__link contact" type="button" on:click=move |_| choose.run(chosen.clone())>
                <span class="with-presence"><Avatar name=contact.name.clone() seed=contact.id.0 /> {online}</span>
                <span class="list__words">
                    <span class="list__title">{contact.name}</span>
                    <span class="list__line"><RoleBadge role=contact.role /> <span class="list__subtitle">{contact.note}</span></span>
                </span>
            </button>
        </li>
    }
    .into_any()
}
