//! A person asks for a work order.

use chrono::TimeDelta;
use domain::alert::{Origin, Priority};
use domain::asset::AssetKey;
use domain::failure_mode;
use domain::ids::{AssetId, SiteId, WorkOrderId};
use domain::permission::Permission;
use domain::policy::{CreateAs, WorkType};
use domain::prediction::Evidence;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::work_orders::attachments;
use store::work_orders::people::{self, AssetRow};
use store::{AuditEntry, ScopedTx, Topic};

use super::attach;
use super::intend::intend;
use super::request::Intent;
use crate::{Caller, Error, FieldError};

const TITLE: usize = 200;
const NOTES: usize = 16 * 1024;
const POINTS: usize = 20;

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raise {
    /// Tag, serial number or barcode.
    pub asset: String,
    /// Failure mode code.
    pub failure_mode: String,
    /// 1–5.
    pub priority: Priority,
    /// What is to be done.
    pub title: String,
    /// Anything the technician should know; kept as an attachment, too.
    #[serde(default)]
    pub notes: Option<String>,
    /// Trends to attach.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// What became of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raised {
    /// The work order.
    pub id: WorkOrderId,
    /// Whether it is new: where one is open for the asset and mode, that one is answered.
    pub created: bool,
}

/// Raises a work order: attaches to the open alert of the asset and mode or opens one with origin
/// `person`, ends an open review as superseded, attaches trends and notes. `key` is the request's
/// idempotency key, from which the reference derives.
///
/// # Errors
/// [`Error::Invalid`] with every problem, [`Error::Denied`].
pub async fn raise(
    tx: &mut ScopedTx,
    caller: &Caller,
    input: Raise,
    key: Option<&str>,
) -> Result<Raised, Error> {
    caller.user()?;
    let (asset, mode) = checked(tx, caller, &input).await?;
    let site = SiteId(asset.site_id);
    let unique = match key {
        Some(key) => key.to_owned(),
        None => tx.now().timestamp_micros().to_string(),
    };
    let event = format!("person:{}:{unique}", tx.actor().id().unwrap_or_default());
    let severity = input.priority.severity().as_str();
    let (alert, opened) =
        people::attach_or_open(tx, AssetId(asset.id), site, mode, &event, severity).await?;
    if opened {
        let detail = json!({ "asset": asset.tag, "failure_mode": mode, "origin": "person" });
        let entry = AuditEntry::new("alert.open", "alert", alert.0).site(site).detail(detail);
        tx.audit(vec![entry]).await?;
    }
    let notes = input.notes.as_deref().map(str::trim).filter(|notes| !notes.is_empty());
    let intent = Intent {
        title: Some(input.title.trim().to_owned()),
        description: notes.unwrap_or_default().to_owned(),
        due: Some(tx.now() + usual_time(input.priority)),
        create_as: CreateAs::Draft,
        work_type: WorkType::Predictive,
        evidence: input.evidence,
        key: key.map(|key| format!("{}:{key}", tx.actor().id().unwrap_or_default())),
        ..Intent::new(alert, Origin::Person, tx.actor(), input.priority)
    };
    let intended = intend(tx, vec![intent]).await?;
    let intended = intended.first().ok_or(Error::NotFound)?;
    if let Some(review) = people::supersede_review(tx, alert).await? {
        let detail = json!({ "by": "work order", "work_order": intended.work_order_id });
        let entry = AuditEntry::new("review.supersede", "review", review).site(site).detail(detail);
        tx.audit(vec![entry]).await?;
        tx.touch(Topic::Reviews, Some(site));
    }
    if intended.created {
        if let Some(waiting) = attachments::take_one(tx, intended.work_order_id).await? {
            attach::draw(tx, &waiting).await?;
        }
        if let Some(notes) = notes {
            let id = intended.work_order_id;
            attachments::insert(tx, id, site, "Notes.txt", "text/plain", notes.as_bytes()).await?;
        }
    }
    Ok(Raised { id: intended.work_order_id, created: intended.created })
}

async fn checked(
    tx: &mut ScopedTx,
    caller: &Caller,
    input: &Raise,
) -> Result<(AssetRow, &'static str), Error> {
    let mut problems = Vec::new();
    let mode = failure_mode::find(&input.failure_mode);
    if mode.is_none() {
        let message = "no such failure mode";
        problems.push(FieldError::new("failure_mode", "unknown_failure_mode", message));
    }
    let title = input.title.trim();
    if title.is_empty() || title.len() > TITLE || title.chars().any(char::is_control) {
        problems.push(FieldError::new("title", "invalid", "one line of 1 to 200 bytes"));
    }
    if input.notes.as_ref().is_some_and(|notes| notes.len() > NOTES) {
        problems.push(FieldError::new("notes", "too_long", "at most 16 KiB"));
    }
    if input.evidence.len() > POINTS {
        problems.push(FieldError::new("evidence", "too_many", "at most 20 points"));
    }
    for (at, evidence) in input.evidence.iter().enumerate() {
        if evidence.from.zip(evidence.to).is_some_and(|(from, to)| to <= from) {
            let path = format!("evidence[{at}].to");
            problems.push(FieldError::new(path, "before_start", "ends before it begins"));
        }
    }
    let asset = match AssetKey::normalise(&input.asset) {
        Ok(key) => people::asset(tx, key.as_str()).await?,
        Err(_) => None,
    };
    match &asset {
        None => problems.push(FieldError::new("asset", "unknown_asset", "no such asset")),
        Some(asset) if asset.status != "active" => {
            problems.push(FieldError::new("asset", "decommissioned", "out of service for good"));
        }
        Some(asset) if !caller.may_at(Permission::WorkOrderRaise, SiteId(asset.site_id)) => {
            return Err(Error::Denied);
        }
        Some(_) => {}
    }
    match (asset, mode) {
        (Some(asset), Some(mode)) if problems.is_empty() => Ok((asset, mode.code)),
        _ => Err(Error::Invalid(problems)),
    }
}

fn usual_time(priority: Priority) -> TimeDelta {
    TimeDelta::days(match priority.get() {
        1 => 1,
        2 => 7,
        3 => 30,
        _ => 90,
    })
}
