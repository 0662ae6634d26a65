//! The unique key that decides what is new (recipe 1.1).

use std::collections::HashMap;

use domain::ids::{AlertId, PredictionId, SourceId};

use crate::{Error, ScopedTx};

/// One event that wants to be the first of its id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Claim {
    /// The source.
    pub source: SourceId,
    /// The id the source gave it.
    pub event_id: String,
    /// Hash of its canonical form.
    pub body_sha256: [u8; 32],
}

/// What an event id already stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// The source.
    pub source: SourceId,
    /// The event id.
    pub event_id: String,
    /// Hash of the canonical form that came first.
    pub body_sha256: Vec<u8>,
    /// The prediction stored then.
    pub prediction: PredictionId,
    /// The alert it belongs to.
    pub alert: Option<AlertId>,
    /// Why it is (or was) in quarantine, unless it has been replayed.
    pub quarantine: Option<String>,
    /// Whether it came too late to act on.
    pub stale: bool,
}

/// Inserts the keys that are new and returns their prediction ids. Keys must be distinct; they are
/// inserted in sorted order. A key that another transaction is inserting is waited for.
///
/// # Errors
/// What the database says.
pub async fn claim(
    tx: &mut ScopedTx,
    mut claims: Vec<Claim>,
) -> Result<HashMap<(SourceId, String), PredictionId>, Error> {
    claims.sort();
    let sources: Vec<i64> = claims.iter().map(|c| c.source.0).collect();
    let hashes: Vec<&[u8]> = claims.iter().map(|c| c.body_sha256.as_slice()).collect();
    let events: Vec<&str> = claims.iter().map(|c| c.event_id.as_str()).collect();
    let rows: Vec<(i64, String, i64)> = sqlx::query_as(
        "INSERT INTO event_key (source_id, event_id, body_sha256, prediction_id)
         SELECT source_id, event_id, sha, nextval('prediction_id_seq')
         FROM unnest($1::bigint[], $2::text[], $3::bytea[]) AS q (source_id, event_id, sha)
         ON CONFLICT (source_id, event_id) DO NOTHING
         RETURNING source_id, event_id, prediction_id",
    )
    .bind(sources)
    .bind(events)
    .bind(hashes)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|(s, e, id)| ((SourceId(s), e), PredictionId(id))).collect())
}

/// What is stored under event ids that could not be claimed.
///
/// # Errors
/// What the database says.
pub async fn existing(
    tx: &mut ScopedTx,
    keys: &[(SourceId, String)],
) -> Result<Vec<Existing>, Error> {
    type Row = (i64, String, Vec<u8>, i64, Option<i64>, Option<String>, Option<bool>);
    let sources: Vec<i64> = keys.iter().map(|k| k.0.0).collect();
    let events: Vec<&str> = keys.iter().map(|k| k.1.as_str()).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT k.source_id, k.event_id, k.body_sha256, k.prediction_id, p.alert_id,
                CASE WHEN p.replayed_at IS NULL THEN p.quarantine END, p.stale
         FROM unnest($1::bigint[], $2::text[]) AS q (source_id, event_id)
         JOIN event_key k ON k.source_id = q.source_id AND k.event_id = q.event_id
         LEFT JOIN prediction p ON p.id = k.prediction_id",
    )
    .bind(sources)
    .bind(events)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|(source, event_id, body_sha256, prediction, alert, quarantine, stale)| Existing {
            source: SourceId(source),
            event_id,
            body_sha256,
            prediction: PredictionId(prediction),
            alert: alert.map(AlertId),
            quarantine,
            stale: stale.unwrap_or(false),
        })
        .collect())
}
