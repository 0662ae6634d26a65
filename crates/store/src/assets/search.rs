//! The tree by levels, lists by words, and what is open on each row.

use domain::ids::AssetId;

use crate::{Error, ScopedTx};

/// A row of the tree.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of the query below; the view type carries the words")]
pub struct BranchRow {
    pub id: i64,
    pub parent_id: Option<i64>,
    pub level: i32,
    pub tag: String,
    pub name: String,
    pub kind: String,
    pub criticality: String,
    pub status: String,
    pub children: i64,
    pub position: i64,
    pub siblings: i64,
}

/// The first `most` assets directly below each of `parents`, by tag, those out of use last; the
/// sites of the scope when there are no parents.
///
/// # Errors
/// What the database says.
pub async fn branches(
    tx: &mut ScopedTx,
    parents: Option<&[i64]>,
    most: i64,
) -> Result<Vec<BranchRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT t.*, (SELECT count(*) FROM asset c WHERE c.parent_id = t.id) AS children
         FROM (
             SELECT id, parent_id, cardinality(path) AS level, tag, name, kind, criticality, status,
                    row_number() OVER w AS position,
                    count(*) OVER (PARTITION BY parent_id) AS siblings
             FROM asset
             WHERE ($2::bigint[] IS NULL OR site_id = ANY($2))
               AND (($1::bigint[] IS NULL AND parent_id IS NULL) OR parent_id = ANY($1))
             WINDOW w AS (PARTITION BY parent_id ORDER BY status = 'decommissioned', tag_key)
         ) t WHERE t.position <= $3
         ORDER BY t.level, t.parent_id, t.position",
    )
    .bind(parents)
    .bind(sites)
    .bind(most)
    .fetch_all(tx.conn())
    .await?)
}

/// From the site down to each of the assets, themselves included, within the scope.
///
/// # Errors
/// What the database says.
pub async fn ancestors(tx: &mut ScopedTx, assets: &[i64]) -> Result<Vec<super::AssetHead>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT up.id, up.site_id, up.parent_id, up.tag, up.name, up.kind, up.status, up.criticality
         FROM asset up
         WHERE up.id IN (SELECT unnest(path) FROM asset WHERE id = ANY($1)
                           AND ($2::bigint[] IS NULL OR site_id = ANY($2)))
         ORDER BY cardinality(up.path), up.id",
    )
    .bind(assets)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// What is open on an asset and below it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct OpenRow {
    /// The asset.
    pub id: i64,
    /// Worst severity.
    pub worst: Option<String>,
    /// Open alerts.
    pub alerts: i64,
    /// Open work orders.
    pub orders: i64,
    /// Least remaining life, counted down to now, hours.
    pub least_life: Option<f64>,
}

/// What is open on each of the assets and below; assets with nothing open are left out.
///
/// # Errors
/// What the database says.
pub async fn open_work(tx: &mut ScopedTx, assets: &[i64]) -> Result<Vec<OpenRow>, Error> {
    let (sites, now) = (tx.sites(), tx.now());
    Ok(sqlx::query_as(
        "WITH wanted AS (
             SELECT id, site_id FROM asset
             WHERE id = ANY($1) AND ($2::bigint[] IS NULL OR site_id = ANY($2))
         ), at_sites AS (SELECT array_agg(DISTINCT site_id) AS ids FROM wanted
          ), alerts AS (
             SELECT p.id, sum(a.n)::bigint AS n, min(a.worst) AS worst, min(a.life) AS life
             FROM (SELECT asset_id, count(*) AS n,
                          min(array_position(ARRAY['critical', 'high', 'medium', 'low'], severity)) AS worst,
                          min(greatest(rul_hours - extract(epoch FROM $3 - observed_at)::float8 / 3600, 0)) AS life
                   FROM alert
                   WHERE state <> 'closed' AND site_id = ANY((SELECT ids FROM at_sites)::bigint[])
                   GROUP BY asset_id) a
             JOIN asset s ON s.id = a.asset_id, unnest(s.path) AS p (id)
             WHERE p.id = ANY($1)
             GROUP BY p.id
         ), orders AS (
             SELECT p.id, sum(w.n)::bigint AS n
             FROM (SELECT asset_id, count(*) AS n FROM work_order
                   WHERE status NOT IN ('closed', 'cancelled')
                     AND site_id = ANY((SELECT ids FROM at_sites)::bigint[])
                   GROUP BY asset_id) w
             JOIN asset s ON s.id = w.asset_id, unnest(s.path) AS p (id)
             WHERE p.id = ANY($1)
             GROUP BY p.id
         )
         SELECT wanted.id, (ARRAY['critical', 'high', 'medium', 'low'])[alerts.worst] AS worst,
                coalesce(alerts.n, 0) AS alerts, coalesce(orders.n, 0) AS orders,
                alerts.life AS least_life
         FROM wanted LEFT JOIN alerts USING (id) LEFT JOIN orders USING (id)
         WHERE alerts.id IS NOT NULL OR orders.id IS NOT NULL",
    )
    .bind(assets)
    .bind(sites)
    .bind(now)
    .fetch_all(tx.conn())
    .await?)
}

