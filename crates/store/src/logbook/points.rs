use chrono::{DateTime, Utc};
use domain::ids::{LogbookEntryId, SiteId, UserId};

use crate::{Error, ScopedTx};

/// A point the next shift must know of.
#[derive(Debug, Clone, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of logbook_point and its entry in the latest wording")]
pub struct PointRow {
    pub id: i64,
    pub text: String,
    pub asset: Option<String>,
    pub order_id: Option<i64>,
    pub number: Option<String>,
    pub since: DateTime<Utc>,
    pub done_at: Option<DateTime<Utc>>,
    pub done_by: Option<String>,
}

macro_rules! points {
    ($rest:literal) => {
        concat!(
            "WITH RECURSIVE wording AS (
                 SELECT p.id AS point, e.id AS entry, e.body, 0 AS depth
                 FROM logbook_point p JOIN logbook_entry e ON e.id = p.entry_id
                 WHERE p.site_id = $1
                   AND (p.done_at IS NULL OR p.done_at >= $2 OR p.id = ANY($3))
                 UNION ALL
                 SELECT w.point, c.id, c.body, w.depth + 1
                 FROM wording w JOIN logbook_entry c ON c.strikes = w.entry)
             SELECT p.id,
                    (SELECT body FROM wording w WHERE w.point = p.id ORDER BY depth DESC LIMIT 1) AS text,
                    s.tag AS asset, o.id AS order_id, o.cmms_number AS number,
                    p.created_at AS since, p.done_at, u.name AS done_by
             FROM logbook_point p
             JOIN logbook_entry e ON e.id = p.entry_id
             LEFT JOIN asset s ON s.id = e.asset_id
             LEFT JOIN work_order o ON o.id = e.work_order_id
             LEFT JOIN app_user u ON u.id = p.done_by
             WHERE p.site_id = $1 ",
            $rest,
            " ORDER BY p.done_at IS NOT NULL, p.created_at DESC, p.id DESC LIMIT 200"
        )
    };
}

/// Points of a site that were open at some time in `[from, until)`.
///
/// # Errors
/// When the database refuses.
pub async fn listed(
    tx: &mut ScopedTx,
    site: SiteId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<PointRow>, Error> {
    Ok(sqlx::query_as(points!("AND p.created_at < $4 AND (p.done_at IS NULL OR p.done_at >= $2)"))
        .bind(site.0)
        .bind(from)
        .bind(Vec::<i64>::new())
        .bind(until)
        .fetch_all(tx.conn())
        .await?)
}

/// Points by their ids.
///
/// # Errors
/// When the database refuses.
pub async fn by_ids(tx: &mut ScopedTx, site: SiteId, ids: &[i64]) -> Result<Vec<PointRow>, Error> {
    let now = tx.now();
    Ok(sqlx::query_as(points!("AND p.id = ANY($3)"))
        .bind(site.0)
        .bind(now)
        .bind(ids)
        .fetch_all(tx.conn())
        .await?)
}

/// Ids of a site's open points.
///
/// # Errors
/// When the database refuses.
pub async fn open_ids(tx: &mut ScopedTx, site: SiteId) -> Result<Vec<i64>, Error> {
    Ok(sqlx::query_scalar(
        "SELECT id FROM logbook_point WHERE site_id = $1 AND done_at IS NULL ORDER BY id",
    )
    .bind(site.0)
    .fetch_all(tx.conn())
    .await?)
}

/// Keeps an entry as an open point. Needs an audit row for `logbook_point`.
///
/// # Errors
/// When the database refuses.
pub async fn add_point(
    tx: &mut ScopedTx,
    site: SiteId,
    entry: LogbookEntryId,
) -> Result<i64, Error> {
    let now = tx.now();
    Ok(sqlx::query_scalar(
        "INSERT INTO logbook_point (site_id, entry_id, created_at) VALUES ($1, $2, $3) RETURNING id",
    )
    .bind(site.0)
    .bind(entry.0)
    .bind(now)
    .fetch_one(tx.conn())
    .await?)
}

/// Site of a point in scope.
///
/// # Errors
/// When the database refuses.
pub async fn point_of(tx: &mut ScopedTx, id: i64) -> Result<Option<SiteId>, Error> {
    let sites = tx.sites();
    let site: Option<i64> = sqlx::query_scalar(
        "SELECT site_id FROM logbook_point
         WHERE id = $1 AND ($2::bigint[] IS NULL OR site_id = ANY($2))",
    )
    .bind(id)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?;
    Ok(site.map(SiteId))
}

/// Ticks a point off, or opens it again; answers whether that changed it. Needs an audit row for
/// `logbook_point`.
///
/// # Errors
/// When the database refuses.
pub async fn set_done(tx: &mut ScopedTx, id: i64, by: Option<UserId>) -> Result<bool, Error> {
    let now = tx.now();
    let done = sqlx::query(
        "UPDATE logbook_point
         SET done_by = $2, done_at = CASE WHEN $2::bigint IS NULL THEN NULL ELSE $3 END
         WHERE id = $1 AND (done_at IS NULL) = ($2::bigint IS NOT NULL)",
    )
    .bind(id)
    .bind(by.map(|user| user.0))
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() > 0)
}
