//! From predictions that wait to decisions with their effects, one transaction for many alerts.
//!
//! A crash before the commit leaves every lane as it was; after it, nothing is left to repeat: the
//! evaluation of a prediction has its own unique row (R2).

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::alert::{AlertState, Origin};
use domain::ids::{AssetId, DecisionId, PredictionId, SiteId};
use domain::policy::{
    AssetFacts, CATCH_ALL, Decision, DecisionAction, Facts, PredictionFacts, decide,
};
use domain::prediction::Prediction;
use serde_json::json;
use store::alerts::{
    self as rows, Ask, NewDecision, NewEvaluation, OpenAlert, Pending, ShadowDecision,
};
use store::{Actor, AuditEntry, ScopedTx, Topic};

use super::caps::Caps;
use super::case::{Setting, Standing, Step, asks, state_after};
use super::intent::intent_for;
use super::rulebook::{Rulebook, Shadow, SiteAt, asset_words, word};
use crate::Error;
use crate::work_orders::intend;

/// Lanes taken per transaction.
const LANES: i64 = 256;

/// The decision stage of one worker, with its cache of policies and calendars.
#[derive(Debug, Default)]
pub struct Decider {
    rulebook: Rulebook,
    caps: Caps,
}

/// A decision on its way to the database.
pub(super) struct Draft {
    pub(super) alert: usize,
    prediction: PredictionId,
    pub(super) decision: Decision,
    pub(super) facts: Facts,
    pub(super) note: Option<&'static str>,
    /// What the policy in shadow says about the same facts.
    shadow: Option<Shadowed>,
}

struct Shadowed {
    id: i64,
    rule: String,
    action: DecisionAction,
}

/// An evaluation whose decision has no id yet.
struct Evaluated {
    prediction: PredictionId,
    alert: usize,
    draft: Option<usize>,
    result: &'static str,
}

impl Decider {
    /// Decides what waits, up to a batch of lanes. Answers how many lanes it took; 0 means there is
    /// nothing to do. The caller commits.
    ///
    /// # Errors
    /// When the database refuses; nothing has happened then.
    pub async fn decide_pending(&mut self, tx: &mut ScopedTx) -> Result<usize, Error> {
        let lanes = rows::claim_lanes(tx, LANES).await?;
        if lanes.is_empty() {
            return Ok(0);
        }
        let alerts = rows::lock_open(tx, &lanes).await?;
        self.decide(tx, alerts).await?;
        rows::rest_lanes(tx, &lanes).await?;
        Ok(lanes.len())
    }

    async fn decide(&mut self, tx: &mut ScopedTx, alerts: Vec<OpenAlert>) -> Result<(), Error> {
        let now = tx.now();
        let mut sites: Vec<SiteId> = alerts.iter().map(OpenAlert::site).collect();
        sites.sort_unstable();
        sites.dedup();
        let sites = self.rulebook.sites(tx, &sites, now).await?;
        let with_payload = sites.values().any(|site| site.needs().attributes);
        let keys: Vec<_> = alerts.iter().map(|a| (a.alert(), a.evaluated)).collect();
        let pending = by_alert(rows::pending(tx, &keys, with_payload).await?);
        if pending.is_empty() {
            return Ok(());
        }
        let extras = Extras::load(tx, &alerts, &sites).await?;

        let mut drafts: Vec<Draft> = Vec::new();
        let mut evaluated: Vec<Evaluated> = Vec::new();
        let mut counts: BTreeMap<usize, i32> = BTreeMap::new();
        for (index, alert) in alerts.iter().enumerate() {
            let Some(waiting) = pending.get(&alert.id) else { continue };
            let site = sites
                .get(&alert.site())
                .ok_or_else(|| store::Error::corrupt("site", "an alert without rules"))?;
            let setting = extras.setting(alert, site, now)?;
            let mut standing = standing(alert)?;
            let mut draft_of_alert: Option<usize> = None;
            for prediction in waiting {
                let facts = prediction_facts(prediction, site.needs().attributes)?;
                let (result, draft) = match standing.take(&setting, facts) {
                    Step::Attached => ("attached", draft_of_alert),
                    Step::Unchanged => ("unchanged", draft_of_alert),
                    Step::Decided(decided) => {
                        drafts.push(Draft {
                            alert: index,
                            prediction: prediction.prediction(),
                            shadow: site.shadow.as_ref().map(|s| shadowed(s, &decided.1, now)),
                            decision: decided.0,
                            facts: decided.1,
                            note: None,
                        });
                        draft_of_alert = Some(drafts.len() - 1);
                        ("decided", draft_of_alert)
                    }
                };
                evaluated.push(Evaluated {
                    prediction: prediction.prediction(),
                    alert: index,
                    draft,
                    result,
                });
            }
            counts.insert(index, i32::try_from(waiting.len()).unwrap_or(i32::MAX));
        }
        self.caps.apply(tx, &alerts, &sites, &mut drafts, now).await?;
        write(tx, &alerts, &sites, drafts, &evaluated, counts).await
    }
}

