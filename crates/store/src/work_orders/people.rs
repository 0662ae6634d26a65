//! What people do to work orders: transitions of the book, retry and skip of a delivery.

use domain::ids::{AlertId, AssetId, SiteId, WorkOrderId};
use serde_json::Value;

use crate::{Error, ScopedTx};

/// A work order as an act of a person meets it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Target {
    /// Its id.
    pub id: i64,
    /// Its site.
    pub site_id: i64,
    /// Its connection.
    pub connection_id: i64,
    /// Which system that is: `book` is ours.
    pub system: String,
    /// Name of that CMMS.
    pub connection_name: String,
    /// The alert it serves.
    pub alert_id: Option<i64>,
    /// Our reference.
    pub external_ref: String,
    /// Where the delivery stands.
    pub delivery_state: String,
    /// Status in our words.
    pub status: String,
    /// Person or crew.
    pub assigned_to: Option<String>,
    /// For optimistic locking.
    pub version: i32,
}

/// Locks lane, alert and work order, in that order, and reads the work order. `None` when it does
/// not exist or lies outside the scope.
///
/// # Errors
/// When the database refuses.
pub async fn target(tx: &mut ScopedTx, id: WorkOrderId) -> Result<Option<Target>, Error> {
    let sites = tx.sites();
    let alert: Option<Option<i64>> = sqlx::query_scalar(
        "SELECT w.alert_id FROM work_order w JOIN delivery_lane l ON l.work_order_id = w.id
         WHERE w.id = $1 AND ($2::bigint[] IS NULL OR w.site_id = ANY($2)) FOR UPDATE OF l",
    )
    .bind(id.0)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?;
    let Some(alert) = alert else { return Ok(None) };
    if let Some(alert) = alert {
        super::mirror::lock_alert(tx, AlertId(alert)).await?;
    }
    Ok(sqlx::query_as(
        "SELECT w.id, w.site_id, w.connection_id, k.system, k.name AS connection_name, w.alert_id,
                w.external_ref, w.delivery_state, w.status, w.assigned_to, w.version
         FROM work_order w JOIN connection k ON k.id = w.connection_id
         WHERE w.id = $1 FOR UPDATE OF w",
    )
    .bind(id.0)
    .fetch_optional(tx.conn())
    .await?)
}

/// What was asked for, before a mapping made the body of it.
///
/// # Errors
/// When the database refuses.
pub async fn asked(tx: &mut ScopedTx, id: WorkOrderId) -> Result<Option<Value>, Error> {
    Ok(sqlx::query_scalar("SELECT asked FROM work_order WHERE id = $1")
        .bind(id.0)
        .fetch_one(tx.conn())
        .await?)
}

/// Gives a work order that is nowhere another body.
///
/// # Errors
/// When the database refuses.
pub async fn rewrite(
    tx: &mut ScopedTx,
    id: WorkOrderId,
    request: &Value,
    mapping_version: i32,
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE work_order
         SET request = $2, mapping_version = $3, failure_code = $2 ->> 'failure_code'
         WHERE id = $1",
    )
    .bind(id.0)
    .bind(request)
    .bind(mapping_version)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What a work order says, as far as a person may change it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
pub struct Wording {
    /// What is to be done.
    pub title: String,
    /// And why.
    pub description: String,
    /// 1–5.
    pub priority: i16,
}

/// Gives a work order other words, in what was asked for too; answers the words it had.
///
/// # Errors
/// When the database refuses.
pub async fn reword(
    tx: &mut ScopedTx,
    id: WorkOrderId,
    wording: &Wording,
) -> Result<Wording, Error> {
    let before =
        sqlx::query_as("SELECT title, description, priority FROM work_order WHERE id = $1")
            .bind(id.0)
            .fetch_one(tx.conn())
            .await?;
    sqlx::query(
        "UPDATE work_order w
         SET title = $2, description = $3, priority = $4, asked = w.asked || n.words,
             request = CASE WHEN w.asked IS NULL THEN w.request || n.words ELSE w.request END
         FROM (SELECT jsonb_build_object('title', $2::text, 'description', $3::text,
                                         'priority', $4::smallint) AS words) n
         WHERE w.id = $1",
    )
    .bind(id.0)
    .bind(&wording.title)
    .bind(&wording.description)
    .bind(wording.priority)
    .execute(tx.conn())
    .await?;
    Ok(before)
}

/// How far its create has come.
///
/// # Errors
/// When the database refuses.
pub async fn progress(tx: &mut ScopedTx, id: WorkOrderId) -> Result<Option<Value>, Error> {
    Ok(sqlx::query_scalar("SELECT state FROM delivery_progress WHERE work_order_id = $1")
        .bind(id.0)
        .fetch_optional(tx.conn())
        .await?)
}

