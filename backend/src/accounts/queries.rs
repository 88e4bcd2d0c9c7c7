//! SQL of accounts and sessions.

use common::accounts::{Me, Session};
use common::phone::Phone;
use common::{AccountId, Date, Name, SessionId, Timestamp};
use diesel::dsl::exists;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::checked::Checked;
use crate::actor::Actor;
use crate::database::{row, sql_query};
use crate::error::Result;
use crate::schema::{accounts, name, operators, sessions};
use crate::secret::Hash;

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(Pg))]
pub struct Credentials {
    #[diesel(column_name = id)]
    pub account: AccountId,
    pub password_hash: String,
}

/// By phone (E.164) or login.
pub async fn credentials(conn: &mut AsyncPgConnection, login: &str) -> Result<Option<Credentials>> {
    Ok(accounts::table
        .filter(accounts::phone.eq(login).or(accounts::login.eq(login)))
        .select(Credentials::as_select())
        .first(conn)
        .await
        .optional()?)
}

pub async fn insert(
    conn: &mut AsyncPgConnection,
    account: &Checked,
    now: Timestamp,
) -> Result<AccountId> {
    Ok(diesel::insert_into(accounts::table)
        .values((
            accounts::phone.eq(&account.phone),
            accounts::login.eq(&account.login),
            accounts::surname.eq(&account.name.surname),
            accounts::given.eq(&account.name.given),
            accounts::patronymic.eq(&account.name.patronymic),
            accounts::birth_date.eq(account.birth_date),
            accounts::password_hash.eq(&account.password_hash),
            accounts::created_at.eq(now),
        ))
        .returning(accounts::id)
        .get_result(conn)
        .await?)
}

pub async fn insert_operator(
    conn: &mut AsyncPgConnection,
    account: AccountId,
    now: Timestamp,
) -> Result<()> {
    diesel::insert_into(operators::table)
        .values((
            operators::account_id.eq(account),
            operators::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(Pg))]
struct MeRow {
    id: AccountId,
    #[diesel(select_expression = name())]
    name: Name,
    phone: Option<String>,
    login: Option<String>,
    birth_date: Option<Date>,
    #[diesel(select_expression = operators::account_id.nullable())]
    operator: Option<AccountId>,
}

pub async fn me(conn: &mut AsyncPgConnection, account: AccountId) -> Result<Me> {
    let row = accounts::table
        .left_join(operators::table)
        .filter(accounts::id.eq(account))
        .select(MeRow::as_select())
        .first(conn)
        .await?;
    Ok(Me {
        id: row.id,
        name: row.name,
        phone: row.phone.as_deref().map(readable_phone),
        login: row.login,
        birth_date: row.birth_date,
        operator: row.operator.is_some(),
    })
}

/// A stored phone as a person reads it.
#[must_use]
pub fn readable_phone(stored: &str) -> String {
    Phone::parse(stored).map_or_else(|| stored.to_owned(), |phone| phone.to_string())
}

pub async fn set_name(conn: &mut AsyncPgConnection, account: AccountId, name: &Name) -> Result<()> {
    diesel::update(accounts::table.find(account))
        .set((
            accounts::surname.eq(&name.surname),
            accounts::given.eq(&name.given),
            accounts::patronymic.eq(&name.patronymic),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn password_hash(conn: &mut AsyncPgConnection, account: AccountId) -> Result<String> {
    Ok(accounts::table
        .find(account)
        .select(accounts::password_hash)
        .first(conn)
        .await?)
}

/// With `verified`, the password's hash that was verified, only if it's still the account's: of two who change
/// it at once, the second doesn't know it any more. Whether it was set.
pub async fn set_password(
    conn: &mut AsyncPgConnection,
    account: AccountId,
    hash: &str,
    verified: Option<&str>,
) -> Result<bool> {
    let still = accounts::password_hash.eq(verified.unwrap_or_default());
    let set = diesel::update(accounts::table.find(account))
        .filter(verified.is_none().into_sql::<Bool>().or(still))
        .set(accounts::password_hash.eq(hash))
        .execute(conn)
        .await?;
    Ok(set == 1)
}

/// With `verified`, the password's hash that was verified, only if it's still the account's: whoever
/// changed the password meanwhile ended all sessions. Whether it was made.
pub async fn insert_session(
    conn: &mut AsyncPgConnection,
    account: AccountId,
    token_hash: &[u8],
    device: &str,
    verified: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let still = accounts::password_hash.eq(verified.unwrap_or_default());
    let made = accounts::table
        .filter(accounts::id.eq(account))
        .filter(verified.is_none().into_sql::<Bool>().or(still))
        .select((
            accounts::id,
            token_hash.into_sql::<Binary>(),
            device.into_sql::<Text>(),
            now.into_sql::<Timestamptz>(),
            now.into_sql::<Timestamptz>(),
        ))
        .for_share()
        .insert_into(sessions::table)
        .into_columns((
            sessions::account_id,
            sessions::token_hash,
            sessions::device,
            sessions::created_at,
            sessions::last_used_at,
        ))
        .execute(conn)
        .await?;
    Ok(made == 1)
}

/// Lets nobody end the session before the end of the transaction; whether it's an operator's. None: it
/// was ended.
pub async fn hold_session(
    conn: &mut AsyncPgConnection,
    session: SessionId,
) -> Result<Option<bool>> {
    let operator = operators::table.filter(operators::account_id.eq(sessions::account_id));
    Ok(sessions::table
        .filter(sessions::id.eq(session))
        .select(exists(operator))
        .for_key_share()
        .get_result(conn)
        .await
        .optional()?)
}

/// Lets nobody use or end the account's sessions before the end of the transaction. In the order of their
/// ids: two browsers may end each other's.
pub async fn lock_sessions(conn: &mut AsyncPgConnection, account: AccountId) -> Result<()> {
    let _: Vec<SessionId> = sessions::table
        .filter(sessions::account_id.eq(account))
        .order(sessions::id)
        .select(sessions::id)
        .for_update()
        .load(conn)
        .await?;
    Ok(())
}

/// The name of the person whose session it is. None: it was ended.
pub async fn name_of_session(
    conn: &mut AsyncPgConnection,
    session: SessionId,
) -> Result<Option<Name>> {
    Ok(sessions::table
        .find(session)
        .inner_join(accounts::table)
        .select(name())
        .first(conn)
        .await
        .optional()?)
}

row! {
    struct ActorRow {
        session_id: SessionId as BigInt,
        account_id: AccountId as BigInt,
        name: Name,
        operator: bool as Bool,
    }
}

/// The hashes of all sessions that were used since.
pub async fn session_hashes(
    conn: &mut AsyncPgConnection,
    alive_since: Timestamp,
) -> Result<Vec<Hash>> {
    let hashes: Vec<Vec<u8>> = sessions::table
        .filter(sessions::last_used_at.gt(alive_since))
        .select(sessions::token_hash)
        .load(conn)
        .await?;
    Ok(hashes
        .into_iter()
        .filter_map(|hash| hash.try_into().ok())
        .collect())
}

/// Whose session it is, and that it was used now; in one statement. One that nobody used since
/// `alive_since` is none.
pub async fn use_session(
    conn: &mut AsyncPgConnection,
    token_hash: &[u8],
    now: Timestamp,
    alive_since: Timestamp,
) -> Result<Option<Actor>> {
    let row: Option<ActorRow> = sql_query(
        "WITH used AS (
             UPDATE sessions SET last_used_at = $2
             WHERE token_hash = $1 AND last_used_at > $3
             RETURNING id, account_id),
         seen AS (
             UPDATE accounts SET last_seen_at = $2 FROM used WHERE accounts.id = used.account_id)
         SELECT used.id AS session_id, accounts.id AS account_id, surname, given, patronymic,
                EXISTS (SELECT FROM operators WHERE account_id = accounts.id) AS operator
         FROM used JOIN accounts ON accounts.id = used.account_id",
    )
    .bind::<Binary, _>(token_hash)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(alive_since)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|row| Actor {
        account: row.account_id,
        session: row.session_id,
        operator: row.operator,
        name: row.name,
    }))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(Pg))]
