use common::AccountId;
use common::classes::{
    AddToClass, ArchiveClass, ClassKind, ClassRole, CreateClasses, EditClass, GetClass,
    GetStructure, MoveToClass, NewClass, RemoveFromClass, RestoreClass, SetClassTeacher,
};
use tests::place::{CLASS, PARALLEL_CLASS, SCHOOL, STAFF_ROOM};

use super::{STUDENT, Sample, TEACHER, sample};

pub fn samples(endpoint: &str) -> Option<Vec<Sample>> {
    Some(match endpoint {
        "GetStructure" => vec![sample(GetStructure { school: SCHOOL })],
        "GetClass" => vec![
            sample(GetClass { class: CLASS }),
            sample(GetClass { class: STAFF_ROOM }),
        ],
        "CreateClasses" => vec![sample(CreateClasses {
            school: SCHOOL,
            year: 2026,
            classes: vec![NewClass {
                kind: ClassKind::Grade,
                grade: Some(8),
                letter: Some("А".into()),
                name: String::new(),
            }],
        })],
        "EditClass" => vec![sample(EditClass {
            class: CLASS,
            grade: Some(7),
            letter: Some("В".into()),
            name: String::new(),
        })],
        "ArchiveClass" => vec![sample(ArchiveClass { class: CLASS })],
        "RestoreClass" => vec![sample(RestoreClass { class: CLASS })],
        "SetClassTeacher" => vec![sample(SetClassTeacher {
            class: CLASS,
            teacher: Some(TEACHER),
        })],
        "AddToClass" => vec![sample(AddToClass {
            class: CLASS,
            account: AccountId(4),
            role: ClassRole::Teacher,
        })],
        "MoveToClass" => vec![sample(MoveToClass {
            class: PARALLEL_CLASS,
            account: STUDENT,
            from: vec![CLASS],
        })],
        "RemoveFromClass" => vec![sample(RemoveFromClass {
            class: CLASS,
            account: STUDENT,
            role: ClassRole::Student,
        })],
        _ => return None,
    })
}
