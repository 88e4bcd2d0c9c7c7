use common::classes::{ClassMember, ClassPage, ClassRole, GetClass};
use common::{ClassId, SchoolId};
use leptos::prelude::*;

use crate::admin::route::AdminRoute;
use crate::chats::write_to::write_button;
use crate::load::Load;
use crate::route::Route;
use crate::ui::{Avatar, Banner, Icon, List, ListItem, Page, Shape, Tag, Tone};
use crate::{store, t, text};

/// Who is in the class; for the class teacher also the way to its invites and requests.
#[component]
pub fn ClassView(class: ClassId) -> AnyView {
    let page = Load::new(move || GetClass { class });
    let name = Signal::derive(move || {
        page.with(|page| page.class.name.clone())
            .unwrap_or_else(|| text!(classes.title).to_owned())
    });
    // None: not the class teacher.
    let waiting = store::select(move |state| {
        let led = store::led(state).find(|(_, led)| led.id == class);
        led.map(|(school, _)| school.waiting)
    });
    let lead = move || {
        waiting.get().map(|waiting| {
            view! {
                <List label=t!(nav.admin)>
                    <ListItem href=AdminRoute::Class(class) title=t!(classes.lead) subtitle=t!(classes.lead_hint) count=Signal::stored(waiting)>
                        <span class="rows__icon">{Icon::QR_CODE.view()}</span>
                    </ListItem>
                </List>
            }
        })
    };
    view! { <Page title=name back=Route::School>{lead} {page.view(Shape::List, members)}</Page> }
        .into_any()
}

fn members(page: &ClassPage) -> AnyView {
    let school = page.school;
    let group = |role: ClassRole, title: Signal<&'static str>| {
        let rows: Vec<_> = page
            .members
            .iter()
            .filter(|member| member.role == role)
            .map(|member| row(member, school, page.contacts.contains(&member.account)))
            .collect();
        (!rows.is_empty()).then(|| {
            view! {
                <section class="group">
                    <h2 class="group__title">{title} " · " {rows.len()}</h2>
                    <ul class="rows" role="list">{rows}</ul>
                </section>
            }
        })
    };
    let archived = page.class.archived.then(|| {
        view! { <Banner shown=Signal::stored(true) words=t!(errors.archived) icon=Icon::ARCHIVE tone=Tone::Warn /> }
    });
    view! {
        {archived}
        {group(ClassRole::ClassTeacher, super::leader(page.class.kind))}
        {group(ClassRole::Teacher, t!(classes.teachers))}
        {group(ClassRole::Student, t!(classes.students))}
        {group(ClassRole::Parent, t!(classes.parents))}
    }
    .into_any()
}

fn row(member: &ClassMember, school: SchoolId, contact: bool) -> AnyView {
    let id = member.account;
    let name = member.name.clone();
    let family: Vec<String> = member.family.iter().map(|one| one.name.clone()).collect();
    let write = contact.then(|| write_button(school, id, name.clone()));
    let unconfirmed = (member.confirmed == Some(false))
        .then(|| view! { <Tag label=t!(classes.unconfirmed) tone=Tone::Warn /> });
    view! {
        <li class="rows__row">
            <Avatar name=name.clone() seed=id.0 />
            <span class="rows__words">
                <span class="rows__title">{name}</span>
                <span class="rows__note">{family.join(", ")}</span>
                {unconfirmed}
            </span>
            {write}
        </li>
    }
    .into_any()
}
