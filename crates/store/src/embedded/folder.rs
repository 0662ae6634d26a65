use std::fs::{DirBuilder, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::ClusterError;
use super::account::Account;

/// Longest path of a unix socket on Linux, in bytes, without the closing zero.
const SOCKET_PATH_MAX: usize = 107;
const SOCKET_FILE: &str = ".s.PGSQL.5432";
/// Below this many free bytes nothing is started.
const FREE_BYTES_MIN: u64 = 48 * 1024 * 1024;

/// The data folder and where everything of the cluster lies in it.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    pub(crate) root: PathBuf,
    pub(crate) account: Account,
    pg: PathBuf,
    hash: String,
}

impl Folder {
    /// Makes the data folder (0711 as root, else 0700) and `pg` in it (0700, owned by the account
    /// that runs Postgres). Where that account cannot reach the data folder (below a closed home,
    /// say), `pg` lies in `/var/lib/millwright` and the data folder says where.
    pub(crate) fn prepare(path: &Path) -> Result<Self, ClusterError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(path)
            .map_err(ClusterError::io("cannot make", path))?;
        let root = path.canonicalize().map_err(ClusterError::io("cannot find", path))?;
        let account = Account::choose(&root.join("pg"))?;
        let mode = if rustix::process::geteuid().is_root() { 0o711 } else { 0o700 };
        if is_ours(&root) {
            set_mode(&root, mode)?;
        }
        let near = root.join("pg");
        let pg = match account.reach(&root) {
            Ok(()) => near,
            Err(error) if near.join("data").exists() => return Err(error),
            Err(error) => elsewhere(&root).map_err(|_| error)?,
        };
        let hash = hex::encode(&Sha256::digest(root.as_os_str().as_encoded_bytes())[..6]);
        let folder = Self { root, account, pg, hash };
        folder.private(&folder.pg())?;
        Ok(folder)
    }

    /// Everything that belongs to the account of Postgres.
    pub(crate) fn pg(&self) -> PathBuf {
        self.pg.clone()
    }

    /// The Postgres data directory.
    pub(crate) fn data(&self) -> PathBuf {
        self.pg().join("data")
    }

    /// Where a new cluster is made before it takes its place.
    pub(crate) fn unfinished(&self) -> PathBuf {
        self.pg().join("data.new")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    pub(crate) fn users_lock(&self) -> PathBuf {
        self.root.join("users.lock")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    pub(crate) fn passwords(&self) -> PathBuf {
        self.root.join("postgres.passwords")
    }

    /// The name Postgres shows in the titles of its processes.
    pub(crate) fn cluster_name(&self) -> String {
        format!("millwright-{}", self.hash)
    }

    /// The folder of the unix socket: in the data folder, or on a short path when that one is too
    /// long for a socket.
    pub(crate) fn socket(&self) -> PathBuf {
        let near = self.pg.join("socket");
        if near.join(SOCKET_FILE).as_os_str().len() <= SOCKET_PATH_MAX {
            return near;
        }
        let base = if rustix::process::geteuid().is_root() { "/run" } else { "/tmp" };
        Path::new(base).join(format!("millwright-{}-{}", self.account.uid, self.hash))
    }

    /// Makes a folder that only the account of Postgres may enter; refuses one that is not so.
    pub(crate) fn private(&self, path: &Path) -> Result<(), ClusterError> {
        let created = DirBuilder::new().mode(0o700).create(path);
        match created {
            Ok(()) => self.account.own(path)?,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(ClusterError::io("cannot make", path)(error)),
        }
        let meta = path.symlink_metadata().map_err(ClusterError::io("cannot look at", path))?;
        if !meta.is_dir() || (meta.uid() != self.account.uid && meta.uid() != 0) {
            return Err(ClusterError::UnsafeFolder(path.to_path_buf()));
        }
        if meta.uid() != self.account.uid {
            self.account.own(path)?;
        }
        if meta.mode() & 0o777 != 0o700 { set_mode(path, 0o700) } else { Ok(()) }
    }

    /// Removes what a killed postmaster leaves to keep others out. Only for a cluster without live
    /// processes: Postgres itself is fooled by a process id that was given away again or by a
    /// zombie that nobody collects.
    pub(crate) fn clear_stale(&self) -> Result<(), ClusterError> {
        let socket_lock = self.socket().join(SOCKET_FILE).with_added_extension("lock");
        for path in [self.data().join("postmaster.pid"), socket_lock] {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(ClusterError::io("cannot remove", path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The major version that wrote the cluster, if there is one.
    pub(crate) fn version(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.data().join("PG_VERSION")).ok()?;
        Some(text.trim().to_owned())
    }

    /// Refuses to go on when the disk is all but full.
    pub(crate) fn check_space(&self) -> Result<(), ClusterError> {
        let disk = rustix::fs::statvfs(&self.root)
            .map_err(|error| ClusterError::io("cannot look at", &self.root)(error.into()))?;
        if disk.f_bavail.saturating_mul(disk.f_frsize) < FREE_BYTES_MIN {
            return Err(ClusterError::DiskFull(self.root.clone()));
        }
        Ok(())
    }
}

/// Writes a file that only its owner may read, in one step: whole or not at all.
pub(crate) fn write_private(path: &Path, content: &str) -> Result<(), ClusterError> {
    let unfinished = path.with_extension("new");
    let _ = std::fs::remove_file(&unfinished);
    let write = || -> std::io::Result<()> {
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        file.write_all(content.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&unfinished, path)
    };
    write().map_err(ClusterError::io("cannot write", path))
}

/// The place of the cluster outside the data folder: the one chosen before, or a new one.
fn elsewhere(root: &Path) -> Result<PathBuf, ClusterError> {
    let note = root.join("pg.location");
    if let Ok(text) = std::fs::read_to_string(&note) {
        return Ok(PathBuf::from(text.trim()));
    }
    let base = Path::new("/var/lib/millwright");
    DirBuilder::new()
        .recursive(true)
        .mode(0o711)
        .create(base)
        .map_err(ClusterError::io("cannot make", base))?;
    let place = base.join(format!("cluster-{}", &super::passwords::random()?[..12]));
    write_private(&note, &format!("{}\n", place.display()))?;
    tracing::warn!(place = %place.display(), "Postgres cannot reach the data folder: its cluster lies elsewhere");
    Ok(place)
}

/// A data folder is empty at first and holds `pg` later; other folders keep their rights.
fn is_ours(root: &Path) -> bool {
    root.join("pg").exists()
        || std::fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_none())
}

fn set_mode(path: &Path, mode: u32) -> Result<(), ClusterError> {
    std::fs::set_permissions(path, Permissions::from_mode(mode))
        .map_err(ClusterError::io("cannot set the rights of", path))
}
