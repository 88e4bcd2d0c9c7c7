use common::Error;
use common::classes::{
    ArchiveClass, Class, ClassKind, ClassPage, EditClass, GetClass, RestoreClass, SetClassTeacher,
};
use common::endpoint::Endpoint;
use common::error::Conflict;
use common::people::Person;
use common::permissions::Role;
use common::{AccountId, ClassId, SchoolId};
use leptos::{prelude::*, task::spawn_local};

use super::create::grades;
use super::lead::not_yours;
use super::members::{Choose, Members};
use super::route::AdminRoute;
use crate::classes::leader;
use crate::invites::{INVITED, InvitesPanel};
use crate::load::Load;
use crate::reactive::Derived;
use crate::ui::{
    Banner, Button, Card, Confirm, Dialog, Form, FormErrors, Icon, Page, SelectField, Shape,
    TextField, Tone, Variant, live, toast,
};
use crate::{api, errors, store, t, text};

/// One class: its name, who leads it, who is in it, its invites, the archive.
#[component]
pub fn ClassAdmin(class: ClassId) -> AnyView {
    let page = Load::new(move || GetClass { class });
    let name = Signal::derive(move || {
        page.with(|page| page.class.name.clone())
            .unwrap_or_default()
    });
    // Apart from the rest, which is drawn anew with whatever others change.
    let kind = Derived::new(move || page.with(|it| (it.school, it.class.kind)));
    // The school in sight, by which one came here, may be another.
    let administers = store::select(move |state| {
        let school = kind.get().map(|(school, _)| school);
        school.is_some_and(|school| store::administers(state, school))
    });
    let content = live(move || match kind.get() {
        None => page.view(Shape::Page, |_| ().into_any()),
        Some(_) if !administers.get() => not_yours(),
        Some((school, kind)) => columns(school, class, kind, page),
    });
    view! { <Page title=name back=AdminRoute::Structure wide=true>{content}</Page> }.into_any()
}

fn columns(school: SchoolId, class: ClassId, kind: ClassKind, page: Load<ClassPage>) -> AnyView {
    let staff_room = kind == ClassKind::StaffRoom;
    let roles = if staff_room {
        vec![Role::Teacher]
    } else {
        Vec::from(INVITED)
    };
    let open = Derived::new(move || page.with(|it| !it.class.archived).unwrap_or_default());
    let archived = live(move || (!open.get()).then(|| archived(class, page)));
    let members =
        live(move || page.with(|it| view! { <Members page=it.clone() load=page /> }.into_any()));
    let settings = live(move || {
        let shown = page.with(|it| (!staff_room).then(|| settings(school, &it.class, page)));
        shown.flatten()
    });
    let invites = live(move || {
        let roles = roles.clone();
        open.get().then(move || {
            view! { <Card title=t!(nav.invites)><InvitesPanel school class roles /></Card> }
        })
    });
    view! {
        {archived}
        <div class="columns">
            <div class="columns__main">{members}</div>
            <div class="columns__side">{settings} {invites}</div>
        </div>
    }
    .into_any()
}

fn archived(class: ClassId, page: Load<ClassPage>) -> AnyView {
    view! {
        <Banner shown=Signal::stored(true) words=t!(errors.archived) icon=Icon::ARCHIVE tone=Tone::Warn />
        <div class="actions"><Button label=t!(admin.restore) on_click=move || change(RestoreClass { class }, page) /></div>
    }
    .into_any()
}