/// Asks the policy in shadow; costs no query, and does nothing.
fn shadowed(shadow: &Shadow, facts: &Facts, now: DateTime<Utc>) -> Shadowed {
    let ruling = decide(&shadow.book.policy, facts, now);
    let rule = shadow.book.policy.rules.get(ruling.rule_index as usize);
    Shadowed {
        id: shadow.id,
        rule: rule.map_or(CATCH_ALL, |rule| rule.name.as_str()).to_owned(),
        action: ruling.effect.action,
    }
}

/// What some policies ask for beyond the alert.
struct Extras {
    paths: HashMap<AssetId, Vec<String>>,
    recent: HashMap<i64, Vec<Pending>>,
}

impl Extras {
    async fn load(
        tx: &mut ScopedTx,
        alerts: &[OpenAlert],
        sites: &HashMap<SiteId, SiteAt>,
    ) -> Result<Self, Error> {
        let needs = sites.values().map(SiteAt::needs).reduce(|a, b| a.and(b)).unwrap_or_default();
        let paths = if needs.path {
            let assets: Vec<_> = alerts.iter().map(|a| AssetId(a.asset_id)).collect();
            rows::path_tags(tx, &assets).await?.into_iter().collect()
        } else {
            HashMap::new()
        };
        let recent = if needs.recent {
            let ids: Vec<_> = alerts.iter().map(OpenAlert::alert).collect();
            by_alert(rows::recent(tx, &ids).await?)
        } else {
            HashMap::new()
        };
        Ok(Self { paths, recent })
    }

    fn setting<'a>(
        &self,
        alert: &OpenAlert,
        site: &'a SiteAt,
        now: DateTime<Utc>,
    ) -> Result<Setting<'a>, Error> {
        let (kind, criticality) = asset_words(&alert.kind, &alert.criticality)?;
        let path = self.paths.get(&AssetId(alert.asset_id)).cloned().unwrap_or_default();
        let recent = self.recent.get(&alert.id).map_or(&[][..], Vec::as_slice);
        Ok(Setting {
            policy: &site.book.policy,
            calendar: &site.calendar,
            asset: AssetFacts { tag: alert.tag.clone(), kind, criticality, path },
            failure_mode: alert.failure_mode.clone(),
            open_work_order: alert.open_work,
            recent: recent.iter().map(|p| prediction_facts(p, false)).collect::<Result<_, _>>()?,
            now,
        })
    }
}

fn by_alert(rows: Vec<Pending>) -> HashMap<i64, Vec<Pending>> {
    let mut map: HashMap<i64, Vec<Pending>> = HashMap::new();
    for row in rows {
        map.entry(row.alert_id).or_default().push(row);
    }
    map
}

