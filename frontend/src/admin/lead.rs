use common::ClassId;
use leptos::prelude::*;

use crate::invites::{Decisions, INVITED, InvitesPanel};
use crate::route::Route;
use crate::ui::{ButtonLink, EmptyState, Icon, Page, Tab, Tabs, live};
use crate::{store, t};

/// What a class teacher does for the class: its invites, and what waits for a decision (R53, R57).
#[component]
pub fn ClassLead(class: ClassId) -> AnyView {
    let leads = store::select(move |state| {
        let led = store::led(state).find(|(_, led)| led.id == class);
        led.map(|(school, class)| (school.id, class.name.clone()))
    });
    // Apart from `leads`: a number that changes must not build the tabs anew under what is being decided.
    let waiting = store::select(move |state| {
        let led = store::led(state).find(|(_, led)| led.id == class);
        led.map_or(0, |(school, _)| school.waiting)
    });
    let title = Signal::derive(move || leads.get().map(|(_, name)| name).unwrap_or_default());
    let content = live(move || match leads.get() {
        None => not_yours(),
        Some((school, _)) => {
            let selected = RwSignal::new(usize::from(waiting.get_untracked() > 0));
            let tabs = vec![
                Tab::new(t!(nav.invites)),
                Tab::new(t!(nav.requests)).count(waiting),
            ];
            let panel = live(move || match selected.get() {
                1 => view! { <Decisions school class=Some(class) on_decided=|| () /> }.into_any(),
                _ => view! { <InvitesPanel school class roles=Vec::from(INVITED) /> }.into_any(),
            });
            view! { <Tabs label=t!(classes.title) tabs selected>{panel}</Tabs> }.into_any()
        }
    });
    view! { <Page title back=Route::Class(class)>{content}</Page> }.into_any()
}

/// The administration is not for this person.
pub fn not_yours() -> AnyView {
    view! {
        <EmptyState icon=Icon::SHIELD title=t!(admin.not_yours) hint=t!(admin.not_yours_hint)>
            <ButtonLink label=t!(nav.to_app) href=Route::Home />
        </EmptyState>
    }
    .into_any()
}
