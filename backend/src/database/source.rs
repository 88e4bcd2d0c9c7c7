//! Which database it is: the one in the settings, or the embedded one.

use std::error::Error;
use std::path::Path;
use std::{fs, io};

use super::check::check;
use super::connect::{connect, create_if_absent, open};
use super::connection::Pooled;
use super::error::DatabaseError;
use super::migrate::migrate;
use super::pool::Pool;
use super::purpose::Purpose;
use crate::config::Config;
use crate::postgres::{Cluster, ClusterError};
use crate::sentences;

/// The database's name in the embedded cluster.
pub const NAME: &str = "zvonok";

/// The embedded cluster takes 100 connections; psql and the like need some, too.
const MOST_EMBEDDED: usize = 90;

/// A database that is checked and up to date.
pub struct Database {
    pub pool: Pool,
    /// Ours, to stop at the end.
    cluster: Option<Cluster>,
}

impl Database {
    /// The database of the server: starts the embedded one if none is named.
    ///
    /// # Errors
    /// When it can't be started or reached, or isn't fit; the text says what to do.
    pub async fn start(config: &Config) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let started = Self::start_it(config).await;
        started.map_err(|error| {
            let probe = config.data_dir.join("room");
            let full = sentences::is_full_in(&error.to_string())
                || (config.database_url.is_none() && !has_room(&probe));
            let _ = fs::remove_file(&probe);
            if full {
                format!(
                    "the disk is full: make room where the database lies, then start again; {error}"
                )
                .into()
            } else {
                error
            }
        })
    }

    async fn start_it(config: &Config) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let (url, cluster) = match &config.database_url {
            Some(url) => (url.clone(), None),
            None => {
                let cluster = embedded(&config.data_dir).await?;
                create_if_absent(&cluster.url("postgres"), NAME).await?;
                (cluster.url(NAME), Some(cluster))
            }
        };
        if cluster.is_some() && config.pool_size > MOST_EMBEDDED {
            return Err(format!(
                "pool_size is {}; the embedded database takes at most {MOST_EMBEDDED}",
                config.pool_size
            )
            .into());
        }
        check(&mut open(&url).await?, Purpose::Keep).await?;
        if let Some(version) = migrate(&url).await?.last() {
            tracing::info!("migrated the database to {version}");
        }
        Ok(Self {
            pool: connect(&url, config.pool_size)?,
            cluster,
        })
    }

    /// The same for a short command, which may be typed while the server runs: then it uses the
    /// server's.
    ///
    /// # Errors
    /// As [`Database::start`].
    pub async fn join(config: &Config) -> Result<Self, Box<dyn Error + Send + Sync>> {
        match Self::start(config).await {
            Err(error) if is_held(error.as_ref()) => {
                let url = Cluster::url_of_running(&config.data_dir, NAME)?;
                Ok(Self {
                    pool: connect(&url, 2)?,
                    cluster: None,
                })
            }
            outcome => outcome,
        }
    }

    /// A connection of the pool.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn get(&self) -> Result<Pooled, DatabaseError> {
        self.pool
            .get()
            .await
            .map_err(|error| DatabaseError::Unreachable(error.to_string()))
    }

    /// Closes the connections, and stops the embedded cluster.
    pub async fn stop(self) {
        self.pool.close();
        if let Some(cluster) = self.cluster
            && tokio::task::spawn_blocking(|| cluster.stop())
                .await
                .is_err()
        {
            tracing::error!("stopping the database had failed");
        }
    }
}

/// Whether something can be written there. The database doesn't always say why it could not.
fn has_room(file: &Path) -> bool {
    use io::ErrorKind::{QuotaExceeded, StorageFull};

    let written = fs::write(file, vec![1; 64 * 1024]);
    !written.is_err_and(|error| matches!(error.kind(), StorageFull | QuotaExceeded))
}

fn is_held(error: &(dyn Error + 'static)) -> bool {
    matches!(
        error.downcast_ref::<ClusterError>(),
        Some(ClusterError::Held { .. })
    )
}

async fn embedded(data_dir: &Path) -> Result<Cluster, Box<dyn Error + Send + Sync>> {
    let data_dir = data_dir.to_owned();
    let start = move || Cluster::start(&data_dir, Purpose::Keep);
    Ok(tokio::task::spawn_blocking(start).await??)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_noticed() {
        assert!(!has_room(Path::new("/dev/full")));
        assert!(has_room(Path::new("/dev/null")));
        // Something else is wrong there.
        assert!(has_room(Path::new("/proc/none")));
    }
}
