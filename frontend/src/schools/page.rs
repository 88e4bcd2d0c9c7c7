use common::permissions::{Action, Reason};
use common::schools::{GetSchool, School};
use leptos::prelude::*;

use crate::chats::formatted::formatted;
use crate::chats::school_switch::SchoolSwitch;
use crate::load::Load;
use crate::route::Route;
use crate::ui::{ButtonLink, Card, EmptyState, Icon, List, ListItem, Page, Shape, Tag, live};
use crate::{store, t, text};

/// What the school says of itself; one's own classes; for who may edit it the way there.
#[component]
pub fn SchoolPage() -> AnyView {
    let school = Load::when(move || store::school().map(|school| GetSchool { school }));
    let name = Signal::derive(move || {
        school
            .with(|school| school.short_name.clone())
            .unwrap_or_else(|| text!(schools.title).to_owned())
    });
    let body = live(move || {
        if store::school().is_none() {
            return view! {
                <EmptyState icon=Icon::SCHOOL title=t!(parents.nowhere) hint=t!(parents.nowhere_hint)>
                    <ButtonLink label=t!(nav.join) href=Route::Join />
                </EmptyState>
            }
            .into_any();
        }
        view! { <MyClasses /> {school.view(Shape::Page, details)} }.into_any()
    });
    view! {
        <Page title=name>
            <SchoolSwitch />
            {body}
        </Page>
    }
    .into_any()
}

/// Classes that one leads or whose chats one reads.
#[component]
fn MyClasses() -> AnyView {
    let classes = store::select(|state| {
        let school = store::school();
        let mut all: Vec<_> = state
            .chats
            .0
            .values()
            .filter(|chat| Some(chat.school) == school)
            .filter_map(|chat| {
                let name = if chat.staff_room {
                    text!(chats.staff_room).to_owned()
                } else {
                    chat.title.clone()
                };
                Some((chat.class?, name, chat.closed == Some(Reason::Archived)))
            })
            .collect();
        all.sort_by(|one, other| {
            one.1
                .len()
                .cmp(&other.1.len())
                .then_with(|| one.1.cmp(&other.1))
        });
        all.dedup_by_key(|class| class.0);
        all
    });
    live(move || {
        let all = classes.get();
        (!all.is_empty()).then(|| {
            let rows = all
                .into_iter()
                .map(|(id, name, archived)| {
                    let archived = archived.then(|| view! { <Tag label=t!(chats.archived) /> });
                    view! { <ListItem href=Route::Class(id) title=name trailing=archived.into_any()><span class="rows__icon">{Icon::GRADUATION_CAP.view()}</span></ListItem> }
                })
                .collect::<Vec<_>>();
            view! { <Card title=t!(schools.my_classes)><List label=t!(schools.my_classes)>{rows}</List></Card> }
        })
    })
}

fn details(school: &School) -> AnyView {
    let info = &school.info;
    let edits = store::peek(|state| state.may(Action::EditSchool, Some(school.id)));
    let edits = edits.unwrap_or_default();
    let about = (!info.about.trim().is_empty())
        .then(|| view! { <div class="text">{formatted(&info.about)}</div> });
    let empty = info.about.trim().is_empty() && edits;
    let invite_to_edit = empty.then(|| {
        view! { <EmptyState icon=Icon::PENCIL title=t!(schools.empty)><ButtonLink label=t!(common.edit) href="/admin/information" /></EmptyState> }
    });
    let edit = (edits && !empty)
        .then(|| view! { <ButtonLink label=t!(common.edit) href="/admin/information" /> });
    let link = |address: &str, label: Signal<&'static str>| {
        (!address.is_empty()).then(|| {
            view! { <li><a href=address.to_owned() target="_blank" rel="noopener noreferrer">{label}</a></li> }
        })
    };
    let facts = [
        line(t!(schools.address), &info.address),
        line(t!(schools.phone), &info.phone),
        line(t!(schools.email), &info.email),
        line(t!(schools.hours), &info.hours),
        line(t!(schools.code), &school.code),
    ];
    let links = [
        link(&info.site, t!(schools.site)),
        link(&info.journal, t!(schools.journal)),
    ];
    let name = school.full_name.clone();
    view! {
        <Card title=name>
            {about}
            {invite_to_edit}
            <dl class="facts">{Vec::from(facts)}</dl>
            <ul class="links" role="list">{Vec::from(links)}</ul>
            {edit}
        </Card>
    }
    .into_any()
}

fn line(label: Signal<&'static str>, words: &str) -> AnyView {
    if words.is_empty() {
        return ().into_any();
    }
    view! { <div class="facts__line"><dt>{label}</dt><dd>{words.to_owned()}</dd></div> }.into_any()
}
