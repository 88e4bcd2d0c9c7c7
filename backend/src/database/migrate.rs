//! The migrations, embedded in the binary.

use std::error::Error;

use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel_async::SimpleAsyncConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connect::open;
use super::connection::Connection;
use super::error::DatabaseError;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// The advisory lock under which migrations run: two servers that start at the same time on one
/// database take turns. The number is arbitrary ("zvonok" in ASCII), but must never change.
const LOCK: i64 = 0x7a76_6f6e_6f6b;

type Wrapper = AsyncConnectionWrapper<Connection>;
type Failure = Box<dyn Error + Send + Sync>;

/// Runs the migrations that the database has not seen yet and returns their versions.
///
/// # Errors
/// When one fails (nothing of it stays), or when the database knows a migration that this binary
/// doesn't: it was used by a newer Zvonok.
pub async fn migrate(url: &str) -> Result<Vec<String>, DatabaseError> {
    locked(url, |connection| {
        refuse_newer(connection)?;
        let done = connection.run_pending_migrations(MIGRATIONS)?;
        Ok(done.iter().map(ToString::to_string).collect())
    })
    .await
}

/// Undoes every migration: all data is lost. For the test that each can be undone.
///
/// # Errors
/// When a `down.sql` fails.
pub async fn revert_all(url: &str) -> Result<Vec<String>, DatabaseError> {
    locked(url, |connection| {
        let done = connection.revert_all_migrations(MIGRATIONS)?;
        Ok(done.iter().map(ToString::to_string).collect())
    })
    .await
}

/// Diesel's migrations are synchronous code, so they get a thread of their own and a connection
/// of their own; its end releases the lock, however it ends.
async fn locked(
    url: &str,
    work: impl FnOnce(&mut Wrapper) -> Result<Vec<String>, Failure> + Send + 'static,
) -> Result<Vec<String>, DatabaseError> {
    let mut connection = open(url).await?;
    connection
        .batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))
        .await?;
    tokio::task::spawn_blocking(move || work(&mut Wrapper::from(connection)))
        .await
        .map_err(|error| DatabaseError::Migration(error.to_string()))?
        .map_err(|error| DatabaseError::Migration(error.to_string()))
}

fn refuse_newer(connection: &mut Wrapper) -> Result<(), Failure> {
    let known: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations()?;
    for version in connection.applied_migrations()? {
        if !known.iter().any(|it| it.name().version() == version) {
            return Err(format!(
                "it has migration {version}, which this version doesn't know; \
                 start the newer Zvonok that made it"
            )
            .into());
        }
    }
    Ok(())
}