fn standing(alert: &OpenAlert) -> Result<Standing, Error> {
    let decided = match (&alert.decision_rule, &alert.decision_action) {
        (Some(rule), Some(action)) => Some((rule.clone(), word("decision", action)?)),
        _ => None,
    };
    Ok(Standing {
        state: word("alert", &alert.state)?,
        absorbed: alert.absorbs,
        review: alert.review_status.as_deref().map(|s| word("review", s)).transpose()?,
        decided,
        decided_confidence: alert.decided_confidence.unwrap_or(0.0),
        decided_rul_hours: alert.decided_rul_hours,
        evaluated: u32::try_from(alert.evaluated).unwrap_or(0),
        first_seen: alert.first_seen,
    })
}

fn prediction_facts(row: &Pending, with_attributes: bool) -> Result<PredictionFacts, Error> {
    let attributes = match &row.payload {
        Some(payload) if with_attributes => message(payload)?.attributes,
        _ => BTreeMap::new(),
    };
    Ok(PredictionFacts {
        confidence: row.confidence,
        remaining_life_hours: row.rul_hours,
        window_hours: row.window_hours,
        observed_at: row.observed_at,
        overdue: row.overdue,
        stale: false,
        model: row.model_name.clone(),
        model_version: row.model_version.clone(),
        source: row.source.clone(),
        attributes,
    })
}

/// The stored message.
pub(super) fn message(payload: &str) -> Result<Prediction, Error> {
    Ok(serde_json::from_str(payload).map_err(|e| store::Error::corrupt("prediction", e))?)
}

async fn write(
    tx: &mut ScopedTx,
    alerts: &[OpenAlert],
    sites: &HashMap<SiteId, SiteAt>,
    drafts: Vec<Draft>,
    evaluated: &[Evaluated],
    mut counts: BTreeMap<usize, i32>,
) -> Result<(), Error> {
    let new: Vec<NewDecision> = drafts.iter().map(|d| stored(d, alerts, sites)).collect();
    let ids = rows::insert_decisions(tx, new).await?;
    let evaluations: Vec<NewEvaluation> = evaluated
        .iter()
        .map(|e| NewEvaluation {
            prediction: e.prediction,
            alert: alerts[e.alert].alert(),
            decision: e.draft.map(|d| ids[d]).or_else(|| alerts[e.alert].decision()),
            result: e.result,
        })
        .collect();
    rows::insert_evaluations(tx, &evaluations).await?;
    rows::insert_shadow_decisions(tx, beside(&drafts, &ids, alerts)).await?;

    // Several decisions on one alert within a batch: the last one stands.
    let mut last: BTreeMap<usize, usize> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        last.insert(draft.alert, index);
    }
    let mut audit: Vec<AuditEntry> = drafts
        .iter()
        .zip(&ids)
        .map(|(draft, id)| decision_audit(draft, *id, &alerts[draft.alert]))
        .collect();
    let wanted =
        last.values().filter(|&&index| drafts[index].decision.action == DecisionAction::Create);
    let messages = messages(tx, wanted.map(|&index| drafts[index].prediction).collect()).await?;
    let mut standings = Vec::new();
    let mut questions = Vec::new();
    let mut intents = Vec::new();
    let mut created = Vec::new();
    for (&alert_index, &index) in &last {
        let (draft, alert) = (&drafts[index], &alerts[alert_index]);
        let state = state_after(&draft.decision.effect);
        // An order that is being made already keeps its alert; `intend` sets the rest.
        let evaluated = counts.remove(&alert_index).unwrap_or(0);
        standings.push(standing_row(draft, alert, ids[index], state, evaluated));
        audit.push(alert_audit(draft, alert, state));
        tx.touch(Topic::Alerts, Some(alert.site()));
        if asks(&draft.decision.effect) {
            let due = draft.decision.effect.review_due.unwrap_or_else(|| tx.now());
            questions.push(Ask { alert: alert.alert(), due });
            tx.touch(Topic::Reviews, Some(alert.site()));
        }
        if draft.decision.action == DecisionAction::Create
            && let Some(create) = &draft.decision.effect.create
        {
            intents.push(intent_for(
                alert.alert(),
                Origin::Rule,
                Actor::System,
                create,
                messages.get(&draft.prediction),
                None,
            ));
            created.push(alert.alert());
        }
    }
    rows::set_standing(tx, &standings).await?;
    let unmoved: Vec<_> = counts.into_iter().map(|(i, n)| (alerts[i].alert(), n)).collect();
    rows::mark_evaluated(tx, &unmoved).await?;
    for (review, alert) in rows::supersede(tx, &created).await? {
        audit.push(
            AuditEntry::new("review.supersede", "review", review).detail(json!({"alert": alert})),
        );
    }
    for asked in rows::ask(tx, &questions).await? {
        let action = if asked.opened { "review.ask" } else { "review.update" };
        audit.push(
            AuditEntry::new(action, "review", asked.id)
                .site(SiteId(asked.site_id))
                .detail(json!({"alert": asked.alert_id})),
        );
    }
    tx.audit(audit).await?;
    intend(tx, intents).await?;
    Ok(())
}

