//! SQL of classes.

use common::classes::{Class, ClassKind, ClassRole, PersonName};
use common::error::Error;
use common::permissions::Reason;
use common::{AccountId, ChatId, ClassId, JoinRequestId, Name, SchoolId, Timestamp};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::names::Named;
use crate::database::{row, sql_query};
use crate::error::Result;
use crate::invites::request_status::RequestStatus;
use crate::parents::link_status::LinkStatus;
use crate::schema::{chats, classes, current_class_members, guardian_links, join_requests};

row! {
    struct ClassRow {
        id: ClassId as BigInt,
        kind: ClassKind as Text,
        grade: Option<i16> as Nullable<SmallInt>,
        letter: Option<String> as Nullable<Text>,
        name: String as Text,
        year: i16 as SmallInt,
        archived: bool as Bool,
        teacher_id: Option<AccountId> as Nullable<BigInt>,
        /// Empty where nobody leads the class.
        teacher: Name,
        students: i64 as BigInt,
        parents: i64 as BigInt,
        teachers: i64 as BigInt,
        students_with_parent: i64 as BigInt,
        waiting: i64 as BigInt,
    }
}

/// The classes of a school, or these of them, by grade, letter and name; the archived too. One
/// statement that counts each table once, whatever the number of classes.
pub async fn classes(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    only: Option<&[ClassId]>,
) -> Result<Vec<Class>> {
    let rows: Vec<ClassRow> = sql_query(
        "WITH wanted AS MATERIALIZED (
             SELECT * FROM classes
             WHERE school_id = $1 AND ($2::bigint[] IS NULL OR id = ANY($2))),
         with_parent AS (
             SELECT DISTINCT child_id FROM current_guardians WHERE school_id = $1),
         counts AS (
             SELECT class_id,
                 count(DISTINCT account_id) FILTER (WHERE role = 'student') AS students,
                 count(DISTINCT account_id) FILTER (WHERE role = 'parent') AS parents,
                 count(DISTINCT account_id) FILTER (WHERE role IN ('teacher', 'class_teacher'))
                     AS teachers,
                 count(DISTINCT with_parent.child_id) FILTER (WHERE role = 'student')
                     AS students_with_parent,
                 max(account_id) FILTER (WHERE role = 'class_teacher') AS teacher_id
             FROM wanted JOIN current_class_members ON class_id = wanted.id
             LEFT JOIN with_parent ON with_parent.child_id = account_id
             GROUP BY class_id),
         waits AS (
             SELECT class_id, count(*) AS waiting FROM open_requests
             WHERE school_id = $1 AND class_id IS NOT NULL GROUP BY class_id)
         SELECT wanted.id, kind, grade, letter, name, year, archived_at IS NOT NULL AS archived,
             teacher_id, coalesce(surname, '') AS surname, coalesce(given, '') AS given, patronymic,
             coalesce(students, 0) AS students, coalesce(parents, 0) AS parents,
             coalesce(teachers, 0) AS teachers,
             coalesce(students_with_parent, 0) AS students_with_parent,
             coalesce(waiting, 0) AS waiting
         FROM wanted
         LEFT JOIN counts ON counts.class_id = wanted.id
         LEFT JOIN waits ON waits.class_id = wanted.id
         LEFT JOIN accounts ON accounts.id = teacher_id
         ORDER BY grade NULLS LAST, letter, name, year DESC, wanted.id",
    )
    .bind::<BigInt, _>(school)
    .bind::<Nullable<Array<BigInt>>, _>(only)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(ClassRow::class).collect())
}

impl ClassRow {
    fn class(self) -> Class {
        let count = |counted: i64| u32::try_from(counted).unwrap_or(u32::MAX);
        Class {
            id: self.id,
            kind: self.kind,
            grade: self.grade,
            letter: self.letter,
            name: self.name,
            year: self.year,
            archived: self.archived,
            class_teacher: self.teacher_id.map(|id| PersonName {
                id,
                name: self.teacher.full(),
            }),
            students: count(self.students),
            parents: count(self.parents),
            teachers: count(self.teachers),
            students_with_parent: count(self.students_with_parent),
            waiting: count(self.waiting),
        }
    }
}

pub async fn staff_room(conn: &mut AsyncPgConnection, school: SchoolId) -> Result<Option<ClassId>> {
    Ok(classes::table
        .filter(
            classes::school_id
                .eq(school)
                .and(classes::kind.eq(ClassKind::StaffRoom)),
        )
        .select(classes::id)
        .first(conn)
        .await
        .optional()?)
}

