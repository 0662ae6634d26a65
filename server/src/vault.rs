//! Where the master key comes from: the configuration, else a file that the first start makes.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use secrecy::ExposeSecret;
use services::secrets::{MasterKey, Vault};

use crate::config::Config;

const FILE: &str = "vault.key";

/// Opens the vault. The data folder is there already, or is made.
///
/// # Errors
/// A key that cannot be read or that others can read.
pub fn open(config: &Config) -> Result<Vault> {
    let read = |text: &str| MasterKey::read(text).map_err(|weak| anyhow!("the master key {weak}"));
    let mut old = Vec::new();
    for key in &config.vault.old_master_keys {
        old.push(read(key.expose())?);
    }
    let master = match &config.vault.master_key {
        Some(key) => read(key.expose())?,
        None => of_file(&config.data_dir)?,
    };
    Ok(Vault::new(master, old))
}

fn of_file(folder: &Path) -> Result<MasterKey> {
    let path = folder.join(FILE);
    loop {
        match fs::read_to_string(&path) {
            Ok(text) => {
                let mode = fs::metadata(&path)?.permissions().mode() & 0o777;
                if mode & 0o077 != 0 {
                    bail!("{} can be read by others (mode {mode:o}): chmod 600", path.display());
                }
                return MasterKey::read(&text)
                    .map_err(|weak| anyhow!("the key in {} {weak}", path.display()));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => make(folder, &path)?,
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        }
    }
}

/// Another process may make it at the same time: whole, and only once.
fn make(folder: &Path, path: &Path) -> Result<()> {
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let new = folder.join(format!("{FILE}.{}", std::process::id()));
    let key = MasterKey::random()?;
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)
        .with_context(|| format!("cannot write {}", new.display()))?;
    file.write_all(key.to_base64().expose_secret().as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&new, path);
    fs::remove_file(&new)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_start_makes_a_key_only_its_owner_reads_and_later_ones_find_it() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let first = of_file(folder.path())?;
        let mode = fs::metadata(folder.path().join(FILE))?.permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        assert_eq!(of_file(folder.path())?.fingerprint(), first.fingerprint());
        assert_eq!(fs::read_dir(folder.path())?.count(), 1);
        Ok(())
    }

    #[test]
    fn a_key_that_others_can_read_and_an_example_are_refused() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(FILE);
        of_file(folder.path())?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644))?;
        assert!(of_file(folder.path()).is_err());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        fs::write(&path, "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")?;
        assert!(of_file(folder.path()).is_err());
        Ok(())
    }
}
