//! What a manifest asks to be filled in, and what is.

use std::collections::BTreeMap;

use cmms::manifest::{self, Manifest};
use domain::views::connections::{SecretField, SecretVersion, SettingField};
use serde_json::Value;
use store::secrets::About;

use crate::{Error, FieldError};

/// The secret that signs webhooks; its current and its previous one are both accepted.
pub(super) const WEBHOOK: &str = "webhook";

/// The manifest of a connection: its own, else the one that comes with the program.
///
/// # Errors
/// [`Error::Invalid`] when there is none, or with every reason why it is refused.
pub fn manifest(system: &str, own: Option<&str>) -> Result<Manifest, Error> {
    let read = match own {
        Some(yaml) => Manifest::read(yaml),
        None => manifest::find(system).ok_or_else(|| {
            Error::invalid("system", "unknown", "There is no manifest of that name.")
        })?,
    };
    read.map_err(|refusal| {
        let text = refusal.to_string();
        let lines = text.lines().map(|line| FieldError::new("manifest", "refused", line));
        Error::Invalid(lines.collect())
    })
}

pub(super) fn settings(manifest: &Manifest, filled: &BTreeMap<String, Value>) -> Vec<SettingField> {
    let fields = manifest.settings.iter().map(|(name, setting)| SettingField {
        name: name.clone(),
        label: setting.label.clone(),
        help: setting.help.clone(),
        value: filled.get(name).cloned(),
        default: setting.default.clone(),
        required: setting.default.is_none() && !setting.optional,
        unverified: setting.unverified,
    });
    fields.collect()
}

pub(super) fn secrets(manifest: &Manifest, set: &[About]) -> Vec<SecretField> {
    let of = |name: &str, role: &str| {
        set.iter().find(|one| one.field == name && one.role == role).map(|one| SecretVersion {
            version: one.version,
            set_by: one.set_by.clone(),
            set_at: one.set_at,
            last_used_at: one.last_used_at,
            expires_at: one.expires_at,
        })
    };
    let field = |name: &str, label: &str, help: &str, required: bool| SecretField {
        name: name.to_owned(),
        label: label.to_owned(),
        help: help.to_owned(),
        required,
        current: of(name, "current"),
        next: of(name, "next"),
        previous: of(name, "previous"),
    };
    let mut fields: Vec<SecretField> = manifest
        .secrets
        .iter()
        .map(|(name, secret)| field(name, &secret.label, &secret.help, !secret.optional))
        .collect();
    let is_known = |name: &str| manifest.secrets.contains_key(name);
    if manifest.webhook.is_some() && !is_known(WEBHOOK) {
        fields.push(field(WEBHOOK, "Webhook secret", "Signs what the CMMS sends us.", false));
    }
    if !is_known(CLIENT_CERTIFICATE) {
        let help = "Certificate and key, PEM, where the CMMS asks for mutual TLS.";
        fields.push(field(CLIENT_CERTIFICATE, "Client certificate", help, false));
    }
    fields
}

/// The secret that is no field of a manifest: our certificate and its key, PEM, for mutual TLS.
pub const CLIENT_CERTIFICATE: &str = "client_certificate";

/// Names of what still has to be filled in.
pub(super) fn missing(settings: &[SettingField], secrets: &[SecretField]) -> Vec<String> {
    let settings = settings.iter().filter(|one| one.required && one.value.is_none());
    let secrets =
        secrets.iter().filter(|one| one.required && one.current.is_none() && one.next.is_none());
    let labels = settings.map(|one| one.label.clone());
    labels.chain(secrets.map(|one| one.label.clone())).collect()
}
