//! The words of a source for our failure modes.

use domain::ids::SourceId;

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
