//! AES-256-GCM with a random nonce of 96 bits.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::VaultError;

pub(super) const NONCE: usize = 12;

pub(super) fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| VaultError::NoRandom)?;
    Ok(bytes)
}

fn cipher(key: &[u8; 32]) -> LessSafeKey {
    let key = UnboundKey::new(&AES_256_GCM, key)
        .unwrap_or_else(|_| unreachable!("the key has the length of the algorithm"));
    LessSafeKey::new(key)
}

/// Encrypts `plain` in place, the tag at its end; answers the nonce.
pub(super) fn seal(
    key: &[u8; 32],
    about: &str,
    plain: &mut Vec<u8>,
) -> Result<[u8; NONCE], VaultError> {
    let nonce = random::<NONCE>()?;
    cipher(key)
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(about.as_bytes()),
            plain,
        )
        .map_err(|_| VaultError::NoRandom)?;
    Ok(nonce)
}

/// What was encrypted; `None` when anything differs from what it was sealed with.
pub(super) fn open(
    key: &[u8; 32],
    about: &str,
    nonce: &[u8],
    mut sealed: Vec<u8>,
) -> Option<Vec<u8>> {
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let length =
        cipher(key).open_in_place(nonce, Aad::from(about.as_bytes()), &mut sealed).ok()?.len();
    sealed.truncate(length);
    Some(sealed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_of_ciphertext_nonce_or_place_is_noticed() {
        let key = random::<32>().expect("random");
        let mut sealed = b"hunter2 but longer".to_vec();
        let nonce = seal(&key, "1|2|api_key|1|9", &mut sealed).expect("sealed");
        assert_eq!(
            open(&key, "1|2|api_key|1|9", &nonce, sealed.clone()).as_deref(),
            Some(b"hunter2 but longer".as_slice())
        );
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&key, "1|2|api_key|1|9", &nonce, changed), None);
        }
        for bit in 0..nonce.len() * 8 {
            let mut changed = nonce;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&key, "1|2|api_key|1|9", &changed, sealed.clone()), None);
        }
        for place in ["2|2|api_key|1|9", "1|3|api_key|1|9", "1|2|password|1|9", "1|2|api_key|2|9"] {
            assert_eq!(open(&key, place, &nonce, sealed.clone()), None);
        }
    }

    #[test]
    fn no_two_sealings_look_alike() {
        let key = random::<32>().expect("random");
        let sealing = || {
            let mut text = b"same".to_vec();
            let nonce = seal(&key, "", &mut text).expect("sealed");
            (nonce, text)
        };
        assert_ne!(sealing(), sealing());
    }
}
