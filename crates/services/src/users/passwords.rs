//! Hashing and judging passwords (S6).

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::{Error, FieldError};

/// Fewest characters.
pub const MIN_PASSWORD: usize = 8;
/// Most characters; all of them count.
pub const MAX_PASSWORD: usize = 512;

/// Memory of one hash, KiB (19 MiB).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Passwords everybody tries first, in lower case.
static COMMON: &str = include_str!("common_passwords.txt");

/// As many hashes at once as there are cores, so that memory stays flat.
static CORES: LazyLock<Semaphore> = LazyLock::new(|| {
    Semaphore::new(std::thread::available_parallelism().map_or(1, std::num::NonZero::get))
});

/// Checked in place of the hash of somebody who does not exist, so that both take as long.
static NOBODY: LazyLock<Option<String>> =
    LazyLock::new(|| argon2().ok()?.hash_password(b"nobody").ok().map(|h| h.to_string()));

fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| Error::Unavailable)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Whether a password may be chosen; `path` names the field.
pub fn judge(path: &str, password: &SecretString) -> Option<FieldError> {
    let password = password.expose_secret();
    let length = password.chars().count();
    if length < MIN_PASSWORD {
        let message = format!("At least {MIN_PASSWORD} characters, please; a sentence is best.");
        return Some(FieldError::new(path, "too_short", message));
    }
    if length > MAX_PASSWORD {
        let message = format!("At most {MAX_PASSWORD} characters, please.");
        return Some(FieldError::new(path, "too_long", message));
    }
    let lower = password.to_lowercase();
    if COMMON.lines().any(|common| common == lower) {
        let message = "This password is among the first ones anybody tries. Choose another.";
        return Some(FieldError::new(path, "too_common", message));
    }
    None
}

/// Hashes a password on a thread of its own; waits while all cores are at it.
///
/// # Errors
/// [`Error::Unavailable`] when the machine cannot do it.
pub async fn hash_password(password: &SecretString) -> Result<String, Error> {
    let password = password.clone();
    on_a_core(move || {
        let hash = argon2()?
            .hash_password(password.expose_secret().as_bytes())
            .map_err(|_| Error::Unavailable)?;
        Ok(hash.to_string())
    })
    .await
}

/// The result of a check.
pub(super) enum Verdict {
    /// Wrong, or nobody.
    Wrong,
    /// Right, and stored as it should be.
    Right,
    /// Right, and to be stored as this stronger hash.
    RightButWeak(String),
}

/// Compares a password with a stored hash; without one it works as long and says wrong.
pub(super) async fn verify(
    password: &SecretString,
    stored: Option<String>,
) -> Result<Verdict, Error> {
    let password = password.clone();
    on_a_core(move || {
        let known = stored.is_some();
        let Some(stored) = stored.or_else(|| NOBODY.clone()) else {
            return Err(Error::Unavailable);
        };
        let hash = PasswordHash::new(&stored).map_err(|_| {
            Error::Store(store::Error::corrupt("app_user", "password hash cannot be read"))
        })?;
        let bytes = password.expose_secret().as_bytes();
        let right = argon2()?.verify_password(bytes, &hash).is_ok();
        if !(known && right) {
            return Ok(Verdict::Wrong);
        }
        if weak(&hash) {
            let better = argon2()?.hash_password(bytes).map_err(|_| Error::Unavailable)?;
            return Ok(Verdict::RightButWeak(better.to_string()));
        }
        Ok(Verdict::Right)
    })
    .await
}

fn weak(hash: &PasswordHash) -> bool {
    let Ok(params) = Params::try_from(hash) else { return true };
    hash.algorithm.as_str() != "argon2id"
        || params.m_cost() < MEMORY_KIB
        || params.t_cost() < PASSES
}

async fn on_a_core<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let _place = CORES.acquire().await.map_err(|_| Error::Unavailable)?;
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Unavailable)?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str) -> Option<String> {
        judge("password", &SecretString::from(password)).map(|e| e.code)
    }

    #[test]
    fn length_is_counted_in_characters_and_common_ones_are_refused() {
        assert_eq!(code("1234567").as_deref(), Some("too_short"));
        assert_eq!(code("ÄÖÜäöüß"), Some("too_short".into()));
        assert_eq!(code("Password1").as_deref(), Some("too_common"));
        assert_eq!(code("a sentence of four words"), None);
        assert_eq!(code(&"x".repeat(MAX_PASSWORD)), None);
        assert_eq!(code(&"x".repeat(MAX_PASSWORD + 1)).as_deref(), Some("too_long"));
    }

    #[tokio::test]
    async fn every_character_counts() {
        let long = format!("{}a", "x".repeat(200));
        let hash = hash_password(&SecretString::from(long.clone())).await.unwrap();
        let other = SecretString::from(format!("{}b", "x".repeat(200)));
        assert!(matches!(verify(&other, Some(hash.clone())).await.unwrap(), Verdict::Wrong));
        let right = verify(&SecretString::from(long), Some(hash)).await.unwrap();
        assert!(matches!(right, Verdict::Right));
    }

    #[tokio::test]
    async fn a_weaker_hash_is_replaced() {
        let params = Params::new(8 * 1024, 1, 1, None).unwrap();
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password(b"correct horse")
            .unwrap()
            .to_string();
        let password = SecretString::from("correct horse");
        let Verdict::RightButWeak(better) = verify(&password, Some(weak)).await.unwrap() else {
            panic!("the hash was not replaced");
        };
        assert!(better.contains("m=19456,t=2,p=1"), "{better}");
        assert!(matches!(verify(&password, Some(better)).await.unwrap(), Verdict::Right));
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        let nobody = verify(&SecretString::from("nobody"), None).await.unwrap();
        assert!(matches!(nobody, Verdict::Wrong));
    }
}
