//! The embedded default: a private PostgreSQL cluster in the data directory, made and supervised
//! by us from the machine's own binaries, for everyone who has no database server.
//!
//! It listens on a Unix socket in a directory that only its user may enter, and runs as an
//! unprivileged user even when root starts us. Whoever needs more (another machine, tuning,
//! replication) points `DATABASE_URL` at a server of their own.
//!
//! In the data directory: `postgres/` the cluster, `postgres.lock` held while we live, `run/` the
//! socket.

mod account;
mod binaries;
mod directory;
mod postmaster;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use account::Account;
use binaries::Binaries;
use postmaster::Supervisor;

use crate::database::purpose::Purpose;

/// The only role of the cluster.
const ROLE: &str = "zvonok";

/// A running cluster. Stops when dropped; and when this process dies, however it dies, the
/// cluster stops by itself.
#[derive(Debug)]
pub struct Cluster {
    supervisor: Supervisor,
    socket: PathBuf,
    throw_away: Option<PathBuf>,
    /// Last, so that it is released after the cluster has stopped.
    _lock: File,
}

impl Cluster {
    /// Starts the cluster in `data_dir`; makes both if they don't exist yet; takes over what a
    /// crashed process left. Blocks until it accepts connections.
    ///
    /// # Errors
    /// When there are no binaries, another process holds the directory, the unprivileged user
    /// can't reach it, or PostgreSQL itself refuses: each says what to do.
    pub fn start(data_dir: &Path, purpose: Purpose) -> Result<Self, ClusterError> {
        let data_dir = directory::prepare(data_dir)?;
        let lock = directory::lock(&data_dir)?;
        let cluster = data_dir.join("postgres");
        let account = Account::choose(&cluster)?;
        account.check_reach(&data_dir)?;
        let binaries = Binaries::find(directory::version(&cluster))?;
        directory::initialise(&cluster, &binaries, &account, purpose)?;
        let socket = directory::socket(&data_dir, &account);
        directory::make_socket(&socket, &account)?;
        postmaster::stop_old(&cluster, &binaries, &account)?;
        let supervisor = Supervisor::start(postmaster::Plan {
            binaries,
            account,
            cluster,
            socket: socket.clone(),
            purpose,
        })?;
        Ok(Self {
            supervisor,
            socket,
            throw_away: None,
            _lock: lock,
        })
    }

    /// Starts a fresh cluster for tests in a temporary directory: not durable, removed on drop.
    /// Removes what earlier tests that were killed have left.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn throw_away() -> Result<Self, ClusterError> {
        let data_dir = directory::temporary()?;
        let mut cluster = Self::start(&data_dir, Purpose::ThrowAway)?;
        cluster.throw_away = Some(data_dir);
        Ok(cluster)
    }

    /// The connection string of a database in this cluster. `postgres` always exists.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        url(&self.socket, database)
    }

    /// The connection string of a database in the cluster that another process of ours runs in
    /// this data directory.
    ///
    /// # Errors
    /// When the directory doesn't exist, or belongs to somebody else.
    pub fn url_of_running(data_dir: &Path, database: &str) -> Result<String, ClusterError> {
        let data_dir = directory::prepare(data_dir)?;
        let account = Account::choose(&data_dir.join("postgres"))?;
        Ok(url(&directory::socket(&data_dir, &account), database))
    }

    /// Stops the cluster cleanly and waits for it.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.supervisor.stop();
        if let Some(directory) = &self.throw_away
            && let Err(error) = std::fs::remove_dir_all(directory)
        {
            tracing::warn!(%error, "could not remove {}", directory.display());
        }
    }
}

fn url(socket: &Path, database: &str) -> String {
    let socket = quoted(&socket.to_string_lossy());
    format!("host={socket} user={ROLE} dbname={}", quoted(database))
}

/// Where a program of the newest PostgreSQL on this machine is, such as `pgbench`.
///
/// # Errors
/// When there is none.
pub fn program(name: &str) -> Result<PathBuf, ClusterError> {
    let server = Binaries::find(None)?.path("postgres");
    // On the PATH there may be only links to some of the programs.
    let server = server.canonicalize().unwrap_or(server);
    Ok(server.with_file_name(name))
}

/// A value of a libpq connection string.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Why the embedded database can't be started. The text tells the operator what to do.
#[derive(Debug)]
pub enum ClusterError {
    /// There are no (suitable) PostgreSQL binaries on this machine.
    Binaries(String),
    /// Another live process uses the data directory.
    Held { directory: PathBuf, pid: String },
    /// There is no unprivileged user, or it can't reach the directory.
    Account(String),
    /// PostgreSQL, or one of its tools, refused: what we did and the end of what it said.
    Refused { doing: String, said: String },
    /// The operating system refused.
    System { doing: String, error: io::Error },
}

impl ClusterError {
    fn system(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        |error| Self::System { doing, error }
    }
}

impl fmt::Display for ClusterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binaries(text) | Self::Account(text) => f.write_str(text),
            Self::Held { directory, pid } => write!(
                f,
                "{} is in use by another zvonok (process {pid}): stop that one, or give this one \
                 a data_dir of its own",
                directory.display()
            ),
            Self::Refused { doing, said } => write!(f, "{doing} failed:\n{said}"),
            Self::System { doing, error } => write!(f, "{doing} failed: {error}"),
        }
    }
}

impl std::error::Error for ClusterError {}
