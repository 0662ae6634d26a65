use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;

use super::SignEncoding;
use crate::template::{Scope, Template};

/// How webhooks are verified and read. What they say is a hint: the record is read again.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// How they are verified.
    pub verify: Verify,
    /// The work order's id, from `body`.
    pub id: Template,
    /// What is different in each call, from `body` and `headers`.
    pub event: Option<Template>,
    /// When it was sent, as the signature covers it, from `body` and `headers`: RFC 3339, or
    /// seconds or milliseconds since 1970.
    pub time: Option<Template>,
}

/// What a verified call says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notice {
    /// The work order's id.
    pub id: Option<String>,
    /// What is different in each call.
    pub event: Option<String>,
    /// When it was sent.
    pub time: Option<DateTime<Utc>>,
}

/// How a webhook is verified.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Verify {
    /// By the secret in its path alone.
    Path,
    /// By an HMAC-SHA-256 in a header.
    Hmac {
        /// The header.
        header: String,
        /// What stands before the signature in it.
        #[serde(default)]
        prefix: String,
        /// How the signature is written.
        encoding: SignEncoding,
        /// What is signed, from `body` (as sent) and `headers`.
        over: Template,
    },
}

impl Webhook {
    /// Whether a call is signed with one of the secrets; always yes for [`Verify::Path`], whose
    /// secret is the path's.
    pub fn verify(&self, headers: &[(String, String)], body: &[u8], secrets: &[&str]) -> bool {
        let Verify::Hmac { header, prefix, encoding, over } = &self.verify else { return true };
        let Ok(text) = std::str::from_utf8(body) else { return false };
        let find = |name: &str| headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        let after = |value: &str| match prefix.as_str() {
            "" => Some(value.to_owned()),
            prefix => value.rsplit_once(prefix).map(|(_, rest)| rest.to_owned()),
        };
        let Some(given) = find(header).and_then(|(_, value)| after(value)) else { return false };
        let given = match encoding {
            SignEncoding::Hex => hex::decode(given.trim()).ok(),
            SignEncoding::Base64 => STANDARD.decode(given.trim()).ok(),
        };
        let Some(given) = given else { return false };
        let (body, all) = (json!(text), by_name(headers));
        let scope = Scope::new("body", &body);
        let Ok(signed) = over.text(&scope.with("headers", &all)) else { return false };
        secrets.iter().any(|secret| {
            Hmac::<Sha256>::new_from_slice(secret.as_bytes())
                .is_ok_and(|mac| mac.chain_update(&signed).verify_slice(&given).is_ok())
        })
    }

    /// The work order's id in a body.
    pub fn id(&self, body: &Value) -> Option<String> {
        self.read(&[], body).id
    }

    /// Reads a verified call.
    pub fn read(&self, headers: &[(String, String)], body: &Value) -> Notice {
        let all = by_name(headers);
        let scope = Scope::new("body", body);
        let scope = scope.with("headers", &all);
        let said = |template: &Template| template.text(&scope).ok().filter(|text| !text.is_empty());
        Notice {
            id: said(&self.id),
            event: self.event.as_ref().and_then(said),
            time: self.time.as_ref().and_then(said).and_then(|text| moment(&text)),
        }
    }
}

fn by_name(headers: &[(String, String)]) -> Value {
    let pairs = headers.iter().map(|(key, value)| (key.to_lowercase(), value.clone().into()));
    Value::Object(pairs.collect())
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    match text.parse::<i64>() {
        Ok(number) if number > 100_000_000_000 => DateTime::from_timestamp_millis(number),
        Ok(number) => DateTime::from_timestamp(number, 0),
        Err(_) => text.parse().ok(),
    }
}
