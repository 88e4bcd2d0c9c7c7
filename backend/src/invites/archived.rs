//! Invites of classes that are archived.

use common::{ClassId, Timestamp};
use diesel_async::AsyncPgConnection;

use super::queries;
use crate::error::Result;

/// Nobody comes into these classes by them any more.
pub async fn revoke(
    conn: &mut AsyncPgConnection,
    classes: &[ClassId],
    now: Timestamp,
) -> Result<()> {
    queries::revoke_of_classes(conn, classes, now).await
}
