use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::ClusterError;

/// The account that runs Postgres: our own, or as root an unprivileged one.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    switch: bool,
}

impl Account {
    /// As root: the owner of an existing cluster folder, else `postgres`, else `millwright` (made
    /// when missing). Otherwise ourselves.
    pub(crate) fn choose(cluster_folder: &Path) -> Result<Self, ClusterError> {
        let uid = rustix::process::geteuid().as_raw();
        if uid != 0 {
            let gid = rustix::process::getegid().as_raw();
            return Ok(Self { name: format!("uid {uid}"), uid, gid, switch: false });
        }
        if let Ok(folder) = std::fs::metadata(cluster_folder)
            && folder.uid() != 0
        {
            let name = format!("uid {}", folder.uid());
            return Ok(Self { name, uid: folder.uid(), gid: folder.gid(), switch: true });
        }
        if let Some(account) = named("postgres").or_else(|| named("millwright")) {
            return Ok(account);
        }
        let made = Command::new("useradd")
            .args(["--system", "--user-group", "--no-create-home"])
            .args(["--shell", "/usr/sbin/nologin", "millwright"])
            .stdin(Stdio::null())
            .output()
            .map_err(|error| ClusterError::NoAccount(format!("useradd: {error}")))?;
        named("millwright").ok_or_else(|| {
            let words = String::from_utf8_lossy(&made.stderr).trim().replace('\n', " ");
            ClusterError::NoAccount(words)
        })
    }

    /// A command that runs under this account with a clean environment, deaf to the keyboard.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("LC_ALL", "C").env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
        command.current_dir("/").process_group(0);
        if self.switch {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Gives a file or folder to this account.
    pub(crate) fn own(&self, path: &Path) -> Result<(), ClusterError> {
        if !self.switch {
            return Ok(());
        }
        std::os::unix::fs::lchown(path, Some(self.uid), Some(self.gid))
            .map_err(ClusterError::io("cannot change the owner of", path))
    }

    /// Refuses a folder that this account cannot enter, naming the first closed one on the way.
    pub(crate) fn reach(&self, folder: &Path) -> Result<(), ClusterError> {
        if !self.switch {
            return Ok(());
        }
        let mut way: Vec<&Path> = folder.ancestors().collect();
        way.reverse();
        for step in way {
            let meta = std::fs::metadata(step).map_err(ClusterError::io("cannot look at", step))?;
            let needed = if meta.uid() == self.uid {
                0o100
            } else if meta.gid() == self.gid {
                0o010
            } else {
                0o001
            };
            if meta.mode() & needed == 0 {
                let account = self.name.clone();
                return Err(ClusterError::Unreachable { account, folder: step.to_path_buf() });
            }
        }
        Ok(())
    }
}

fn named(name: &str) -> Option<Account> {
    let table = std::fs::read_to_string("/etc/passwd").ok()?;
    let mut fields = table.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let row = fields.find(|row| row.first() == Some(&name))?;
    let uid = row.get(2)?.parse().ok().filter(|uid| *uid != 0)?;
    let gid = row.get(3)?.parse().ok()?;
    Some(Account { name: name.to_owned(), uid, gid, switch: true })
}
