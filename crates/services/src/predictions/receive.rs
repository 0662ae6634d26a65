//! Storing what came in: the intake transaction, for one request or for many at once.
//!
//! Steps: claim the event keys, place each new prediction (lanes, then alerts), store the rows,
//! write one audit row per request. A crash before the commit leaves nothing behind, and the
//! sender, who got no answer, sends again under the same event ids.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::ids::{AlertId, PredictionId, SiteId, SourceId};
use domain::prediction::{Prediction, limits};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::predictions::{self as rows, Claim, Existing, NewPrediction};
use store::{Actor, AuditEntry, Scope, ScopedTx, Topic};

use super::place::{Newcomer, Placement, place};
use crate::{Caller, Error};

/// One request: valid predictions of one source.
#[derive(Debug, Clone)]
pub struct Request {
    /// For the audit log.
    pub actor: Actor,
    /// Whose predictions they are.
    pub source: SourceId,
    /// The sites whose assets they may name.
    pub scope: Scope,
    /// SHA-256 of the bytes as received.
    pub payload_sha256: [u8; 32],
    /// Id of the HTTP request, for the audit log.
    pub request_id: Option<String>,
    /// Items of the same request that were refused as invalid.
    pub refused: u32,
    /// The valid ones.
    pub predictions: Vec<Prediction>,
}

impl Request {
    /// A request of a caller that owns a source.
    ///
    /// # Errors
    /// [`Error::Denied`] when the caller may not send predictions or has no source.
    pub fn of(caller: &Caller, raw: &[u8], predictions: Vec<Prediction>) -> Result<Self, Error> {
        Ok(Self {
            actor: caller.actor,
            source: caller.source.ok_or(Error::Denied)?,
            scope: caller.scope(domain::permission::Permission::PredictionSend)?,
            payload_sha256: Sha256::digest(raw).into(),
            request_id: None,
            refused: 0,
            predictions,
        })
    }

    fn only_site(&self) -> Option<SiteId> {
        match &self.scope {
            Scope::Sites(sites) if sites.len() == 1 => Some(sites[0]),
            _ => None,
        }
    }
}

/// What became of one prediction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is stored, now or before.
    Stored(Receipt),
    /// Its event id stands for another content, which stays.
    EventIdReused,
}

/// A stored prediction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its id.
    pub id: PredictionId,
    /// The alert it belongs to.
    pub alert: Option<AlertId>,
    /// It was stored before.
    pub duplicate: bool,
    /// Why it is in quarantine.
    pub quarantined: Option<String>,
    /// It came too late to act on.
    pub stale: bool,
}

/// Why a group could not be stored.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// An alert was closed in the same instant: roll back and start again.
    #[error("an alert was closed meanwhile")]
    Contended,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<ReceiveError> for Error {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Contended => Self::Unavailable,
            ReceiveError::Store(error) => error.into(),
        }
    }
}

struct Item<'a> {
    request: usize,
    prediction: &'a Prediction,
    sha256: [u8; 32],
}

type Key = (SourceId, String);

/// Stores the predictions of several requests. The transaction must reach every site; each
/// request's own sites decide which assets it may name. Answers one list per request, in order.
///
/// # Errors
/// [`ReceiveError::Contended`]: try again in a new transaction. Else what the database says.
pub async fn receive(
    tx: &mut ScopedTx,
    requests: &[Request],
) -> Result<Vec<Vec<Outcome>>, ReceiveError> {
    let items: Vec<Item<'_>> = requests
        .iter()
        .enumerate()
        .flat_map(|(request, r)| {
            r.predictions.iter().map(move |prediction| Item {
                request,
                prediction,
                sha256: Sha256::digest(prediction.canonical_bytes()).into(),
            })
        })
        .collect();
    let key = |item: &Item<'_>| -> Key {
        (requests[item.request].source, item.prediction.event_id.clone())
    };

    let mut firsts: HashMap<Key, usize> = HashMap::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        firsts.entry(key(item)).or_insert(index);
    }
    let claims = firsts
        .iter()
        .map(|((source, event_id), &index)| Claim {
            source: *source,
            event_id: event_id.clone(),
            body_sha256: items[index].sha256,
        })
        .collect();
    let claimed = rows::claim(tx, claims).await?;

    let mut known: HashMap<Key, Existing> = HashMap::new();
    if claimed.len() < firsts.len() {
        let keys: Vec<Key> = firsts.keys().filter(|k| !claimed.contains_key(*k)).cloned().collect();
        for row in rows::existing(tx, &keys).await? {
            known.insert((row.source, row.event_id.clone()), row);
        }
    }

    let mut new: Vec<(usize, PredictionId)> =
        claimed.iter().map(|(key, id)| (firsts[key], *id)).collect();
    new.sort_unstable();
    let (placements, mut entries) = store_new(tx, requests, &items, &new).await?;
    for ((index, id), placement) in new.iter().zip(&placements) {
        let item = &items[*index];
        let row = Existing {
            source: requests[item.request].source,
            event_id: item.prediction.event_id.clone(),
            body_sha256: item.sha256.to_vec(),
            prediction: *id,
            alert: placement.alert.map(|a| a.0),
            quarantine: placement.quarantine.map(|q| q.as_str().to_owned()),
            stale: placement.result == Some("stale"),
        };
        known.insert(key(item), row);
    }

    let mut answers: Vec<Vec<Outcome>> = requests.iter().map(|_| Vec::new()).collect();
    let mut audits: Vec<RequestAudit> = requests.iter().map(|_| RequestAudit::default()).collect();
    for (index, item) in items.iter().enumerate() {
        let key = key(item);
        let Some(row) = known.get(&key) else {
            return Err(store::Error::corrupt("event_key", "a key vanished").into());
        };
        let first = claimed.contains_key(&key) && firsts[&key] == index;
        let outcome = if row.body_sha256 == item.sha256 {
            Outcome::Stored(Receipt {
                id: row.prediction,
                alert: row.alert,
                duplicate: !first,
                quarantined: row.quarantine.clone(),
                stale: row.stale,
            })
        } else {
            Outcome::EventIdReused
        };
        audits[item.request].count(item, row, &outcome);
        answers[item.request].push(outcome);
    }
    entries.extend(requests.iter().zip(audits).map(|(request, audit)| audit.entry(request)));
    tx.audit(entries).await?;
    Ok(answers)
}

