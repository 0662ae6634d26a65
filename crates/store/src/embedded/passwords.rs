use std::path::Path;

use super::ClusterError;
use super::folder::{Folder, write_private};

/// The role that migrations run as; owns the database, is no superuser.
pub const OWNER_ROLE: &str = "millwright_owner";
/// The role that the program works as; owns nothing.
pub const APP_ROLE: &str = "millwright_app";
/// The database of an embedded cluster.
pub const DATABASE: &str = "millwright";
/// The bootstrap superuser; used for creating and for checking life only.
pub(crate) const SUPERUSER: &str = "postgres";

/// Passwords of the three roles, generated with the cluster, kept in a file of mode 0600.
#[derive(Clone)]
pub(crate) struct Passwords {
    superuser: String,
    owner: String,
    app: String,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Passwords {
    /// Reads the passwords of an existing cluster.
    pub(crate) fn read(path: &Path) -> Result<Self, ClusterError> {
        let text =
            std::fs::read_to_string(path).map_err(|_| ClusterError::Passwords(path.into()))?;
        let value = |key: &str| {
            text.lines()
                .filter_map(|line| line.split_once('='))
                .find(|(name, _)| *name == key)
                .map(|(_, value)| value.to_owned())
                .filter(|value| value.len() >= 32)
                .ok_or_else(|| ClusterError::Passwords(path.into()))
        };
        Ok(Self { superuser: value(SUPERUSER)?, owner: value(OWNER_ROLE)?, app: value(APP_ROLE)? })
    }

    /// Makes new passwords (256 random bits each) and keeps them.
    pub(crate) fn create(path: &Path) -> Result<Self, ClusterError> {
        let made = Self { superuser: random()?, owner: random()?, app: random()? };
        let text = format!(
            "{SUPERUSER}={}\n{OWNER_ROLE}={}\n{APP_ROLE}={}\n",
            made.superuser, made.owner, made.app
        );
        write_private(path, &text)?;
        Ok(made)
    }

    pub(crate) fn of(&self, role: &str) -> &str {
        match role {
            OWNER_ROLE => &self.owner,
            APP_ROLE => &self.app,
            _ => &self.superuser,
        }
    }

    /// The address of `database` for `role` over the cluster's socket.
    pub(crate) fn url(&self, folder: &Folder, role: &str, database: &str) -> String {
        let socket = folder.socket();
        let host = hex_escape(socket.as_os_str().as_encoded_bytes());
        format!("postgres://{role}:{}@localhost/{database}?host={host}", self.of(role))
    }
}

pub(crate) fn random() -> Result<String, ClusterError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| ClusterError::Failed {
        program: "getrandom",
        reason: error.to_string(),
    })?;
    Ok(hex::encode(bytes))
}

fn hex_escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(byte) {
            text.push(char::from(*byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}
