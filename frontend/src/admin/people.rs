use common::classes::{ClassRole, GetStructure};
use common::people::{GetPeople, Person};
use common::permissions::Role;
use leptos::prelude::*;

use super::person::Details;
use super::route::AdminRoute;
use crate::chats::school_switch::SchoolSwitch;
use crate::load::Load;
use crate::reactive::effect;
use crate::ui::{
    Avatar, ButtonLink, Dialog, EmptyState, Icon, Page, Pager, RoleBadge, SelectField, Shape,
    Table, TextField, role_title, time,
};
use crate::{store, t, text, tn};

/// The people of the school: search, filters, a page at a time; a row opens the person.
#[component]
pub fn People() -> AnyView {
    let search = RwSignal::new(String::new());
    let role = RwSignal::new("all".to_owned());
    let class = RwSignal::new("all".to_owned());
    let page = RwSignal::new(0_u32);
    let chosen = RwSignal::new(None::<Person>);
    let open = RwSignal::new(false);
    effect(move || {
        search.track();
        role.track();
        class.track();
        page.set(0);
    });
    let people = Load::when(move || {
        let (search, role, page) = (search.get(), Role::parse(&role.get()), page.get());
        store::school().map(|school| GetPeople {
            school,
            search,
            role,
            class: class.get().parse().ok(),
            page,
        })
    });
    let show = Callback::new(move |person: Person| {
        chosen.set(Some(person));
        open.set(true);
    });
    let roles = Signal::derive(|| {
        let mut all = vec![("all".to_owned(), text!(admin.all_roles).to_owned())];
        all.extend(Role::ALL.map(|role| (role.as_str().to_owned(), role_title(role).to_owned())));
        all
    });
    let structure = Load::when(move || store::school().map(|school| GetStructure { school }));
    let classes = Signal::derive(move || {
        let mut all = vec![("all".to_owned(), text!(admin.all_classes).to_owned())];
        structure.with(|classes| {
            let live = classes.iter().filter(|class| !class.archived);
            all.extend(live.map(|class| (class.id.to_string(), class.name.clone())));
        });
        all
    });
    let list = people.view(Shape::List, move |found| {
        if found.rows.is_empty() {
            return view! { <EmptyState icon=Icon::USERS_ROUND title=t!(admin.nobody_found) hint=t!(admin.nobody_found_hint) /> }.into_any();
        }
        let rows = found.rows.iter().map(|person| row(person, show)).collect::<Vec<_>>();
        let columns = vec![
            t!(admin.name).into(), t!(admin.role).into(), t!(admin.classes).into(), t!(admin.reach).into(), t!(admin.seen).into(),
        ];
        view! {
            <Table caption=t!(admin.people_title) columns>{rows}</Table>
            <Pager page total=found.total />
        }
        .into_any()
    });
    let total = move || people.with(|found| found.total).unwrap_or_default();
    let name = Signal::derive(move || {
        chosen.with(|one| one.as_ref().map(|one| one.name.clone()).unwrap_or_default())
    });
    let invite = view! { <ButtonLink label=t!(admin.invite_staff) icon=Icon::QR_CODE href=AdminRoute::Invites /> }.into_any();
    view! {
        <Page title=t!(admin.people_title) subtitle=tn!(common.people, total()) actions=invite wide=true>
            <SchoolSwitch administered=true />
            <div class="filters">
                <TextField name="search" value=search label=t!(admin.find_person) kind="search" inputmode="search" />
                <SelectField name="role" value=role label=t!(admin.role) options=roles />
                <SelectField name="class" value=class label=t!(invites.class) options=classes />
            </div>
            {list}
            <Dialog open title=name>
                {move || chosen.get().map(|person| view! { <Details person chosen open people /> })}
            </Dialog>
        </Page>
    }
    .into_any()
}

fn row(person: &Person, show: Callback<Person>) -> AnyView {
    let chosen = person.clone();
    let (name, seed) = (person.name.clone(), person.id.0);
    let badges = Role::ALL
        .into_iter()
        .filter(|role| person.roles.has(*role))
        .map(|role| view! { <RoleBadge role /> })
        .collect::<Vec<_>>();
    let classes = person
        .classes
        .iter()
        .filter(|(_, role)| *role != ClassRole::Parent || person.classes.len() < 4)
        .map(|(class, _)| class.name.clone())
        .collect::<Vec<_>>();
    let mut classes = classes;
    classes.dedup();
    let reach = person
        .phone
        .clone()
        .or_else(|| person.login.clone())
        .unwrap_or_default();
    let seen = person.last_seen_at;
    view! {
        <tr>
            <td>
                <button class="pick" type="button" on:click=move |_| show.run(chosen.clone())>
                    <Avatar name=name.clone() seed /> <span class="rows__title">{name}</span>
                </button>
            </td>
            <td><div class="actions">{badges}</div></td>
            <td>{classes.join(", ")}</td>
            <td>{reach}</td>
            <td data-label=t!(admin.seen)>{move || seen.map_or_else(|| text!(admin.never).to_owned(), time::stamp)}</td>
        </tr>
    }
    .into_any()
}
