//! Items of a plan: showing, locking and deciding them.

use domain::ids::ConnectionId;
use domain::views::reconcile::ItemDetail;
use sqlx::types::Json;

use crate::{Error, ScopedTx};

/// Which items.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The plan.
    pub plan: i64,
    /// One kind, or all.
    pub kind: Option<&'static str>,
    /// `open`, `skipped`, …
    pub state: &'static str,
    /// After the item with this id.
    pub after: Option<i64>,
    /// At most.
    pub limit: i64,
}

/// An item with the names it is about.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of the query below")]
pub struct ItemRow {
    pub id: i64,
    pub kind: String,
    pub state: String,
    pub asset_id: Option<i64>,
    pub tag: Option<String>,
    pub name: Option<String>,
    pub path_text: Option<String>,
    pub cmms_id: Option<String>,
    pub cmms_tag: Option<String>,
    pub cmms_name: Option<String>,
    pub location: Option<String>,
    pub under_path: Option<String>,
    pub detail: Json<ItemDetail>,
    pub score: i16,
    pub choice: bool,
}

/// The order in which kinds are shown.
macro_rules! order {
    () => {
        "array_position(ARRAY['missing', 'conflict', 'duplicate', 'moved', 'changed', 'suggestion', 'added'], i.kind)"
    };
}

/// A page of items of the caller's sites, by kind.
///
/// # Errors
/// What the database says.
pub async fn items(tx: &mut ScopedTx, page: &Page) -> Result<Vec<ItemRow>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(concat!(
        "SELECT i.id, i.kind, i.state, i.asset_id, a.tag, a.name, above.path_text, i.cmms_id,
                c.tag AS cmms_tag, c.name AS cmms_name, c.location, under.path_text AS under_path,
                i.detail, i.score, i.choice
         FROM asset_plan_item i
         LEFT JOIN asset a ON a.id = i.asset_id
         LEFT JOIN asset above ON above.id = a.parent_id
         LEFT JOIN asset under ON under.id = (i.detail ->> 'under')::bigint
         LEFT JOIN cmms_asset c ON c.connection_id = i.connection_id AND c.cmms_id = i.cmms_id
         WHERE i.plan_id = $1 AND i.state = $2 AND ($3::text IS NULL OR i.kind = $3)
           AND ($4::bigint[] IS NULL OR i.site_id IS NULL OR i.site_id = ANY($4))
           AND ($5::bigint IS NULL OR (",
        order!(),
        ", i.id) > (SELECT ",
        order!(),
        ", i.id FROM asset_plan_item i WHERE i.id = $5))
         ORDER BY ",
        order!(),
        ", i.id LIMIT $6"
    ))
    .bind(page.plan)
    .bind(page.state)
    .bind(page.kind)
    .bind(sites)
    .bind(page.after)
    .bind(page.limit)
    .fetch_all(tx.conn())
    .await?)
}

/// Open items of the caller's sites by kind, and how many of them need a person.
///
/// # Errors
/// What the database says.
pub async fn item_counts(tx: &mut ScopedTx, plan: i64) -> Result<Vec<(String, i64, i64)>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(
        "SELECT kind, count(*), count(*) FILTER (WHERE choice) FROM asset_plan_item
         WHERE plan_id = $1 AND state = 'open'
           AND ($2::bigint[] IS NULL OR site_id IS NULL OR site_id = ANY($2))
         GROUP BY kind",
    )
    .bind(plan)
    .bind(sites)
    .fetch_all(tx.conn())
    .await?)
}

/// What hangs on an asset and below it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of the query below")]
pub struct EffectRow {
    pub id: i64,
    pub below: i64,
    pub points: i64,
    pub alerts: i64,
    pub orders: i64,
    pub order_id: Option<i64>,
    pub order_number: Option<String>,
}

