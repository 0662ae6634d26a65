//! Reading predictions back.

use domain::ids::{AlertId, PredictionId};
use domain::permission::Permission;
use domain::prediction::{Prediction, Quarantine};
use domain::views::predictions::{
    AssetRef, ModelRef, Prediction as View, QuarantineCount, QuarantinePage, Quarantined,
};
use store::ScopedTx;
use store::predictions::{self as rows, QuarantineFilter, QuarantinedRow};

use crate::{Caller, Error};

/// One prediction. One without a known site is seen by its own source and by callers of every
/// site.
///
/// # Errors
/// [`Error::NotFound`] when it does not exist, or not for this caller.
pub async fn get(tx: &mut ScopedTx, caller: &Caller, id: PredictionId) -> Result<View, Error> {
    let row = rows::get(tx, id, caller.source).await?.ok_or(Error::NotFound)?;
    let corrupt = |error: serde_json::Error| store::Error::corrupt("prediction", error);
    let sent: Prediction = serde_json::from_value(row.payload).map_err(corrupt)?;
    let quarantined = row.quarantine.as_deref().map(reason).transpose()?;
    Ok(View {
        id: PredictionId(row.id),
        event_id: row.event_id,
        source: row.source,
        received_at: row.received_at,
        observed_at: sent.observed_at,
        asset_sent: sent.asset,
        asset: row.tag.zip(row.path).map(|(tag, path)| AssetRef { tag, path }),
        failure_mode_sent: sent.failure_mode_sent,
        failure_mode: row.failure_mode,
        confidence: sent.confidence,
        rul_hours: sent.rul_hours,
        intervention_window_hours: sent.intervention_window_hours,
        model: ModelRef { name: sent.model_name, version: sent.model_version },
        description: sent.description,
        recommended_action: sent.recommended_action,
        spare_parts: sent.spare_parts,
        evidence: sent.evidence,
        attributes: sent.attributes,
        overdue: row.overdue,
        stale: row.stale,
        alert_id: row.alert_id.map(AlertId),
        seq: row.seq,
        evaluation: row.evaluation,
        quarantined: quarantined.filter(|_| row.replayed_at.is_none()),
        replayed_at: row.replayed_at,
        dismissed_at: row.dismissed_at,
    })
}

/// Which part of the quarantine to show.
#[derive(Debug, Clone, Default)]
pub struct QuarantineQuery {
    /// Only this reason.
    pub reason: Option<Quarantine>,
    /// Only the source of this name.
    pub source: Option<String>,
    /// Replayed and dismissed ones instead of waiting ones.
    pub handled: bool,
    /// Only older ones than this.
    pub before: Option<PredictionId>,
    /// 1–500; 50 unless said otherwise.
    pub limit: Option<i64>,
}

/// A page of the quarantine within the caller's sites. The transaction must have been begun with
/// [`Permission::Integrate`].
///
/// # Errors
/// [`Error::Denied`] without that permission.
pub async fn quarantine(
    tx: &mut ScopedTx,
    caller: &Caller,
    query: QuarantineQuery,
) -> Result<QuarantinePage, Error> {
    caller.scope(Permission::Integrate)?;
    let limit = query.limit.unwrap_or(50).clamp(1, 500);
    let filter = QuarantineFilter {
        reason: query.reason.map(|r| r.as_str().to_owned()),
        source: query.source,
        handled: query.handled,
        before: query.before,
        limit: limit + 1,
    };
    let now = tx.now();
    let mut items = Vec::new();
    for row in rows::list(tx, &filter).await? {
        items.push(listed(row, now)?);
    }
    let more = i64::try_from(items.len()).unwrap_or(i64::MAX) > limit;
    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = items.last().filter(|_| more).map(|item| item.id);
    let mut counts = Vec::new();
    for (word, source, count) in rows::counts(tx).await? {
        counts.push(QuarantineCount { reason: reason(&word)?, source, count });
    }
    Ok(QuarantinePage { items, next, counts })
}

fn reason(word: &str) -> Result<Quarantine, store::Error> {
    word.parse().map_err(|error| store::Error::corrupt("prediction", error))
}

fn listed(
    row: QuarantinedRow,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Quarantined, store::Error> {
    Ok(Quarantined {
        id: PredictionId(row.id),
        reason: reason(&row.reason)?,
        source: row.source,
        event_id: row.event_id,
        received_at: row.received_at,
        age_seconds: (now - row.received_at).num_seconds().max(0),
        observed_at: row.observed_at,
        asset: row.asset.unwrap_or_default(),
        failure_mode: row.failure_mode.unwrap_or_default(),
        confidence: row.confidence,
        model: row.model_name,
        payload: serde_json::to_string_pretty(&row.payload).unwrap_or_default(),
        replayed_at: row.replayed_at,
        dismissed_at: row.dismissed_at,
        alert_id: row.alert_id.map(AlertId),
    })
}