/// The messages of predictions, for what work orders take from them.
async fn messages(
    tx: &mut ScopedTx,
    predictions: Vec<PredictionId>,
) -> Result<HashMap<PredictionId, Prediction>, Error> {
    let stored = rows::payloads(tx, &predictions).await?;
    stored.into_iter().map(|(id, payload)| Ok((id, message(&payload)?))).collect()
}

/// What policies in shadow would have decided; nothing else is done with it.
fn beside(drafts: &[Draft], ids: &[DecisionId], alerts: &[OpenAlert]) -> Vec<ShadowDecision> {
    let rows = drafts.iter().zip(ids).filter_map(|(draft, id)| {
        let shadow = draft.shadow.as_ref()?;
        let alert = &alerts[draft.alert];
        Some(ShadowDecision {
            shadow: shadow.id,
            decision: *id,
            alert: alert.alert(),
            site: alert.site(),
            rule: shadow.rule.clone(),
            action: shadow.action.as_str(),
            live_rule: draft.decision.rule.clone(),
            live_action: draft.decision.action.as_str(),
        })
    });
    rows.collect()
}

fn stored(draft: &Draft, alerts: &[OpenAlert], sites: &HashMap<SiteId, SiteAt>) -> NewDecision {
    let alert = &alerts[draft.alert];
    let site = &sites[&alert.site()];
    NewDecision {
        alert: alert.alert(),
        prediction: Some(draft.prediction),
        policy_id: site.policy_id,
        policy_version: site.policy_version,
        rule: draft.decision.rule.clone(),
        action: draft.decision.action.as_str(),
        note: draft.note,
        effect: json!(draft.decision.effect),
        inputs: json!(draft.facts),
        reasons: json!(draft.decision.reasons),
        calendar: json!(draft.decision.calendar),
    }
}

fn standing_row(
    draft: &Draft,
    alert: &OpenAlert,
    decision: DecisionId,
    state: AlertState,
    evaluated: i32,
) -> rows::Standing {
    let hold = draft.decision.effect.hold.as_ref().filter(|_| state == AlertState::Held);
    rows::Standing {
        alert: alert.alert(),
        state: state.as_str(),
        severity: draft.decision.severity.as_str(),
        tier: draft.decision.tier.as_str(),
        decision,
        confidence: draft.facts.prediction.confidence,
        rul_hours: draft.facts.prediction.remaining_life_hours,
        hold_until: hold.map(|h| h.fires_at),
        hold_origin: hold.map(|_| draft.decision.effect.origin().as_str()),
        evaluated,
    }
}

fn decision_audit(draft: &Draft, id: DecisionId, alert: &OpenAlert) -> AuditEntry {
    AuditEntry::new("alert.decide", "decision", id.0).site(alert.site()).detail(json!({
        "alert": alert.id,
        "rule": draft.decision.rule,
        "action": draft.decision.action,
        "note": draft.note,
    }))
}

fn alert_audit(draft: &Draft, alert: &OpenAlert, state: AlertState) -> AuditEntry {
    AuditEntry::new("alert.state", "alert", alert.id).site(alert.site()).detail(json!({
        "from": alert.state,
        "to": state,
        "severity": draft.decision.severity,
        "rule": draft.decision.rule,
        "action": draft.decision.action,
        "note": draft.note,
    }))
}
