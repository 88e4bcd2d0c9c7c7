//! What nobody knows.

use diesel_async::SimpleAsyncConnection as _;

use super::connection::Connection;
use crate::error::Failure;

/// Whether nobody knows if the statement (or the commit) that failed on this connection, which is in no
/// transaction any more, has happened: the server gave no answer, or one that says that it ends the
/// connection. For that diesel has no word and hides the code, and the server's sentences are in its own
/// language; but then it answers nothing more.
pub async fn is_unsure(conn: &mut Connection, failure: &Failure) -> bool {
    failure.is_unanswered()
        || (failure.is_nameless() && conn.batch_execute("SELECT 1").await.is_err())
}
