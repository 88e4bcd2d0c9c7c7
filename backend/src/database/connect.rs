//! Reaching a server.

use std::time::Duration;

use ::deadpool::Runtime;
use diesel::ConnectionError;
use diesel::sql_types::{Bool, Text};
use diesel_async::SimpleAsyncConnection;
use diesel_async::pooled_connection::deadpool;
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use futures_util::FutureExt;

use super::connection::Connection;
use super::error::DatabaseError;
use super::establish::establish;
use super::pool::Pool;
use super::statement::sql_query;

/// Said once per connection. A forgotten transaction must not hold locks for ever, and a query
/// that runs for a minute is a mistake that would starve the others. Who waits for a lock as long as
/// others wait for a connection is told that the server is busy, as they are.
const SESSION: &str = "SET idle_in_transaction_session_timeout = '60s'; \
                       SET statement_timeout = '60s'; \
                       SET lock_timeout = '15s'; \
                       SET timezone = 'UTC'";

/// A transaction that holds what others wait for gives up on a lock sooner than those give up on it.
///
/// # Errors
/// The database's.
pub async fn wait_little(conn: &mut Connection) -> diesel::QueryResult<()> {
    conn.batch_execute("SET LOCAL lock_timeout = '1s'").await
}

/// How long a request waits for a connection, before it answers that the server is busy.
const WAIT: Duration = Duration::from_secs(15);

/// Makes a pool of at most `size` connections. Connects on first use, not here.
///
/// # Errors
/// None with a `size` above zero; the pool's builder wants to be asked.
pub fn connect(url: &str, size: usize) -> Result<Pool, deadpool::BuildError> {
    // One for each worker, and one for what runs beside them.
    let threads = 1 + std::thread::available_parallelism().map_or(1, usize::from);
    let shares = threads.min(size).max(1);
    (0..shares)
        .map(|share| connect_share(url, (size + share) / shares))
        .collect::<Result<Vec<_>, _>>()
        .map(Pool::new)
}

fn connect_share(
    url: &str,
    size: usize,
) -> Result<deadpool::Pool<Connection>, deadpool::BuildError> {
    let mut config = ManagerConfig::<Connection>::default();
    // A closed connection is noticed without asking the server; an open transaction, too.
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(|url| {
        let url = url.to_owned();
        async move {
            let mut connection = establish(&url).await?;
            connection
                .batch_execute(SESSION)
                .await
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(connection)
        }
        .boxed()
    });
    deadpool::Pool::builder(AsyncDieselConnectionManager::new_with_config(url, config))
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(WAIT))
        .build()
}

/// Opens one connection outside the pool.
///
/// # Errors
/// [`DatabaseError::Unreachable`], with the reason.
pub async fn open(url: &str) -> Result<Connection, DatabaseError> {
    establish(url)
        .await
        .map_err(|error| DatabaseError::Unreachable(error.to_string()))
}

/// Creates the database `name` if the server reached by `url` (any database of it) lacks it.
///
/// # Errors
/// When the server can't be reached or doesn't let us create a database.
pub async fn create_if_absent(url: &str, name: &str) -> Result<(), DatabaseError> {
    let mut connection = open(url).await?;
    let found: bool = sql_query("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind::<Text, _>(name)
        .value::<Bool, _>(&mut connection)
        .await?;
    if !found {
        let name = name.replace('"', "\"\"");
        connection
            .batch_execute(&format!("CREATE DATABASE \"{name}\""))
            .await?;
    }
    Ok(())
}
