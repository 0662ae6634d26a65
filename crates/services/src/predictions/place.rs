//! Where a prediction belongs: quarantine, a hold-off, or the open alert it attaches to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::failure_mode;
use domain::ids::{AlertId, AssetId, SiteId, SourceId};
use domain::policy::breaks_hold_off;
use domain::prediction::{Prediction, Quarantine};
use serde_json::json;
use store::predictions::{self as rows, Attachment, Lookup, Resolved};
use store::{Actor, AuditEntry, Scope, ScopedTx, Topic};

use super::ReceiveError;

/// A prediction that is to be placed.
pub(super) struct Newcomer<'a> {
    pub(super) actor: Actor,
    pub(super) source: SourceId,
    pub(super) scope: &'a Scope,
    pub(super) prediction: &'a Prediction,
    /// Whether `observed_at` lies too far ahead.
    pub(super) future: bool,
}

/// Where it belongs.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Placement {
    pub(super) asset: Option<(AssetId, SiteId)>,
    pub(super) failure_mode: Option<String>,
    pub(super) quarantine: Option<Quarantine>,
    pub(super) alert: Option<(AlertId, i32)>,
    /// Its evaluation, when there is nothing to decide.
    pub(super) result: Option<&'static str>,
}

type Case = (AssetId, String);

/// Finds the place of each, attaches to alerts and opens those that are missing. Answers in order,
/// with the audit rows of the alerts it opened: the caller writes them along with its own.
pub(super) async fn place(
    tx: &mut ScopedTx,
    newcomers: &[Newcomer<'_>],
) -> Result<(Vec<Placement>, Vec<AuditEntry>), ReceiveError> {
    let found = look_up(tx, newcomers).await?;
    let mut plan = Plan::default();
    let mut placements = Vec::with_capacity(newcomers.len());
    for (index, newcomer) in newcomers.iter().enumerate() {
        let candidates = found.of(newcomer);
        placements.push(plan.add(index, newcomer, &candidates));
    }
    let opened = attach(tx, newcomers, &plan, &mut placements).await?;
    hold_off(tx, &plan, &mut placements).await?;
    Ok((placements, opened))
}

struct Found(HashMap<Lookup, Vec<Resolved>>);

impl Found {
    fn of(&self, newcomer: &Newcomer<'_>) -> Vec<&Resolved> {
        self.0.get(&lookup(newcomer)).map(|rows| rows.iter().collect()).unwrap_or_default()
    }
}

fn lookup(newcomer: &Newcomer<'_>) -> Lookup {
    let prediction = newcomer.prediction;
    Lookup {
        asset_key: prediction.asset_key.as_str().to_owned(),
        source: newcomer.source,
        failure_mode: prediction.failure_mode_sent.clone(),
        known_mode: failure_mode::find(&prediction.failure_mode).map(|mode| mode.code.to_owned()),
    }
}

async fn look_up(tx: &mut ScopedTx, newcomers: &[Newcomer<'_>]) -> Result<Found, ReceiveError> {
    let mut found: HashMap<Lookup, Vec<Resolved>> =
        newcomers.iter().map(|n| (lookup(n), Vec::new())).collect();
    let lookups: Vec<Lookup> = found.keys().cloned().collect();
    let now = tx.now();
    for row in rows::resolve(tx, &lookups, now).await? {
        if let Some(rows) = lookups.get(row.lookup).and_then(|key| found.get_mut(key)) {
            rows.push(row);
        }
    }
    Ok(Found(found))
}

/// The candidate that the name means: best kind of name first, and only one of that kind.
fn only_one<'a>(candidates: &[&'a Resolved], scope: &Scope) -> Option<&'a Resolved> {
    let mut inside =
        candidates.iter().filter(|c| c.asset.is_some_and(|(_, site)| scope.contains(site)));
    let first = *inside.next()?;
    match inside.next() {
        Some(second) if second.rank == first.rank => None,
        _ => Some(first),
    }
}

#[derive(Default)]
struct Plan {
    groups: BTreeMap<Case, Group>,
    held: BTreeMap<AlertId, Vec<usize>>,
    escalated: BTreeSet<Case>,
}

struct Group {
    site: SiteId,
    /// Positions, in the order of arrival.
    members: Vec<usize>,
    outdone: Option<AlertId>,
}

