use std::collections::{BTreeSet, HashMap};

use common::classes::ClassRole;
use common::permissions::Role;
use common::{AccountId, ChatId, ClassId, GuardianLinkId, Name, SchoolId};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::{row, sql_query};
use crate::error::Result;
use crate::membership::change::ClassPlace;
use crate::membership::effects::Effects;
use crate::membership::known::{Asked, Known, Link};
use crate::parents::link_status::LinkStatus;
use crate::schema::{
    accounts, classes, current_class_members, current_roles, guardian_links, name,
};

/// The people of a set, and those who come and go with them: parents of the children, who leads a
/// class that gets another class teacher, and parents who wait for a child in a class.
pub async fn near(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    asked: &Asked,
) -> Result<Vec<AccountId>> {
    Ok(sql_query(
        "SELECT unnest($2) AS id
         UNION
         SELECT parent_id FROM current_guardians WHERE school_id = $1 AND child_id = ANY($2)
         UNION
         SELECT account_id FROM current_class_members
         WHERE school_id = $1 AND child_id = ANY($2)
         UNION
         SELECT account_id FROM current_class_members
         WHERE school_id = $1 AND class_id = ANY($3) AND role = 'class_teacher'
         UNION
         SELECT parent_id FROM guardian_links
         WHERE school_id = $1 AND class_id = ANY($4) AND state = 'confirmed' AND child_id IS NULL
         ORDER BY id",
    )
    .bind::<BigInt, _>(school)
    .bind::<Array<BigInt>, _>(&asked.people)
    .bind::<Array<BigInt>, _>(&asked.led)
    .bind::<Array<BigInt>, _>(&asked.entered)
    .values::<BigInt, _>(conn)
    .await?)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = guardian_links, check_for_backend(Pg))]
struct LinkRow {
    id: GuardianLinkId,
    parent_id: AccountId,
    child_id: Option<AccountId>,
    child_name: String,
    class_id: ClassId,
    state: LinkStatus,
}

/// The links of these parents that aren't ended.
pub async fn links(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    parents: &[AccountId],
) -> Result<Vec<Link>> {
    let rows = guardian_links::table
        .filter(guardian_links::school_id.eq(school))
        .filter(guardian_links::parent_id.eq_any(parents))
        .filter(guardian_links::state.ne(LinkStatus::Ended))
        .order(guardian_links::id)
        .select(LinkRow::as_select())
        .load(conn)
        .await?;
    let link = |row: LinkRow| Link {
        id: row.id,
        parent: row.parent_id,
        child: row.child_id,
        child_name: row.child_name,
        class: row.class_id,
        status: row.state,
    };
    Ok(rows.into_iter().map(link).collect())
}

