use common::classes::{Class, ClassKind, GetStructure};
use common::name::initialled;
use leptos::{ev::KeyboardEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::create::{CreateClass, Draft};
use super::route::AdminRoute;
use crate::chats::school_switch::SchoolSwitch;
use crate::load::Load;
use crate::ui::{Button, Count, Dialog, EmptyState, Icon, Page, Shape, TextField, Variant};
use crate::{store, t, text, tn};

/// The whole school on one page: grades as rows, letters as columns (R49 to R51).
#[component]
pub fn Structure() -> AnyView {
    let structure = Load::when(move || store::school().map(|school| GetStructure { school }));
    let search = RwSignal::new(String::new());
    let creating = RwSignal::new(false);
    let draft = RwSignal::new(Draft::default());
    let begin = Callback::new(move |new: Draft| {
        draft.set(new);
        creating.set(true);
    });
    let content = structure.view(Shape::Page, move |classes| view(classes, search, begin));
    let total = move || {
        structure.with(|classes| {
            let live = || {
                classes
                    .iter()
                    .filter(|class| !class.archived && class.kind != ClassKind::StaffRoom)
            };
            (
                live().count(),
                live().map(|class| class.students).sum::<u32>(),
            )
        })
    };
    let subtitle = Signal::derive(move || {
        total()
            .map(|(classes, students)| text!(admin.totals, classes = classes, students = students))
            .unwrap_or_default()
    });
    let actions = view! {
        <Button label=t!(admin.create_row) icon=Icon::PLUS variant=Variant::Primary on_click=move || begin.run(Draft::default()) />
    }
    .into_any();
    view! {
        <Page title=t!(admin.structure_title) subtitle wide=true actions>
            <SchoolSwitch administered=true />
            <div class="structure__search">
                <TextField name="search" value=search label=t!(admin.find_class) kind="search" inputmode="search" />
            </div>
            {content}
            <Dialog open=creating title=t!(admin.create_title)>
                <CreateClass draft=draft.get_untracked() open=creating structure />
            </Dialog>
        </Page>
    }
    .into_any()
}

fn view(classes: &[Class], search: RwSignal<String>, begin: Callback<Draft>) -> AnyView {
    let live: Vec<Class> = classes
        .iter()
        .filter(|class| !class.archived)
        .cloned()
        .collect();
    let archived: Vec<Class> = classes
        .iter()
        .filter(|class| class.archived)
        .cloned()
        .collect();
    let of = |kinds: &[ClassKind]| {
        live.iter()
            .filter(|class| kinds.contains(&class.kind))
            .cloned()
            .collect::<Vec<_>>()
    };
    let mut grades = of(&[ClassKind::Grade]);
    let newest = grades.iter().map(|class| class.year).max();
    let mut earlier: Vec<Class> = grades
        .extract_if(.., |class| Some(class.year) < newest)
        .collect();
    earlier.sort_by_key(|class| std::cmp::Reverse(class.year));
    let earlier = earlier
        .chunk_by(|one, other| one.year == other.year)
        .map(|year| past_year(year, search))
        .collect::<Vec<_>>();
    let grid = if grades.is_empty() {
        view! {
            <EmptyState icon=Icon::LAYOUT_GRID title=t!(admin.no_classes) hint=t!(admin.no_classes_hint)>
                <Button label=t!(admin.create_row) icon=Icon::PLUS variant=Variant::Primary on_click=move || begin.run(Draft::default()) />
            </EmptyState>
        }
        .into_any()
    } else {
        grid(&grades, search, begin)
    };
    let other = |title: Signal<&'static str>, kind: ClassKind| {
        let all = of(&[kind]);
        let new = Draft {
            kind,
            ..Draft::default()
        };
        let cards = all
            .iter()
            .map(|class| tile(class, search))
            .collect::<Vec<_>>();
        view! {
            <section class="structure__group">
                <header class="structure__head">
                    <h2>{title}</h2>
                    <Button label=t!(common.add) variant=Variant::Plain icon=Icon::PLUS on_click=move || begin.run(new.clone()) />
                </header>
                <ul class="structure__tiles" role="list">{cards}</ul>
            </section>
        }
    };
    let staff = of(&[ClassKind::StaffRoom])
        .iter()
        .map(|class| tile(class, search))
        .collect::<Vec<_>>();
    let shelf = (!archived.is_empty()).then(|| {
        let count = archived.len();
        let tiles = archived
            .iter()
            .map(|class| tile(class, search))
            .collect::<Vec<_>>();
        view! {
            <details class="structure__group">
                <summary>{tn!(admin.archive_count, count)}</summary>
                <ul class="structure__tiles" role="list">{tiles}</ul>
            </details>
        }
    });
    view! {
        {grid}
        {earlier}
        <section class="structure__group">
            <header class="structure__head"><h2>{t!(admin.staff)}</h2></header>
            <ul class="structure__tiles" role="list">{staff}</ul>
        </section>
        {other(t!(admin.study_groups), ClassKind::StudyGroup)}
        {other(t!(admin.clubs), ClassKind::Club)}
        {other(t!(admin.interests), ClassKind::Interest)}
        {shelf}
    }
    .into_any()
}

