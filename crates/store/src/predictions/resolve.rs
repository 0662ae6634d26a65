//! Which asset, failure mode and hold-off a prediction means.

use chrono::{DateTime, Utc};
use domain::ids::{AlertId, AssetId, SiteId, SourceId};

use crate::{Error, ScopedTx};

/// What a prediction says about its asset and failure mode.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lookup {
    /// Normalised equipment id, serial number or barcode.
    pub asset_key: String,
    /// The source, for its own words.
    pub source: SourceId,
    /// The failure mode as sent.
    pub failure_mode: String,
    /// The same in the taxonomy, when it is a word of it; else the source's aliases are asked.
    pub known_mode: Option<String>,
}

/// A closed alert whose hold-off still runs.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldAlert {
    /// The closed alert.
    pub id: AlertId,
    /// Its highest confidence.
    pub highest_confidence: Option<f64>,
    /// Its lowest remaining life, hours.
    pub lowest_rul_hours: Option<f64>,
    /// Confidence thresholds of the effective policy, ascending.
    pub bands: Vec<f64>,
}

/// One asset that a lookup may mean; a lookup without any asset has one row without.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// Position of the lookup.
    pub lookup: usize,
    /// 1 equipment id, 2 serial number, 3 barcode, 4 a name of the source's own.
    pub rank: i32,
    /// The asset and its site.
    pub asset: Option<(AssetId, SiteId)>,
    /// The failure mode in the taxonomy.
    pub failure_mode: Option<String>,
    /// The hold-off that runs for this asset and failure mode, if no alert is open.
    pub held: Option<HeldAlert>,
}

#[derive(sqlx::FromRow)]
struct Row {
    n: i64,
    rank: Option<i32>,
    asset_id: Option<i64>,
    site_id: Option<i64>,
    mode: Option<String>,
    held_id: Option<i64>,
    highest_confidence: Option<f64>,
    lowest_rul_hours: Option<f64>,
    bands: Option<Vec<f64>>,
}

impl From<Row> for Resolved {
    fn from(row: Row) -> Self {
        Self {
            lookup: usize::try_from(row.n - 1).unwrap_or(usize::MAX),
            rank: row.rank.unwrap_or(0),
            asset: row.asset_id.zip(row.site_id).map(|(a, s)| (AssetId(a), SiteId(s))),
            failure_mode: row.mode,
            held: row.held_id.map(|id| HeldAlert {
                id: AlertId(id),
                highest_confidence: row.highest_confidence,
                lowest_rul_hours: row.lowest_rul_hours,
                bands: row.bands.unwrap_or_default(),
            }),
        }
    }
}

/// Every active asset that each lookup may mean, of any site; the caller picks within its scope.
///
/// # Errors
/// What the database says.
pub async fn resolve(
    tx: &mut ScopedTx,
    lookups: &[Lookup],
    now: DateTime<Utc>,
) -> Result<Vec<Resolved>, Error> {
    let keys: Vec<&str> = lookups.iter().map(|l| l.asset_key.as_str()).collect();
    let sources: Vec<i64> = lookups.iter().map(|l| l.source.0).collect();
    let words: Vec<&str> = lookups.iter().map(|l| l.failure_mode.as_str()).collect();
    let known: Vec<Option<&str>> = lookups.iter().map(|l| l.known_mode.as_deref()).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT q.n, c.rank, c.asset_id, c.site_id, m.mode, h.id AS held_id,
                h.highest_confidence, h.lowest_rul_hours, b.bands
         FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) WITH ORDINALITY
              AS q (key, source_id, word, known, n)
         LEFT JOIN failure_mode_alias f
              ON q.known IS NULL AND f.source_id = q.source_id AND f.external = q.word
         CROSS JOIN LATERAL (SELECT coalesce(q.known, f.failure_mode)) AS m (mode)
         LEFT JOIN LATERAL (
              SELECT id AS asset_id, site_id, 1 AS rank FROM asset
              WHERE tag_key = q.key AND status = 'active'
              UNION ALL
              SELECT id, site_id, 2 FROM asset WHERE serial_key = q.key AND status = 'active'
              UNION ALL
              SELECT id, site_id, 3 FROM asset WHERE barcode_key = q.key AND status = 'active'
              UNION ALL
              SELECT a.id, a.site_id, 4 FROM asset_alias x
              JOIN asset a ON a.id = x.asset_id AND a.status = 'active'
              WHERE x.source_id = q.source_id AND x.external_key = q.key
         ) c ON true
         LEFT JOIN LATERAL (
              SELECT a.id, a.highest_confidence, a.lowest_rul_hours FROM alert a
              WHERE a.asset_id = c.asset_id AND a.failure_mode = m.mode
                AND a.state = 'closed' AND a.held_off_until > $5
                AND NOT EXISTS (SELECT FROM alert o WHERE o.asset_id = c.asset_id
                                AND o.failure_mode = m.mode AND o.state <> 'closed')
              ORDER BY a.id DESC LIMIT 1
         ) h ON true
         LEFT JOIN LATERAL (
              SELECT v.bands FROM site s
              JOIN policy p ON p.connection_id = s.connection_id
                           AND (p.site_id = s.id OR p.site_id IS NULL)
              JOIN policy_version v ON v.policy_id = p.id AND v.version = p.version
              WHERE s.id = c.site_id AND h.id IS NOT NULL
              ORDER BY p.site_id NULLS LAST LIMIT 1
         ) b ON true
         ORDER BY q.n, c.rank, c.asset_id",
    )
    .bind(keys)
    .bind(sources)
    .bind(words)
    .bind(known)
    .bind(now)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(Resolved::from).collect())
}
