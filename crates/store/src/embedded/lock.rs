use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::ClusterError;

/// Who takes the data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The long-running program; holds the folder until it stops.
    Program,
    /// A subcommand that needs the database for a moment.
    Command,
}

impl Holder {
    fn word(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Command => "command",
        }
    }
}

/// An advisory lock on a file, released when dropped or when the process dies.
#[derive(Debug)]
pub(crate) struct FileLock {
    file: File,
    path: PathBuf,
}

/// What an attempt to take the folder found.
#[derive(Debug)]
pub(crate) enum Attempt {
    Taken(FileLock),
    /// Held by somebody else, who wrote this about himself.
    HeldBy(String),
}

impl FileLock {
    /// Tries once to take the lock alone.
    pub(crate) fn attempt(path: &Path, holder: Holder) -> Result<Attempt, ClusterError> {
        let mut file = open(path)?;
        match file.try_lock() {
            Ok(()) => {
                let text = format!("{} {}\n", holder.word(), std::process::id());
                file.set_len(0)
                    .and_then(|()| file.write_all(text.as_bytes()))
                    .map_err(ClusterError::io("cannot write", path))?;
                Ok(Attempt::Taken(Self { file, path: path.to_path_buf() }))
            }
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let _ = file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_string(&mut text));
                Ok(Attempt::HeldBy(text.trim().to_owned()))
            }
            Err(TryLockError::Error(error)) => Err(ClusterError::io("cannot lock", path)(error)),
        }
    }

    /// Takes a shared lock, waiting for whoever holds it alone.
    pub(crate) fn shared(path: &Path) -> Result<Self, ClusterError> {
        let file = open(path)?;
        file.lock_shared().map_err(ClusterError::io("cannot lock", path))?;
        Ok(Self { file, path: path.to_path_buf() })
    }

    /// Takes the lock alone, waiting for all others.
    pub(crate) fn exclusive(path: &Path) -> Result<Self, ClusterError> {
        let file = open(path)?;
        file.lock().map_err(ClusterError::io("cannot lock", path))?;
        Ok(Self { file, path: path.to_path_buf() })
    }

    /// True when nobody else shares this lock any more; then we hold it alone.
    pub(crate) fn alone(&self) -> Result<bool, ClusterError> {
        match self.file.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => {
                Err(ClusterError::io("cannot lock", &self.path)(error))
            }
        }
    }
}

/// True when the words of a holder say that it is a short subcommand.
pub(crate) fn is_command(holder: &str) -> bool {
    holder.starts_with(Holder::Command.word())
}

fn open(path: &Path) -> Result<File, ClusterError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(ClusterError::io("cannot open", path))
}
