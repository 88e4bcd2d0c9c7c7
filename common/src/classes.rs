//! The class structure (R49 to R51, R58): classes by grade and letter, study groups, clubs,
//! interest groups, the staff room; who leads, teaches, studies, and whose parents.

use serde::{Deserialize, Serialize};

use crate::endpoint;
use crate::id::{AccountId, ClassId, SchoolId};
use crate::permissions::{Action, Scope};
use crate::text_enum;
use crate::time::Timestamp;

pub use crate::permissions::ClassRole;

text_enum! {
    pub enum ClassKind {
        /// 7А: a grade and a letter.
        Grade = "grade",
        /// Учебная группа (СПО)
        StudyGroup = "study_group",
        /// Кружок, секция
        Club = "club",
        /// Группа по интересам
        Interest = "interest",
        /// The system class «Учительская» (R51).
        StaffRoom = "staff_room",
    }
}

/// A class, in short.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClassName {
    pub id: ClassId,
    pub name: String,
}

/// One cell of the grid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    pub id: ClassId,
    pub kind: ClassKind,
    /// 1 to 11, of a grade class.
    pub grade: Option<i16>,
    /// Of a grade class: «А».
    pub letter: Option<String>,
    pub name: String,
    /// The year in which the school year began: 2026 is 2026/27.
    pub year: i16,
    pub archived: bool,
    pub class_teacher: Option<PersonName>,
    pub students: u32,
    pub parents: u32,
    pub teachers: u32,
    /// Students with at least one confirmed parent here.
    pub students_with_parent: u32,
    /// Join requests and guardian links that wait.
    pub waiting: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    pub id: AccountId,
    /// «Иванова Мария Петровна»
    pub name: String,
}

/// A person in a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassMember {
    pub account: AccountId,
    pub name: String,
    pub role: ClassRole,
    pub since: Timestamp,
    /// Of a parent: the names of the children in this class. Of a student: the names of confirmed
    /// parents.
    pub family: Vec<PersonName>,
    /// Of a student: whether a parent has confirmed the registration (R40). Families and this are told only to
    /// those who see the whole structure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<bool>,
}

/// A class with its people. Parents and students see who is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassPage {
    pub school: SchoolId,
    pub class: Class,
    pub members: Vec<ClassMember>,
    /// Those of them whom the person who asks may begin to write to, by the rule book; in ascending order.
    pub contacts: Vec<AccountId>,
}

endpoint! {
    /// The whole school on one page: every class, archived ones too. Names and counts only, so that
    /// 40 classes and 2,000 people are a few kilobytes.
    GetStructure { school: SchoolId }
    GET "/api/classes/structure" => Vec<Class>,
    needs |request| Action::SeeStructure, in Scope::School(request.school)
}

endpoint! {
    GetClass { class: ClassId }
    GET "/api/classes" => ClassPage,
    needs |request| Action::SeeClass, in Scope::Class(request.class)
}

/// A class to be made. `Grade` classes are named by grade and letter («7А»), the others by `name`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewClass {
    pub kind: ClassKind,
    pub grade: Option<i16>,
    pub letter: Option<String>,
    #[serde(default)]
    pub name: String,
}

/// Classes made at once, at most.
pub const CLASSES_LIMIT: usize = 40;

endpoint! {
    /// One class, or a whole row of the grid (7А to 7Г), at most [`CLASSES_LIMIT`]. All or nothing: a
    /// name that exists in the year refuses all.
    CreateClasses { school: SchoolId, year: i16, classes: Vec<NewClass> }
    POST "/api/classes/create" => Vec<Class>,
    needs |request| Action::EditStructure, in Scope::School(request.school)
}

endpoint! {
    /// Renames; of a grade class, moves it to another cell.
    EditClass { class: ClassId, grade: Option<i16>, letter: Option<String>, name: String }
    POST "/api/classes/edit" => Class,
    needs |request| Action::EditStructure, in Scope::Class(request.class)
}

endpoint! {
    /// Chats stay readable; nobody writes; its invites are revoked. Undone by [`RestoreClass`].
    ArchiveClass { class: ClassId }
    POST "/api/classes/archive" => Class,
    needs |request| Action::EditStructure, in Scope::Class(request.class)
}

endpoint! {
    RestoreClass { class: ClassId }
    POST "/api/classes/restore" => Class,
    needs |request| Action::EditStructure, in Scope::Class(request.class)
}

endpoint! {
    /// Names the class teacher, a teacher of the school (R58); the one before stays as a teacher of
    /// the class. None: nobody leads it.
    SetClassTeacher { class: ClassId, teacher: Option<AccountId> }
    POST "/api/classes/teacher" => Class,
    needs |request| Action::EditStructure, in Scope::Class(request.class)
}

endpoint! {
    /// Adds someone who already has the role in the school: a teacher (R59), or a student who moves.
    AddToClass { class: ClassId, account: AccountId, role: ClassRole }
    POST "/api/classes/members/add" => ClassPage,
    needs |request| Action::EditStructure, in Scope::Class(request.class)
}

endpoint! {
    /// A student of other classes of the school comes into this one and leaves those (R60), in one step: never in
    /// none of them, nor in both. Who isn't in all of those any more stays where they are: `Conflict::Changed`.
    MoveToClass { class: ClassId, account: AccountId, from: Vec<ClassId> }
    POST "/api/classes/members/move" => ClassPage,
    needs |request| Action::EditStructure, in Scope::Class(request.class)
}

endpoint! {
    /// Who leaves the class leaves its chats; of a student, the parents leave too, unless another
    /// child of theirs is in it (R61).
    RemoveFromClass { class: ClassId, account: AccountId, role: ClassRole }
    POST "/api/classes/members/remove" => ClassPage,
    needs |request| Action::LeadClass, in Scope::Class(request.class)
}