/// What a change of a class looks at first.
#[derive(Queryable, Selectable)]
#[diesel(table_name = classes, check_for_backend(Pg))]
pub struct Locked {
    pub kind: ClassKind,
    #[diesel(select_expression = classes::archived_at.is_not_null())]
    pub archived: bool,
}

impl Locked {
    /// A class that takes people.
    ///
    /// # Errors
    /// `Denied` if it's archived.
    pub fn open(self) -> Result<Self> {
        if self.archived {
            return Err(Error::Denied(Reason::Archived).into());
        }
        Ok(self)
    }
}

/// The class, which nobody else changes until the transaction's end.
pub async fn lock(conn: &mut AsyncPgConnection, class: ClassId) -> Result<Locked> {
    Ok(classes::table
        .find(class)
        .select(Locked::as_select())
        .for_no_key_update()
        .first(conn)
        .await?)
}

/// New classes, each with its chats (R68): of the students, of the parents, of the teachers.
///
/// # Errors
/// `Conflict::ClassName` when one of the names exists in the year.
pub async fn insert(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    year: i16,
    named: &[Named],
    now: Timestamp,
) -> Result<Vec<ClassId>> {
    let kinds: Vec<ClassKind> = named.iter().map(|class| class.kind).collect();
    let grades: Vec<Option<i16>> = named.iter().map(|class| class.grade).collect();
    let letters: Vec<Option<&str>> = named.iter().map(|class| class.letter.as_deref()).collect();
    let names: Vec<&str> = named.iter().map(|class| class.name.as_str()).collect();
    Ok(sql_query(
        "WITH made AS (
             INSERT INTO classes (school_id, kind, grade, letter, name, year, created_at)
             SELECT $1, kind, grade, letter, name, $2, $3
             FROM unnest($4, $5, $6, $7) AS new (kind, grade, letter, name)
             RETURNING id),
         with_chats AS (
             INSERT INTO chats (school_id, class_id, kind, created_at)
             SELECT $1, made.id, chat.kind, $3 FROM made
             CROSS JOIN (VALUES ('class_students'), ('class_parents'), ('class_teachers'))
                 AS chat (kind))
         SELECT id FROM made",
    )
    .bind::<BigInt, _>(school)
    .bind::<SmallInt, _>(year)
    .bind::<Timestamptz, _>(now)
    .bind::<Array<Text>, _>(kinds)
    .bind::<Array<Nullable<SmallInt>>, _>(grades)
    .bind::<Array<Nullable<Text>>, _>(letters)
    .bind::<Array<Text>, _>(names)
    .values::<BigInt, _>(conn)
    .await?)
}

/// # Errors
/// `Conflict::ClassName` when the name exists in the year.
pub async fn rename(conn: &mut AsyncPgConnection, class: ClassId, named: &Named) -> Result<()> {
    diesel::update(classes::table.find(class))
        .set((
            classes::grade.eq(named.grade),
            classes::letter.eq(&named.letter),
            classes::name.eq(&named.name),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The chats and channels of the classes.
pub async fn chats(conn: &mut AsyncPgConnection, classes: &[ClassId]) -> Result<Vec<ChatId>> {
    Ok(chats::table
        .filter(chats::class_id.eq_any(classes))
        .order(chats::id)
        .select(chats::id)
        .load(conn)
        .await?)
}

/// Those by whom somebody's family knows the classes: their students, and parents whose link names one.
pub async fn families(conn: &mut AsyncPgConnection, classes: &[ClassId]) -> Result<Vec<AccountId>> {
    let mut people: Vec<AccountId> = current_class_members::table
        .filter(current_class_members::class_id.eq_any(classes))
        .filter(current_class_members::role.eq(ClassRole::Student))
        .select(current_class_members::account_id)
        .load(conn)
        .await?;
    let named: Vec<AccountId> = guardian_links::table
        .filter(guardian_links::class_id.eq_any(classes))
        .filter(guardian_links::state.ne(LinkStatus::Ended))
        .select(guardian_links::parent_id)
        .distinct()
        .load(conn)
        .await?;
    people.extend(named);
    Ok(people)
}

/// Requests to join the class that are in somebody's state, with who asked.
pub async fn requests(
    conn: &mut AsyncPgConnection,
    class: ClassId,
) -> Result<Vec<(AccountId, JoinRequestId)>> {
    Ok(join_requests::table
        .filter(join_requests::class_id.eq(class))
        .filter(join_requests::state.ne(RequestStatus::Accepted))
        .select((join_requests::account_id, join_requests::id))
        .load(conn)
        .await?)
}
