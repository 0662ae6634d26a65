//! The one way any feature asks for work orders.
//!
//! A crash before the commit leaves nothing; after it, the lane is there and a worker finds it.

use std::collections::{HashMap, HashSet};

use domain::alert::Origin;
use domain::ids::{AlertId, AssetId, ConnectionId, SiteId, WorkOrderId};
use serde_json::json;
use store::work_orders::cmms_orders::{self, Standing};
use store::work_orders::intents::{self, Attachment, Held, IntentFacts, NewWorkOrder};
use store::{AuditEntry, ScopedTx, Topic};

use super::reference::{self, Origin as Derived};
use super::request::{Intent, deadline, title};
use crate::Error;
use crate::connections::mapping;

/// What became of an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intended {
    /// The alert.
    pub alert_id: AlertId,
    /// Its work order: the new one, or the open one it was attached to.
    pub work_order_id: WorkOrderId,
    /// Whether it is new, here and in the CMMS.
    pub created: bool,
}

/// Asks for work orders, at most one per alert: stores the body to be sent and the lane, puts the
/// alert into `work_order`. Where an open work order for the same asset and failure mode exists,
/// the alert attaches to it (R7); where the CMMS has one of its own open for the same asset and
/// failure code, that one becomes the alert's, and nothing is created. Answers in the order of the intents; alerts that do not exist or
/// are out of scope are left out.
///
/// The caller holds the locks of the alerts.
///
/// # Errors
/// When the database refuses.
pub async fn intend(tx: &mut ScopedTx, intents: Vec<Intent>) -> Result<Vec<Intended>, Error> {
    if intents.is_empty() {
        return Ok(Vec::new());
    }
    let alerts: Vec<AlertId> = intents.iter().map(|i| i.alert_id).collect();
    let facts: HashMap<i64, IntentFacts> = intents::facts(tx, &alerts)
        .await?
        .into_iter()
        .map(|facts| (facts.alert_id, facts))
        .collect();
    let asked: HashMap<i64, &Intent> = intents.iter().map(|i| (i.alert_id.0, i)).collect();
    let mut orders = Vec::new();
    let mut standing: HashMap<i64, i64> = HashMap::new();
    for (alert, intent) in &asked {
        let Some(facts) = facts.get(alert) else { continue };
        match facts.open_id {
            Some(open) => drop(standing.insert(*alert, open)),
            None => orders.push(render(intent, facts, tx)),
        }
    }
    overlay(tx, &mut orders).await?;
    link(tx, &mut orders).await?;
    let mut created = HashMap::new();
    if !orders.is_empty() {
        let inserted = intents::insert(tx, orders.clone()).await?;
        created.extend(inserted.into_iter().map(|row| (row.alert_id, row.id)));
        let lost: Vec<_> = orders.iter().filter(|o| !created.contains_key(&o.alert_id)).collect();
        standing.extend(winners(tx, &lost).await?);
    }
    attach(tx, &asked, &created, &standing).await?;
    audit(tx, &asked, &facts, &orders, &created, &standing).await?;
    let linked: HashSet<i64> =
        orders.iter().filter(|order| is_linked(order)).map(|order| order.alert_id).collect();
    if created.keys().any(|alert| !linked.contains(alert)) {
        tx.touch(Topic::Deliveries, None);
    }
    Ok(alerts
        .iter()
        .filter_map(|alert| {
            let new = created.get(&alert.0);
            let id = new.or_else(|| standing.get(&alert.0))?;
            Some(Intended {
                alert_id: *alert,
                work_order_id: WorkOrderId(*id),
                created: new.is_some() && !linked.contains(&alert.0),
            })
        })
        .collect())
}

