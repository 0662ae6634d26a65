//! The CMMSs in which the people of the plant work: they act at its own screens, and Millwright
//! hears of it as it hears of any CMMS.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::api::WorkOrder;
use crate::cmms::LedgerEntry;

/// The code for work that found no fault.
const NO_FAULT: &str = "NFF";
/// Between two tries at a CMMS that is away.
const AGAIN: Duration = Duration::from_secs(1);

/// A simulated CMMS, as its people see it.
#[derive(Debug, Clone)]
pub struct Cmms {
    http: reqwest::Client,
    base: String,
}

/// A work order where it is held.
#[derive(Debug, Clone)]
pub struct Held {
    cmms: Cmms,
    id: String,
}

impl Cmms {
    /// The one that listens at `url`.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(url: &str) -> anyhow::Result<Self> {
        let http =
            reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?;
        Ok(Self { http, base: url.trim_end_matches('/').to_owned() })
    }

    /// Its work order for one of ours, by the reference that it carries: all of it, or as much of its
    /// end as there was room for.
    async fn find(&self, order: &WorkOrder) -> anyhow::Result<Option<Held>> {
        let url = format!("{}/_double/ledger", self.base);
        let ledger: Vec<LedgerEntry> =
            self.http.get(&url).send().await?.error_for_status()?.json().await?;
        let ours = |entry: &LedgerEntry| {
            !entry.reference.is_empty() && order.external_ref.ends_with(&entry.reference)
        };
        let found = ledger.into_iter().find(ours);
        Ok(found.map(|entry| Held { cmms: self.clone(), id: entry.id }))
    }
}

/// Where a work order is held; `None` for the built-in book.
///
/// # Errors
/// When a CMMS answers something else than expected.
pub async fn holding(all: &[Cmms], order: &WorkOrder) -> anyhow::Result<Option<Held>> {
    for cmms in all {
        let found = loop {
            match cmms.find(order).await {
                Err(error) if is_away(&error) => {
                    tracing::debug!(%error, "a CMMS is away");
                    tokio::time::sleep(AGAIN).await;
                }
                other => break other,
            }
        };
        if let Some(held) = found.with_context(|| format!("the ledger of {}", cmms.base))? {
            return Ok(Some(held));
        }
    }
    Ok(None)
}

fn is_away(error: &anyhow::Error) -> bool {
    error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_connect)
}

impl Held {
    /// A planner approves it.
    ///
    /// # Errors
    /// When the CMMS refuses.
    pub async fn approve(&self) -> anyhow::Result<()> {
        self.act("approve", json!({})).await
    }

    /// A planner gives it to somebody.
    ///
    /// # Errors
    /// When the CMMS refuses.
    pub async fn assign(&self, who: &str) -> anyhow::Result<()> {
        self.act("assign", json!({ "assigned_to": who })).await
    }

    /// A technician begins.
    ///
    /// # Errors
    /// When the CMMS refuses.
    pub async fn start(&self) -> anyhow::Result<()> {
        self.act("start", json!({})).await
    }

    /// A technician has done it; `closure` as the built-in book takes it.
    ///
    /// # Errors
    /// When the CMMS refuses.
    pub async fn close(&self, closure: &Value) -> anyhow::Result<()> {
        self.act("close", json!({ "closure": recorded(closure) })).await
    }

    async fn act(&self, act: &str, mut with: Value) -> anyhow::Result<()> {
        with["id"] = self.id.as_str().into();
        with["act"] = act.into();
        let url = format!("{}/_double/work", self.cmms.base);
        let answer = self.cmms.http.post(&url).json(&with).send().await?;
        ensure!(answer.status().is_success(), "{act} {}: {}", self.id, answer.status());
        Ok(())
    }
}

/// A closure in the words that a CMMS has for it.
fn recorded(closure: &Value) -> Value {
    let mut action = closure["action"].as_str().unwrap_or_default().to_owned();
    if let (Some(planned), Some(avoided)) =
        (closure["downtime_hours"].as_f64(), closure["avoided_downtime_hours"].as_f64())
    {
        action.push_str(&format!(", {planned} h planned against {avoided} h"));
    }
    let mut recorded = json!({
        "action": action,
        "labour_hours": closure["labour_hours"],
        "parts": closure["parts"],
        "cost": closure["cost"],
        "downtime_hours": closure["downtime_hours"],
        "started": closure["repair_started_at"],
        "finished": closure["repair_ended_at"],
    });
    if closure["finding"] == "nothing_found" {
        recorded["failure_code"] = NO_FAULT.into();
    }
    recorded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_found_becomes_a_code_and_avoided_downtime_a_word() {
        let found = recorded(&json!({
            "finding": "found", "action": "Nut replaced", "downtime_hours": 4.2,
            "avoided_downtime_hours": 14,
        }));
        assert_eq!(found["action"], "Nut replaced, 4.2 h planned against 14 h");
        assert_eq!(found["failure_code"], Value::Null);
        let nothing = recorded(&json!({"finding": "nothing_found", "action": "Inspected"}));
        assert_eq!(nothing["failure_code"], NO_FAULT);
    }
}
