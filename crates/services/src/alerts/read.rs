//! Alerts as the API and the screens show them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::alert::{AlertState, ReviewStatus, Severity};
use domain::asset::AssetKey;
use domain::failure_mode;
use domain::ids::{AlertId, AssetId, PredictionId, SiteId, WorkOrderId};
use domain::policy::Effect;
use domain::prediction::Prediction;
use domain::views::alerts::{
    Alert, AlertDetail, AlertList, AlertPrediction, AlertRow, AssetRef, DecisionView, Flood,
    PolicyRef, ReviewView, SimilarCase,
};
use store::ScopedTx;
use store::alerts::{self as rows, AlertFilter, PredictionPoint, Row};

use super::decide::message;
use super::rulebook::word;
use super::trend::trends;
use crate::Error;

/// More alerts than this within 10 minutes are a flood (ISA-18.2).
const FLOOD: i64 = 10;
/// Predictions shown on one alert.
const TIMELINE: i64 = 200;

/// What a list shows; empty lists do not restrict.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// Words in tag, asset name or failure mode.
    pub q: Option<String>,
    /// States.
    pub states: Vec<AlertState>,
    /// Severities.
    pub severities: Vec<Severity>,
    /// An asset's tag; its descendants are included.
    pub asset: Option<String>,
    /// Older than this alert.
    pub after: Option<i64>,
    /// At most, 1–200.
    pub limit: i64,
}

/// One alert with everything `GET /api/v1/alerts/{id}` answers.
///
/// # Errors
/// [`Error::NotFound`] outside the scope.
pub async fn get(tx: &mut ScopedTx, alert: AlertId) -> Result<Alert, Error> {
    view(rows::get(tx, alert).await?.ok_or(Error::NotFound)?)
}

/// Alerts for the API, newest first; the second value is `after` for the next page.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    tx: &mut ScopedTx,
    query: &ListQuery,
) -> Result<(Vec<Alert>, Option<i64>), Error> {
    let (found, next) = page(tx, query, false).await?;
    Ok((found.into_iter().map(view).collect::<Result<_, _>>()?, next))
}

/// A page of the alert list with facets and floods.
///
/// # Errors
/// When the database refuses.
pub async fn search(tx: &mut ScopedTx, query: &ListQuery) -> Result<AlertList, Error> {
    let (found, next) = page(tx, query, false).await?;
    let total = rows::count(tx, &filter(query)).await?;
    let facets = rows::facets(tx).await?;
    let mut states: Vec<(AlertState, i64)> = Vec::new();
    let mut severities: Vec<(Severity, i64)> = Vec::new();
    for (state, severity, count) in facets {
        add(&mut states, word("alert", &state)?, count);
        add(&mut severities, word("alert", &severity)?, count);
    }
    let floods = rows::floods(tx, FLOOD).await?;
    let now = tx.now();
    Ok(AlertList {
        items: found.into_iter().map(|row| row_view(row, now)).collect::<Result<_, _>>()?,
        next,
        total,
        states,
        severities,
        floods: floods.into_iter().map(|(site, alerts)| Flood { site, alerts }).collect(),
    })
}

/// The first alerts that match, as lists show them, and whether there are more.
pub(crate) async fn listed(
    tx: &mut ScopedTx,
    query: &ListQuery,
) -> Result<(Vec<AlertRow>, bool), Error> {
    let (found, next) = page(tx, query, false).await?;
    let now = tx.now();
    let found = found.into_iter().map(|row| row_view(row, now)).collect::<Result<_, _>>()?;
    Ok((found, next.is_some()))
}

/// One alert as lists show it, if it is in scope.
pub(crate) async fn listed_one(
    tx: &mut ScopedTx,
    alert: AlertId,
) -> Result<Option<AlertRow>, Error> {
    let now = tx.now();
    rows::get(tx, alert).await?.map(|row| row_view(row, now)).transpose()
}

/// Alerts as lists show them, in the order of their ids here.
pub(crate) async fn listed_by_ids(
    tx: &mut ScopedTx,
    alerts: &[i64],
) -> Result<Vec<AlertRow>, Error> {
    let mut found = rows::by_ids(tx, alerts).await?;
    found.sort_by_key(|row| alerts.iter().position(|id| *id == row.id));
    let now = tx.now();
    found.into_iter().map(|row| row_view(row, now)).collect()
}