pub async fn names(
    conn: &mut AsyncPgConnection,
    people: &[AccountId],
) -> Result<HashMap<AccountId, Name>> {
    let rows: Vec<(AccountId, Name)> = accounts::table
        .filter(accounts::id.eq_any(people))
        .select((accounts::id, name()))
        .load(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

pub async fn roles(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    people: &[AccountId],
) -> Result<BTreeSet<(AccountId, Role)>> {
    let rows: Vec<(AccountId, Role)> = current_roles::table
        .filter(current_roles::school_id.eq(school))
        .filter(current_roles::account_id.eq_any(people))
        .select((current_roles::account_id, current_roles::role))
        .load(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

pub async fn has_role(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    account: AccountId,
    role: Role,
) -> Result<bool> {
    Ok(roles(conn, school, &[account])
        .await?
        .contains(&(account, role)))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = current_class_members, check_for_backend(Pg))]
struct PlaceRow {
    account_id: AccountId,
    class_id: ClassId,
    role: ClassRole,
    child_id: Option<AccountId>,
    #[diesel(select_expression = classes::archived_at.is_not_null())]
    archived: bool,
}

/// Where these people are, and which of the classes are archived.
pub async fn class_places(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    people: &[AccountId],
) -> Result<(BTreeSet<ClassPlace>, BTreeSet<ClassId>)> {
    let rows = current_class_members::table
        .inner_join(classes::table)
        .filter(current_class_members::school_id.eq(school))
        .filter(current_class_members::account_id.eq_any(people))
        .select(PlaceRow::as_select())
        .load(conn)
        .await?;
    let archived = rows.iter().filter(|row| row.archived);
    let archived = archived.map(|row| row.class_id).collect();
    let places = rows.into_iter().map(|row| ClassPlace {
        account: row.account_id,
        class: row.class_id,
        role: row.role,
        child: row.child_id,
    });
    Ok((places.collect(), archived))
}

row! {
    struct MoveRow {
        chat_id: ChatId as BigInt,
        account_id: AccountId as BigInt,
        joins: bool as Bool,
    }
}

/// Who enters and who leaves which chats, once the rest of the effects is so: the rule of
/// `chat_roles` on where these people will be, against the chats in which they are.
pub async fn chats(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    known: &Known,
    effects: &mut Effects,
) -> Result<()> {
    let people = effects.people();
    let (accounts, classes, roles) = after(known, effects, &people);
    let rows: Vec<MoveRow> = sql_query(
        "WITH places AS MATERIALIZED (
             SELECT * FROM unnest($2, $3, $4) AS places (account_id, class_id, role)),
         rule AS MATERIALIZED (
             SELECT chat_id, class_id, role FROM chat_roles WHERE school_id = $1),
         current AS MATERIALIZED (
             SELECT chat_id, account_id, chats.kind, left_at IS NULL AS reads
             FROM chat_members JOIN chats ON chats.id = chat_id
             WHERE account_id = ANY($5) AND chats.school_id = $1),
         rightful AS (
             SELECT chat_id, account_id FROM places JOIN rule USING (class_id, role)
             UNION
             SELECT chat_id, account_id
             FROM places JOIN rule ON rule.class_id IS NULL AND rule.role = places.role
             WHERE places.class_id IS NULL
             UNION
             -- Whoever has a direct chat is one of its two.
             SELECT chat_id, account_id FROM current
             WHERE kind = 'direct'
               AND account_id IN (SELECT account_id FROM places WHERE class_id IS NULL)),
         present AS (SELECT chat_id, account_id FROM current WHERE reads)
         SELECT chat_id, account_id, true AS joins
         FROM (SELECT * FROM rightful EXCEPT SELECT * FROM present) AS new
         UNION ALL
         SELECT chat_id, account_id, false
         FROM (SELECT * FROM present EXCEPT SELECT * FROM rightful) AS old
         ORDER BY chat_id, account_id",
    )
    .bind::<BigInt, _>(school)
    .bind::<Array<BigInt>, _>(accounts)
    .bind::<Array<Nullable<BigInt>>, _>(classes)
    .bind::<Array<Text>, _>(roles)
    .bind::<Array<BigInt>, _>(people)
    .load(conn)
    .await?;
    for row in rows {
        let moves = if row.joins {
            &mut effects.joins
        } else {
            &mut effects.leaves
        };
        moves.push((row.chat_id, row.account_id));
    }
    Ok(())
}

type Columns = (Vec<AccountId>, Vec<Option<ClassId>>, Vec<&'static str>);

/// Where these people will be: in the school by a role, or in a class.
fn after(known: &Known, effects: &Effects, people: &[AccountId]) -> Columns {
    let concerned = |account: &AccountId| people.binary_search(account).is_ok();
    let mut places: BTreeSet<(AccountId, Option<ClassId>, &'static str)> = BTreeSet::new();
    let roles = effects.roles.after(&known.roles);
    places.extend(
        roles
            .filter(|one| concerned(&one.0))
            .map(|(account, role)| (*account, None, role.as_str())),
    );
    let classes = effects.classes.after(&known.classes);
    places.extend(
        classes
            .filter(|one| concerned(&one.account))
            .map(|one| (one.account, Some(one.class), one.role.as_str())),
    );
    let mut columns = Columns::default();
    for (account, class, role) in places {
        columns.0.push(account);
        columns.1.push(class);
        columns.2.push(role);
    }
    columns
}
