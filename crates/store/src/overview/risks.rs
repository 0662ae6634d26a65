use crate::{Error, ScopedTx};

/// The open alert that is worst on each of the `limit` assets at highest risk: by severity, then
/// the least remaining life, then the highest confidence.
///
/// # Errors
/// When the database refuses.
pub async fn ids_at_risk(
    tx: &mut ScopedTx,
    sites: &[i64],
    limit: usize,
) -> Result<Vec<i64>, Error> {
    let mut found: Vec<(i64, i64)> = Vec::new();
    for severity in ["critical", "high", "medium", "low"] {
        if found.len() >= limit {
            break;
        }
        // Several alerts may be on one asset: enough are read for the others to show.
        let rows: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT id, asset_id FROM alert
             WHERE state <> 'closed' AND severity = $1 AND site_id = ANY($2)
             ORDER BY rul_hours NULLS LAST, confidence DESC NULLS LAST, id LIMIT 100",
        )
        .bind(severity)
        .bind(sites)
        .fetch_all(tx.conn())
        .await?;
        for row in rows {
            if !found.iter().any(|(_, asset)| *asset == row.1) {
                found.push(row);
            }
        }
    }
    found.truncate(limit);
    Ok(found.into_iter().map(|(alert, _)| alert).collect())
}

/// How many alerts are open, counted to 10 000.
///
/// # Errors
/// When the database refuses.
pub async fn open_alerts(tx: &mut ScopedTx, sites: &[i64]) -> Result<i64, Error> {
    Ok(sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT FROM alert
                               WHERE state <> 'closed' AND site_id = ANY($1) LIMIT 10001) a",
    )
    .bind(sites)
    .fetch_one(tx.conn())
    .await?)
}

/// What has ever been there, for the first steps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Seen {
    /// Machines or components.
    pub assets: bool,
    /// A key that may send predictions.
    pub key: bool,
    /// A prediction, taken in or in quarantine.
    pub prediction: bool,
    /// Somebody besides the first administrator.
    pub people: bool,
    /// An alert, open or closed.
    pub alert: bool,
}

/// What has ever been there.
///
/// # Errors
/// When the database refuses.
pub async fn seen(tx: &mut ScopedTx, sites: &[i64]) -> Result<Seen, Error> {
    let scope = tx.sites();
    Ok(sqlx::query_as(
        "SELECT EXISTS (SELECT 1 FROM asset WHERE kind IN ('machine', 'component')
                        AND site_id = ANY($1)) AS assets,
                EXISTS (SELECT 1 FROM api_key WHERE 'predictions' = ANY(scopes)
                        AND revoked_at IS NULL) AS key,
                EXISTS (SELECT 1 FROM prediction WHERE $2::bigint[] IS NULL OR site_id = ANY($2))
                    AS prediction,
                (SELECT count(*) FROM (SELECT FROM app_user LIMIT 2) u) > 1 AS people,
                EXISTS (SELECT 1 FROM alert WHERE site_id = ANY($1)) AS alert",
    )
    .bind(sites)
    .bind(scope)
    .fetch_one(tx.conn())
    .await?)
}
