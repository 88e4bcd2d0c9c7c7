use common::classes::{
    AddToClass, ClassKind, ClassMember, ClassName, ClassPage, ClassRole, GetStructure, MoveToClass,
    RemoveFromClass,
};
use common::error::{Conflict, Error, Result};
use common::people::{GetPeople, Person};
use common::permissions::Role;
use common::{AccountId, ClassId, SchoolId};
use leptos::{prelude::*, task::spawn_local};

use crate::classes::leader;
use crate::load::Load;
use crate::ui::{
    Avatar, Button, Card, Confirm, Dialog, EmptyState, Icon, IconButton, Shape, Tag, TextField,
    Tone, Variant, toast,
};
use crate::{api, errors, t, text};

/// The people of a class by role; adding who is in the school already, removing.
#[component]
pub fn Members(page: ClassPage, load: Load<ClassPage>) -> AnyView {
    let (school, class) = (page.school, page.class.id);
    let to = StoredValue::new(page.class.name.clone());
    let staff_room = page.class.kind == ClassKind::StaffRoom;
    let adding = RwSignal::new(false);
    let role = RwSignal::new(ClassRole::Student);
    let removing = RwSignal::new(None::<ClassMember>);
    let asking = RwSignal::new(false);
    let remove = Callback::new(move |member: ClassMember| {
        removing.set(Some(member));
        asking.set(true);
    });
    let confirmed = move || {
        let Some(member) = removing.get_untracked() else {
            return;
        };
        spawn_local(async move {
            let request = RemoveFromClass {
                class,
                account: member.account,
                role: member.role,
            };
            match api::call(request).await {
                Ok(_) => load.again(),
                Err(error) => toast::show(errors::sentence(&error)),
            }
        });
    };
    // Who has the role in the school already: a teacher, or a student who moves (R59, R60).
    let grade = page.class.kind == ClassKind::Grade;
    let moving = RwSignal::new(None::<Moving>);
    let twice = RwSignal::new(false);
    let add = Callback::new(move |person: Person| {
        let role = role.get_untracked();
        spawn_local(async move {
            let asks = grade && role == ClassRole::Student;
            let from = match asks {
                true => studies(school, class, &person).await,
                false => Ok(Vec::new()),
            };
            match from {
                Ok(from) if from.is_empty() => {
                    enter(class, person.id, role, &[], load, adding).await;
                }
                Ok(from) => {
                    let to = to.try_get_value().unwrap_or_default();
                    moving.try_set(Some(Moving { person, from, to }));
                    adding.try_set(false);
                    twice.try_set(true);
                }
                Err(error) => toast::show(errors::sentence(&error)),
            }
        });
    });
    let decide = Callback::new(move |leaves: bool| {
        let Some(Moving { person, from, .. }) = moving.get_untracked() else {
            return;
        };
        spawn_local(async move {
            let from = if leaves { from } else { Vec::new() };
            enter(class, person.id, ClassRole::Student, &from, load, twice).await;
        });
    });
    let question = Signal::derive(move || {
        removing.with(|member| {
            member
                .as_ref()
                .map(|one| text!(admin.remove_text, name = one.name))
                .unwrap_or_default()
        })
    });
    let group = |each: ClassRole, title: Signal<&'static str>, addable: bool| {
        let rows: Vec<_> = page
            .members
            .iter()
            .filter(|one| one.role == each)
            .map(|one| row(one, remove, staff_room))
            .collect();
        let count = rows.len();
        let empty = rows
            .is_empty()
            .then(|| view! { <p class="rows__note">{t!(admin.nobody)}</p> });
        let add = (addable && !page.class.archived).then(|| {
            view! {
                <Button label=t!(common.add) icon=Icon::USER_PLUS on_click=move || { role.set(each); adding.set(true); } />
            }
            .into_any()
        });
        let title = Signal::derive(move || format!("{} · {count}", title.get()));
        view! { <Card title action=add.into_any()>{empty}<ul class="rows" role="list">{rows}</ul></Card> }
    };
    let groups = if staff_room {
        view! { {group(ClassRole::Teacher, t!(classes.teachers), false)} }.into_any()
    } else {
        view! {
            {group(ClassRole::ClassTeacher, leader(page.class.kind), false)}
            {group(ClassRole::Student, t!(classes.students), true)}
            {group(ClassRole::Teacher, t!(classes.teachers), true)}
            {group(ClassRole::Parent, t!(classes.parents), false)}
        }
        .into_any()
    };
    view! {
        {groups}
        <Dialog open=adding title=t!(admin.add_member)><Choose school role=Signal::derive(move || role.get().school_role()) on_choose=add /></Dialog>
        <Dialog open=twice title=Signal::derive(move || moving.with(|it| it.as_ref().map(Moving::title).unwrap_or_default()))>
            <p>{move || moving.with(|it| it.as_ref().map(Moving::question).unwrap_or_default())}</p>
            <div class="actions">
                <Button label=t!(admin.add_to_both) on_click=move || decide.run(false) />
                <Button label=t!(admin.move_here) variant=Variant::Primary on_click=move || decide.run(true) />
            </div>
        </Dialog>
        <Confirm open=asking title=t!(admin.remove_title) text=question action=t!(admin.remove) on_confirm=confirmed />
    }
    .into_any()
}

