//! The words of a source for our failure modes and assets.

use domain::ids::{AssetId, SourceId};

use crate::{Error, ScopedTx};

/// Lets a word of a source stand for a failure mode of the taxonomy; a later mapping replaces it.
///
/// # Errors
/// What the database says; a foreign key when the source does not exist.
pub async fn map_failure_mode(
    tx: &mut ScopedTx,
    source: SourceId,
    external: &str,
    failure_mode: &str,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO failure_mode_alias (source_id, external, failure_mode) VALUES ($1, $2, $3)
         ON CONFLICT (source_id, external) DO UPDATE SET failure_mode = excluded.failure_mode",
    )
    .bind(source.0)
    .bind(external)
    .bind(failure_mode)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The words a source has for failure modes, sorted: (word, failure mode).
///
/// # Errors
/// What the database says.
pub async fn failure_mode_aliases(
    tx: &mut ScopedTx,
    source: SourceId,
) -> Result<Vec<(String, String)>, Error> {
    Ok(sqlx::query_as(
        "SELECT external, failure_mode FROM failure_mode_alias WHERE source_id = $1 ORDER BY external",
    )
    .bind(source.0)
    .fetch_all(tx.conn())
    .await?)
}

/// Lets a name of a source stand for an asset; a later mapping replaces it.
///
/// # Errors
/// What the database says; a foreign key when source or asset do not exist.
pub async fn map_asset(
    tx: &mut ScopedTx,
    source: SourceId,
    external_key: &str,
    asset: AssetId,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO asset_alias (source_id, external_key, asset_id) VALUES ($1, $2, $3)
         ON CONFLICT (source_id, external_key) DO UPDATE SET asset_id = excluded.asset_id",
    )
    .bind(source.0)
    .bind(external_key)
    .bind(asset.0)
    .execute(tx.conn())
    .await?;
    Ok(())
}