/// What hangs on some assets.
///
/// # Errors
/// What the database says.
pub async fn effects(tx: &mut ScopedTx, assets: &[i64]) -> Result<Vec<EffectRow>, Error> {
    Ok(sqlx::query_as(
        "SELECT top.id,
                (SELECT count(*) FROM asset s WHERE s.path @> ARRAY[top.id] AND s.id <> top.id
                                                AND s.status = 'active') AS below,
                (SELECT count(*) FROM sensor_point p JOIN asset s ON s.id = p.asset_id
                 WHERE s.path @> ARRAY[top.id]) AS points,
                (SELECT count(*) FROM alert l JOIN asset s ON s.id = l.asset_id
                 WHERE s.path @> ARRAY[top.id] AND l.state <> 'closed') AS alerts,
                (SELECT count(*) FROM work_order w JOIN asset s ON s.id = w.asset_id
                 WHERE s.path @> ARRAY[top.id] AND w.status NOT IN ('closed', 'cancelled')) AS orders,
                one.id AS order_id, one.cmms_number AS order_number
         FROM unnest($1::bigint[]) AS top (id)
         LEFT JOIN LATERAL (SELECT w.id, w.cmms_number FROM work_order w JOIN asset s ON s.id = w.asset_id
                            WHERE s.path @> ARRAY[top.id] AND w.status NOT IN ('closed', 'cancelled')
                            ORDER BY w.id LIMIT 1) one ON true",
    )
    .bind(assets)
    .fetch_all(tx.conn())
    .await?)
}

/// An item about to be decided, with both sides as they are now.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
#[allow(missing_docs, reason = "columns of the query below")]
pub struct LockedItem {
    pub id: i64,
    pub plan_id: i64,
    pub connection_id: i64,
    pub kind: String,
    pub state: String,
    pub site_id: Option<i64>,
    pub asset_id: Option<i64>,
    pub cmms_id: Option<String>,
    pub detail: Json<ItemDetail>,
    pub score: i16,
    pub choice: bool,
    pub asset_version: Option<i32>,
    pub cmms_version: Option<i32>,
    pub superseded: bool,
    pub tag: Option<String>,
    pub asset_version_now: Option<i32>,
    pub cmms_tag: Option<String>,
    pub cmms_name: Option<String>,
    pub serial: Option<String>,
    pub barcode: Option<String>,
    pub manufacturer: Option<String>,
    pub model: Option<String>,
    pub installed_on: Option<chrono::NaiveDate>,
    pub criticality: Option<String>,
    pub cmms_version_now: Option<i32>,
}

macro_rules! locked {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.plan_id, i.connection_id, i.kind, i.state, i.site_id, i.asset_id, i.cmms_id,
                    i.detail, i.score, i.choice, i.asset_version, i.cmms_version,
                    p.superseded_at IS NOT NULL AS superseded, a.tag, a.version AS asset_version_now,
                    c.tag AS cmms_tag, c.name AS cmms_name, c.serial, c.barcode, c.manufacturer, c.model,
                    c.installed_on, c.criticality, c.version AS cmms_version_now
             FROM asset_plan_item i JOIN asset_plan p ON p.id = i.plan_id
             LEFT JOIN asset a ON a.id = i.asset_id
             LEFT JOIN cmms_asset c ON c.connection_id = i.connection_id AND c.cmms_id = i.cmms_id
             WHERE ($2::bigint[] IS NULL OR i.site_id IS NULL OR i.site_id = ANY($2)) ",
            $rest
        )
    };
}

/// Items of the caller's sites by id, locked.
///
/// # Errors
/// What the database says.
pub async fn lock_items(tx: &mut ScopedTx, ids: &[i64]) -> Result<Vec<LockedItem>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(locked!("AND i.id = ANY($1) ORDER BY i.id FOR UPDATE OF i"))
        .bind(ids)
        .bind(sites)
        .fetch_all(tx.conn())
        .await?)
}

