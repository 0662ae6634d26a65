//! Fields there, status and closure back, errors told apart, waits obeyed.

use std::time::Duration;

use domain::work_order::WorkOrderStatus;
use serde_json::{Value, json};

use super::delivery::{End, Store};
use super::faults::rule;
use super::{Bench, Checked};
use crate::engine::{Cursor, ManifestClient};
use crate::{CallError, CmmsClient, CreateOutcome, NewOrder};

impl Bench {
    async fn made(&self, client: &ManifestClient) -> Result<(NewOrder, String), String> {
        let order = self.order();
        match self.deliver(client, &order, &Store::default(), false).await {
            End::Created(record) => Ok((order, record.cmms_id)),
            end => Err(format!("no work order: {end}")),
        }
    }

    pub(super) async fn fields_land(&self) -> Checked {
        let client = self.client()?;
        let (order, _) = self.made(&client).await?;
        let held = self.control()?.holds(&self.held(&order.external_ref)).await?;
        let entry = held.first().ok_or("the ledger does not hold the reference")?;
        let text = |name: &str| order.body[name].as_str().unwrap_or_default().to_owned();
        let expect = &self.about.expect;
        let mut landed = Vec::new();
        for (name, field) in &self.manifest.fields {
            let (found, expected, same) = match name.as_str() {
                "title" => {
                    let most = field.length.map_or(usize::MAX, |most| most as usize).min(20);
                    let start: String =
                        text("title").chars().take(most.saturating_sub(1)).collect();
                    (entry.title.clone(), start.clone(), entry.title.contains(&start))
                }
                "description" => (
                    entry.description.clone(),
                    "Remaining life 9 days".to_owned(),
                    entry.description.contains("Remaining life 9 days"),
                ),
                "asset" => {
                    let expected = expect
                        .asset
                        .clone()
                        .unwrap_or_else(|| crate::template::plain(&order.body["asset"]));
                    (entry.asset.clone(), expected.clone(), entry.asset == expected)
                }
                "priority" => {
                    let expected = expect.priority.clone().unwrap_or_default();
                    (entry.priority.clone(), expected.clone(), entry.priority == expected)
                }
                "due" => (
                    entry.due.clone(),
                    "2026-03-05".to_owned(),
                    entry.due.starts_with("2026-03-05"),
                ),
                "failure_code" => {
                    let expected =
                        expect.failure_code.clone().unwrap_or_else(|| text("failure_code"));
                    (entry.failure_code.clone(), expected.clone(), entry.failure_code == expected)
                }
                "spare_parts" => {
                    let expected = self.parts(&order);
                    (format!("{:?}", entry.parts), format!("{expected:?}"), entry.parts == expected)
                }
                _ => continue,
            };
            if !same {
                return Err(format!("{name}: `{found}` instead of `{expected}`"));
            }
            landed.push(name.as_str());
        }
        match landed.is_empty() {
            true => Err("the manifest names no field".to_owned()),
            false => Ok(landed.join(", ")),
        }
    }

    pub(super) async fn round_trip(&self) -> Checked {
        let control = self.control()?;
        let client = self.client()?;
        let (order, id) = self.made(&client).await?;
        let mut seen = vec![self.status(&client, &id).await?.as_str().to_owned()];
        if self.manifest.statuses.values().any(|status| *status == WorkOrderStatus::InProgress) {
            control.work(&id, "start", &Value::Null).await?;
            self.has_status(&client, &id, WorkOrderStatus::InProgress).await?;
            seen.push("in_progress".to_owned());
        }
        if let Some(updated) = client.update(&id, &json!({"title": "Changed by us", "priority": 3, "description": "Changed", "asset": order.body["asset"]})).await {
            updated.map_err(|error| format!("update: {error}"))?;
            let held = control.holds(&self.held(&order.external_ref)).await?;
            let entry = held.first().ok_or("update: the reference is gone")?;
            if !entry.title.contains("Changed by us") || entry.asset.is_empty() {
                return Err(format!("update: the ledger says {entry:?}"));
            }
            seen.push("update".to_owned());
        }
        if self.manifest.operations.attach.is_some() {
            seen.push(self.takes_files(&client, &id, &self.held(&order.external_ref)).await?);
        }
        control.work(&id, "close", &Value::Object(self.about.closure.clone())).await?;
        let row = client.read_order(&id).await.map_err(|error| format!("read: {error}"))?;
        let row = row.ok_or("read: it is gone")?;
        if row.record.status != Some(WorkOrderStatus::Closed) {
            return Err(format!(
                "closed there, {:?} ({:?}) here",
                row.record.status, row.record.cmms_status
            ));
        }
        let closure = row.record.closure.clone().ok_or("closed without a closure")?;
        if let Some(hours) = self.about.closure.get("labour_hours").and_then(Value::as_f64)
            && closure.labour_hours.is_none_or(|found| (found - hours).abs() > 0.01)
        {
            return Err(format!("labour: {:?} instead of {hours}", closure.labour_hours));
        }
        if let Some(part) = self.about.closure.get("part").and_then(Value::as_str)
            && !closure.parts.iter().any(|used| used.part == part && used.quantity > 0.0)
        {
            return Err(format!("parts: {:?} instead of {part}", closure.parts));
        }
        for word in ["action", "notes"] {
            let Some(expected) = self.about.closure.get(word).and_then(Value::as_str) else {
                continue;
            };
            let found = format!("{} {}", closure.action, closure.notes.clone().unwrap_or_default());
            if !found.contains(expected) {
                return Err(format!("{word}: `{found}` instead of `{expected}`"));
            }
        }
        seen.push("closed".to_owned());
        self.is_listed(&client, &id).await?;
        let (_, other) = self.made(&client).await?;
        if let Some(cancelled) =
            client.transition(&other, WorkOrderStatus::Cancelled, &Value::Null).await
        {
            cancelled.map_err(|error| format!("cancel: {error}"))?;
            self.has_status(&client, &other, WorkOrderStatus::Cancelled).await?;
            seen.push("cancelled".to_owned());
        }
        match client.read_order("999999999").await {
            Ok(None) => Ok(seen.join(", ")),
            Ok(Some(_)) => Err("a work order that is not there can be read".to_owned()),
            Err(error) => Err(format!("a work order that is not there: {error}")),
        }
    }

