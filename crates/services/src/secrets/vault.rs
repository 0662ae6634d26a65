use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::ids::{ConnectionId, SiteId};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use serde_json::json;
use store::secrets::{self as rows, DataKey, Sealed};
use store::{AuditEntry, ScopedTx};

use super::seal::{open, random, seal};
use super::{MasterKey, VaultError};

/// A data key seals at most so many secrets.
const MOST_USES: i64 = 1 << 30;
/// And new ones for so long.
const LONGEST_USE: TimeDelta = TimeDelta::days(365);
/// Secrets sealed anew in one transaction.
const SET: i64 = 100;

/// Where a secret belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its connection.
    pub connection: ConnectionId,
    /// Which field of the manifest.
    pub field: String,
}

/// What seals and opens secrets. Cloning is cheap; without a master key it does neither.
#[derive(Debug, Clone, Default)]
pub struct Vault {
    /// The first wraps new data keys; the others are accepted while they are being replaced.
    masters: Arc<Vec<MasterKey>>,
}

type Plain = SecretBox<[u8; 32]>;

impl Vault {
    /// A vault under a master key; data keys that one of the old ones wraps are still read.
    pub fn new(master: MasterKey, old: Vec<MasterKey>) -> Self {
        let mut masters = vec![master];
        masters.extend(old);
        Self { masters: Arc::new(masters) }
    }

    fn master(&self) -> Result<&MasterKey, VaultError> {
        self.masters.first().ok_or(VaultError::Closed)
    }

    /// Stores a secret in a role, in place of what was there.
    ///
    /// # Errors
    /// When the vault is closed or the database refuses.
    pub async fn put(
        &self,
        tx: &mut ScopedTx,
        place: &Place,
        role: &str,
        value: &SecretString,
        expires_at: Option<chrono::DateTime<chrono::Utc>>,
    ) -> Result<i64, VaultError> {
        let site = rows::site_of(tx, place.connection).await?;
        let version = rows::next_version(tx, place.connection, &place.field).await?;
        if let Some(id) = rows::discard(tx, place.connection, &place.field, role).await? {
            tx.audit(vec![about("secret.discard", id, place, site)]).await?;
        }
        let mut sealed = Sealed {
            id: 0,
            connection_id: place.connection.0,
            field: place.field.clone(),
            version,
            site_id: site,
            data_key_id: 0,
            nonce: Vec::new(),
            ciphertext: value.expose_secret().as_bytes().to_vec(),
        };
        self.seal(tx, &mut sealed).await?;
        let id = rows::put(tx, &sealed, role, expires_at).await?;
        let entry = about("secret.set", id, place, site);
        let detail = json!({"connection": place.connection, "field": place.field,
                            "version": version, "role": role});
        tx.audit(vec![entry.detail(detail)]).await?;
        Ok(id)
    }

    /// The secrets of a connection in one role, by field; of `next`, the current ones stand in
    /// where none waits.
    ///
    /// # Errors
    /// [`VaultError::Forged`] when a row is not what was sealed there.
    pub async fn open(
        &self,
        tx: &mut ScopedTx,
        connection: ConnectionId,
        role: &str,
    ) -> Result<BTreeMap<String, SecretString>, VaultError> {
        let mut opened = BTreeMap::new();
        let mut used = Vec::new();
        for sealed in rows::sealed(tx, connection, role).await? {
            let value = self.opened(tx, &sealed).await?;
            used.push(sealed.id);
            opened.insert(sealed.field, value);
        }
        rows::touch_used(tx, &used).await?;
        Ok(opened)
    }

    async fn opened(&self, tx: &mut ScopedTx, sealed: &Sealed) -> Result<SecretString, VaultError> {
        let forged = || VaultError::Forged { what: "secret", id: sealed.id };
        let key = rows::key(tx, sealed.data_key_id).await?.ok_or_else(forged)?;
        let key = self.unwrap(&key)?;
        let plain =
            open(key.expose_secret(), &place_of(sealed), &sealed.nonce, sealed.ciphertext.clone());
        let text = plain.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(forged)?;
        Ok(SecretString::from(text))
    }

    /// Encrypts the plain text in `sealed.ciphertext` under the site's key.
    async fn seal(&self, tx: &mut ScopedTx, sealed: &mut Sealed) -> Result<(), VaultError> {
        let key = self.active_key(tx, sealed.site_id).await?;
        sealed.data_key_id = key.id;
        let plain = self.unwrap(&key)?;
        let place = place_of(sealed);
        sealed.nonce = seal(plain.expose_secret(), &place, &mut sealed.ciphertext)?.to_vec();
        rows::used(tx, key.id).await?;
        Ok(())
    }