/// The review queue: every alert whose question waits, the soonest due first.
///
/// # Errors
/// When the database refuses.
pub async fn waiting(tx: &mut ScopedTx) -> Result<Vec<AlertRow>, Error> {
    let query =
        ListQuery { states: vec![AlertState::WaitingReview], limit: 200, ..ListQuery::default() };
    let (found, _) = page(tx, &query, true).await?;
    let now = tx.now();
    found
        .into_iter()
        .filter(|row| row.review_status.as_deref() == Some(ReviewStatus::Pending.as_str()))
        .map(|row| row_view(row, now))
        .collect()
}

/// Everything the alert's page shows.
///
/// # Errors
/// [`Error::NotFound`] outside the scope.
pub async fn detail(tx: &mut ScopedTx, alert: AlertId) -> Result<AlertDetail, Error> {
    let row = rows::get(tx, alert).await?.ok_or(Error::NotFound)?;
    let (failure_code, connection_name) = (row.failure_code.clone(), row.connection_name.clone());
    let alert_view = view(row)?;
    let mut points = rows::predictions(tx, alert, TIMELINE).await?;
    let latest: Option<Prediction> = points.first().map(|p| message(&p.payload)).transpose()?;
    let payload = points.first().map(|p| pretty(&p.payload));
    points.reverse();
    let similar = rows::similar(tx, alert, 12)
        .await?
        .into_iter()
        .map(|(id, tag, outcome, closed_at)| {
            let outcome = outcome.as_deref().map(|o| word("alert", o)).transpose()?;
            Ok(SimilarCase { id: AlertId(id), tag, outcome, closed_at })
        })
        .collect::<Result<_, Error>>()?;
    let trends = trends(tx, &alert_view, latest.as_ref()).await?;
    let mut detail = AlertDetail {
        alert: alert_view,
        description: None,
        recommended_action: None,
        spare_parts: Vec::new(),
        timeline: points.into_iter().map(point_view).collect(),
        similar,
        trends,
        payload,
        failure_code,
        connection_name,
    };
    if let Some(latest) = latest {
        detail.description = latest.description;
        detail.recommended_action = latest.recommended_action;
        detail.spare_parts = latest.spare_parts;
    }
    Ok(detail)
}

fn add<T: PartialEq>(counts: &mut Vec<(T, i64)>, key: T, count: i64) {
    match counts.iter_mut().find(|(k, _)| *k == key) {
        Some((_, total)) => *total += count,
        None => counts.push((key, count)),
    }
}

fn filter(query: &ListQuery) -> AlertFilter {
    AlertFilter {
        q: query.q.clone(),
        states: query.states.iter().map(ToString::to_string).collect(),
        severities: query.severities.iter().map(ToString::to_string).collect(),
        asset: query.asset.as_deref().map(|tag| match AssetKey::normalise(tag) {
            Ok(key) => key.as_str().to_owned(),
            Err(_) => tag.to_owned(),
        }),
        after: query.after,
        by_due: false,
        limit: query.limit.clamp(1, 200),
    }
}

pub(super) async fn page(
    tx: &mut ScopedTx,
    query: &ListQuery,
    by_due: bool,
) -> Result<(Vec<Row>, Option<i64>), Error> {
    let mut filter = AlertFilter { by_due, ..filter(query) };
    let wanted = usize::try_from(filter.limit).unwrap_or(usize::MAX);
    filter.limit += 1;
    let mut found = rows::list(tx, &filter).await?;
    let more = found.len() > wanted;
    found.truncate(wanted);
    let next = found.last().filter(|_| more).map(|row| row.id);
    Ok((found, next))
}

fn mode_name(code: &str) -> String {
    failure_mode::find(code).map_or_else(|| code.to_owned(), |mode| mode.name.to_owned())
}

fn asset(row: &Row) -> Result<AssetRef, Error> {
    Ok(AssetRef {
        id: AssetId(row.asset_id),
        tag: row.tag.clone(),
        path: row.path_text.clone(),
        name: row.asset_name.clone(),
        criticality: word("asset", &row.criticality)?,
        site_id: SiteId(row.site_id),
        time_zone: row.time_zone.clone(),
    })
}

fn decision(row: &Row) -> Result<Option<DecisionView>, Error> {
    let (Some(action), Some(rule), Some(decided_at)) = (&row.action, &row.rule, row.decided_at)
    else {
        return Ok(None);
    };
    Ok(Some(DecisionView {
        action: word("decision", action)?,
        rule: rule.clone(),
        note: row.note.clone(),
        policy: PolicyRef {
            id: row.policy_id.unwrap_or_default(),
            version: row.policy_version.unwrap_or_default(),
        },
        calendar: stored(&row.calendar)?,
        decided_at,
        reasons: stored(&row.reasons)?,
        effect: stored(&row.effect)?,
    }))
}

