//! The data directory: who holds it, the cluster in it, and the directory of the socket.

use std::env;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use sha2::{Digest, Sha256};

use super::account::Account;
use super::binaries::Binaries;
use super::{ClusterError, ROLE};
use crate::database::purpose::Purpose;

/// A socket's path has at most 107 bytes on Linux, and `/.s.PGSQL.5432` takes 14 of them.
const LONGEST_SOCKET_DIRECTORY: usize = 90;

/// The name that temporary data directories begin with.
const TEMPORARY: &str = "zvonok-test-";

/// Makes the data directory if it doesn't exist, and returns its full path.
pub fn prepare(data_dir: &Path) -> Result<PathBuf, ClusterError> {
    let doing = || ClusterError::system(format!("making the data_dir {}", data_dir.display()));
    fs::create_dir_all(data_dir).map_err(doing())?;
    data_dir.canonicalize().map_err(doing())
}

/// Holds the data directory for as long as the file lives; the system releases it when we die.
pub fn lock(data_dir: &Path) -> Result<File, ClusterError> {
    let path = data_dir.join("postgres.lock");
    let doing = || ClusterError::system(format!("locking {}", path.display()));
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(doing())?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            file.read_to_string(&mut pid).map_err(doing())?;
            return Err(ClusterError::Held {
                directory: data_dir.to_owned(),
                pid: pid.trim().to_owned(),
            });
        }
        Err(TryLockError::Error(error)) => return Err(doing()(error)),
    }
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{}", process::id()))
        .map_err(doing())?;
    Ok(file)
}

/// The major version of the PostgreSQL that made this cluster, if there is one.
pub fn version(cluster: &Path) -> Option<u32> {
    let text = fs::read_to_string(cluster.join("PG_VERSION")).ok()?;
    text.trim().parse().ok()
}

/// Makes the cluster, unless it's there: Russian by ICU, UTF-8, with data checksums.
///
/// It is made beside its place and then moved: a crash half-way leaves nothing that looks whole.
pub fn initialise(
    cluster: &Path,
    binaries: &Binaries,
    account: &Account,
    purpose: Purpose,
) -> Result<(), ClusterError> {
    if cluster.exists() {
        return Ok(());
    }
    let fresh = cluster.with_extension("new");
    let doing = || ClusterError::system(format!("making {}", fresh.display()));
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(doing())?;
    }
    private(&fresh).map_err(doing())?;
    account.own(&fresh)?;
    let mut initdb = account.command(binaries.path("initdb"));
    initdb.arg("--pgdata").arg(&fresh);
    initdb.args(["--username", ROLE, "--auth", "trust", "--encoding", "UTF8"]);
    initdb.args(["--locale-provider", "icu", "--icu-locale", "ru-RU"]);
    initdb.args(["--locale", "C.UTF-8", "--data-checksums"]);
    if purpose == Purpose::ThrowAway {
        initdb.arg("--no-sync");
    }
    let output = initdb
        .output()
        .map_err(ClusterError::system("running initdb"))?;
    if !output.status.success() {
        return Err(ClusterError::Refused {
            doing: "making the database cluster (initdb)".to_owned(),
            said: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        });
    }
    fs::rename(&fresh, cluster).map_err(doing())?;
    if let Some(parent) = cluster.parent() {
        File::open(parent)
            .and_then(|it| it.sync_all())
            .map_err(doing())?;
    }
    tracing::info!("made a new database in {}", cluster.display());
    Ok(())
}

/// The directory of the socket: in the data directory if its path is short enough, otherwise in
/// a place of the system's.
pub fn socket(data_dir: &Path, account: &Account) -> PathBuf {
    let beside = data_dir.join("run");
    if fits(&beside) {
        return beside;
    }
    let base = if account.is_given_away() {
        PathBuf::from("/run")
    } else {
        env::var_os("XDG_RUNTIME_DIR").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from)
    };
    base.join(format!("zvonok-{}", short_hash(data_dir)))
}

/// Makes the directory of the socket. Only the cluster's user (and root) may enter it.
pub fn make_socket(directory: &Path, account: &Account) -> Result<(), ClusterError> {
    let doing = || ClusterError::system(format!("making {}", directory.display()));
    match private(directory) {
        Ok(()) => account.own(directory)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(directory).map_err(doing())?;
            // In /tmp anyone may have made it: then it isn't ours to use.
            if !found.is_dir() || found.uid() != account.uid() {
                return Err(ClusterError::Account(format!(
                    "{} belongs to somebody else: remove it and start again",
                    directory.display()
                )));
            }
            fs::set_permissions(directory, Permissions::from_mode(0o700)).map_err(doing())?;
        }
        Err(error) => return Err(doing()(error)),
    }
    Ok(())
}

/// A new data directory for a test.
pub fn temporary() -> Result<PathBuf, ClusterError> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let base = env::temp_dir();
    sweep(&base);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = base.join(format!("{TEMPORARY}{}-{number}", process::id()));
    fs::create_dir(&path).map_err(ClusterError::system(format!("making {}", path.display())))?;
    Ok(path)
}

/// Removes the temporary directories of processes that are gone.
fn sweep(base: &Path) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let pid = name
            .strip_prefix(TEMPORARY)
            .and_then(|it| it.split('-').next());
        let gone = pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists());
        if gone && fs::remove_dir_all(entry.path()).is_err() {
            tracing::debug!("{} stays", entry.path().display());
        }
    }
}

fn private(directory: &Path) -> std::io::Result<()> {
    DirBuilder::new().mode(0o700).create(directory)
}

/// PostgreSQL takes a list of directories: a comma or a quote would end the name.
fn fits(directory: &Path) -> bool {
    let bytes = directory.as_os_str().as_bytes();
    bytes.len() <= LONGEST_SOCKET_DIRECTORY
        && std::str::from_utf8(bytes).is_ok()
        && !bytes
            .iter()
            .any(|it| matches!(it, b',' | b'"' | b'\'' | b'\\'))
}

fn short_hash(path: &Path) -> String {
    format!("{:.12x}", Sha256::digest(path.as_os_str().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_or_odd_path_gets_its_socket_elsewhere() {
        assert!(fits(Path::new("/var/lib/zvonok/run")));
        assert!(fits(Path::new("/srv/школа/run")));
        assert!(!fits(&Path::new("/").join("a".repeat(90))));
        assert!(!fits(Path::new("/srv/a,b/run")));
    }
}
