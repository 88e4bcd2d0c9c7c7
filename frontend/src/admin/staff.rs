use common::classes::{Class, ClassKind, GetStructure};
use common::permissions::Role;
use leptos::prelude::*;

use super::route::AdminRoute;
use crate::chats::school_switch::SchoolSwitch;
use crate::invites::{Decisions, InvitesPanel};
use crate::load::Load;
use crate::reactive::Derived;
use crate::ui::{Page, Shape, live};
use crate::{store, t};

/// Staff are invited into the staff room (R51 to R53); classes have invites of their own.
#[component]
pub fn StaffInvites() -> AnyView {
    let structure = Load::when(move || store::school().map(|school| GetStructure { school }));
    let room = Derived::new(move || {
        let room = |classes: &Vec<Class>| {
            let room = classes.iter().find(|it| it.kind == ClassKind::StaffRoom);
            room.map(|class| class.id)
        };
        structure.with(room).flatten()
    });
    let content = live(move || match (room.get(), untrack(store::school)) {
        (Some(class), Some(school)) => {
            view! { <InvitesPanel school class roles=vec![Role::Teacher] /> }.into_any()
        }
        _ => structure.view(Shape::List, |_| ().into_any()),
    });
    view! {
        <Page title=t!(admin.invites_title) subtitle=t!(admin.invites_lead) back=AdminRoute::People wide=true>
            <SchoolSwitch administered=true />
            {content}
        </Page>
    }
    .into_any()
}

/// Everything in the school that waits for a decision (R57).
#[component]
pub fn Requests() -> AnyView {
    let content = live(move || {
        store::school().map(|school| view! { <Decisions school class=None on_decided=|| () /> })
    });
    view! {
        <Page title=t!(admin.requests_title)>
            <SchoolSwitch administered=true />
            {content}
        </Page>
    }
    .into_any()
}