/// Renders the bodies of orders for external CMMSs: their id of the asset, their failure codes, and
/// what their mapping says. Bodies of the built-in book stay as they are.
async fn overlay(tx: &mut ScopedTx, orders: &mut [NewWorkOrder]) -> Result<(), Error> {
    let mut wanted: HashMap<i64, Vec<i64>> = HashMap::new();
    for order in orders.iter() {
        wanted.entry(order.connection_id).or_default().push(order.alert_id);
    }
    let renderers = mapping::renderers(tx, &wanted).await?;
    for order in orders {
        let Some(renderer) = renderers.get(&order.connection_id) else { continue };
        let asked = order.asked.insert(std::mem::take(&mut order.request));
        order.request = renderer.body(order.alert_id, asked);
        order.failure_code = order.request["failure_code"].as_str().map(str::to_owned);
        order.mapping_version = renderer.version;
    }
    Ok(())
}

/// Lets work orders stand for those that are open in their CMMS already.
async fn link(tx: &mut ScopedTx, orders: &mut [NewWorkOrder]) -> Result<(), Error> {
    let keys: Vec<(i64, i64, i64, &str)> = orders
        .iter()
        .filter_map(|order| {
            let code = order.failure_code.as_deref()?;
            Some((order.alert_id, order.connection_id, order.asset_id, code))
        })
        .collect();
    if keys.is_empty() {
        return Ok(());
    }
    let mut found: HashMap<i64, Standing> = cmms_orders::standing(tx, &keys)
        .await?
        .into_iter()
        .map(|standing| (standing.alert_id, standing))
        .collect();
    for order in orders {
        let Some(there) = found.remove(&order.alert_id) else { continue };
        order.origin = Origin::Linked.as_str();
        order.title = there.title.unwrap_or_else(|| order.title.clone());
        order.status = there.status;
        order.due = there.due;
        order.assigned_to = there.assigned_to;
        order.request = json!({});
        order.held = Held {
            cmms_id: Some(there.cmms_id),
            cmms_number: Some(there.number),
            cmms_status: there.cmms_status,
            record_version: there.version,
        };
    }
    Ok(())
}

fn is_linked(order: &NewWorkOrder) -> bool {
    order.held.cmms_id.is_some()
}

/// The usual bodies for alerts, as of their latest prediction and severity; nothing is stored.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn usual_bodies(
    tx: &mut ScopedTx,
    intents: &[Intent],
) -> Result<HashMap<i64, serde_json::Value>, Error> {
    let alerts: Vec<AlertId> = intents.iter().map(|intent| intent.alert_id).collect();
    let facts = intents::facts(tx, &alerts).await?;
    let asked: HashMap<i64, &Intent> = intents.iter().map(|i| (i.alert_id.0, i)).collect();
    let bodies = facts.iter().filter_map(|facts| {
        let intent = asked.get(&facts.alert_id)?;
        Some((facts.alert_id, render(intent, facts, tx).request))
    });
    Ok(bodies.collect())
}

/// The body that would be sent for an intent; nothing is stored. `None` out of scope.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn sample(
    tx: &mut ScopedTx,
    intent: &Intent,
) -> Result<Option<serde_json::Value>, Error> {
    let facts = intents::facts(tx, &[intent.alert_id]).await?;
    let mut orders: Vec<NewWorkOrder> =
        facts.first().map(|facts| render(intent, facts, tx)).into_iter().collect();
    overlay(tx, &mut orders).await?;
    Ok(orders.pop().map(|order| order.request))
}

