//! The unprivileged user that the cluster runs as: PostgreSQL refuses to run as root.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::ClusterError;

const ROOT: u32 = 0;

/// Users that root hands the cluster to, in the order of preference.
const CANDIDATES: [&str; 2] = ["zvonok", "postgres"];

#[derive(Clone, Debug)]
pub struct Account {
    name: String,
    uid: u32,
    gid: u32,
    /// We are root and become this user for every program that we start.
    switch: bool,
}

impl Account {
    /// Ourselves, unless we are root: then who owns the cluster already, or a service user.
    pub fn choose(cluster: &Path) -> Result<Self, ClusterError> {
        let own = fs::metadata("/proc/self").map_err(ClusterError::system(
            "asking which user we are (/proc/self)",
        ))?;
        let owner = fs::metadata(cluster).ok().map(|it| (it.uid(), it.gid()));
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        if own.uid() != ROOT {
            return match owner {
                Some((uid, _)) if uid != own.uid() => Err(ClusterError::Account(format!(
                    "{} belongs to user {}, but you are {}: start zvonok as that user or as root",
                    cluster.display(),
                    name_of(&passwd, uid),
                    name_of(&passwd, own.uid()),
                ))),
                _ => Ok(Self::new(&passwd, own.uid(), own.gid(), false)),
            };
        }
        if let Some((uid, gid)) = owner
            && uid != ROOT
        {
            return Ok(Self::new(&passwd, uid, gid, true));
        }
        CANDIDATES
            .iter()
            .find_map(|name| find(&passwd, name))
            .map(|(uid, gid)| Self::new(&passwd, uid, gid, true))
            .ok_or_else(|| {
                ClusterError::Account(
                    "root can't run PostgreSQL, and there is no user to run it as: \
                     adduser --system --group zvonok"
                        .to_owned(),
                )
            })
    }

    fn new(passwd: &str, uid: u32, gid: u32, switch: bool) -> Self {
        Self {
            name: name_of(passwd, uid),
            uid,
            gid,
            switch,
        }
    }

    pub fn uid(&self) -> u32 {
        self.uid
    }

    /// Are we root, who may place files anywhere and gives them away?
    pub fn is_given_away(&self) -> bool {
        self.switch
    }

    /// A program that runs as this user, in an environment that can't change what it does.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        // English messages, which we read, and a directory that every user may be in.
        command.env("LC_ALL", "C.UTF-8").current_dir("/");
        if self.switch {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Gives a path of ours to this user.
    pub fn own(&self, path: &Path) -> Result<(), ClusterError> {
        if !self.switch {
            return Ok(());
        }
        std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid)).map_err(
            ClusterError::system(format!("giving {} to {}", path.display(), self.name)),
        )
    }

    /// Can this user enter `directory`, through all its parents?
    pub fn check_reach(&self, directory: &Path) -> Result<(), ClusterError> {
        if self.enters(directory) {
            return Ok(());
        }
        let blocking = directory
            .ancestors()
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .find(|it| !self.enters(it))
            .unwrap_or(directory);
        Err(ClusterError::Account(format!(
            "the database runs as user {}, who may not enter {}: choose a data_dir elsewhere \
             (for example /var/lib/zvonok), or chmod o+x {}",
            self.name,
            blocking.display(),
            blocking.display(),
        )))
    }

    /// Asked of the system itself: permission bits don't tell of access lists.
    fn enters(&self, directory: &Path) -> bool {
        self.command("/bin/sh")
            .args(["-c", "cd -- \"$1\"", "sh"])
            .arg(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }
}

fn find(passwd: &str, name: &str) -> Option<(u32, u32)> {
    let fields: Vec<&str> = passwd
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields.first() == Some(&name))?;
    Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
}

fn name_of(passwd: &str, uid: u32) -> String {
    let uid = uid.to_string();
    passwd
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields.get(2) == Some(&uid.as_str()))
        .and_then(|fields| fields.first().map(|name| (*name).to_owned()))
        .unwrap_or(uid)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\n\
                          postgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash\n";

    #[test]
    fn finds_users_by_name_and_number() {
        assert_eq!(find(PASSWD, "postgres"), Some((101, 104)));
        assert_eq!(find(PASSWD, "zvonok"), None);
        assert_eq!(name_of(PASSWD, 101), "postgres");
        assert_eq!(name_of(PASSWD, 7), "7");
    }
}
