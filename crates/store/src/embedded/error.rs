use std::path::PathBuf;

/// Why the private Postgres cluster cannot be used. Every message is one line and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No usable Postgres installation on this machine.
    #[error(
        "the Postgres programs were not found ({0}); install them (Debian/Ubuntu: apt-get install postgresql) or set DATABASE_URL"
    )]
    MissingBinaries(String),
    /// Another Millwright process owns the data folder.
    #[error("the data folder {} is held by another millwright ({holder}); stop it first or choose another --data-dir", .folder.display())]
    Held {
        /// The data folder.
        folder: PathBuf,
        /// Who holds it, as written by the holder.
        holder: String,
    },
    /// The cluster was made by a Postgres of another major version.
    #[error(
        "the data folder was made by Postgres {cluster}, the installed version is {installed}; install Postgres {cluster}, or make a backup with the old version and restore it with the new one (millwright backup, millwright restore)"
    )]
    OtherVersion {
        /// Major version that wrote the cluster.
        cluster: String,
        /// Major version installed here.
        installed: String,
    },
    /// The disk that holds the data folder is full.
    #[error("the disk of the data folder {} is full; free some space and start again", .0.display())]
    DiskFull(PathBuf),
    /// The unprivileged account that runs Postgres cannot reach the data folder.
    #[error("the account {account} that runs Postgres cannot enter {}; open it (chmod o+x) or choose another --data-dir", .folder.display())]
    Unreachable {
        /// Name of the account.
        account: String,
        /// The first closed folder on the way.
        folder: PathBuf,
    },
    /// No account to run Postgres under.
    #[error("Postgres does not run as root and no account for it could be made: {0}")]
    NoAccount(String),
    /// The passwords of the cluster are lost or of another cluster.
    #[error("the passwords in {} do not fit the cluster; restore that file from the backup", .0.display())]
    Passwords(PathBuf),
    /// A folder on a shared path exists and belongs to somebody else.
    #[error("{} exists and is not a private folder of the account that runs Postgres; remove it", .0.display())]
    UnsafeFolder(PathBuf),
    /// Postgres refused to start or a helper program failed.
    #[error("{program} failed: {reason}")]
    Failed {
        /// The program.
        program: &'static str,
        /// Its last words.
        reason: String,
    },
    /// The file system refused.
    #[error("{what} {}: {source}", .path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which path.
        path: PathBuf,
        /// The answer.
        source: std::io::Error,
    },
    /// The running cluster refused a statement or a connection.
    #[error("the private Postgres did not answer: {0}")]
    Database(#[from] sqlx::Error),
}

impl ClusterError {
    pub(crate) fn io(
        what: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| match source.kind() {
            std::io::ErrorKind::StorageFull => Self::DiskFull(path),
            _ => Self::Io { what, path, source },
        }
    }

    /// True when a later attempt may succeed without anybody doing something: remnants of a killed
    /// cluster that are still being cleared, or one that was killed while it started.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Failed { reason, .. } => [
                "lock file",
                "shared memory",
                "in use",
                "could not bind",
                "could not create any",
                "was killed",
            ]
            .iter()
            .any(|words| reason.contains(words)),
            _ => false,
        }
    }

    /// The error hidden in the output of a Postgres program.
    pub(crate) fn from_output(
        program: &'static str,
        output: &str,
        folder: &std::path::Path,
    ) -> Self {
        if output.contains("No space left on device") {
            return Self::DiskFull(folder.to_path_buf());
        }
        let line = output
            .lines()
            .rev()
            .find(|line| line.contains("FATAL") || line.contains("PANIC") || line.contains("error"))
            .or_else(|| output.lines().rev().find(|line| !line.trim().is_empty()))
            .unwrap_or("no output");
        Self::Failed { program, reason: line.trim().to_owned() }
    }
}
