use crate::{Error, ScopedTx};

/// How many wait, and one of them by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counted {
    /// How many, counted to 10 000.
    pub count: i64,
    /// The id of the oldest.
    pub id: Option<i64>,
    /// Its name or number, if it has one.
    pub name: Option<String>,
    /// What stands in the way.
    pub detail: Option<String>,
}

/// Work orders whose delivery has stopped for good or waits for a person.
///
/// # Errors
/// When the database refuses.
pub async fn stopped(tx: &mut ScopedTx, sites: &[i64]) -> Result<Counted, Error> {
    Ok(sqlx::query_as(
        "WITH found AS (
             SELECT id, cmms_number, error_text FROM work_order
             WHERE site_id = ANY($1) AND delivery_state IN ('rejected', 'needs_person', 'dead')
               AND status <> 'cancelled' LIMIT 10000)
         SELECT (SELECT count(*) FROM found) AS count, o.id, o.cmms_number AS name,
                o.error_text AS detail
         FROM (VALUES (1)) AS one
         LEFT JOIN LATERAL (SELECT * FROM found ORDER BY id LIMIT 1) o ON true",
    )
    .bind(sites)
    .fetch_one(tx.conn())
    .await?)
}

/// Work orders past their due date that nobody has closed; the name is that of the asset.
///
/// # Errors
/// When the database refuses.
pub async fn overdue_orders(tx: &mut ScopedTx, sites: &[i64]) -> Result<Counted, Error> {
    let now = tx.now();
    Ok(sqlx::query_as(
        "WITH found AS (
             SELECT id, due, asset_id FROM work_order
             WHERE site_id = ANY($1) AND status NOT IN ('closed', 'cancelled') AND due < $2
             LIMIT 10000)
         SELECT (SELECT count(*) FROM found) AS count, o.id, s.tag AS name, NULL::text AS detail
         FROM (VALUES (1)) AS one
         LEFT JOIN LATERAL (SELECT * FROM found ORDER BY due, id LIMIT 1) o ON true
         LEFT JOIN asset s ON s.id = o.asset_id",
    )
    .bind(sites)
    .bind(now)
    .fetch_one(tx.conn())
    .await?)
}

/// Predictions in quarantine that nobody has handled; the name is that of the oldest one's source,
/// the detail its reason. `None` is every site, and those that belong to none.
///
/// # Errors
/// When the database refuses.
pub async fn quarantined(tx: &mut ScopedTx, sites: Option<&[i64]>) -> Result<Counted, Error> {
    Ok(sqlx::query_as(
        "WITH found AS (
             SELECT id, source_id, quarantine FROM prediction
             WHERE quarantine IS NOT NULL AND replayed_at IS NULL AND dismissed_at IS NULL
               AND ($1::bigint[] IS NULL OR site_id = ANY($1)) LIMIT 10000)
         SELECT (SELECT count(*) FROM found) AS count, o.id, s.name, o.quarantine AS detail
         FROM (VALUES (1)) AS one
         LEFT JOIN LATERAL (SELECT * FROM found ORDER BY id LIMIT 1) o ON true
         LEFT JOIN source s ON s.id = o.source_id",
    )
    .bind(sites)
    .fetch_one(tx.conn())
    .await?)
}