async fn store_new(
    tx: &mut ScopedTx,
    requests: &[Request],
    items: &[Item<'_>],
    new: &[(usize, PredictionId)],
) -> Result<(Vec<Placement>, Vec<AuditEntry>), ReceiveError> {
    if new.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let now = tx.now();
    let latest = now + TimeDelta::minutes(limits::AHEAD_MINUTES);
    let newcomers: Vec<Newcomer<'_>> = new
        .iter()
        .map(|(index, _)| {
            let item = &items[*index];
            let request = &requests[item.request];
            Newcomer {
                actor: request.actor,
                source: request.source,
                scope: &request.scope,
                prediction: item.prediction,
                future: item.prediction.observed_at > latest,
            }
        })
        .collect();
    let (placements, opened) = place(tx, &newcomers).await?;
    let mut stored = Vec::with_capacity(new.len());
    for ((index, id), placement) in new.iter().zip(&placements) {
        let item = &items[*index];
        let request = &requests[item.request];
        if placement.quarantine.is_some() {
            tx.touch(Topic::Predictions, placement.asset.map(|a| a.1).or(request.only_site()));
        }
        stored.push(row(*id, request, item.prediction, placement)?);
    }
    rows::insert(tx, &stored, now).await?;
    Ok((placements, opened))
}

fn row(
    id: PredictionId,
    request: &Request,
    prediction: &Prediction,
    placement: &Placement,
) -> Result<NewPrediction, ReceiveError> {
    let payload = serde_json::to_string(prediction)
        .map_err(|error| store::Error::corrupt("prediction", error))?;
    Ok(NewPrediction {
        id,
        observed_at: prediction.observed_at,
        source: request.source,
        event_id: prediction.event_id.clone(),
        site: placement.asset.map(|a| a.1).or(request.only_site()),
        asset: placement.asset.map(|a| a.0),
        failure_mode: placement.failure_mode.clone(),
        confidence: prediction.confidence,
        rul_hours: prediction.rul_hours,
        window_hours: prediction.intervention_window_hours,
        model_name: prediction.model_name.clone(),
        model_version: prediction.model_version.clone(),
        overdue: prediction.flags.overdue,
        stale: prediction.flags.stale,
        quarantine: placement.quarantine.map(|q| q.as_str()),
        alert: placement.alert,
        result: placement.result,
        payload,
    })
}

#[derive(Default)]
struct RequestAudit {
    stored: u32,
    duplicates: u32,
    quarantined: u32,
    reused: Vec<serde_json::Value>,
}

impl RequestAudit {
    fn count(&mut self, item: &Item<'_>, kept: &Existing, outcome: &Outcome) {
        match outcome {
            Outcome::Stored(receipt) if receipt.duplicate => self.duplicates += 1,
            Outcome::Stored(receipt) => {
                self.stored += 1;
                self.quarantined += u32::from(receipt.quarantined.is_some());
            }
            Outcome::EventIdReused => self.reused.push(json!({
                "event_id": item.prediction.event_id,
                "kept_sha256": hex::encode(&kept.body_sha256),
                "refused_sha256": hex::encode(item.sha256),
            })),
        }
    }

    fn entry(self, request: &Request) -> AuditEntry {
        let mut detail = json!({
            "count": request.predictions.len() as u64 + u64::from(request.refused),
            "stored": self.stored,
        });
        for (name, number) in [
            ("duplicates", self.duplicates),
            ("quarantined", self.quarantined),
            ("refused", request.refused),
        ] {
            if number > 0 {
                detail[name] = number.into();
            }
        }
        let refused = !self.reused.is_empty();
        if refused {
            detail["event_id_reused"] = self.reused.into();
        }
        if let Some(id) = &request.request_id {
            detail["request_id"] = id.as_str().into();
        }
        let mut entry = AuditEntry::new("prediction.receive", "source", request.source.0)
            .by(request.actor)
            .payload(request.payload_sha256.to_vec())
            .detail(detail);
        if let Some(site) = request.only_site() {
            entry = entry.site(site);
        }
        if refused { entry.outcome("refused") } else { entry }
    }
}
