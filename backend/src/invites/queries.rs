//! SQL of invites.

use common::classes::{ClassName, ClassRole};
use common::error::{Error, InviteGone};
use common::invites::{Invite, OpenedInvite, Revoke};
use common::permissions::Role;
use common::{AccountId, ClassId, InviteId, Name, Paged, SchoolId, Timestamp};
use diesel::dsl::exists;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::{bounds, paged, row, sql_query, total};
use crate::error::Result;
use crate::schema::{accounts, classes, current_class_members, current_roles, invites, name};
use crate::schools::zone::Zone;
use crate::secret::Hash;

/// An invite to be stored.
pub struct Fresh<'a> {
    pub school: SchoolId,
    pub class: ClassId,
    pub role: Role,
    pub child: Option<&'a str>,
    pub secret_hash: &'a Hash,
    pub created_by: AccountId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub max_uses: u32,
}

/// In the order given: their ids ascend.
pub async fn insert(conn: &mut AsyncPgConnection, all: &[Fresh<'_>]) -> Result<Vec<InviteId>> {
    let mut ids = Vec::with_capacity(all.len());
    for invite in all {
        let id = diesel::insert_into(invites::table)
            .values((
                invites::school_id.eq(invite.school),
                invites::class_id.eq(invite.class),
                invites::role.eq(invite.role),
                invites::child.eq(invite.child),
                invites::secret_hash.eq(invite.secret_hash.as_slice()),
                invites::created_by.eq(invite.created_by),
                invites::created_at.eq(invite.created_at),
                invites::expires_at.eq(invite.expires_at),
                invites::max_uses.eq(stored_uses(invite.max_uses)),
            ))
            .returning(invites::id)
            .get_result(conn)
            .await?;
        ids.push(id);
    }
    Ok(ids)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = invites, check_for_backend(Pg))]
struct InviteRow {
    id: InviteId,
    class_id: ClassId,
    #[diesel(select_expression = classes::name)]
    class_name: String,
    role: Role,
    child: Option<String>,
    #[diesel(select_expression = name())]
    created_by: Name,
    created_at: Timestamp,
    expires_at: Timestamp,
    max_uses: i32,
    uses: i32,
    last_used_at: Option<Timestamp>,
    #[diesel(select_expression = invites::revoked_at.is_not_null())]
    revoked: bool,
}

/// Which invites of a school.
pub enum Which<'a> {
    /// A page; of one class or all.
    Page(Option<ClassId>, u32),
    These(&'a [InviteId]),
}

/// The newest first.
pub async fn invites(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    which: Which<'_>,
) -> Result<Paged<Invite>> {
    let all = invites::table
        .inner_join(classes::table)
        .inner_join(accounts::table)
        .filter(invites::school_id.eq(school))
        .order((invites::created_at.desc(), invites::id.desc()))
        .select((total(), InviteRow::as_select()))
        .into_boxed();
    let these = match which {
        Which::Page(class, page) => {
            let (limit, offset) = bounds(page);
            let page = all.limit(limit).offset(offset);
            match class {
                Some(class) => page.filter(invites::class_id.eq(class)),
                None => page,
            }
        }
        Which::These(ids) => all.filter(invites::id.eq_any(ids)),
    };
    let rows: Vec<(i64, InviteRow)> = these.load(conn).await?;
    paged(rows).try_map(|row| {
        Ok(Invite {
            id: row.id,
            class: ClassName {
                id: row.class_id,
                name: row.class_name,
            },
            role: row.role,
            child: row.child,
            created_by: row.created_by.full(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            max_uses: row.max_uses.unsigned_abs(),
            uses: row.uses.unsigned_abs(),
            last_used_at: row.last_used_at,
            revoked: row.revoked,
        })
    })
}

/// How many were revoked; those that were before don't count.
pub async fn revoke(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    what: &Revoke,
    now: Timestamp,
) -> Result<u32> {
    let (one, class) = match what {
        Revoke::One { invite } => (Some(*invite), None),
        Revoke::UnusedOfClass { class } => (None, Some(*class)),
        Revoke::UnusedOfSchool { .. } => (None, None),
    };
    let revoked = sql_query(
        "WITH these AS (
             SELECT id FROM invites
             WHERE school_id = $1 AND revoked_at IS NULL
               AND CASE WHEN $2::bigint IS NULL
                        THEN uses = 0 AND expires_at > $4 AND ($3::bigint IS NULL OR class_id = $3)
                        ELSE id = $2 END
             ORDER BY id FOR NO KEY UPDATE)
         UPDATE invites SET revoked_at = $4 FROM these WHERE invites.id = these.id",
    )
    .bind::<BigInt, _>(school)
    .bind::<Nullable<BigInt>, _>(one)
    .bind::<Nullable<BigInt>, _>(class)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(u32::try_from(revoked).unwrap_or(u32::MAX))
}

/// An invite that somebody holds the link of.
pub struct Held {
    pub id: InviteId,
    pub class: ClassId,
    /// The school's.
    pub zone: Zone,
    pub opened: OpenedInvite,
}

