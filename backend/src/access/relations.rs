//! How people stand to each other in a school.

use std::collections::{HashMap, HashSet};

use common::error::Error;
use common::permissions::{Action, Place, Relation, Roles, allows};
use common::{AccountId, SchoolId};
use diesel::sql_types::{Array, BigInt, Bool, Text};
use diesel_async::AsyncPgConnection;

use super::standing::roles;
use super::toward;
use crate::database::{row, sql_query};
use crate::error::Result;

row! {
    struct RelationRow {
        school: SchoolId as BigInt,
        me: AccountId as BigInt,
        other: AccountId as BigInt,
        roles: Roles as Array<Text>,
        classmate: bool as Bool,
        my_teacher: bool as Bool,
        my_parent: bool as Bool,
        my_child: bool as Bool,
        my_childs_teacher: bool as Bool,
        fellow_parent: bool as Bool,
    }
}

/// Two people as a school sees them: who looks, and at whom.
pub type Pair = (SchoolId, AccountId, AccountId);

/// How others stand to people in a school: what the contact rule (R72 to R74) looks at, for all pairs
/// in one statement.
pub async fn relations(
    conn: &mut AsyncPgConnection,
    pairs: &[Pair],
) -> Result<HashMap<Pair, Relation>> {
    let rows: Vec<RelationRow> = sql_query(format!(
        "SELECT school, me, other,
             {} AS roles,
             coalesce(classmate, false) AS classmate,
             coalesce(my_teacher, false) AS my_teacher,
             coalesce(my_childs_teacher, false) AS my_childs_teacher,
             coalesce(fellow_parent, false) AS fellow_parent,
             EXISTS (SELECT FROM current_guardians
                     WHERE school_id = school AND child_id = me AND parent_id = other)
                 AS my_parent,
             EXISTS (SELECT FROM current_guardians
                     WHERE school_id = school AND parent_id = me AND child_id = other)
                 AS my_child
         FROM unnest($1, $2, $3) AS pairs (school, me, other)
         CROSS JOIN LATERAL (
             SELECT bool_or(mine.role = 'student' AND theirs.role = 'student') AS classmate,
                    bool_or(mine.role = 'student'
                            AND theirs.role IN ('teacher', 'class_teacher')) AS my_teacher,
                    bool_or(mine.role = 'parent'
                            AND theirs.role IN ('teacher', 'class_teacher')) AS my_childs_teacher,
                    bool_or(mine.role = 'parent' AND theirs.role = 'parent') AS fellow_parent
             FROM current_class_members AS mine
             JOIN classes ON classes.id = mine.class_id AND archived_at IS NULL
             JOIN current_class_members AS theirs ON theirs.class_id = mine.class_id
             WHERE mine.school_id = school AND mine.account_id = me
               AND theirs.account_id = other) AS shared",
        roles("school", "other")
    ))
    .bind::<Array<BigInt>, _>(pairs.iter().map(|pair| pair.0).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(pairs.iter().map(|pair| pair.1).collect::<Vec<_>>())
    .bind::<Array<BigInt>, _>(pairs.iter().map(|pair| pair.2).collect::<Vec<_>>())
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let relation = Relation {
                self_: row.other == row.me,
                roles: row.roles,
                classmate: row.classmate,
                my_teacher: row.my_teacher,
                my_parent: row.my_parent,
                my_child: row.my_child,
                my_childs_teacher: row.my_childs_teacher,
                fellow_parent: row.fellow_parent,
            };
            ((row.school, row.me, row.other), relation)
        })
        .collect())
}

/// How one person stands to another in a school.
pub async fn relation(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    me: AccountId,
    other: AccountId,
) -> Result<Relation> {
    let pair = (school, me, other);
    let mut all = relations(conn, &[pair]).await?;
    // Whoever they are, there's a row for the pair.
    Ok(all.remove(&pair).ok_or(Error::NotFound)?)
}

/// Those of `people` whom someone may begin to write to in the school of `here`: what lists show. One
/// statement.
pub async fn writable(
    conn: &mut AsyncPgConnection,
    me: AccountId,
    here: Place,
    people: &[AccountId],
) -> Result<HashSet<AccountId>> {
    let pairs: Vec<Pair> = people.iter().map(|it| (here.school, me, *it)).collect();
    let relations = relations(conn, &pairs).await?;
    Ok(relations
        .into_iter()
        .filter(|(_, relation)| allows(&toward(me, here, *relation), Action::WriteTo).is_ok())
        .map(|((_, _, other), _)| other)
        .collect())
}