/// Which assets a list shows.
#[derive(Debug, Clone, Default)]
pub struct SearchFilter {
    /// The whole text as compared for predictions; matches exactly.
    pub key: Option<String>,
    /// Words that must all be there, in lower case, the longest first.
    pub words: Vec<String>,
    /// Below this asset.
    pub under: Option<AssetId>,
    /// Directly below it only.
    pub direct: bool,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this criticality.
    pub criticality: Option<String>,
    /// Only this status.
    pub status: Option<String>,
    /// Only tags after this one.
    pub after: Option<String>,
    /// At most so many.
    pub limit: i64,
}

impl SearchFilter {
    /// `LIKE` patterns, one for each word.
    pub(super) fn every_pattern(&self) -> Vec<String> {
        let escaped = |word: &String| {
            let word = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            format!("%{word}%")
        };
        self.words.iter().map(escaped).collect()
    }

    /// The pattern that an index can use, and the rest.
    fn patterns(&self) -> (Option<String>, Vec<String>) {
        let mut all = self.every_pattern().into_iter();
        (all.next(), all.collect())
    }
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of the query below; the view type carries the words")]
pub struct LineRow {
    pub id: i64,
    pub tag: String,
    pub tag_key: String,
    pub name: String,
    pub path: String,
    pub kind: String,
    pub serial_number: Option<String>,
    pub barcode: Option<String>,
    pub criticality: String,
    pub status: String,
    pub children: i64,
    pub exact: bool,
}

macro_rules! matching {
    ($head:literal, $tail:literal) => {
        concat!(
            $head,
            " FROM asset a
             WHERE ($1::bigint[] IS NULL OR a.site_id = ANY($1))
               AND ($3::text IS NULL
                    OR asset_words(a.tag_key, a.name, a.serial_key, a.barcode_key) LIKE $3)
               AND (cardinality($4::text[]) = 0
                    OR asset_words(a.tag_key, a.name, a.serial_key, a.barcode_key) LIKE ALL($4))
               AND ($5::bigint IS NULL OR (a.path @> ARRAY[$5] AND a.id <> $5))
               AND (NOT $6 OR a.parent_id = $5)
               AND ($7::text IS NULL OR a.kind = $7)
               AND ($8::text IS NULL OR a.criticality = $8)
               AND ($9::text IS NULL OR a.status = $9) ",
            $tail
        )
    };
}

/// A page of matching assets: those whose tag, serial number or barcode is the text first, then by
/// tag.
///
/// # Errors
/// What the database says.
pub async fn search(tx: &mut ScopedTx, filter: &SearchFilter) -> Result<Vec<LineRow>, Error> {
    let sites = tx.sites();
    let (first, rest) = filter.patterns();
    // Planned anew each time: only then do the values choose the index.
    Ok(sqlx::query_as(matching!(
        "SELECT a.id, a.tag, a.tag_key, a.name, a.path_text AS path, a.kind, a.serial_number,
                a.barcode, a.criticality, a.status,
                (SELECT count(*) FROM asset c WHERE c.parent_id = a.id) AS children,
                coalesce($2 IN (a.tag_key, a.serial_key, a.barcode_key), false) AS exact",
        "AND ($10::text IS NULL OR (a.tag_key > $10
                  AND NOT coalesce($2 IN (a.tag_key, a.serial_key, a.barcode_key), false)))
         ORDER BY exact DESC, a.tag_key LIMIT $11"
    ))
    .bind(sites)
    .bind(filter.key.as_deref())
    .bind(first)
    .bind(rest)
    .bind(filter.under.map(|id| id.0))
    .bind(filter.direct)
    .bind(filter.kind.as_deref())
    .bind(filter.criticality.as_deref())
    .bind(filter.status.as_deref())
    .bind(filter.after.as_deref())
    .bind(filter.limit)
    .persistent(false)
    .fetch_all(tx.conn())
    .await?)
}

/// How many match, counted up to `most`.
///
/// # Errors
/// What the database says.
pub async fn count(tx: &mut ScopedTx, filter: &SearchFilter, most: i64) -> Result<i64, Error> {
    let sites = tx.sites();
    let (first, rest) = filter.patterns();
    Ok(sqlx::query_scalar(matching!(
        "SELECT count(*) FROM (SELECT 1",
        "AND ($2::text IS NULL OR true) LIMIT $10) t"
    ))
    .bind(sites)
    .bind(filter.key.as_deref())
    .bind(first)
    .bind(rest)
    .bind(filter.under.map(|id| id.0))
    .bind(filter.direct)
    .bind(filter.kind.as_deref())
    .bind(filter.criticality.as_deref())
    .bind(filter.status.as_deref())
    .bind(most + 1)
    .persistent(false)
    .fetch_one(tx.conn())
    .await?)
}