struct SessionRow {
    id: SessionId,
    device: String,
    created_at: Timestamp,
    last_used_at: Timestamp,
}

/// The one that asks first, then the last used.
pub async fn sessions(
    conn: &mut AsyncPgConnection,
    account: AccountId,
    current: SessionId,
    alive_since: Timestamp,
) -> Result<Vec<Session>> {
    let rows = sessions::table
        .filter(sessions::account_id.eq(account))
        .filter(sessions::last_used_at.gt(alive_since))
        .order((
            sessions::id.eq(current).desc(),
            sessions::last_used_at.desc(),
        ))
        .select(SessionRow::as_select())
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Session {
            id: row.id,
            device: row.device,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            current: row.id == current,
        })
        .collect())
}

/// Whether there was such a session of the account.
pub async fn delete_session(
    conn: &mut AsyncPgConnection,
    account: AccountId,
    session: SessionId,
) -> Result<bool> {
    let deleted = diesel::delete(
        sessions::table.filter(
            sessions::id
                .eq(session)
                .and(sessions::account_id.eq(account)),
        ),
    )
    .execute(conn)
    .await?;
    Ok(deleted > 0)
}

/// Deletes sessions that nobody used since then, but those that are locked; how many.
pub async fn delete_idle_sessions(
    conn: &mut AsyncPgConnection,
    alive_since: Timestamp,
    at_most: u32,
) -> Result<usize> {
    Ok(sql_query(
        "WITH these AS (
             SELECT id FROM sessions WHERE last_used_at <= $1
             ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
         DELETE FROM sessions USING these WHERE sessions.id = these.id",
    )
    .bind::<Timestamptz, _>(alive_since)
    .bind::<BigInt, _>(i64::from(at_most))
    .execute(conn)
    .await?)
}

/// Ends all sessions of an account, but the one. Before the account itself is changed: whoever uses a
/// session locks that first, too.
pub async fn delete_sessions_but(
    conn: &mut AsyncPgConnection,
    account: AccountId,
    keep: Option<SessionId>,
) -> Result<()> {
    lock_sessions(conn, account).await?;
    diesel::delete(
        sessions::table.filter(
            sessions::account_id
                .eq(account)
                .and(sessions::id.ne(keep.unwrap_or(SessionId(0)))),
        ),
    )
    .execute(conn)
    .await?;
    Ok(())
}
