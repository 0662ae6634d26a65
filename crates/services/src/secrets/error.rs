use crate::Error;

/// Why the vault does not give or take a secret.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// This process has no master key.
    #[error("the vault has no master key")]
    Closed,
    /// The keys here were wrapped by a master key this process does not have.
    #[error("the master key with fingerprint {0} is needed; put it into vault.old_master_keys")]
    OtherMaster(String),
    /// What is stored is not what was sealed there: changed, moved, or of another place.
    #[error("the {what} {id} does not open: it was changed or moved")]
    Forged {
        /// `secret` or `data key`.
        what: &'static str,
        /// Its id.
        id: i64,
    },
    /// The system gives no random numbers.
    #[error("no random numbers")]
    NoRandom,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<VaultError> for Error {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Store(error) => error.into(),
            other => Self::conflict("vault", other.to_string()),
        }
    }
}