fn render(intent: &Intent, facts: &IntentFacts, tx: &ScopedTx) -> NewWorkOrder {
    let attempt_no = facts.attempts + 1;
    let origin = match &intent.key {
        Some(key) => Derived::Request { alert: intent.alert_id, key },
        None => Derived::Event { event_id: &facts.first_event_id, attempt_no },
    };
    let external_ref = reference::derive(
        &facts.reference_key,
        ConnectionId(facts.connection_id),
        AssetId(facts.asset_id),
        &facts.failure_mode,
        origin,
    );
    let title = match &intent.title {
        Some(title) => title.clone(),
        None => title(&facts.failure_mode, &facts.tag, intent.recommended_action.as_deref()),
    };
    NewWorkOrder {
        alert_id: facts.alert_id,
        site_id: facts.site_id,
        connection_id: facts.connection_id,
        asset_id: facts.asset_id,
        failure_mode: facts.failure_mode.clone(),
        attempt_no,
        request: intent.body(facts, &title, &external_ref),
        asked: None,
        request_key: intent.key.clone(),
        external_ref,
        origin: intent.origin.as_str(),
        requested_kind: intent.requested_by.kind(),
        requested_by: intent.requested_by.id(),
        title,
        description: intent.description.clone(),
        priority: intent.priority.into(),
        work_type: intent.work_type.as_str(),
        failure_code: facts.failure_code.clone(),
        due: intent.due,
        scheduled_from: intent.scheduled_from,
        scheduled_until: intent.scheduled_until,
        assigned_to: Some(intent.assigned_to()),
        spare_parts: json!(intent.spare_parts),
        evidence: json!(intent.evidence),
        attach_at: (!intent.evidence.is_empty()).then(|| tx.now()),
        status: intent.status().as_str().to_owned(),
        held: Held::default(),
        mapping_version: 0,
        deadline: deadline(tx.now(), facts.rul_hours),
        created_at: tx.now(),
    }
}

/// The rows that stood in the way of the orders that lost the race, by alert.
async fn winners(tx: &mut ScopedTx, lost: &[&NewWorkOrder]) -> Result<HashMap<i64, i64>, Error> {
    if lost.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: Vec<_> = lost
        .iter()
        .map(|order| {
            (
                AlertId(order.alert_id),
                ConnectionId(order.connection_id),
                AssetId(order.asset_id),
                order.failure_mode.as_str(),
                order.external_ref.as_str(),
            )
        })
        .collect();
    let rows = intents::standing_in_the_way(tx, &keys).await?;
    Ok(rows.into_iter().map(|row| (row.alert_id, row.id)).collect())
}

async fn attach(
    tx: &mut ScopedTx,
    asked: &HashMap<i64, &Intent>,
    created: &HashMap<i64, i64>,
    standing: &HashMap<i64, i64>,
) -> Result<(), Error> {
    let attachments = created
        .iter()
        .map(|(alert, order)| (alert, order, true))
        .chain(standing.iter().map(|(alert, order)| (alert, order, false)))
        .map(|(alert, order, new)| Attachment {
            alert: AlertId(*alert),
            work_order: WorkOrderId(*order),
            severity: new.then(|| asked[alert].priority.severity().as_str()),
        })
        .collect();
    for (_, site) in intents::attach(tx, attachments).await? {
        tx.touch(Topic::Alerts, Some(site));
        tx.touch(Topic::WorkOrders, Some(site));
    }
    Ok(())
}

async fn audit(
    tx: &mut ScopedTx,
    asked: &HashMap<i64, &Intent>,
    facts: &HashMap<i64, IntentFacts>,
    orders: &[NewWorkOrder],
    created: &HashMap<i64, i64>,
    standing: &HashMap<i64, i64>,
) -> Result<(), Error> {
    let mut entries = Vec::with_capacity(2 * created.len() + standing.len());
    for order in orders {
        let Some(id) = created.get(&order.alert_id) else { continue };
        entries.push(
            AuditEntry::new("work_order.queue", "work_order", *id)
                .site(SiteId(order.site_id))
                .by(asked[&order.alert_id].requested_by)
                .detail(json!({
                    "external_ref": order.external_ref,
                    "origin": order.origin,
                    "priority": order.priority,
                    "status": order.status,
                    "assigned_to": order.assigned_to,
                    "alert": order.alert_id,
                    "number": order.held.cmms_number,
                })),
        );
    }
    for (alert, order, new) in created
        .iter()
        .map(|(alert, order)| (alert, order, true))
        .chain(standing.iter().map(|(alert, order)| (alert, order, false)))
    {
        entries.push(
            AuditEntry::new("alert.work_order", "alert", *alert)
                .site(SiteId(facts[alert].site_id))
                .by(asked[alert].requested_by)
                .detail(json!({ "work_order": order, "new": new })),
        );
    }
    Ok(tx.audit(entries).await?)
}