/// Who leads it, its name, the archive.
fn settings(school: SchoolId, class: &Class, page: Load<ClassPage>) -> AnyView {
    let (id, kind) = (class.id, class.kind);
    let renaming = RwSignal::new(false);
    let archiving = RwSignal::new(false);
    let leads = class.class_teacher.clone();
    let leads = leads.map_or_else(|| text!(admin.no_teacher).to_owned(), |one| one.name);
    let archive = move || {
        spawn_local(async move {
            match api::call(ArchiveClass { class: id }).await {
                Ok(_) => toast::undo(
                    text!(admin.archived),
                    Callback::new(move |()| change(RestoreClass { class: id }, page)),
                ),
                Err(error) => toast::show(errors::sentence(&error)),
            }
            page.again();
        });
    };
    let choosing = RwSignal::new(false);
    let led = class.class_teacher.is_some();
    let choose = if led {
        t!(admin.replace_teacher)
    } else {
        t!(admin.choose_teacher)
    };
    let appoint = move |teacher: Option<AccountId>| {
        choosing.set(false);
        change(SetClassTeacher { class: id, teacher }, page);
    };
    let chosen = Callback::new(move |person: Person| appoint(Some(person.id)));
    // In the archive a class takes nobody new and no other class teacher.
    let open = !class.archived;
    let (class, name) = (class.clone(), class.name.clone());
    view! {
        <Card title=t!(admin.class_settings)>
            <dl class="facts">
                <div class="facts__line"><dt>{leader(kind)}</dt><dd>{leads}</dd></div>
            </dl>
            <div class="actions">
                {open.then(|| view! { <Button label=choose icon=Icon::USER_PLUS on_click=move || choosing.set(true) /> })}
                {(open && led).then(|| view! { <Button label=t!(admin.end_teacher) on_click=move || appoint(None) /> })}
                <Button label=t!(admin.rename) icon=Icon::PENCIL on_click=move || renaming.set(true) />
                {open.then(|| view! { <Button label=t!(admin.archive) icon=Icon::ARCHIVE on_click=move || archiving.set(true) /> })}
            </div>
        </Card>
        <Dialog open=choosing title=t!(admin.choose_teacher)><Choose school role=Signal::stored(Role::Teacher) on_choose=chosen /></Dialog>
        <Dialog open=renaming title=t!(admin.rename)><Rename class=class.clone() open=renaming page /></Dialog>
        <Confirm open=archiving title=t!(admin.archive_title, class = name) text=t!(admin.archive_text) action=t!(admin.archive) on_confirm=archive />
    }
    .into_any()
}

fn change<E: Endpoint<Response = Class>>(request: E, page: Load<ClassPage>) {
    spawn_local(async move {
        match api::call(request).await {
            Ok(_) => {}
            // It comes back beside another class; there is no field for a name here.
            Err(Error::Conflict(Conflict::ClassName)) => toast::show(text!(admin.restore_taken)),
            Err(error) => toast::show(errors::sentence(&error)),
        }
        page.again();
    });
}

#[component]
fn Rename(class: Class, open: RwSignal<bool>, page: Load<ClassPage>) -> AnyView {
    let grade = RwSignal::new(
        class
            .grade
            .map(|grade| grade.to_string())
            .unwrap_or_default(),
    );
    let letter = RwSignal::new(class.letter.clone().unwrap_or_default());
    let name = RwSignal::new(class.name.clone());
    let by_grade = class.kind == ClassKind::Grade;
    let id = class.id;
    let problems = FormErrors::new();
    let busy = RwSignal::new(false);
    let submit = move || {
        busy.set(true);
        let request = EditClass {
            class: id,
            grade: grade.get_untracked().parse().ok().filter(|_| by_grade),
            letter: Some(letter.get_untracked()).filter(|_| by_grade),
            name: name.get_untracked(),
        };
        spawn_local(async move {
            match api::call(request).await {
                Ok(_) => {
                    open.set(false);
                    page.again();
                }
                Err(error @ Error::Conflict(Conflict::ClassName)) if by_grade => {
                    problems.add("letter", errors::sentence(&error));
                }
                Err(error) => errors::show(problems, &error),
            }
            busy.try_set(false);
        });
    };
    // Called inside the form, whose errors the fields look for.
    let fields = move || {
        if by_grade {
            view! {
                <SelectField name="grade" value=grade label=t!(admin.grade) options=grades() />
                <TextField name="letter" value=letter label=t!(admin.letter) />
            }
            .into_any()
        } else {
            view! { <TextField name="name" value=name label=t!(admin.class_name) /> }.into_any()
        }
    };
    view! {
        <Form errors=problems on_submit=submit>
            {fields()}
            <Button label=t!(common.save) variant=Variant::Primary wide=true busy />
        </Form>
    }
    .into_any()
}
