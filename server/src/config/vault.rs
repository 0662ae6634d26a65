use services::secrets::MasterKey;

use super::Secret;
use super::reader::Reader;

/// Section `[vault]`: the key that protects the credentials of connections.
#[derive(Debug, Clone, Default)]
pub struct Vault {
    /// `vault.master_key`: 32 random bytes, base64; by default a file of the data folder has it.
    pub master_key: Option<Secret>,
    /// `vault.old_master_keys`: accepted while what they protect is protected anew.
    pub old_master_keys: Vec<Secret>,
}

impl Vault {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let master_key = reader.secret("vault.master_key");
        let old: Vec<String> = reader.list("vault.old_master_keys", "a key").unwrap_or_default();
        let old_master_keys: Vec<Secret> = old.into_iter().map(Secret::new).collect();
        let keys = master_key.iter().map(|key| ("vault.master_key", key));
        let keys = keys.chain(old_master_keys.iter().map(|key| ("vault.old_master_keys", key)));
        for (name, key) in keys.collect::<Vec<_>>() {
            if let Err(weak) = MasterKey::read(key.expose()) {
                reader.problem(name, weak.to_string());
            }
        }
        Self { master_key, old_master_keys }
    }
}