/// Queues a stopped delivery again, under the same reference, with a fresh budget of calls: with a
/// look-up first if `look_up`, because the CMMS may hold it.
///
/// # Errors
/// [`Error::Constraint`] `work_order_one_open` when another work order took its place meanwhile.
pub async fn requeue(tx: &mut ScopedTx, id: WorkOrderId, look_up: bool) -> Result<(), Error> {
    sqlx::query(
        "UPDATE work_order
         SET delivery_state = CASE WHEN $2 THEN 'unknown' ELSE 'queued' END, attempts = 0,
             lookups = 0, error_code = NULL, error_text = NULL, shouted_at = NULL, failure_told_at = NULL,
             next_at = now(), version = version + 1
         WHERE id = $1",
    )
    .bind(id.0)
    .bind(look_up)
    .execute(tx.conn())
    .await?;
    sqlx::query("UPDATE delivery_lane SET ready_at = now() WHERE work_order_id = $1")
        .bind(id.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Whether another open work order has taken the place of a stopped one.
///
/// # Errors
/// When the database refuses.
pub async fn replaced(tx: &mut ScopedTx, id: WorkOrderId) -> Result<bool, Error> {
    Ok(super::mirror::other_open(tx, id).await?.is_some())
}

/// Gives a stopped delivery up: cancelled here, never sent again.
///
/// # Errors
/// When the database refuses.
pub async fn give_up(tx: &mut ScopedTx, id: WorkOrderId) -> Result<(), Error> {
    sqlx::query(
        "UPDATE work_order SET status = 'cancelled', next_at = NULL, version = version + 1
         WHERE id = $1",
    )
    .bind(id.0)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An asset a person names.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AssetRow {
    /// Its id.
    pub id: i64,
    /// Its site.
    pub site_id: i64,
    /// Its tag.
    pub tag: String,
    /// `active` or `decommissioned`.
    pub status: String,
}

/// The asset whose tag, else serial number, else barcode is `key` (normalised). `None` when there
/// is none in scope.
///
/// # Errors
/// When the database refuses.
pub async fn asset(tx: &mut ScopedTx, key: &str) -> Result<Option<AssetRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT id, site_id, tag, status FROM asset
         WHERE (tag_key = $1 OR serial_key = $1 OR barcode_key = $1)
           AND ($2::bigint[] IS NULL OR site_id = ANY($2))
         ORDER BY tag_key = $1 DESC, serial_key IS NOT DISTINCT FROM $1 DESC, id LIMIT 1",
    )
    .bind(key)
    .bind(sites)
    .fetch_optional(tx.conn())
    .await?)
}

/// Locks the decision lane and finds the open alert of an asset and mode, locked, or opens one with
/// origin `person`. Answers whether it is new.
///
/// # Errors
/// When the database refuses.
pub async fn attach_or_open(
    tx: &mut ScopedTx,
    asset: AssetId,
    site: SiteId,
    failure_mode: &str,
    event_id: &str,
    severity: &str,
) -> Result<(AlertId, bool), Error> {
    sqlx::query(
        "INSERT INTO decision_lane (asset_id, failure_mode) VALUES ($1, $2)
         ON CONFLICT (asset_id, failure_mode) DO UPDATE SET ready_at = decision_lane.ready_at",
    )
    .bind(asset.0)
    .bind(failure_mode)
    .execute(tx.conn())
    .await?;
    let open: Option<i64> = sqlx::query_scalar(
        "SELECT id FROM alert WHERE asset_id = $1 AND failure_mode = $2 AND state <> 'closed'
         FOR UPDATE",
    )
    .bind(asset.0)
    .bind(failure_mode)
    .fetch_optional(tx.conn())
    .await?;
    if let Some(id) = open {
        return Ok((AlertId(id), false));
    }
    let now = tx.now();
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO alert (site_id, asset_id, failure_mode, state, severity, tier, origin,
                            first_event_id, first_seen, last_seen)
         VALUES ($1, $2, $3, 'open', $4, 'act', 'person', $5, $6, $6) RETURNING id",
    )
    .bind(site.0)
    .bind(asset.0)
    .bind(failure_mode)
    .bind(severity)
    .bind(event_id)
    .bind(now)
    .fetch_one(tx.conn())
    .await?;
    Ok((AlertId(id), true))
}

/// Ends the open review item of an alert as superseded; answers its id.
///
/// # Errors
/// When the database refuses.
pub async fn supersede_review(tx: &mut ScopedTx, alert: AlertId) -> Result<Option<i64>, Error> {
    Ok(sqlx::query_scalar(
        "UPDATE review SET status = 'superseded', run_at = NULL
         WHERE alert_id = $1 AND status IN ('pending', 'decided') RETURNING id",
    )
    .bind(alert.0)
    .fetch_optional(tx.conn())
    .await?)
}
