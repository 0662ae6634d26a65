//! Inbound feeds: their names and what they declare about their messages.

mod cache;

pub use cache::{Declared, SourceCache};

use domain::ids::SourceId;
use domain::prediction::SourceSettings;
use serde_json::json;
use store::{AuditEntry, ScopedTx, sources};

use crate::Error;

/// The source of that name, made when there is none.
///
/// # Errors
/// [`Error::Invalid`] for an empty or overlong name.
pub async fn ensure(tx: &mut ScopedTx, name: &str) -> Result<SourceId, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Error::invalid("source", "invalid_name", "1 to 100 printable characters"));
    }
    if let Some(source) = sources::by_name(tx, name).await? {
        return Ok(SourceId(source.id));
    }
    match sources::insert(tx, name, "rest").await? {
        Some(id) => {
            let entry = AuditEntry::new("source.create", "source", id.0);
            tx.audit(vec![entry.detail(json!({ "name": name }))]).await?;
            Ok(id)
        }
        // Somebody else made it a moment ago.
        None => {
            let source = sources::by_name(tx, name).await?.ok_or(Error::Unavailable)?;
            Ok(SourceId(source.id))
        }
    }
}

/// What a source declares about its messages.
///
/// # Errors
/// [`Error::NotFound`] when there is no such source.
pub async fn settings(tx: &mut ScopedTx, id: SourceId) -> Result<SourceSettings, Error> {
    let row = sources::get(tx, id).await?.ok_or(Error::NotFound)?;
    serde_json::from_value(row.settings)
        .map_err(|error| Error::Store(store::Error::corrupt("source", error)))
}

/// Replaces what a source declares about its messages.
///
/// # Errors
/// [`Error::NotFound`] when there is no such source.
pub async fn set_settings(
    tx: &mut ScopedTx,
    id: SourceId,
    settings: &SourceSettings,
) -> Result<(), Error> {
    let value = serde_json::to_value(settings)
        .map_err(|error| Error::Store(store::Error::corrupt("source", error)))?;
    if !sources::set_settings(tx, id, &value).await? {
        return Err(Error::NotFound);
    }
    tx.audit(vec![AuditEntry::new("source.settings", "source", id.0).detail(value)]).await?;
    Ok(())
}
