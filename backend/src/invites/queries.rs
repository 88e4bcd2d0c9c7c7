//! SQL of invites and join requests.

use common::invites::MyRequest;
use common::permissions::Role;
use common::{AccountId, JoinRequestId};
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::error::Result;

#[derive(QueryableByName)]
struct MyRow {
    #[diesel(sql_type = BigInt)]
    id: JoinRequestId,
    #[diesel(sql_type = Text)]
    school_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    class_name: Option<String>,
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
}

/// One's own requests that wait or were refused, in the order of ids. A refused one is shown until
/// the person asks the same again.
pub async fn my_requests(
    conn: &mut AsyncPgConnection,
    account: AccountId,
) -> Result<Vec<MyRequest>> {
    let rows: Vec<MyRow> = sql_query(
        "SELECT requests.id, schools.short_name AS school_name, classes.name AS class_name,
                requests.role, requests.state, requests.reason
         FROM join_requests AS requests
         JOIN schools ON schools.id = requests.school_id
         LEFT JOIN classes ON classes.id = requests.class_id
         WHERE requests.account_id = $1 AND requests.state <> 'accepted'
           AND NOT EXISTS (SELECT FROM join_requests AS later
                           WHERE later.account_id = $1 AND later.id > requests.id
                             AND later.school_id = requests.school_id
                             AND later.role = requests.role
                             AND later.class_id IS NOT DISTINCT FROM requests.class_id)
         ORDER BY requests.id",
    )
    .bind::<BigInt, _>(account)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(MyRequest {
                id: row.id,
                school_name: row.school_name,
                class_name: row.class_name,
                role: Role::parse(&row.role)?,
                refused: (row.state == "refused").then(|| row.reason.unwrap_or_default()),
            })
        })
        .collect())
}
