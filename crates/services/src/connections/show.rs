use domain::ids::{ConnectionId, WorkOrderId};
use domain::permission::Permission;
use domain::views::connections::{
    ConnectionDetail, Latency, OrderReading, ShadowOrder, Transaction, UnknownRecord,
};
use store::ScopedTx;
use store::connections::desk::{self, CallRow};
use store::connections::{self, edit};
use store::secrets;
use store::work_orders::order_sync;

use super::access::{allows, require};
use super::{check, fields, list};
use crate::{Caller, Error};

/// Lines of a page at most.
const MOST: i64 = 200;
/// Unknown records shown.
const UNKNOWN: i64 = 20;

/// One connection with everything that is filled in but its secrets.
///
/// # Errors
/// [`Error::NotFound`] out of reach; [`Error::Denied`].
pub async fn show(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: ConnectionId,
) -> Result<ConnectionDetail, Error> {
    caller.scope(Permission::Integrate)?;
    let row = list::rows(tx, Some(id)).await?.pop().ok_or(Error::NotFound)?;
    let config = connections::config(tx, id).await?.ok_or(Error::NotFound)?;
    let (editable, version) = edit::editable(tx, id).await?.ok_or(Error::NotFound)?;
    let manifest = match config.system.as_str() {
        "book" => None,
        system => Some(fields::manifest(system, config.manifest.as_deref())?),
    };
    let about = secrets::about(tx, id).await?;
    let settings = manifest.as_ref().map(|m| fields::settings(m, &config.settings));
    let settings = settings.unwrap_or_default();
    let secret_fields = manifest.as_ref().map(|m| fields::secrets(m, &about)).unwrap_or_default();
    let (calls, p50, p95) = desk::latency(tx, id).await?;
    let sites = desk::all_sites(tx, id).await?;
    let last = connections::checks::last_check(tx, id).await?;
    Ok(ConnectionDetail {
        base_url: config.base_url,
        evidence: manifest.as_ref().map_or("", |m| m.evidence.as_str()).to_owned(),
        notes: manifest.as_ref().map_or("", |m| m.notes.trim()).to_owned(),
        manifest: config.manifest,
        missing: fields::missing(&settings, &secret_fields),
        settings,
        secrets: secret_fields,
        statuses: editable.statuses,
        has_authority: editable.authority.is_some(),
        timeout_seconds: editable.timeout_seconds,
        orders_every: editable.orders_every,
        assets_every: editable.assets_every,
        concurrency: editable.concurrency,
        cap_per_hour: editable.cap_per_hour,
        cap_per_day: editable.cap_per_day,
        version,
        mapping_version: config.mapping_version,
        paused_reason: row.why.clone().filter(|_| row.state == "paused"),
        takes_webhooks: manifest.as_ref().is_some_and(|m| m.webhook.is_some()),
        takes_files: manifest.as_ref().is_some_and(|m| m.operations.attach.is_some()),
        latency: Latency { calls, p50, p95 },
        shadow_orders: desk::shadow_count(tx, id).await?,
        reading: reading(tx, id).await?,
        check: match last {
            Some(row) => Some(check::view(tx, row).await?),
            None => None,
        },
        may_change: allows(caller, Permission::Integrate, &sites),
        may_set_secrets: allows(caller, Permission::SecretManage, &sites),
        row,
    })
}

async fn reading(tx: &mut ScopedTx, id: ConnectionId) -> Result<Option<OrderReading>, Error> {
    let Some(run) = order_sync::progress(tx, Some(id)).await?.pop() else { return Ok(None) };
    let unknown = match run.unknown {
        0 => Vec::new(),
        _ => order_sync::unknown(tx, id, UNKNOWN).await?,
    };
    Ok(Some(OrderReading {
        finished_at: run.finished_at.filter(|end| run.started_at.is_none_or(|start| start <= *end)),
        mode: run.mode,
        pages: run.pages,
        records: run.rows,
        changed: run.changed,
        started_at: run.started_at,
        full_at: run.full_at,
        next_at: run.next_at,
        error: run.error,
        mirrored: run.mirrored,
        waiting: run.waiting,
        unknown: run.unknown,
        unknown_records: unknown
            .into_iter()
            .map(|one| UnknownRecord { cmms_id: one.cmms_id, at: one.first_at, why: one.error })
            .collect(),
    }))
}

/// Calls to and from a CMMS, newest first, older than `before`.
///
/// # Errors
/// [`Error::NotFound`] out of reach; [`Error::Denied`].
pub async fn calls(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: ConnectionId,
    failed_only: bool,
    before: Option<i64>,
) -> Result<Vec<Transaction>, Error> {
    require(tx, caller, Permission::Integrate, id).await?;
    let rows = desk::calls(tx, id, failed_only, before, MOST).await?;
    Ok(rows.into_iter().map(transaction).collect())
}

fn transaction(row: CallRow) -> Transaction {
    Transaction {
        id: row.id,
        at: row.at,
        direction: row.direction,
        operation: row.operation,
        step: row.step,
        method: row.method,
        status: row.status,
        outcome: row.outcome,
        milliseconds: row.milliseconds,
        work_order: row.work_order_id.map(WorkOrderId),
        payload_sha256: row.payload_sha256.map(hex::encode),
    }
}

/// What a connection in shadow would have sent, newest first.
///
/// # Errors
/// [`Error::NotFound`] out of reach; [`Error::Denied`].
pub async fn shadow_orders(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: ConnectionId,
) -> Result<Vec<ShadowOrder>, Error> {
    require(tx, caller, Permission::Integrate, id).await?;
    let rows = desk::shadow_orders(tx, id, MOST).await?;
    let orders = rows.into_iter().map(|row| ShadowOrder {
        at: row.at,
        work_order: WorkOrderId(row.work_order_id),
        title: row.title,
        request: row.request,
        problem: row.problem,
    });
    Ok(orders.collect())
}
