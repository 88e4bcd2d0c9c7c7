//! SQL of invites.

use common::classes::ClassName;
use common::error::{Error, InviteGone};
use common::invites::{Invite, OpenedInvite, Revoke};
use common::permissions::Role;
use common::{AccountId, ClassId, InviteId, Name, Paged, SchoolId, Timestamp};
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::database::{Counted, bounds, paged, sql_query};
use crate::error::Result;
use crate::schema::invites;
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

#[derive(QueryableByName)]
struct InviteRow {
    #[diesel(sql_type = BigInt)]
    id: InviteId,
    #[diesel(sql_type = BigInt)]
    class_id: ClassId,
    #[diesel(sql_type = Text)]
    class_name: String,
    #[diesel(sql_type = Text)]
    role: Role,
    #[diesel(sql_type = Nullable<Text>)]
    child: Option<String>,
    #[diesel(embed)]
    created_by: Name,
    #[diesel(sql_type = Timestamptz)]
    created_at: Timestamp,
    #[diesel(sql_type = Timestamptz)]
    expires_at: Timestamp,
    #[diesel(sql_type = Integer)]
    max_uses: i32,
    #[diesel(sql_type = Integer)]
    uses: i32,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_used_at: Option<Timestamp>,
    #[diesel(sql_type = Bool)]
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
    let (class, only, (limit, offset)) = match which {
        Which::Page(class, page) => (class, None, bounds(page)),
        Which::These(ids) => (None, Some(ids), (i64::MAX, 0)),
    };
    let rows: Vec<Counted<InviteRow>> = sql_query(
        "SELECT count(*) OVER () AS total, invites.id, class_id, classes.name AS class_name, role, child,
                surname, given, patronymic, invites.created_at, expires_at, max_uses, uses,
                last_used_at, revoked_at IS NOT NULL AS revoked
         FROM invites
         JOIN classes ON classes.id = class_id
         JOIN accounts ON accounts.id = created_by
         WHERE invites.school_id = $1 AND ($2::bigint IS NULL OR class_id = $2)
           AND ($3::bigint[] IS NULL OR invites.id = ANY($3))
         ORDER BY invites.created_at DESC, invites.id DESC
         LIMIT $4 OFFSET $5",
    )
    .bind::<BigInt, _>(school)
    .bind::<Nullable<BigInt>, _>(class)
    .bind::<Nullable<Array<BigInt>>, _>(only)
    .bind::<BigInt, _>(limit)
    .bind::<BigInt, _>(offset)
    .load(conn)
    .await?;
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
    pub opened: OpenedInvite,
}

#[derive(QueryableByName)]
struct HeldRow {
    #[diesel(sql_type = BigInt)]
    id: InviteId,
    #[diesel(sql_type = BigInt)]
    school_id: SchoolId,
    #[diesel(sql_type = Text)]
    school_name: String,
    #[diesel(sql_type = Text)]
    settlement: String,
    #[diesel(sql_type = BigInt)]
    class_id: ClassId,
    #[diesel(sql_type = Text)]
    class_name: String,
    #[diesel(sql_type = Bool)]
    staff_room: bool,
    #[diesel(sql_type = Bool)]
    archived: bool,
    #[diesel(sql_type = Text)]
    role: Role,
    #[diesel(sql_type = Nullable<Text>)]
    child: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    expires_at: Timestamp,
    #[diesel(sql_type = Bool)]
    used_up: bool,
    #[diesel(sql_type = Bool)]
    revoked: bool,
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
                class_id, classes.name AS class_name, classes.kind = 'staff_room' AS staff_room,
                archived_at IS NOT NULL AS archived, role, child, expires_at,
                uses >= max_uses AS used_up, revoked_at IS NOT NULL AS revoked
         FROM invites
         JOIN classes ON classes.id = class_id
         JOIN schools ON schools.id = invites.school_id
         WHERE secret_hash = $1 {lock}"
    ))
    .bind::<diesel::sql_types::Binary, _>(secret_hash.as_slice())
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
    Ok(sql_query(
        "SELECT EXISTS (SELECT FROM memberships
                        WHERE school_id = $1 AND account_id = $3 AND role = $4
                          AND ended_at IS NULL)
            AND EXISTS (SELECT FROM class_members
                        WHERE class_id = $2 AND account_id = $3 AND ended_at IS NULL
                          AND (role = $4 OR (role = 'class_teacher' AND $4 = 'teacher')))",
    )
    .bind::<BigInt, _>(school)
    .bind::<BigInt, _>(class)
    .bind::<BigInt, _>(account)
    .bind::<Text, _>(role)
    .value::<Bool, _>(conn)
    .await?)
}

/// The administrators, and the class teachers of the classes.
pub async fn deciders(
    conn: &mut AsyncPgConnection,
    school: SchoolId,
    classes: &[ClassId],
) -> Result<Vec<AccountId>> {
    Ok(sql_query(
        "SELECT account_id FROM current_roles
         WHERE school_id = $1 AND role = 'administrator'
         UNION
         SELECT account_id FROM current_class_members
         WHERE school_id = $1 AND class_id = ANY($2) AND role = 'class_teacher'
           AND account_id IN (SELECT account_id FROM current_roles WHERE school_id = $1)
         ORDER BY account_id",
    )
    .bind::<BigInt, _>(school)
    .bind::<Array<BigInt>, _>(classes)
    .values::<BigInt, _>(conn)
    .await?)
}

/// At most [`common::invites::USES_LIMIT`] by the time it gets here.
fn stored_uses(uses: u32) -> i32 {
    i32::try_from(uses).unwrap_or(i32::MAX)
}
