use std::path::Path;
use std::process::Stdio;

use super::binaries::Binaries;
use super::folder::Folder;
use super::initialise::initialise;
use super::lock::FileLock;
use super::passwords::Passwords;
use super::postmaster::Site;
use super::{ClusterError, Profile};

/// Ends the postmaster `$1` when the file `$2` has not been touched for fifteen minutes.
const WATCH: &str = "while kill -0 \"$1\" 2>/dev/null; do sleep 20; \
    if [ -n \"$(find \"$2\" -mmin +15 2>/dev/null)\" ] || [ ! -e \"$2\" ]; \
    then kill -INT \"$1\"; exit 0; fi; done";

/// A cluster for tests that many processes share one after another: started by whoever comes first,
/// left running, ended by itself when nobody has used it for a quarter of an hour.
#[derive(Debug)]
pub(crate) struct Throwaway {
    folder: Folder,
    passwords: Passwords,
}

impl Throwaway {
    pub(crate) async fn share(path: &Path) -> Result<Self, ClusterError> {
        let folder = Folder::prepare(path)?;
        let used = path.join("used");
        std::fs::write(&used, "").map_err(ClusterError::io("cannot write", &used))?;
        if folder.version().is_some()
            && let Ok(passwords) = Passwords::read(&folder.passwords())
        {
            let site = Self::site(&folder, passwords.clone())?;
            if site.answering().await {
                return Ok(Self { folder, passwords });
            }
        }
        let _lock = Self::alone(&folder.lock()).await?;
        let passwords = match (folder.version(), Passwords::read(&folder.passwords())) {
            (Some(_), Ok(passwords)) => passwords,
            _ => initialise(&folder, &Binaries::find(None, None)?, Profile::Throwaway)?,
        };
        let site = Self::site(&folder, passwords.clone())?;
        let postmaster = site.run().await?;
        if !postmaster.adopted() {
            let mut watch = folder.account.command(Path::new("/bin/sh"));
            watch.args(["-c", WATCH, "watch"]).arg(postmaster.pid().to_string()).arg(&used);
            let _ = watch.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        }
        Ok(Self { folder, passwords })
    }

    /// Waits for a lock in the folder of the cluster.
    pub(crate) async fn alone(path: &Path) -> Result<FileLock, ClusterError> {
        let path = path.to_path_buf();
        tokio::task::spawn_blocking(move || FileLock::exclusive(&path))
            .await
            .map_err(super::broken_task)?
    }

    fn site(folder: &Folder, passwords: Passwords) -> Result<Site, ClusterError> {
        let version = folder.version();
        let binaries = Binaries::find(None, version.as_deref())?;
        Ok(Site { folder: folder.clone(), binaries, passwords })
    }

    pub(crate) fn url(&self, role: &str, database: &str) -> String {
        self.passwords.url(&self.folder, role, database)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.folder.root
    }
}
