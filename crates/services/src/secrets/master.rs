use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};

use super::VaultError;
use super::seal::random;

/// A random key of this many bytes has hardly ever fewer different ones than [`FEWEST`].
const BYTES: usize = 32;
const FEWEST: usize = 20;

/// The key that wraps data keys; it never lies in the database.
pub struct MasterKey {
    bytes: SecretBox<[u8; BYTES]>,
    fingerprint: String,
}

/// Why a text is no master key (S10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakKey {
    /// Not base64.
    #[error("is not base64")]
    Unreadable,
    /// Too short or too long.
    #[error("is not 32 bytes long; `head -c 32 /dev/urandom | base64` makes one")]
    Length,
    /// An example, a text, a pattern.
    #[error("is no random key; `head -c 32 /dev/urandom | base64` makes one")]
    Pattern,
}

impl MasterKey {
    /// A new key.
    ///
    /// # Errors
    /// [`VaultError::NoRandom`].
    pub fn random() -> Result<Self, VaultError> {
        Ok(Self::of(random::<BYTES>()?))
    }

    /// Reads a key from base64.
    ///
    /// # Errors
    /// When it is not one, or not a random one.
    pub fn read(text: &str) -> Result<Self, WeakKey> {
        let text = text.trim();
        let decoded = STANDARD.decode(text).or_else(|_| URL_SAFE_NO_PAD.decode(text));
        let bytes = decoded.map_err(|_| WeakKey::Unreadable)?;
        let bytes: [u8; BYTES] = bytes.try_into().map_err(|_| WeakKey::Length)?;
        if is_pattern(&bytes) { Err(WeakKey::Pattern) } else { Ok(Self::of(bytes)) }
    }

    fn of(bytes: [u8; BYTES]) -> Self {
        let hash = Sha256::new().chain_update(b"millwright master key").chain_update(bytes);
        let fingerprint = hex::encode(&hash.finalize()[..8]);
        Self { bytes: SecretBox::new(Box::new(bytes)), fingerprint }
    }

    /// What may be shown and stored of it.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// As [`read`](Self::read) takes it, for the key file.
    pub fn to_base64(&self) -> SecretString {
        SecretString::from(STANDARD.encode(self.bytes.expose_secret()))
    }

    pub(super) fn expose(&self) -> &[u8; BYTES] {
        self.bytes.expose_secret()
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("MasterKey").field(&self.fingerprint).finish()
    }
}

/// Texts, counting bytes and repetitions: keys of examples.
fn is_pattern(bytes: &[u8; BYTES]) -> bool {
    let mut different = *bytes;
    different.sort_unstable();
    let count = 1 + different.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let step = bytes[1].wrapping_sub(bytes[0]);
    let counts = bytes.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step);
    count < FEWEST || counts || bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_example_and_patterned_keys_are_refused() {
        let read = |bytes: &[u8]| MasterKey::read(&STANDARD.encode(bytes)).err();
        assert_eq!(MasterKey::read("change me!").err(), Some(WeakKey::Unreadable));
        assert_eq!(read(&[7; 16]), Some(WeakKey::Length));
        assert_eq!(read(&[0; 32]), Some(WeakKey::Pattern));
        let counting: Vec<u8> = (0..32).collect();
        assert_eq!(read(&counting), Some(WeakKey::Pattern));
        assert_eq!(read(b"0123456789abcdef0123456789ABCDEF"), Some(WeakKey::Pattern));
        assert_eq!(read(b"correct horse battery staple, ok"), Some(WeakKey::Pattern));
    }

    #[test]
    fn a_made_key_reads_back_and_shows_only_its_fingerprint() {
        let key = MasterKey::random().expect("random numbers");
        let text = key.to_base64();
        let again = MasterKey::read(text.expose_secret()).expect("a good key");
        assert_eq!(again.fingerprint(), key.fingerprint());
        assert!(!format!("{key:?}").contains(text.expose_secret()));
    }
}
