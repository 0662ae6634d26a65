use cmms::manifest::{self, Manifest};
use domain::views::connections::System;
use std::collections::BTreeMap;

use super::fields;
use crate::Error;

/// The systems that can be connected without a manifest of one's own.
///
/// # Errors
/// When one of the manifests does not read, which a test rules out.
pub fn systems() -> Result<Vec<System>, Error> {
    manifest::builtin().iter().map(|(name, _)| Ok(system(&fields::manifest(name, None)?))).collect()
}

fn system(manifest: &Manifest) -> System {
    System {
        system: manifest.system.clone(),
        name: manifest.name.clone(),
        evidence: manifest.evidence.as_str().to_owned(),
        notes: manifest.notes.trim().to_owned(),
        settings: fields::settings(manifest, &BTreeMap::new()),
        secrets: fields::secrets(manifest, &[]),
        takes_files: manifest.operations.attach.is_some(),
        takes_webhooks: manifest.webhook.is_some(),
    }
}
