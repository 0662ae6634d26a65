//! Getting predictions out of quarantine: replay, map and replay, dismiss.

use chrono::TimeDelta;
use domain::asset::AssetKey;
use domain::failure_mode;
use domain::ids::PredictionId;
use domain::permission::Permission;
use domain::prediction::{Prediction, limits};
use domain::views::predictions::Replayed as View;
use serde_json::{Value, json};
use store::predictions::{self as rows, Replayed, SameWord, Waiting};
use store::{AuditEntry, ScopedTx, Topic, telemetry};

use super::place::{Newcomer, place};
use crate::{Caller, Error};

/// Acts on a quarantined prediction, once: a second replay answers what the first one did. It
/// keeps its id and its time of arrival.
///
/// # Errors
/// [`Error::NotFound`]; a conflict `still_quarantined` with the reason when nothing has changed,
/// `dismissed` when a person dismissed it; [`Error::Unavailable`]: try again.
pub async fn replay(tx: &mut ScopedTx, caller: &Caller, id: PredictionId) -> Result<View, Error> {
    let scope = caller.scope(Permission::Integrate)?;
    let waiting = rows::lock_waiting(tx, id).await?.ok_or(Error::NotFound)?;
    if waiting.dismissed {
        return Err(Error::conflict("dismissed", "This prediction was dismissed."));
    }
    if waiting.replayed {
        return Ok(View { id, alert_id: waiting.alert, already: true });
    }
    let prediction = sent(&waiting)?;
    let now = tx.now();
    let newcomer = Newcomer {
        actor: caller.actor,
        source: waiting.source,
        scope: &scope,
        prediction: &prediction,
        future: prediction.observed_at > now + TimeDelta::minutes(limits::AHEAD_MINUTES),
    };
    let (placements, mut entries) = place(tx, &[newcomer]).await?;
    let placement = placements.into_iter().next().ok_or(Error::Unavailable)?;
    let (Some((asset, site)), Some(failure_mode), None) =
        (placement.asset, placement.failure_mode, placement.quarantine)
    else {
        let reason = placement.quarantine.map_or("", |q| q.as_str());
        return Err(Error::Conflict {
            code: "still_quarantined",
            message: "Nothing has changed for this prediction.".to_owned(),
            detail: json!({ "reason": reason }),
        });
    };
    let alert = placement.alert;
    let replayed = Replayed { id, site, asset, failure_mode, alert, result: placement.result };
    rows::mark_replayed(tx, &replayed, now).await?;
    let detail = json!({ "reason": waiting.reason, "alert_id": alert.map(|a| a.0) });
    let entry = AuditEntry::new("prediction.replay", "prediction", id.0);
    entries.push(entry.site(site).detail(detail));
    tx.audit(entries).await?;
    tx.touch(Topic::Predictions, waiting.site);
    Ok(View { id, alert_id: alert.map(|a| a.0), already: false })
}

/// Predictions freed by one mapping, at most; the rest can be replayed one by one.
const AT_ONCE: i64 = 1_000;

/// Lets the source's word of a waiting prediction stand for a failure mode from now on, and
/// replays every waiting prediction of that source with the same word. Answers what the replay of
/// this one did.
///
/// # Errors
/// As [`replay`]; [`Error::Invalid`] when the failure mode is not in the vocabulary.
pub async fn map_failure_mode(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: PredictionId,
    failure_mode: &str,
) -> Result<View, Error> {
    caller.scope(Permission::Integrate)?;
    let Some(mode) = failure_mode::find(failure_mode) else {
        let message = "is not a failure mode of the vocabulary";
        return Err(Error::invalid("failure_mode", "unknown_failure_mode", message));
    };
    let waiting = rows::lock_waiting(tx, id).await?.ok_or(Error::NotFound)?;
    let word = sent(&waiting)?.failure_mode_sent;
    rows::map_failure_mode(tx, waiting.source, &word, mode.code).await?;
    let detail = json!({ "external": word, "failure_mode": mode.code });
    let entry = AuditEntry::new("source.map_failure_mode", "source", waiting.source.0);
    tx.audit(vec![entry.detail(detail)]).await?;
    replay_alike(tx, caller, &waiting, SameWord::FailureMode(&word)).await
}

/// Lets the name a waiting prediction gives its asset stand for an asset from now on, and replays
/// every waiting prediction of that source with the same name. `asset` is a tag.
///
/// # Errors
/// As [`replay`]; [`Error::Invalid`] when no active asset of the caller's sites has that tag.
pub async fn map_asset(
    tx: &mut ScopedTx,
    caller: &Caller,
    id: PredictionId,
    asset: &str,
) -> Result<View, Error> {
    let scope = caller.scope(Permission::Integrate)?;
    let found = match AssetKey::normalise(asset) {
        Ok(key) => telemetry::assets_by_key(tx, &[key.as_str().to_owned()]).await?,
        Err(_) => Vec::new(),
    };
    let found = found.into_iter().find(|(_, _, site)| scope.contains(*site));
    let Some((_, asset, site)) = found else {
        let message = "is not the tag of an active asset";
        return Err(Error::invalid("asset", "unknown_asset", message));
    };
    let waiting = rows::lock_waiting(tx, id).await?.ok_or(Error::NotFound)?;
    let name = sent(&waiting)?.asset_key;
    rows::map_asset(tx, waiting.source, name.as_str(), asset).await?;
    let detail = json!({ "external": name, "asset_id": asset });
    let entry = AuditEntry::new("source.map_asset", "source", waiting.source.0).site(site);
    tx.audit(vec![entry.detail(detail)]).await?;
    replay_alike(tx, caller, &waiting, SameWord::AssetKey(name.as_str())).await
}

async fn replay_alike(
    tx: &mut ScopedTx,
    caller: &Caller,
    waiting: &Waiting,
    same: SameWord<'_>,
) -> Result<View, Error> {
    let view = replay(tx, caller, waiting.id).await?;
    for other in rows::waiting_with(tx, waiting.source, same, AT_ONCE).await? {
        match replay(tx, caller, other).await {
            Ok(_) | Err(Error::Conflict { .. } | Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(view)
}

/// Puts a prediction aside for good; it is kept. Doing it twice is doing it once.
///
/// # Errors
/// [`Error::NotFound`]; a conflict `replayed` when it has been acted on.
pub async fn dismiss(tx: &mut ScopedTx, caller: &Caller, id: PredictionId) -> Result<(), Error> {
    caller.scope(Permission::Integrate)?;
    let waiting = rows::lock_waiting(tx, id).await?.ok_or(Error::NotFound)?;
    if waiting.dismissed {
        return Ok(());
    }
    if waiting.replayed {
        return Err(Error::conflict("replayed", "This prediction was replayed already."));
    }
    let now = tx.now();
    rows::dismiss(tx, id, now).await?;
    let mut entry = AuditEntry::new("prediction.dismiss", "prediction", id.0)
        .detail(json!({ "reason": waiting.reason }));
    if let Some(site) = waiting.site {
        entry = entry.site(site);
    }
    tx.audit(vec![entry]).await?;
    tx.touch(Topic::Predictions, waiting.site);
    Ok(())
}

fn sent(waiting: &Waiting) -> Result<Prediction, Error> {
    let payload: Value = waiting.payload.clone();
    serde_json::from_value(payload)
        .map_err(|error| Error::Store(store::Error::corrupt("prediction", error)))
}
