//! Where the machine keeps its PostgreSQL binaries.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::ClusterError;

/// The oldest version that has ICU collations for a whole cluster.
const OLDEST: u32 = 15;

const NEEDED: [&str; 3] = ["postgres", "initdb", "pg_ctl"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    directory: PathBuf,
    /// The major version.
    version: u32,
}

impl Binaries {
    /// The newest binaries on this machine; or, for a cluster that exists, those of its version.
    pub fn find(cluster: Option<u32>) -> Result<Self, ClusterError> {
        choose(all(), cluster).map_err(ClusterError::Binaries)
    }

    pub fn path(&self, program: &str) -> PathBuf {
        self.directory.join(program)
    }
}

fn choose(found: Vec<Binaries>, cluster: Option<u32>) -> Result<Binaries, String> {
    let versions = found
        .iter()
        .map(|it| format!("{} in {}", it.version, it.directory.display()))
        .collect::<Vec<_>>()
        .join(", ");
    let fitting = found
        .into_iter()
        .filter(|it| cluster.map_or(it.version >= OLDEST, |version| it.version == version))
        .max_by_key(|it| it.version);
    fitting.ok_or_else(|| match (cluster, versions.as_str()) {
        (Some(version), "") => format!(
            "the database was made by PostgreSQL {version}, which is no longer on this machine: \
             apt install postgresql-{version}"
        ),
        (Some(version), versions) => format!(
            "the database was made by PostgreSQL {version}, but this machine has {versions}: \
             apt install postgresql-{version}, or move the database with pg_upgrade"
        ),
        (None, "") => format!(
            "there is no PostgreSQL on this machine: apt install postgresql ({OLDEST} or newer), \
             or point DATABASE_URL at a server"
        ),
        (None, versions) => format!(
            "PostgreSQL {OLDEST} or newer is needed, but this machine has {versions}: install a \
             newer one, or point DATABASE_URL at a server"
        ),
    })
}

/// Every directory that has all the programs we need.
fn all() -> Vec<Binaries> {
    let mut directories: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    directories.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        directories.push(PathBuf::from(
            String::from_utf8_lossy(&output.stdout).trim(),
        ));
    }
    directories.sort();
    directories.dedup();
    directories
        .into_iter()
        .filter(|it| NEEDED.iter().all(|program| it.join(program).is_file()))
        .filter_map(|directory| version(&directory).map(|version| Binaries { directory, version }))
        .collect()
}

fn version(directory: &Path) -> Option<u32> {
    let output = Command::new(directory.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    major(&String::from_utf8_lossy(&output.stdout))
}

/// `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)` is 15.
fn major(said: &str) -> Option<u32> {
    let number = said.split_whitespace().nth(2)?;
    let digits = number.split(|it: char| !it.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(version: u32) -> Binaries {
        Binaries {
            directory: PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")),
            version,
        }
    }

    #[test]
    fn reads_what_postgres_says_of_itself() {
        assert_eq!(
            major("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("bash: no such file"), None);
    }

    #[test]
    fn takes_the_newest_for_a_new_cluster_and_the_same_for_an_old_one() {
        let found = vec![of(15), of(17), of(13)];
        assert_eq!(choose(found.clone(), None), Ok(of(17)));
        assert_eq!(choose(found, Some(15)), Ok(of(15)));
    }

    #[test]
    fn says_what_to_install() {
        let nothing = choose(vec![], None).unwrap_err();
        assert!(nothing.contains("apt install postgresql"), "{nothing}");
        let old = choose(vec![of(13)], None).unwrap_err();
        assert!(old.contains("13 in"), "{old}");
        let moved = choose(vec![of(17)], Some(15)).unwrap_err();
        assert!(moved.contains("apt install postgresql-15"), "{moved}");
    }
}
