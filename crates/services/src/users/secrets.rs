use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::Error;

/// 256 random bits for a link.
pub(super) fn token() -> Result<SecretString, Error> {
    Ok(SecretString::from(URL_SAFE_NO_PAD.encode(random::<32>()?)))
}

/// A new API key: its visible beginning, and the whole.
pub(super) fn api_key() -> Result<(String, SecretString), Error> {
    let prefix = format!("mw_{}", hex::encode(random::<4>()?));
    let key = format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(random::<32>()?));
    Ok((prefix, SecretString::from(key)))
}

/// What is stored of a secret of 256 random bits.
pub(super) fn sha256(secret: &str) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::Unavailable)?;
    Ok(bytes)
}
