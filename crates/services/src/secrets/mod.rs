//! The vault: secrets of connections, encrypted by data keys that a master key outside the database
//! wraps (S9). Secrets go in and are handed to clients; nothing shows them (S8).

mod error;
mod master;
mod seal;
mod vault;

pub use error::VaultError;
pub use master::{MasterKey, WeakKey};
pub use vault::{Place, Vault};
