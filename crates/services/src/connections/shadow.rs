//! What connections in shadow would have sent: the very bodies that they would send if they were
//! live.

use std::collections::HashMap;

use domain::ids::{AlertId, AssetId, ConnectionId, SiteId, WorkOrderId};
use serde_json::{Value, json};
use store::ScopedTx;
use store::connections::shadow::{self as rows, Beside};
use store::work_orders::cmms_orders::{self, Standing};

use super::mapping::{self, Renderer};
use crate::Error;
use crate::work_orders::reference;

/// Work orders handled per transaction.
const SET: i64 = 100;

/// Keeps what connections in shadow would have sent for work orders that an active connection got.
/// Answers how many.
///
/// # Errors
/// When the database refuses.
pub async fn render_shadow(tx: &mut ScopedTx) -> Result<usize, Error> {
    let beside = rows::beside(tx, SET).await?;
    let mut wanted: HashMap<i64, Vec<i64>> = HashMap::new();
    for one in &beside {
        wanted.entry(one.connection_id).or_default().push(one.alert_id);
    }
    let renderers = mapping::renderers(tx, &wanted).await?;
    for one in &beside {
        let usual = usual(one);
        let renderer = renderers.get(&one.connection_id);
        let body = renderer.map_or(usual.clone(), |renderer| renderer.body(one.alert_id, &usual));
        let version = renderer.map_or(0, |renderer| renderer.version);
        let problem = problem(tx, one, renderer, &body).await?;
        let place =
            (ConnectionId(one.connection_id), WorkOrderId(one.work_order_id), SiteId(one.site_id));
        rows::keep(tx, place, &body, version, problem.as_deref()).await?;
    }
    Ok(beside.len())
}

/// What was asked for, with the reference and the failure code of the connection in shadow.
fn usual(one: &Beside) -> Value {
    let mut usual = one.asked.clone();
    let origin = match &one.request_key {
        Some(key) => reference::Origin::Request { alert: AlertId(one.alert_id), key },
        None => {
            reference::Origin::Event { event_id: &one.first_event_id, attempt_no: one.attempt_no }
        }
    };
    let reference = reference::derive(
        &one.reference_key,
        ConnectionId(one.connection_id),
        AssetId(one.asset_id),
        &one.failure_mode,
        origin,
    );
    usual["external_ref"] = json!(reference);
    usual["failure_code"] = json!(one.failure_code);
    usual
}

/// Why nothing would have been sent.
async fn problem(
    tx: &mut ScopedTx,
    one: &Beside,
    renderer: Option<&Renderer>,
    body: &Value,
) -> Result<Option<String>, Error> {
    let Some(renderer) = renderer else {
        return Ok(Some("its manifest cannot be read".to_owned()));
    };
    if let Some((_, why)) = renderer.manifest().objection(body) {
        return Ok(Some(why));
    }
    let Some(code) = body["failure_code"].as_str() else { return Ok(None) };
    let key = (one.alert_id, one.connection_id, one.asset_id, code);
    let standing: Vec<Standing> = cmms_orders::standing(tx, &[key]).await?;
    Ok(standing.first().map(|there| format!("open there already as {}: linked", there.number)))
}
