//! What a decision leaves behind, written in sets.

use chrono::{DateTime, Utc};
use domain::ids::{AlertId, DecisionId, PredictionId, SiteId};
use serde_json::Value;

use crate::{Error, ScopedTx};

/// A decision to be stored.
#[derive(Debug, Clone)]
pub struct NewDecision {
    /// The alert.
    pub alert: AlertId,
    /// The prediction that asked for it.
    pub prediction: Option<PredictionId>,
    /// The policy.
    pub policy_id: i64,
    /// Its version.
    pub policy_version: i32,
    /// The rule that matched.
    pub rule: String,
    /// `DecisionAction` as stored.
    pub action: &'static str,
    /// What changed the rule's action, such as `cap`.
    pub note: Option<&'static str>,
    /// `Effect`.
    pub effect: Value,
    /// `Facts`.
    pub inputs: Value,
    /// `Reason`s.
    pub reasons: Value,
    /// `DecisionCalendar`.
    pub calendar: Value,
}

/// Stores decisions; answers their ids in the order given.
///
/// # Errors
/// What the database says.
pub async fn insert_decisions(
    tx: &mut ScopedTx,
    decisions: Vec<NewDecision>,
) -> Result<Vec<DecisionId>, Error> {
    if decisions.is_empty() {
        return Ok(Vec::new());
    }
    let now = tx.now();
    let count = i64::try_from(decisions.len()).unwrap_or(i64::MAX);
    let ids: Vec<i64> = sqlx::query_scalar(
        "SELECT nextval(pg_get_serial_sequence('decision', 'id')) FROM generate_series(1, $1)",
    )
    .bind(count)
    .fetch_all(tx.conn())
    .await?;
    let (mut alerts, mut predictions, mut policies, mut versions, mut rules, mut actions) =
        (vec![], vec![], vec![], vec![], vec![], vec![]);
    let (mut notes, mut effects, mut inputs, mut reasons, mut calendars) =
        (vec![], vec![], vec![], vec![], vec![]);
    for d in decisions {
        alerts.push(d.alert.0);
        predictions.push(d.prediction.map(|p| p.0));
        policies.push(d.policy_id);
        versions.push(d.policy_version);
        rules.push(d.rule);
        actions.push(d.action);
        notes.push(d.note);
        effects.push(d.effect);
        inputs.push(d.inputs);
        reasons.push(d.reasons);
        calendars.push(d.calendar);
    }
    sqlx::query(
        "INSERT INTO decision (id, alert_id, prediction_id, policy_id, policy_version, rule, action,
                note, effect, inputs, reasons, calendar, decided_at)
         OVERRIDING SYSTEM VALUE
         SELECT *, $13 FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::int[],
                $6::text[], $7::text[], $8::text[], $9::jsonb[], $10::jsonb[], $11::jsonb[],
                $12::jsonb[])",
    )
    .bind(&ids)
    .bind(alerts)
    .bind(predictions)
    .bind(policies)
    .bind(versions)
    .bind(rules)
    .bind(actions)
    .bind(notes)
    .bind(effects)
    .bind(inputs)
    .bind(reasons)
    .bind(calendars)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(ids.into_iter().map(DecisionId).collect())
}

/// The one evaluation of a prediction.
#[derive(Debug, Clone, Copy)]
pub struct NewEvaluation {
    /// The prediction.
    pub prediction: PredictionId,
    /// Its alert.
    pub alert: AlertId,
    /// The decision it led to or confirmed.
    pub decision: Option<DecisionId>,
    /// `decided`, `unchanged` or `attached`.
    pub result: &'static str,
}

/// Stores evaluations; a second one for a prediction is refused by the key (R2).
///
/// # Errors
/// What the database says.
pub async fn insert_evaluations(
    tx: &mut ScopedTx,
    evaluations: &[NewEvaluation],
) -> Result<(), Error> {
    let now = tx.now();
    sqlx::query(
        "INSERT INTO evaluation (prediction_id, alert_id, decision_id, result, at)
         SELECT *, $5 FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[])",
    )
    .bind(evaluations.iter().map(|e| e.prediction.0).collect::<Vec<_>>())
    .bind(evaluations.iter().map(|e| e.alert.0).collect::<Vec<_>>())
    .bind(evaluations.iter().map(|e| e.decision.map(|d| d.0)).collect::<Vec<_>>())
    .bind(evaluations.iter().map(|e| e.result).collect::<Vec<_>>())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What a policy in shadow would have decided.
#[derive(Debug, Clone)]
pub struct ShadowDecision {
    /// The run in shadow.
    pub shadow: i64,
    /// The decision beside it.
    pub decision: DecisionId,
    /// Its alert.
    pub alert: AlertId,
    /// Its site.
    pub site: SiteId,
    /// The rule that matched in shadow.
    pub rule: String,
    /// `DecisionAction` as stored.
    pub action: &'static str,
    /// The rule that matched.
    pub live_rule: String,
    /// What was decided.
    pub live_action: &'static str,
}