/// A student who is to be added here and studies in other classes.
#[derive(Clone)]
struct Moving {
    person: Person,
    from: Vec<ClassName>,
    to: String,
}

impl Moving {
    fn classes(&self) -> String {
        let names: Vec<_> = self.from.iter().map(|class| class.name.as_str()).collect();
        names.join(", ")
    }

    fn title(&self) -> String {
        text!(admin.studies_already, class = self.classes())
    }

    fn question(&self) -> String {
        let (name, class, to) = (&self.person.name, self.classes(), &self.to);
        text!(
            admin.studies_already_text,
            name = name,
            class = class,
            to = to
        )
    }
}

/// In which other classes of this school a student studies: clubs and groups go beside, and what is archived is over.
async fn studies(school: SchoolId, class: ClassId, person: &Person) -> Result<Vec<ClassName>> {
    let mut found: Vec<_> = person
        .classes
        .iter()
        .filter(|(at, role)| at.id != class && *role == ClassRole::Student)
        .map(|(at, _)| at.clone())
        .collect();
    if !found.is_empty() {
        let all = api::call(GetStructure { school }).await?;
        let is_class = |id| {
            let mut grades = all.iter().filter(|it| it.kind == ClassKind::Grade);
            grades.any(|it| it.id == id && !it.archived)
        };
        found.retain(|at| is_class(at.id));
    }
    Ok(found)
}

/// Adds somebody, who leaves the classes from which they come.
async fn enter(
    class: ClassId,
    account: AccountId,
    role: ClassRole,
    from: &[ClassName],
    load: Load<ClassPage>,
    open: RwSignal<bool>,
) {
    let entered = if from.is_empty() {
        api::call(AddToClass {
            class,
            account,
            role,
        })
        .await
    } else {
        let from = from.iter().map(|class| class.id).collect();
        api::call(MoveToClass {
            class,
            account,
            from,
        })
        .await
    };
    match entered {
        Ok(_) => {
            load.again();
            open.try_set(false);
        }
        Err(error) => {
            // The student is in other classes than this page has seen: it's asked about them anew.
            if error == Error::Conflict(Conflict::Changed) {
                load.again();
                open.try_set(false);
            }
            toast::show(errors::sentence(&error));
        }
    }
}

fn row(member: &ClassMember, remove: Callback<ClassMember>, fixed: bool) -> AnyView {
    let family = member
        .family
        .iter()
        .map(|one| one.name.clone())
        .collect::<Vec<_>>()
        .join(", ");
    let unconfirmed = (member.confirmed == Some(false))
        .then(|| view! { <Tag label=t!(classes.unconfirmed) tone=Tone::Warn /> });
    // The class teacher is changed, a parent leaves with the child, staff by their role.
    let removable = !fixed && matches!(member.role, ClassRole::Student | ClassRole::Teacher);
    let name = member.name.clone();
    let label = Signal::derive({
        let name = name.clone();
        move || text!(admin.remove_named, name = name)
    });
    let seed = member.account.0;
    let whom = member.clone();
    let button = removable.then(
        || view! { <IconButton label icon=Icon::X on_click=move || remove.run(whom.clone()) /> },
    );
    view! {
        <li class="rows__row">
            <Avatar name=name.clone() seed />
            <span class="rows__words"><span class="rows__title">{name}</span><span class="rows__note">{family}</span>{unconfirmed}</span>
            {button}
        </li>
    }
    .into_any()
}

/// People of the school with this role, found by name; one is chosen.
#[component]
pub(super) fn Choose(school: SchoolId, role: Signal<Role>, on_choose: Callback<Person>) -> AnyView {
    let search = RwSignal::new(String::new());
    let people = Load::new(move || GetPeople {
        school,
        search: search.get(),
        role: Some(role.get()),
        class: None,
        page: 0,
    });
    let found = people.view(Shape::List, move |page| {
        if page.rows.is_empty() {
            return view! { <EmptyState icon=Icon::SEARCH title=t!(admin.nobody_found) hint=t!(admin.nobody_found_hint) /> }.into_any();
        }
        let rows = page
            .rows
            .iter()
            .map(|person| {
                let chosen = person.clone();
                let (name, seed) = (person.name.clone(), person.id.0);
                let classes = person.classes.iter().map(|(class, _)| class.name.clone()).collect::<Vec<_>>().join(", ");
                view! {
                    <li>
                        <button class="pick" type="button" on:click=move |_| on_choose.run(chosen.clone())>
                            <Avatar name=name.clone() seed />
                            <span class="rows__words"><span class="rows__title">{name}</span><span class="rows__note">{classes}</span></span>
                        </button>
                    </li>
                }
            })
            .collect::<Vec<_>>();
        view! { <ul class="rows" role="list">{rows}</ul> }.into_any()
    });
    view! {
        <TextField name="search" value=search label=t!(common.search) kind="search" inputmode="search" />
        {found}
    }
    .into_any()
}