impl Plan {
    fn add(
        &mut self,
        index: usize,
        newcomer: &Newcomer<'_>,
        candidates: &[&Resolved],
    ) -> Placement {
        let prediction = newcomer.prediction;
        let chosen = only_one(candidates, newcomer.scope);
        let failure_mode = candidates.first().and_then(|c| c.failure_mode.clone());
        let asset = chosen.and_then(|c| c.asset);
        let mut placement =
            Placement { asset, failure_mode: failure_mode.clone(), ..Placement::default() };
        if newcomer.future {
            placement.quarantine = Some(Quarantine::FutureTimestamp);
            return placement;
        }
        let (Some((id, site)), Some(chosen)) = (asset, chosen) else {
            placement.quarantine = Some(Quarantine::UnknownAsset);
            return placement;
        };
        let Some(mode) = failure_mode else {
            placement.quarantine = Some(Quarantine::UnknownFailureMode);
            return placement;
        };
        if prediction.flags.stale {
            placement.result = Some("stale");
            return placement;
        }
        let case = (id, mode);
        if let Some(held) = &chosen.held
            && !self.escalated.contains(&case)
        {
            let breaks = breaks_hold_off(
                &held.bands,
                held.highest_confidence.unwrap_or(0.0),
                held.lowest_rul_hours,
                prediction.confidence,
                prediction.rul_hours,
            );
            if !breaks {
                placement.result = Some("held_off");
                self.held.entry(held.id).or_default().push(index);
                return placement;
            }
            self.escalated.insert(case.clone());
        }
        let group = self.groups.entry(case).or_insert_with(|| Group {
            site,
            members: Vec::new(),
            outdone: chosen.held.as_ref().map(|held| held.id),
        });
        group.members.push(index);
        placement
    }
}

async fn attach(
    tx: &mut ScopedTx,
    newcomers: &[Newcomer<'_>],
    plan: &Plan,
    placements: &mut [Placement],
) -> Result<Vec<AuditEntry>, ReceiveError> {
    if plan.groups.is_empty() {
        return Ok(Vec::new());
    }
    let now = tx.now();
    let lanes: Vec<(AssetId, &str)> =
        plan.groups.keys().map(|(asset, mode)| (*asset, mode.as_str())).collect();
    rows::wake_lanes(tx, &lanes).await?;
    let attachments: Vec<Attachment> =
        plan.groups.iter().map(|(case, group)| attachment(case, group, newcomers)).collect();
    let attached = rows::attach(tx, &attachments, now).await?;
    if attached.len() != attachments.len() {
        return Err(ReceiveError::Contended);
    }
    let mut opened = Vec::new();
    for alert in attached {
        let Some(group) = plan.groups.get(&(alert.asset, alert.failure_mode)) else { continue };
        let first = alert.predictions - count(&group.members);
        for (seq, &member) in (first + 1..).zip(&group.members) {
            placements[member].alert = Some((alert.alert, seq));
        }
        if alert.opened {
            opened.push(opening(alert.alert, group, newcomers));
        }
        tx.touch(Topic::Alerts, Some(group.site));
    }
    tx.touch(Topic::Decisions, None);
    Ok(opened)
}

fn attachment(case: &Case, group: &Group, newcomers: &[Newcomer<'_>]) -> Attachment {
    let members = || group.members.iter().map(|&i| &newcomers[i]);
    let first = &newcomers[group.members[0]];
    // Of two observed at the same instant the later one in the message counts.
    let latest = members().max_by_key(|n| n.prediction.observed_at).unwrap_or(first).prediction;
    Attachment {
        asset: case.0,
        failure_mode: case.1.clone(),
        site: group.site,
        first_event_id: first.prediction.event_id.clone(),
        source: first.source,
        confidence: latest.confidence,
        rul_hours: latest.rul_hours,
        window_hours: latest.intervention_window_hours,
        observed_at: latest.observed_at,
        model_name: latest.model_name.clone(),
        highest_confidence: members().map(|n| n.prediction.confidence).fold(0.0, f64::max),
        lowest_rul_hours: members().filter_map(|n| n.prediction.rul_hours).reduce(f64::min),
        count: count(&group.members),
        outdone: group.outdone,
    }
}

fn opening(alert: AlertId, group: &Group, newcomers: &[Newcomer<'_>]) -> AuditEntry {
    let first = &newcomers[group.members[0]];
    AuditEntry::new("alert.open", "alert", alert.0)
        .site(group.site)
        .by(first.actor)
        .detail(json!({ "event_id": first.prediction.event_id, "source": first.source }))
}

async fn hold_off(
    tx: &mut ScopedTx,
    plan: &Plan,
    placements: &mut [Placement],
) -> Result<(), ReceiveError> {
    if plan.held.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let counts: Vec<(AlertId, i32)> =
        plan.held.iter().map(|(alert, members)| (*alert, count(members))).collect();
    for recorded in rows::record_held_off(tx, &counts, now).await? {
        let Some(members) = plan.held.get(&recorded.alert) else { continue };
        let first = recorded.predictions - count(members);
        for (seq, &member) in (first + 1..).zip(members) {
            placements[member].alert = Some((recorded.alert, seq));
            if let Some((_, site)) = placements[member].asset {
                tx.touch(Topic::Alerts, Some(site));
            }
        }
    }
    Ok(())
}

fn count(members: &[usize]) -> i32 {
    i32::try_from(members.len()).unwrap_or(i32::MAX)
}
