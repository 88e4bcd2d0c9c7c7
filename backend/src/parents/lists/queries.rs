//! SQL of what parents and class teachers see of the links.

use std::collections::HashSet;

use common::classes::{ClassName, ClassRole, PersonName};
use common::parents::{ChildTeacher, GuardianLink};
use common::{AccountId, ClassId, GuardianLinkId, Name, SchoolId, Timestamp};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::accounts::queries::readable_phone;
use crate::error::Result;
use crate::parents::link_status::LinkStatus;
use crate::schema::{accounts, classes, current_class_members, guardian_links, name};

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(Pg))]
struct PersonRow {
    id: AccountId,
    #[diesel(select_expression = name())]
    name: Name,
}

impl PersonRow {
    fn person(&self) -> PersonName {
        PersonName {
            id: self.id,
            name: self.name.full(),
        }
    }
}

/// Someone in a class.
#[derive(Queryable, Selectable)]
#[diesel(table_name = current_class_members, check_for_backend(Pg))]
struct MemberRow {
    class_id: ClassId,
    role: ClassRole,
    #[diesel(embed)]
    person: PersonRow,
}

/// Who teaches in these classes: the class teacher first, then by name.
pub async fn teachers(
    conn: &mut AsyncPgConnection,
    classes: &[ClassId],
) -> Result<Vec<(ClassId, ChildTeacher)>> {
    let rows: Vec<MemberRow> = current_class_members::table
        .inner_join(accounts::table)
        .filter(current_class_members::class_id.eq_any(classes))
        .filter(current_class_members::role.eq_any([ClassRole::ClassTeacher, ClassRole::Teacher]))
        .order((
            current_class_members::class_id,
            current_class_members::role
                .eq(ClassRole::ClassTeacher)
                .desc(),
            accounts::surname,
            accounts::given,
            accounts::id,
        ))
        .select(MemberRow::as_select())
        .load(conn)
        .await?;
    // Who leads a class may teach there, too.
    let mut listed = HashSet::new();
    Ok(rows
        .into_iter()
        .filter(|row| listed.insert((row.class_id, row.person.id)))
        .map(|row| {
            let teacher = ChildTeacher {
                person: row.person.person(),
                class_teacher: row.role == ClassRole::ClassTeacher,
            };
            (row.class_id, teacher)
        })
        .collect())
}

/// The logins of those who have one.
pub async fn logins(
    conn: &mut AsyncPgConnection,
    of: &[AccountId],
) -> Result<Vec<(AccountId, String)>> {
    Ok(accounts::table
        .filter(accounts::id.eq_any(of).and(accounts::login.is_not_null()))
        .select((accounts::id, accounts::login.assume_not_null()))
        .load(conn)
        .await?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = guardian_links, check_for_backend(Pg))]
struct OpenRow {
    id: GuardianLinkId,
    class_id: ClassId,
    #[diesel(select_expression = classes::name)]
    class_name: String,
    #[diesel(embed)]
    parent: PersonRow,
    #[diesel(select_expression = accounts::phone)]
    phone: Option<String>,
    child_name: String,
    message: String,
    #[diesel(select_expression = guardian_links::decided_at.is_not_null())]
    confirmed: bool,
    asked_at: Timestamp,
}

/// Those that wait, then the confirmed ones without an account; each the oldest first, without
/// students, at most 100. Of one class, or all.
pub async fn open_links(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    class: Option<ClassId>,
) -> Result<Vec<GuardianLink>> {
    let mut links = guardian_links::table
        .inner_join(classes::table)
        .inner_join(accounts::table)
        .filter(guardian_links::school_id.eq(school))
        .filter(guardian_links::state.eq(LinkStatus::Waiting))
        .order((
            guardian_links::decided_at.is_not_null(),
            guardian_links::asked_at,
            guardian_links::id,
        ))
        .limit(100)
        .select(OpenRow::as_select())
        .into_boxed();
    if let Some(class) = class {
        links = links.filter(guardian_links::class_id.eq(class));
    }
    let rows = links.load(conn).await?;
    Ok(rows
        .into_iter()
        .map(|row| GuardianLink {
            id: row.id,
            class: ClassName {
                id: row.class_id,
                name: row.class_name,
            },
            parent: row.parent.person(),
            parent_phone: row.phone.as_deref().map(readable_phone),
            child_name: row.child_name,
            message: row.message,
            confirmed: row.confirmed,
            suggestions: Vec::new(),
            exact: None,
            others: Vec::new(),
            asked_at: row.asked_at,
        })
        .collect())
}

/// A student of one of the classes.
pub struct Student {
    pub class: ClassId,
    pub person: PersonName,
    pub name: Name,
}

/// By name.
pub async fn students(conn: &mut AsyncPgConnection, classes: &[ClassId]) -> Result<Vec<Student>> {
    let rows: Vec<MemberRow> = current_class_members::table
        .inner_join(accounts::table)
        .filter(current_class_members::class_id.eq_any(classes))
        .filter(current_class_members::role.eq(ClassRole::Student))
        .order((accounts::surname, accounts::given, accounts::id))
        .select(MemberRow::as_select())
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Student {
            class: row.class_id,
            person: row.person.person(),
            name: row.person.name,
        })
        .collect())
}