row! {
    struct HeldRow {
        id: InviteId as BigInt,
        school_id: SchoolId as BigInt,
        school_name: String as Text,
        settlement: String as Text,
        time_zone: Zone as Text,
        class_id: ClassId as BigInt,
        class_name: String as Text,
        staff_room: bool as Bool,
        archived: bool as Bool,
        role: Role as Text,
        child: Option<String> as Nullable<Text>,
        expires_at: Timestamp as Timestamptz,
        used_up: bool as Bool,
        revoked: bool as Bool,
    }
}

/// The invite of a secret, for `FOR UPDATE` locked until the transaction ends: of two who use its
/// last place at once, the second finds it used up. `member` is not known here.
pub async fn held(
    conn: &mut AsyncPgConnection,
    secret_hash: &Hash,
    lock: bool,
    now: Timestamp,
) -> Result<Held> {
    let lock = if lock { "FOR UPDATE OF invites" } else { "" };
    let row: HeldRow = sql_query(format!(
        "SELECT invites.id, invites.school_id, schools.full_name AS school_name, settlement,
                time_zone, class_id, classes.name AS class_name, classes.kind = 'staff_room' AS staff_room,
                archived_at IS NOT NULL AS archived, role, child, expires_at,
                uses >= max_uses AS used_up, revoked_at IS NOT NULL AS revoked
         FROM invites
         JOIN classes ON classes.id = class_id
         JOIN schools ON schools.id = invites.school_id
         WHERE secret_hash = $1 {lock}"
    ))
    .bind::<Binary, _>(secret_hash.as_slice())
    .get_result(conn)
    .await
    .optional()?
    .ok_or(Error::InviteGone(InviteGone::Unknown))?;
    // The class first: its archiving revokes the invites too.
    let gone = if row.archived {
        Some(InviteGone::ClassArchived)
    } else if row.revoked {
        Some(InviteGone::Revoked)
    } else if row.used_up {
        Some(InviteGone::UsedUp)
    } else if row.expires_at <= now {
        Some(InviteGone::Expired { at: row.expires_at })
    } else {
        None
    };
    Ok(Held {
        id: row.id,
        class: row.class_id,
        zone: row.time_zone,
        opened: OpenedInvite {
            school: row.school_id,
            school_name: row.school_name,
            settlement: row.settlement,
            class_name: row.class_name,
            staff_room: row.staff_room,
            role: row.role,
            child: row.child,
            gone,
            member: false,
        },
    })
}

/// One use more.
pub async fn count_use(
    conn: &mut AsyncPgConnection,
    invite: InviteId,
    now: Timestamp,
) -> Result<()> {
    diesel::update(invites::table.find(invite))
        .set((
            invites::uses.eq(invites::uses + 1),
            invites::last_used_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether the person has this role in the school and is in the class by it. A class teacher is a
/// teacher. Not for parents: they may have several children in a class.
pub async fn is_member(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    class: ClassId,
    account: AccountId,
    role: Role,
) -> Result<bool> {
    let by: &[ClassRole] = match role {
        Role::Administrator => &[],
        Role::Teacher => &[ClassRole::Teacher, ClassRole::ClassTeacher],
        Role::Student => &[ClassRole::Student],
        Role::Parent => &[ClassRole::Parent],
    };
    let in_school = current_roles::table
        .filter(current_roles::school_id.eq(school))
        .filter(current_roles::account_id.eq(account))
        .filter(current_roles::role.eq(role));
    let in_class = current_class_members::table
        .filter(current_class_members::class_id.eq(class))
        .filter(current_class_members::account_id.eq(account))
        .filter(current_class_members::role.eq_any(by));
    Ok(diesel::select(exists(in_school).and(exists(in_class)))
        .get_result(conn)
        .await?)
}

/// The administrators, and the class teachers of the classes.
pub async fn deciders(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    classes: &[ClassId],
) -> Result<Vec<AccountId>> {
    let members = current_roles::table
        .filter(current_roles::school_id.eq(school))
        .select(current_roles::account_id);
    let administrators = members.filter(current_roles::role.eq(Role::Administrator));
    let class_teachers = current_class_members::table
        .filter(current_class_members::school_id.eq(school))
        .filter(current_class_members::class_id.eq_any(classes))
        .filter(current_class_members::role.eq(ClassRole::ClassTeacher))
        .filter(current_class_members::account_id.eq_any(members))
        .select(current_class_members::account_id);
    let mut deciders: Vec<AccountId> = administrators.union(class_teachers).load(conn).await?;
    deciders.sort_unstable();
    Ok(deciders)
}

/// At most [`common::invites::USES_LIMIT`] by the time it gets here.
fn stored_uses(uses: u32) -> i32 {
    i32::try_from(uses).unwrap_or(i32::MAX)
}

/// Revokes the invites of the classes that could still be used.
pub async fn revoke_of_classes(
    conn: &mut AsyncPgConnection,
    classes: &[ClassId],
    now: Timestamp,
) -> Result<()> {
    diesel::update(invites::table)
        .filter(invites::class_id.eq_any(classes))
        .filter(invites::revoked_at.is_null())
        .filter(invites::uses.lt(invites::max_uses))
        .set(invites::revoked_at.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}
