//! What a double holds, kept in a file, so that it is there again after a restart.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use super::world::{Holdings, World};

/// A file, written whenever something has changed.
pub(super) struct Keep {
    path: PathBuf,
    kept: Holdings,
}

impl Keep {
    /// Opens the file; `true` when the world goes on with what is in it.
    ///
    /// # Errors
    /// A file that cannot be read, or is none of ours.
    pub(super) fn open(path: PathBuf, world: &mut World) -> std::io::Result<(Self, bool)> {
        let kept = match fs::read(&path) {
            Ok(bytes) => Some(serde_json::from_slice::<Holdings>(&bytes)?),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let found = kept.is_some();
        if let Some(kept) = &kept {
            world.take_up(kept.clone());
        }
        Ok((Self { path, kept: kept.unwrap_or_default() }, found))
    }

    /// Writes what has changed: all of it or nothing.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub(super) fn write(&mut self, world: &World) -> std::io::Result<()> {
        let holdings = world.holdings();
        if holdings == self.kept {
            return Ok(());
        }
        let new = self.path.with_extension("new");
        fs::write(&new, serde_json::to_vec(&holdings)?)?;
        fs::rename(&new, &self.path)?;
        self.kept = holdings;
        Ok(())
    }
}