/// Stores what policies in shadow would have decided, in one statement; none when there are none.
///
/// # Errors
/// What the database says.
pub async fn insert_shadow_decisions(
    tx: &mut ScopedTx,
    rows: Vec<ShadowDecision>,
) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    sqlx::query(
        "INSERT INTO shadow_decision (shadow_id, decision_id, alert_id, site_id, rule, action,
                live_rule, live_action, at)
         SELECT *, $9 FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[],
                $6::text[], $7::text[], $8::text[])",
    )
    .bind(rows.iter().map(|r| r.shadow).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.decision.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.alert.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.site.0).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.rule.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.action).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.live_rule.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.live_action).collect::<Vec<_>>())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Moves the evaluated counters of alerts up.
///
/// # Errors
/// What the database says.
pub async fn mark_evaluated(tx: &mut ScopedTx, alerts: &[(AlertId, i32)]) -> Result<(), Error> {
    if alerts.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "UPDATE alert a SET evaluated = a.evaluated + q.n
         FROM unnest($1::bigint[], $2::int[]) AS q (id, n) WHERE a.id = q.id",
    )
    .bind(alerts.iter().map(|a| a.0.0).collect::<Vec<_>>())
    .bind(alerts.iter().map(|a| a.1).collect::<Vec<_>>())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How an alert stands after a decision.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The alert.
    pub alert: AlertId,
    /// `AlertState` as stored.
    pub state: &'static str,
    /// `Severity` as stored.
    pub severity: &'static str,
    /// `Tier` as stored.
    pub tier: &'static str,
    /// The decision.
    pub decision: DecisionId,
    /// Confidence it was made on.
    pub confidence: f64,
    /// Remaining life it was made on, hours.
    pub rul_hours: Option<f64>,
    /// When a hold fires.
    pub hold_until: Option<DateTime<Utc>>,
    /// `batch` or `shutdown`.
    pub hold_origin: Option<&'static str>,
    /// Predictions evaluated with it.
    pub evaluated: i32,
}

/// Writes how alerts stand; each needs an audit row.
///
/// # Errors
/// What the database says.
pub async fn set_standing(tx: &mut ScopedTx, rows: &[Standing]) -> Result<(), Error> {
    macro_rules! column {
        ($r:ident => $e:expr) => {
            rows.iter().map(|$r| $e).collect::<Vec<_>>()
        };
    }
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "UPDATE alert a SET state = q.state, severity = q.severity, tier = q.tier,
                decision_id = q.decision, decided_confidence = q.confidence,
                decided_rul_hours = q.rul, hold_until = q.hold_until, hold_origin = q.hold_origin,
                evaluated = a.evaluated + q.evaluated, version = a.version + 1
         FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::float8[],
                     $7::float8[], $8::timestamptz[], $9::text[], $10::int[])
              AS q (id, state, severity, tier, decision, confidence, rul, hold_until, hold_origin,
                    evaluated)
         WHERE a.id = q.id",
    )
    .bind(column!(r => r.alert.0))
    .bind(column!(r => r.state))
    .bind(column!(r => r.severity))
    .bind(column!(r => r.tier))
    .bind(column!(r => r.decision.0))
    .bind(column!(r => r.confidence))
    .bind(column!(r => r.rul_hours))
    .bind(column!(r => r.hold_until))
    .bind(column!(r => r.hold_origin))
    .bind(column!(r => r.evaluated))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends an alert; needs an audit row.
///
/// # Errors
/// What the database says.
pub async fn close(
    tx: &mut ScopedTx,
    alert: AlertId,
    outcome: Option<&str>,
    held_off_until: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    let now = tx.now();
    sqlx::query(
        "UPDATE alert SET state = 'closed', outcome = $2, held_off_until = $3, closed_at = $4,
                hold_until = NULL, hold_origin = NULL, version = version + 1
         WHERE id = $1",
    )
    .bind(alert.0)
    .bind(outcome)
    .bind(held_off_until)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The origin of a hold that ends with the question asked again.
pub const SNOOZE: &str = "snooze";

/// Puts an alert aside until an instant; needs an audit row.
///
/// # Errors
/// What the database says.
pub async fn snooze(tx: &mut ScopedTx, alert: AlertId, until: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query(
        "UPDATE alert SET state = 'held', hold_until = $2, hold_origin = $3, version = version + 1
         WHERE id = $1",
    )
    .bind(alert.0)
    .bind(until)
    .bind(SNOOZE)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes snoozed alerts back to the question; each needs an audit row.
///
/// # Errors
/// What the database says.
pub async fn wake(tx: &mut ScopedTx, alerts: &[AlertId]) -> Result<(), Error> {
    sqlx::query(
        "UPDATE alert SET state = 'waiting_review', hold_until = NULL, hold_origin = NULL,
                version = version + 1
         WHERE id = ANY($1)",
    )
    .bind(alerts.iter().map(|a| a.0).collect::<Vec<_>>())
    .execute(tx.conn())
    .await?;
    Ok(())
}