/// The open items of a plan's kind that need no choice, locked.
///
/// # Errors
/// What the database says.
pub async fn lock_group(
    tx: &mut ScopedTx,
    plan: i64,
    kind: Option<&'static str>,
) -> Result<Vec<LockedItem>, Error> {
    let sites = tx.sites();
    Ok(sqlx::query_as(locked!(
        "AND i.plan_id = $1 AND i.state = 'open' AND NOT i.choice AND ($3::text IS NULL OR i.kind = $3)
         ORDER BY i.id FOR UPDATE OF i"
    ))
    .bind(plan)
    .bind(sites)
    .bind(kind)
    .fetch_all(tx.conn())
    .await?)
}

/// Notes what became of items.
///
/// # Errors
/// What the database says.
pub async fn decide(tx: &mut ScopedTx, ids: &[i64], state: &'static str) -> Result<(), Error> {
    let (now, actor) = (tx.now(), tx.actor());
    sqlx::query(
        "UPDATE asset_plan_item SET state = $2, decided_kind = $3, decided_by = $4, decided_at = $5
         WHERE id = ANY($1)",
    )
    .bind(ids)
    .bind(state)
    .bind(actor.kind())
    .bind(actor.id())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An item that a person has skipped or refused.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct DecidedRow {
    /// Its kind.
    pub kind: String,
    /// Our asset.
    pub asset_id: Option<i64>,
    /// Their id.
    pub cmms_id: Option<String>,
    /// What it said.
    pub detail: Json<ItemDetail>,
}

/// What was skipped or refused last of each kind and pair.
///
/// # Errors
/// What the database says.
pub async fn set_aside(
    tx: &mut ScopedTx,
    connection: ConnectionId,
) -> Result<Vec<DecidedRow>, Error> {
    Ok(sqlx::query_as(
        "SELECT DISTINCT ON (kind, asset_id, cmms_id) kind, asset_id, cmms_id, detail
         FROM asset_plan_item WHERE connection_id = $1 AND state IN ('skipped', 'refused')
         ORDER BY kind, asset_id, cmms_id, id DESC",
    )
    .bind(connection.0)
    .fetch_all(tx.conn())
    .await?)
}

/// Open items of a plan whose asset is still as it was compared.
///
/// # Errors
/// What the database says.
pub async fn fresh_items(tx: &mut ScopedTx, plan: i64) -> Result<Vec<i64>, Error> {
    Ok(sqlx::query_scalar(
        "SELECT i.id FROM asset_plan_item i JOIN asset a ON a.id = i.asset_id
         WHERE i.plan_id = $1 AND i.state = 'open' AND i.asset_version = a.version",
    )
    .bind(plan)
    .fetch_all(tx.conn())
    .await?)
}

/// Takes over the versions that our own change has given the assets of some items.
///
/// # Errors
/// What the database says.
pub async fn keep_fresh(tx: &mut ScopedTx, items: &[i64]) -> Result<(), Error> {
    sqlx::query(
        "UPDATE asset_plan_item i SET asset_version = a.version FROM asset a
         WHERE i.id = ANY($1) AND a.id = i.asset_id AND i.asset_version <> a.version",
    )
    .bind(items)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// After a pair was made by hand: what the plan said about either side is settled.
///
/// # Errors
/// What the database says.
pub async fn settle(
    tx: &mut ScopedTx,
    connection: ConnectionId,
    asset: i64,
    cmms_id: &str,
) -> Result<(), Error> {
    let (now, actor) = (tx.now(), tx.actor());
    sqlx::query(
        "UPDATE asset_plan_item i SET state = 'applied', decided_kind = $4, decided_by = $5, decided_at = $6
         FROM asset_plan p
         WHERE p.id = i.plan_id AND p.connection_id = $1 AND p.superseded_at IS NULL AND i.state = 'open'
           AND (i.asset_id = $2 OR i.cmms_id = $3)
           AND i.kind IN ('added', 'missing', 'conflict', 'suggestion')",
    )
    .bind(connection.0)
    .bind(asset)
    .bind(cmms_id)
    .bind(actor.kind())
    .bind(actor.id())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}
