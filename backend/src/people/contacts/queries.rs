//! SQL of contacts.

use common::classes::{ClassKind, ClassRole};
use common::permissions::Roles;
use common::{AccountId, Name, SchoolId};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::{row, sql_query};
use crate::error::Result;
use crate::people::queries::{ACCOUNT, WORDS};
use crate::people::search::Search;
use crate::schema::{accounts, classes, current_class_members};

row! {
    /// Someone whom a person may perhaps write to.
    pub struct Candidate {
        pub id: AccountId as BigInt,
        pub name: Name,
        pub roles: Roles as Array<Text>,
    }
}

/// Those whom the contact rule (R72 to R74) may allow, by name; with `all` every member. The rule book has
/// the last word.
pub async fn candidates(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    me: AccountId,
    all: bool,
    search: &Search,
    limit: i64,
) -> Result<Vec<Candidate>> {
    let candidates = if all {
        "SELECT account_id AS id FROM current_roles WHERE school_id = $1 AND account_id <> $2"
    } else {
        "SELECT account_id AS id
         FROM current_class_members AS theirs JOIN mine USING (class_id)
         WHERE account_id <> $2
           AND ((mine.role = 'student' AND theirs.role <> 'parent')
                OR (mine.role = 'parent' AND theirs.role <> 'student'))
         UNION
         SELECT parent_id FROM current_guardians WHERE school_id = $1 AND child_id = $2
         UNION
         SELECT child_id FROM current_guardians WHERE school_id = $1 AND parent_id = $2"
    };
    Ok(sql_query(format!(
        "WITH mine AS MATERIALIZED (
             SELECT class_id, role
             FROM current_class_members AS members JOIN classes ON classes.id = class_id
             WHERE account_id = $2 AND members.school_id = $1 AND archived_at IS NULL),
         candidates AS ({candidates}),
         people AS MATERIALIZED (
             SELECT account_id, array_agg(role) AS roles FROM current_roles
             WHERE school_id = $1 AND account_id IN (SELECT id FROM candidates)
             GROUP BY account_id)
         SELECT id, surname, given, patronymic, roles
         FROM people CROSS JOIN LATERAL ({ACCOUNT}) AS account
         WHERE cardinality($3) = 0 OR {WORDS} LIKE ALL ($3)
         ORDER BY surname, given, patronymic, id
         LIMIT $4"
    ))
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(me)
    .bind::<Array<Text>, _>(&search.names)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// What someone is in a class, and of a parent for which child: what tells namesakes apart.
#[derive(Queryable, Selectable)]
#[diesel(table_name = current_class_members, check_for_backend(Pg))]
pub struct Place {
    pub account_id: AccountId,
    pub role: ClassRole,
    #[diesel(select_expression = classes::name)]
    pub class: String,
    #[diesel(select_expression = child().nullable())]
    pub child: Option<String>,
}

/// As a short name.
#[diesel::dsl::auto_type]
fn child() -> _ {
    accounts::surname.concat(" ").concat(accounts::given)
}

/// The places of these people, led classes first; without `all` only what is in classes of one's own.
pub async fn places(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    me: AccountId,
    all: bool,
    people: &[AccountId],
) -> Result<Vec<Place>> {
    let mut places = current_class_members::table
        .inner_join(classes::table)
        .left_join(accounts::table.on(accounts::id.nullable().eq(current_class_members::child_id)))
        .filter(current_class_members::school_id.eq(school))
        .filter(current_class_members::account_id.eq_any(people))
        .filter(classes::archived_at.is_null())
        .filter(classes::kind.ne(ClassKind::StaffRoom))
        .order((
            current_class_members::account_id,
            current_class_members::role,
            classes::grade,
            classes::letter,
            classes::name,
            child().nullable(),
        ))
        .select(Place::as_select())
        .into_boxed();
    if !all {
        let mine = diesel::alias!(current_class_members as mine);
        let own = mine
            .filter(mine.field(current_class_members::account_id).eq(me))
            .select(mine.field(current_class_members::class_id));
        places = places.filter(current_class_members::class_id.eq_any(own));
    }
    Ok(places.load(conn).await?)
}