/// Grade classes of a school year before the newest one, which aren't archived yet.
fn past_year(classes: &[Class], search: RwSignal<String>) -> AnyView {
    let tiles = classes
        .iter()
        .map(|class| tile(class, search))
        .collect::<Vec<_>>();
    let from = classes.first().map_or(0, |class| class.year);
    let to = format!("{:02}", (from + 1) % 100);
    view! {
        <section class="structure__group">
            <header class="structure__head"><h2>{t!(admin.classes_of_year, from = from, to = to)}</h2></header>
            <ul class="structure__tiles" role="list">{tiles}</ul>
        </section>
    }
    .into_any()
}

/// Rows are grades, columns letters. Arrows move between the cells, Enter opens, as in any grid.
fn grid(classes: &[Class], search: RwSignal<String>, begin: Callback<Draft>) -> AnyView {
    let mut letters: Vec<String> = classes
        .iter()
        .filter_map(|class| class.letter.clone())
        .collect();
    letters.sort();
    letters.dedup();
    let mut grades: Vec<i16> = classes.iter().filter_map(|class| class.grade).collect();
    grades.sort_unstable();
    grades.dedup();
    let head = letters
        .iter()
        .map(|letter| view! { <th scope="col" role="columnheader">{letter.clone()}</th> })
        .collect::<Vec<_>>();
    let first = std::cell::Cell::new(true);
    let rows = grades
        .iter()
        .map(|grade| {
            let cells = letters
                .iter()
                .map(|letter| {
                    let found = classes.iter().find(|class| class.grade == Some(*grade) && class.letter.as_ref() == Some(letter));
                    let tabindex = if first.replace(false) { "0" } else { "-1" };
                    match found {
                        Some(class) => view! { <td role="gridcell">{cell(class, search, tabindex)}</td> }.into_any(),
                        None => view! { <td role="gridcell">{empty(*grade, letter, begin, tabindex)}</td> }.into_any(),
                    }
                })
                .collect::<Vec<_>>();
            view! { <tr role="row"><th scope="row" role="rowheader">{*grade}</th>{cells}</tr> }.into_any()
        })
        .collect::<Vec<_>>();
    view! {
        <div class="grid" on:keydown=walk>
            <table role="grid" aria-label=t!(admin.structure_title)>
                <thead><tr role="row"><th scope="col" role="columnheader"><span class="unseen">{t!(admin.grade)}</span></th>{head}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Whether the class's name or its class teacher's fits what is searched.
fn fits(class: &Class, search: &str) -> bool {
    let search = common::letters::folded(search);
    let words = |text: &str| common::letters::folded(text).contains(&search);
    search.is_empty()
        || words(&class.name)
        || class
            .class_teacher
            .as_ref()
            .is_some_and(|one| words(&one.name))
}

fn cell(class: &Class, search: RwSignal<String>, tabindex: &'static str) -> AnyView {
    let shown = class.clone();
    let dim = move || (!fits(&shown, &search.get())).then_some("");
    view! {
        <a class="cell" href=AdminRoute::Class(class.id).href() tabindex=tabindex data-dim=dim>
            {inside(class)}
        </a>
    }
    .into_any()
}

fn tile(class: &Class, search: RwSignal<String>) -> AnyView {
    let shown = class.clone();
    let dim = move || (!fits(&shown, &search.get())).then_some("");
    view! { <li><a class="cell" href=AdminRoute::Class(class.id).href() data-dim=dim>{inside(class)}</a></li> }.into_any()
}

/// The name, who leads, how many have joined, what waits.
fn inside(class: &Class) -> AnyView {
    let teacher = class
        .class_teacher
        .as_ref()
        .map(|one| initialled(&one.name));
    let nobody = teacher.is_none() && class.kind != ClassKind::StaffRoom;
    let (students, with_parent, teachers) =
        (class.students, class.students_with_parent, class.teachers);
    let numbers = if class.kind == ClassKind::StaffRoom {
        view! { <span>{tn!(admin.teachers_count, teachers)}</span> }.into_any()
    } else {
        view! {
            <span>{tn!(admin.students_count, students)}</span>
            <span class="cell__parents">{t!(admin.with_parents, n = with_parent, of = students)}</span>
            <progress class="cell__bar" max=students.max(1) value=with_parent aria-hidden="true"></progress>
        }
        .into_any()
    };
    view! {
        <span class="cell__line">
            <span class="cell__name">{class.name.clone()}</span>
            <Count value=Signal::stored(class.waiting) />
        </span>
        <span class="cell__teacher" data-missing=nobody.then_some("")>
            {teacher}
            {nobody.then(|| t!(admin.no_teacher))}
        </span>
        <span class="cell__numbers">{numbers}</span>
    }
    .into_any()
}

fn empty(grade: i16, letter: &str, begin: Callback<Draft>, tabindex: &'static str) -> AnyView {
    let name = format!("{grade}{letter}");
    let new = Draft {
        kind: ClassKind::Grade,
        grade: Some(grade),
        letters: letter.to_owned(),
    };
    view! {
        <button class="cell cell--empty" type="button" tabindex=tabindex aria-label=t!(admin.create_named, name = name) on:click=move |_| begin.run(new.clone())>
            {Icon::PLUS.view()}
        </button>
    }
    .into_any()
}

/// Arrow keys move the focus; the cell that has it is the one that Tab comes back to.
fn walk(event: KeyboardEvent) {
    let (rows, columns) = match event.key().as_str() {
        "ArrowRight" => (0, 1),
        "ArrowLeft" => (0, -1),
        "ArrowDown" => (1, 0),
        "ArrowUp" => (-1, 0),
        _ => return,
    };
    let Some(cell) = event
        .target()
        .and_then(|it| it.dyn_into::<Element>().ok())
        .and_then(|it| it.closest("td").ok().flatten())
    else {
        return;
    };
    let Some(row) = cell.parent_element() else {
        return;
    };
    let place = |element: &Element| {
        let mut at = 0;
        let mut before = element.previous_element_sibling();
        while let Some(one) = before {
            at += 1;
            before = one.previous_element_sibling();
        }
        at
    };
    let target = if columns != 0 {
        row.children()
            .item(u32::try_from(place(&cell) + columns).unwrap_or_default())
    } else {
        row.parent_element()
            .and_then(|body| {
                body.children()
                    .item(u32::try_from(place(&row) + rows).unwrap_or(u32::MAX))
            })
            .and_then(|row| {
                row.children()
                    .item(u32::try_from(place(&cell)).unwrap_or_default())
            })
    };
    let focusable = target
        .and_then(|cell| cell.query_selector(".cell").ok().flatten())
        .and_then(|it| it.dyn_into::<HtmlElement>().ok());
    if let Some(next) = focusable {
        event.prevent_default();
        if let Some(now) = cell.query_selector(".cell").ok().flatten() {
            let _ = now.set_attribute("tabindex", "-1");
        }
        let _ = next.set_attribute("tabindex", "0");
        let _ = next.focus();
    }
}
