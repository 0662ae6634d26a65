//! Raising a work order from the logbook.

use domain::alert::Priority;
use domain::ids::{AlertId, WorkOrderId};
use domain::prediction::Evidence;
use domain::views::alerts::AlertDetail;
use serde::Deserialize;
use store::ScopedTx;

use super::write::{Write, append};
use crate::work_orders::{self, Raise};
use crate::{Caller, Error, alerts};

/// A work order for an alert that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaiseFromLogbook {
    /// The alert.
    pub alert: AlertId,
    /// 1–5.
    pub priority: Priority,
    /// What is to be done.
    pub title: String,
    /// What was seen at the machine: an entry of the logbook and an attachment of the work order.
    pub notes: String,
    /// Keep it as an open point.
    pub point: bool,
    /// Of the form: sent twice it is one work order.
    pub key: String,
}

/// Raises a work order with the trends of the alert and the notes, and writes the entry that shows
/// it. Ends the alert's open review as superseded.
///
/// # Errors
/// As [`work_orders::raise`]. Where the alert has a work order already, the entry shows that one.
pub async fn raise(
    tx: &mut ScopedTx,
    caller: &Caller,
    input: RaiseFromLogbook,
) -> Result<WorkOrderId, Error> {
    let detail = alerts::detail(tx, input.alert).await?;
    let site = detail.alert.asset.site_id;
    let asset = detail.alert.asset.id;
    let tag = detail.alert.failure_mode_name.to_lowercase();
    let notes = input.notes.trim();
    let request = Raise {
        asset: detail.alert.asset.tag.clone(),
        failure_mode: detail.alert.failure_mode.clone(),
        priority: input.priority,
        title: input.title.clone(),
        notes: (!notes.is_empty()).then(|| notes.to_owned()),
        evidence: evidence(&detail),
    };
    let raised = work_orders::raise(tx, caller, request, Some(&input.key)).await?;
    let entry = Write {
        text: if notes.is_empty() { input.title } else { notes.to_owned() },
        tag,
        point: input.point && raised.created,
        key: format!("raise:{}", input.key),
        ..Write::default()
    };
    append(tx, caller, site, &entry, Some(asset), Some(raised.id)).await?;
    Ok(raised.id)
}

/// The stretches the latest prediction named, else the points whose trends its alert shows.
fn evidence(detail: &AlertDetail) -> Vec<Evidence> {
    #[derive(Deserialize)]
    struct Message {
        #[serde(default)]
        evidence: Vec<Evidence>,
    }
    let message: Option<Message> =
        detail.payload.as_deref().and_then(|payload| serde_json::from_str(payload).ok());
    let named = message.map(|message| message.evidence).unwrap_or_default();
    if !named.is_empty() {
        return named;
    }
    let point = |trend: &domain::views::alerts::TrendView| Evidence {
        point: trend.point.clone(),
        from: None,
        to: None,
    };
    detail.trends.iter().map(point).collect()
}
