//! Secrets that a CMMS echoes leave no trace in what we store or show.

use std::sync::{PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Shorter secrets would black out words.
const SHORTEST: usize = 4;
/// Longest text of the outside world that is passed on.
const LONGEST: usize = 500;

#[derive(Default)]
pub(super) struct Scrubber(RwLock<Vec<String>>);

impl Scrubber {
    /// Remembers a secret, also as base64 and as part of an address.
    pub(super) fn hide(&self, secret: &str) {
        if secret.len() < SHORTEST {
            return;
        }
        let escaped: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for form in [secret.to_owned(), STANDARD.encode(secret), escaped] {
            if !known.contains(&form) {
                known.push(form);
            }
        }
    }

    /// The text without secrets and control characters, cut to a bearable length.
    pub(super) fn clean(&self, text: &str) -> String {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut text = text.to_owned();
        for secret in known.iter() {
            text = text.replace(secret, "***");
        }
        let plain = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
        plain.take(LONGEST).collect::<String>().trim().to_owned()
    }
}
