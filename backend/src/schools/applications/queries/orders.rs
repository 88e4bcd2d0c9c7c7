//! SQL of appointment orders.

use common::{ApplicationId, Timestamp};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{ApplicationStatus, touch};
use crate::database::sql_query;
use crate::error::Result;
use crate::schema::applications;
use crate::secret::Hash;
use crate::write::Tx;

/// Keeps the appointment order; false if there's no application by this secret that still waits.
pub async fn set_order(tx: &mut Tx, secret: &Hash, order: &Order) -> Result<bool> {
    touch(tx);
    let changed = diesel::update(applications::table)
        .filter(applications::secret_hash.eq(secret.as_slice()))
        .filter(
            applications::state.eq_any([ApplicationStatus::Submitted, ApplicationStatus::Returned]),
        )
        .set((
            applications::order_name.eq(&order.name),
            applications::order_type.eq(&order.media_type),
            applications::order_bytes.eq(&order.bytes),
            applications::version.eq(applications::version + 1),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(changed > 0)
}

/// Deletes the files of applications that were refused before, but of those that are locked; how many.
pub async fn delete_refused_orders(
    conn: &mut AsyncPgConnection,
    before: Timestamp,
    at_most: u32,
) -> Result<usize> {
    Ok(sql_query(
        "WITH these AS (
             SELECT id FROM applications
             WHERE state = 'refused' AND decided_at <= $1 AND order_bytes IS NOT NULL
             ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
         UPDATE applications SET order_name = NULL, order_type = NULL, order_bytes = NULL
         FROM these WHERE applications.id = these.id",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(i64::from(at_most))
    .execute(conn)
    .await?)
}

/// An appointment order.
#[derive(Queryable, Selectable)]
#[diesel(table_name = applications, check_for_backend(Pg))]
pub struct Order {
    #[diesel(select_expression = applications::order_name.assume_not_null())]
    pub name: String,
    #[diesel(select_expression = applications::order_type.assume_not_null())]
    pub media_type: String,
    #[diesel(select_expression = applications::order_bytes.assume_not_null())]
    pub bytes: Vec<u8>,
}

/// # Errors
/// `NotFound` if there's none.
pub async fn order(conn: &mut AsyncPgConnection, application: ApplicationId) -> Result<Order> {
    Ok(applications::table
        .find(application)
        .filter(applications::order_bytes.is_not_null())
        .select(Order::as_select())
        .get_result(conn)
        .await?)
}
