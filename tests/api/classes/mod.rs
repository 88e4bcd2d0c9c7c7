//! The class structure, and people in and out of classes.

mod members;
mod structure;

use common::chats::SendMessage;
use common::classes::{
    AddToClass, ArchiveClass, Class, ClassKind, ClassPage, ClassRole, CreateClasses, EditClass,
    GetClass, GetStructure, MoveToClass, NewClass, RemoveFromClass, RestoreClass, SetClassTeacher,
};
use common::error::{Conflict, Error, Problem};
use common::permissions::Reason;
use common::{AccountId, ClassId, ClientId};
use diesel_async::RunQueryDsl as _;
use tests::place::{
    CLASS, CLASS_CHANNEL, OTHER_SCHOOLS_CLASS, PARALLEL_CLASS, PARALLEL_STUDENTS_CHAT,
    PARENTS_CHAT, SCHOOL, STAFF_ROOM, STUDENTS_CHAT, TEACHERS_CHAT,
};
use tests::{Actor, TestSchool};

fn grade(grade: i16, letter: &str) -> NewClass {
    NewClass {
        kind: ClassKind::Grade,
        grade: Some(grade),
        letter: Some(letter.into()),
        name: String::new(),
    }
}

fn named(kind: ClassKind, name: &str) -> NewClass {
    NewClass {
        kind,
        grade: None,
        letter: None,
        name: name.into(),
    }
}

fn create(classes: Vec<NewClass>) -> CreateClasses {
    CreateClasses {
        school: SCHOOL,
        year: 2026,
        classes,
    }
}

fn names(classes: &[Class]) -> Vec<&str> {
    classes.iter().map(|class| class.name.as_str()).collect()
}

async fn structure(actor: &Actor) -> Vec<Class> {
    actor.does(GetStructure { school: SCHOOL }).await
}

fn member(page: &ClassPage, actor: &Actor) -> Option<ClassRole> {
    let found = page.members.iter().find(|it| it.account == actor.id());
    found.map(|it| it.role)
}

async fn reads(actor: &Actor, chat: common::ChatId) -> bool {
    actor.state().await.chats.0.contains_key(&chat)
}