fn stored<T: serde::de::DeserializeOwned>(value: &Option<serde_json::Value>) -> Result<T, Error> {
    let value = value.clone().unwrap_or_default();
    Ok(serde_json::from_value(value).map_err(|e| store::Error::corrupt("decision", e))?)
}

fn review(row: &Row) -> Result<Option<ReviewView>, Error> {
    let (Some(status), Some(due), Some(created_at)) =
        (&row.review_status, row.review_due, row.review_created_at)
    else {
        return Ok(None);
    };
    let status = word("review", status)?;
    Ok(Some(ReviewView {
        status,
        due,
        decided_by: row.review_decided_by.clone(),
        decided_at: row.review_decided_at,
        decision: row.review_decision.as_deref().map(|d| word("review", d)).transpose()?,
        reason: row.review_reason.as_deref().map(|r| word("review", r)).transpose()?,
        comment: row.review_comment.clone(),
        undo_until: row.review_run_at.filter(|_| status == ReviewStatus::Decided),
        asked_role: row.review_role.clone().unwrap_or_default(),
        escalations: row.review_escalations.unwrap_or_default(),
        created_at,
    }))
}

fn view(row: Row) -> Result<Alert, Error> {
    Ok(Alert {
        id: AlertId(row.id),
        asset: asset(&row)?,
        failure_mode_name: mode_name(&row.failure_mode),
        state: word("alert", &row.state)?,
        severity: word("alert", &row.severity)?,
        tier: row.tier.as_deref().map(|t| word("alert", t)).transpose()?,
        decision: decision(&row)?,
        review: review(&row)?,
        outcome: row.outcome.as_deref().map(|o| word("alert", o)).transpose()?,
        confidence: row.confidence,
        rul_hours: row.rul_hours,
        window_hours: row.window_hours,
        origin: row.origin,
        predictions: row.predictions,
        first_seen: row.first_seen,
        last_seen: row.last_seen,
        version: row.version,
        hold_until: row.hold_until,
        work_order_id: row.work_order_id.map(WorkOrderId),
        work_order_number: row.cmms_number,
        prevented: row.prevented,
        closed_at: row.closed_at,
        held_off_until: row.held_off_until,
        failure_mode: row.failure_mode,
    })
}

fn row_view(row: Row, now: DateTime<Utc>) -> Result<AlertRow, Error> {
    let asked = row.review_status.as_deref() == Some(ReviewStatus::Pending.as_str());
    let effect: Option<Effect> = row.effect.is_some().then(|| stored(&row.effect)).transpose()?;
    let snoozed = row.review_status.as_deref() == Some(ReviewStatus::Done.as_str());
    Ok(AlertRow {
        id: AlertId(row.id),
        asset: asset(&row)?,
        failure_mode_name: mode_name(&row.failure_mode),
        state: word("alert", &row.state)?,
        severity: word("alert", &row.severity)?,
        outcome: row.outcome.as_deref().map(|o| word("alert", o)).transpose()?,
        confidence: row.confidence,
        rul_hours: row.rul_hours,
        predictions: row.predictions,
        first_seen: row.first_seen,
        last_seen: row.last_seen,
        rule: row.rule,
        action: row.action.as_deref().map(|a| word("decision", a)).transpose()?,
        note: row.note,
        hold_until: row.hold_until,
        hold: effect.and_then(|e| e.hold).map(|h| h.until).filter(|_| !snoozed),
        review_due: row.review_due.filter(|_| asked),
        overdue: asked && row.review_due.is_some_and(|due| due < now),
        escalations: row.review_escalations.unwrap_or_default(),
        review_since: row.review_created_at.filter(|_| asked),
        work_order_id: row.work_order_id.map(WorkOrderId),
        work_order_number: row.cmms_number,
        work_order_status: row.work_order_status,
        delivery_state: row.delivery_state,
    })
}

fn point_view(point: PredictionPoint) -> AlertPrediction {
    AlertPrediction {
        id: PredictionId(point.id),
        observed_at: point.observed_at,
        received_at: point.received_at,
        confidence: point.confidence,
        rul_hours: point.rul_hours,
        window_hours: point.window_hours,
        model: point.model_name,
        model_version: point.model_version,
        result: point.result,
    }
}

fn pretty(payload: &str) -> String {
    serde_json::from_str::<serde_json::Value>(payload)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| payload.to_owned())
}

/// How far back a trend goes that names no beginning.
pub(super) fn trend_start(latest: DateTime<Utc>) -> DateTime<Utc> {
    latest - TimeDelta::days(30)
}