    async fn status(&self, client: &ManifestClient, id: &str) -> Result<WorkOrderStatus, String> {
        let row = client.read_order(id).await.map_err(|error| format!("read: {error}"))?;
        let row = row.ok_or_else(|| format!("read: {id} is not there"))?;
        row.record.status.ok_or_else(|| format!("{:?} is in no status map", row.record.cmms_status))
    }

    async fn has_status(
        &self,
        client: &ManifestClient,
        id: &str,
        expected: WorkOrderStatus,
    ) -> Result<(), String> {
        let status = self.status(client, id).await?;
        if status == expected { Ok(()) } else { Err(format!("{status} instead of {expected}")) }
    }

    async fn is_listed(&self, client: &ManifestClient, id: &str) -> Result<(), String> {
        let mut cursor = Cursor::default();
        for _ in 0..2_000 {
            let batch =
                client.orders(None, &cursor).await.map_err(|error| format!("list: {error}"))?;
            if batch.rows.iter().any(|row| row.record.cmms_id == id) {
                return Ok(());
            }
            match batch.next {
                Some(next) => cursor = next,
                None => return Err(format!("{id} is not in the list")),
            }
        }
        Err("the pages do not end".to_owned())
    }

    pub(super) async fn tells_errors(&self) -> Checked {
        let control = self.control()?;
        let client = self.client()?;
        let before = control.ledger().await?.len();
        let mut bad = self.order();
        bad.body["asset"] = json!("999999999");
        match client.create(&bad).await {
            CreateOutcome::Refused { message, .. } => self.hear(message),
            outcome => return Err(format!("an unknown asset: {outcome:?}")),
        }
        if control.ledger().await?.len() != before {
            return Err("an unknown asset: the ledger has grown".to_owned());
        }
        let expected = [
            (json!("unauthorised"), "unauthorised"),
            (json!("login_page"), "unknown"),
            (json!("error_after"), "unknown"),
            (json!("truncated"), "unknown"),
            (json!("reset_after"), "unknown"),
            (json!({"too_many": 1}), "rate limited"),
        ];
        for (fault, word) in expected {
            control.script(&[rule("any", 0, 9, fault.clone())]).await?;
            let client = self.client()?;
            let found = match client.create(&self.order()).await {
                CreateOutcome::Created(_) => "created",
                CreateOutcome::Refused { .. } => "refused",
                CreateOutcome::NotSent(_) if self.probes_first() => "unknown",
                CreateOutcome::NotSent(_) => "not sent",
                CreateOutcome::Unknown(_) => "unknown",
                CreateOutcome::Unauthorised(_) => "unauthorised",
                CreateOutcome::RateLimited { .. } => "rate limited",
            };
            if found != word {
                return Err(format!("{fault} is taken for {found}"));
            }
            if fault.is_string()
                && let Ok(records) = client.look_up("MW-0000000000000000").await
            {
                return Err(format!("{fault} on a look-up gives {} records", records.len()));
            }
        }
        control.script(&[]).await?;
        let auth = &self.manifest.auth;
        if auth.session.is_some() || auth.oauth2.is_some() || auth.csrf.is_some() {
            let client = self.client()?;
            client.connect().await.map_err(|error| error.to_string())?;
            self.made(&client).await?;
            control.sign_out().await?;
            self.made(&client)
                .await
                .map_err(|why| format!("after the log-in has expired: {why}"))?;
            client.log_out().await;
            self.made(&client).await.map_err(|why| format!("after logging out: {why}"))?;
            return Ok("6 kinds, log-in renewed".to_owned());
        }
        Ok("6 kinds".to_owned())
    }

    /// The first call of a create only looks, so nothing can have happened when it fails.
    fn probes_first(&self) -> bool {
        let first = self.manifest.operations.create.steps.first();
        first.is_some_and(|step| step.already.is_some() || !step.writes())
            || self.manifest.auth.csrf.is_some()
    }

    pub(super) async fn waits(&self) -> Checked {
        let control = self.control()?;
        let client = self.client()?;
        client.connect().await.map_err(|error| error.to_string())?;
        control.script(&[rule("any", 0, 1, json!({"too_many": 1}))]).await?;
        match client.connect().await {
            Err(CallError::RateLimited { .. }) => {}
            other => return Err(format!("too many calls: {other:?}")),
        }
        let (calls, _) = control.calls().await?;
        let wait = match client.connect().await {
            Err(CallError::RateLimited { retry_after: Some(wait) }) => wait,
            other => return Err(format!("called while asked to wait: {other:?}")),
        };
        if control.calls().await?.0 != calls {
            return Err("called while asked to wait".to_owned());
        }
        if wait > Duration::from_secs(61) {
            return Err(format!("waits {wait:?} where 1 s was asked"));
        }
        tokio::time::sleep(wait.min(Duration::from_millis(1_100))).await;
        if wait <= Duration::from_millis(1_100) {
            client.connect().await.map_err(|error| format!("after waiting: {error}"))?;
        }
        Ok(format!("{:.0} s", wait.as_secs_f64().ceil()))
    }
}
