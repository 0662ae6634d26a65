//! Created references searched again: a create whose answer was lost may have been committed after
//! every look-up, and then the CMMS holds two.

use std::time::Duration;

use cmms::CmmsClient;
use cmms::engine::on_behalf_of;
use domain::cmms_record::CmmsRecord;
use domain::ids::{ConnectionId, SiteId, WorkOrderId};
use serde_json::{Value, json};
use services::notices::tell_duplicate;
use services::{Error, Services};
use store::work_orders::sweep::{self, Due};
use store::{AuditEntry, Topic};
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::Clients;

const POLL: Duration = Duration::from_secs(1);
/// Searches per transaction.
const SET: i64 = 20;
/// A search without an answer is repeated after this.
const AGAIN: Duration = Duration::from_secs(60);

/// Searches for one connection until `stop`.
pub(super) async fn run(
    services: Services,
    clients: Clients,
    connection: ConnectionId,
    stop: CancellationToken,
) {
    let poll = services.settings.scaled(POLL).max(Duration::from_millis(50));
    while !stop.is_cancelled() {
        match set(&services, &clients, connection).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => pause(&error).await,
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(poll) => {}
        }
    }
}

async fn set(
    services: &Services,
    clients: &Clients,
    connection: ConnectionId,
) -> Result<bool, Error> {
    let mut tx = services.store.begin_system().await?;
    let due = sweep::take(&mut tx, connection, SET, services.settings.scaled(AGAIN)).await?;
    tx.commit().await?;
    if due.is_empty() {
        return Ok(false);
    }
    let Ok(Some(client)) = clients.manifest(connection).await else { return Ok(false) };
    for one in due {
        let search = client.look_up(&one.external_ref);
        match on_behalf_of(WorkOrderId(one.id), search).await {
            Ok(found) => finish(services, &one, found).await?,
            Err(error) => tracing::debug!(%error, work_order.id = one.id, "no answer to a search"),
        }
    }
    Ok(true)
}

async fn finish(services: &Services, due: &Due, found: Vec<CmmsRecord>) -> Result<(), Error> {
    let order = WorkOrderId(due.id);
    let mut tx = services.store.begin_system().await?;
    let [keep, others @ ..] = found.as_slice() else {
        sweep::done(&mut tx, order, None).await?;
        return Ok(tx.commit().await?);
    };
    if others.is_empty() {
        sweep::done(&mut tx, order, None).await?;
        return Ok(tx.commit().await?);
    }
    tracing::error!(work_order.id = due.id, "the CMMS holds more than one record");
    let site = SiteId(due.site_id);
    let cancel: Vec<Value> = others
        .iter()
        .map(|record| json!({"cmms_id": record.cmms_id, "number": record.number}))
        .collect();
    let flag = json!({"keep": keep.number, "cancel": cancel});
    if due.cmms_id.as_ref() != Some(&keep.cmms_id) {
        sweep::point_to(&mut tx, order, &keep.cmms_id, &keep.number).await?;
    }
    sweep::done(&mut tx, order, Some(&flag)).await?;
    let entry = AuditEntry::new("work_order.duplicate", "work_order", due.id)
        .site(site)
        .outcome("duplicate_in_cmms")
        .detail(flag);
    tx.audit(vec![entry]).await?;
    let numbers: Vec<String> = others.iter().map(|record| record.number.clone()).collect();
    tell_duplicate(&mut tx, order, site, &due.title, &keep.number, &numbers).await?;
    tx.touch(Topic::WorkOrders, Some(site));
    Ok(tx.commit().await?)
}
