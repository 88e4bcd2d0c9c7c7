//! SQL of who is in a class.

use common::classes::{ClassMember, ClassRole, PersonName};
use common::{AccountId, ClassId, Name, SchoolId, Timestamp};
use diesel::dsl::exists;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::{row, sql_query};
use crate::error::Result;
use crate::schema::{accounts, classes, current_class_members, current_guardians, name};

#[derive(Queryable, Selectable)]
#[diesel(table_name = current_class_members, check_for_backend(Pg))]
struct MemberRow {
    account_id: AccountId,
    #[diesel(select_expression = name())]
    name: Name,
    role: ClassRole,
    started_at: Timestamp,
}

row! {
    struct FamilyRow {
        account_id: AccountId as BigInt,
        role: ClassRole as Text,
        relative_id: AccountId as BigInt,
        name: Name,
    }
}

/// Whether all these classes, each named once, are the school's.
pub async fn are_of(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    all: &[ClassId],
) -> Result<bool> {
    let found: i64 = classes::table
        .filter(classes::school_id.eq(school))
        .filter(classes::id.eq_any(all))
        .count()
        .get_result(conn)
        .await?;
    Ok(usize::try_from(found) == Ok(all.len()))
}

/// The people of a class: the class teacher first, then teachers, students and parents, by name.
/// Two statements. `whole` tells families and who is confirmed, too; otherwise only names and roles.
pub async fn members(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    class: ClassId,
    whole: bool,
) -> Result<Vec<ClassMember>> {
    let confirmed = current_guardians::table
        .filter(current_guardians::school_id.eq(school))
        .filter(current_guardians::child_id.eq(current_class_members::account_id))
        .filter(current_guardians::registration_confirmed_at.is_not_null());
    let mut rows: Vec<(MemberRow, bool)> = current_class_members::table
        .inner_join(accounts::table)
        .filter(current_class_members::class_id.eq(class))
        .order((
            accounts::surname,
            accounts::given,
            accounts::patronymic,
            accounts::id,
        ))
        .select((MemberRow::as_select(), exists(confirmed)))
        .load(conn)
        .await?;
    rows.sort_by_key(|(row, _)| row.role);
    // A parent is in a class by each child: since the first of them.
    rows.dedup_by(|(row, _), (first, _)| {
        let same = (row.account_id, row.role) == (first.account_id, first.role);
        if same {
            first.started_at = first.started_at.min(row.started_at);
        }
        same
    });
    let mut families = if whole {
        families(conn, school, class).await?
    } else {
        Vec::new()
    };
    Ok(rows
        .into_iter()
        .map(|(row, confirmed)| {
            let role = row.role;
            let family = families
                .extract_if(.., |(of, as_, _)| *of == row.account_id && *as_ == role)
                .map(|(_, _, relative)| relative)
                .collect();
            ClassMember {
                account: row.account_id,
                name: if role == ClassRole::Student && !whole {
                    row.name.short()
                } else {
                    row.name.full()
                },
                role,
                since: row.started_at,
                family,
                confirmed: (whole && role == ClassRole::Student).then_some(confirmed),
            }
        })
        .collect())
}

/// Whose children in the class are which students, and whose confirmed parents are which people.
async fn families(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    class: ClassId,
) -> Result<Vec<(AccountId, ClassRole, PersonName)>> {
    let rows: Vec<FamilyRow> = sql_query(
        "WITH members AS (
             SELECT account_id, role, child_id FROM current_class_members WHERE class_id = $2),
         relatives AS (
             SELECT account_id, role, child_id AS relative_id FROM members WHERE role = 'parent'
             UNION
             SELECT account_id, role, parent_id FROM members
             JOIN current_guardians AS guardians ON guardians.child_id = account_id
             WHERE role = 'student' AND school_id = $1)
         SELECT account_id, role, relative_id, surname, given, patronymic
         FROM relatives JOIN accounts ON accounts.id = relative_id
         ORDER BY surname, given, relative_id",
    )
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(class)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let relative = PersonName {
                id: row.relative_id,
                name: row.name.short(),
            };
            (row.account_id, row.role, relative)
        })
        .collect())
}

/// Who leads the class.
pub async fn class_teacher(
    conn: &mut AsyncPgConnection,
    class: ClassId,
) -> Result<Option<AccountId>> {
    Ok(current_class_members::table
        .filter(current_class_members::class_id.eq(class))
        .filter(current_class_members::role.eq(ClassRole::ClassTeacher))
        .select(current_class_members::account_id)
        .first(conn)
        .await
        .optional()?)
}

/// The children of a parent who study in the class, by confirmed links.
pub async fn children_in(
    conn: &mut AsyncPgConnection,
    class: ClassId,
    parent: AccountId,
) -> Result<Vec<AccountId>> {
    let by_link = current_guardians::child_id
        .eq(current_class_members::account_id)
        .and(current_guardians::school_id.eq(current_class_members::school_id));
    Ok(current_class_members::table
        .inner_join(current_guardians::table.on(by_link))
        .filter(current_class_members::class_id.eq(class))
        .filter(current_class_members::role.eq(ClassRole::Student))
        .filter(current_guardians::parent_id.eq(parent))
        .order(current_class_members::account_id)
        .select(current_class_members::account_id)
        .load(conn)
        .await?)
}