    async fn active_key(&self, tx: &mut ScopedTx, site: i64) -> Result<DataKey, VaultError> {
        if let Some(key) = rows::active(tx, site).await? {
            if key.uses < MOST_USES && tx.now() - key.created_at < LONGEST_USE {
                return Ok(key);
            }
            self.retire(tx, &key).await?;
        }
        let plain: Plain = SecretBox::new(Box::new(random::<32>()?));
        let id = rows::key_id(tx).await?;
        let key = self.wrapped(id, site, &plain, tx)?;
        rows::insert(tx, &key).await?;
        tx.audit(vec![key_entry("data_key.create", &key)]).await?;
        Ok(key)
    }

    fn wrapped(
        &self,
        id: i64,
        site: i64,
        plain: &Plain,
        tx: &ScopedTx,
    ) -> Result<DataKey, VaultError> {
        let master = self.master()?;
        let mut wrapped = plain.expose_secret().to_vec();
        let nonce = seal(master.expose(), &key_place(id, site), &mut wrapped)?;
        Ok(DataKey {
            id,
            site_id: site,
            master: master.fingerprint().to_owned(),
            nonce: nonce.to_vec(),
            wrapped,
            uses: 0,
            created_at: tx.now(),
        })
    }

    fn unwrap(&self, key: &DataKey) -> Result<Plain, VaultError> {
        self.master()?;
        let master = self.masters.iter().find(|one| one.fingerprint() == key.master);
        let master = master.ok_or_else(|| VaultError::OtherMaster(key.master.clone()))?;
        let place = key_place(key.id, key.site_id);
        open(master.expose(), &place, &key.nonce, key.wrapped.clone())
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .map(|bytes| SecretBox::new(Box::new(bytes)))
            .ok_or(VaultError::Forged { what: "data key", id: key.id })
    }

    async fn retire(&self, tx: &mut ScopedTx, key: &DataKey) -> Result<(), VaultError> {
        rows::retire(tx, key.id).await?;
        tx.audit(vec![key_entry("data_key.retire", key)]).await?;
        Ok(())
    }

    /// Makes every site's next secret use a new data key; [`renew`](Self::renew) moves the others.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn rotate(&self, tx: &mut ScopedTx, site: i64) -> Result<(), VaultError> {
        match rows::active(tx, site).await? {
            Some(key) => self.retire(tx, &key).await,
            None => Ok(()),
        }
    }

    /// One round of upkeep while everything runs: wraps data keys of old master keys anew, and
    /// seals secrets of retired data keys anew. Answers how many rows it changed.
    ///
    /// # Errors
    /// When a key is missing or the database refuses.
    pub async fn renew(&self, tx: &mut ScopedTx) -> Result<usize, VaultError> {
        let Some(master) = self.masters.first() else { return Ok(0) };
        let mut changed = 0;
        for key in rows::under_other_masters(tx, master.fingerprint()).await? {
            let plain = self.unwrap(&key)?;
            let again =
                DataKey { uses: key.uses, ..self.wrapped(key.id, key.site_id, &plain, tx)? };
            rows::rewrap(tx, &again).await?;
            tx.audit(vec![key_entry("data_key.rewrap", &again)]).await?;
            changed += 1;
        }
        for mut sealed in rows::sealed_under(tx, SET).await? {
            let plain = self.opened(tx, &sealed).await?;
            sealed.ciphertext = plain.expose_secret().as_bytes().to_vec();
            self.seal(tx, &mut sealed).await?;
            rows::reseal(tx, &sealed).await?;
            let place = Place {
                connection: ConnectionId(sealed.connection_id),
                field: sealed.field.clone(),
            };
            tx.audit(vec![about("secret.reseal", sealed.id, &place, sealed.site_id)]).await?;
            changed += 1;
        }
        Ok(changed)
    }
}

/// What is authenticated with a secret: it opens nowhere else.
fn place_of(sealed: &Sealed) -> String {
    format!(
        "secret|{}|{}|{}|{}|{}",
        sealed.site_id, sealed.connection_id, sealed.field, sealed.version, sealed.data_key_id
    )
}

fn key_place(id: i64, site: i64) -> String {
    format!("data key|{site}|{id}")
}

fn about(action: &'static str, id: i64, place: &Place, site: i64) -> AuditEntry {
    let detail = json!({"connection": place.connection, "field": place.field});
    let entry = AuditEntry::new(action, "secret", id).detail(detail);
    if site == 0 { entry } else { entry.site(SiteId(site)) }
}

fn key_entry(action: &'static str, key: &DataKey) -> AuditEntry {
    AuditEntry::new(action, "data_key", key.id)
        .detail(json!({"site": key.site_id, "master": key.master}))
}
